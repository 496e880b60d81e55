"""Results of models on audio, kept in a file: an evaluation pays once for each."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path
from typing import Any, Final

from numpy.typing import NDArray

RESULTS_FOLDER: Final = Path(os.environ.get("OPENCLAW_VOICE_RESULTS", ".cache/bench/results"))


class KnownResults:
    """Values of JSON by key, in a file to which each new one is appended.

    Several processes may append to one file: each line is written at once, and a line that is cut
    off is ignored.
    """

    def __init__(self, name: str, folder: Path = RESULTS_FOLDER) -> None:
        self._path = folder / f"{name}.jsonl"
        self._known: dict[str, Any] = {}
        if not self._path.is_file():
            return
        for line in self._path.read_text(encoding="utf-8").splitlines():
            try:
                key, value = json.loads(line)
            except ValueError:
                continue
            self._known[key] = value

    def get(self, key: str) -> Any | None:
        """The value of a key, or None."""
        return self._known.get(key)

    def put(self, key: str, value: Any) -> None:
        """Keep a value, in the file too."""
        self._known[key] = value
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._path.open("a", encoding="utf-8") as file:
            file.write(json.dumps([key, value]) + "\n")


def digest(audio: NDArray[Any], *more: object) -> str:
    """A key for audio and whatever else a result depends on."""
    found = hashlib.sha256(audio.tobytes())
    found.update(repr(more).encode())
    return found.hexdigest()[:24]

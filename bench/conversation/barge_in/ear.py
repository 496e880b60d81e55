"""The real speech models on a virtual clock: Whisper's words, after a set time.

A transcript is kept by its audio in a file, so that a second run takes no time in the model. The
file belongs to the code and the settings of the ear: with others it begins empty.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection
from dataclasses import asdict
from pathlib import Path
from typing import Final

import pipeline.inference
from pipeline.audio import Samples
from pipeline.inference.closing_marks import ClosingMarks
from pipeline.inference.expected_names import NO_NAMES, ExpectedNames
from pipeline.inference.speech_models import SpeechToText
from pipeline.inference.transcription import Transcription
from pipeline.settings import SttSettings

TRANSCRIPTS_FOLDER: Final = Path(".cache/bench/transcripts")


class KeptTranscripts:
    """Transcripts of Whisper by the digest of their audio, also of earlier runs.

    ``stt`` is the model; ``settings`` are those that it was loaded with.
    """

    def __init__(self, stt: SpeechToText, settings: SttSettings) -> None:
        self._stt = stt
        self._path = TRANSCRIPTS_FOLDER / f"{_version(settings)}.jsonl"
        self._known: dict[str, Transcription] = {}
        if self._path.exists():
            for line in self._path.read_text(encoding="utf-8").splitlines():
                key, fields = json.loads(line)
                closing = fields["closing"]
                fields["closing"] = None if closing is None else ClosingMarks(**closing)
                self._known[key] = Transcription(**fields)

    def transcribe(
        self,
        audio: Samples,
        *,
        language: str | None = None,
        among: Collection[str] = (),
        usual: str | None = None,
        sure: float | None = None,
        names: ExpectedNames = NO_NAMES,
        fallback: bool = True,
    ) -> Transcription:
        """The words in ``float32[n]``, 16 kHz."""
        asked = repr((language, sorted(among), usual, names, fallback))
        if sure is not None:
            asked += repr(sure)
        key = hashlib.sha256(audio.tobytes() + asked.encode()).hexdigest()
        if key not in self._known:
            found = self._stt.transcribe(
                audio,
                language=language,
                among=among,
                usual=usual,
                sure=sure,
                names=names,
                fallback=fallback,
            )
            self._known[key] = found
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with self._path.open("a", encoding="utf-8") as file:
                file.write(json.dumps([key, asdict(found)]) + "\n")
        return self._known[key]


def _version(settings: SttSettings) -> str:
    """A digest of the code and the settings that a transcript depends on."""
    digest = hashlib.sha256(settings.model_dump_json().encode())
    for path in sorted(Path(pipeline.inference.__path__[0]).glob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]

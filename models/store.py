"""The models on this machine: find, download and verify them."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path

from models.errors import Damaged, NotFetched
from models.fetching import Fetcher, NoSourceGave, Wanted
from models.folder import Found, StoreFolder, verify
from models.progress import LogReporter, Reporter
from models.published import FileModel, FolderModel, PublishedFile
from models.registry import model_named
from models.settings import ModelsSettings
from models.whisper import WhisperFiles

log = logging.getLogger(__name__)


class ModelStore:
    """Methods block for as long as a download takes: call them in a thread or at start."""

    def __init__(self, settings: ModelsSettings, reporter: Reporter | None = None) -> None:
        self._settings = settings
        self._reporter = reporter or LogReporter()
        self.folder = StoreFolder(settings.dir)
        self._fetcher = Fetcher(self.folder, settings, self._reporter)
        self.whisper = WhisperFiles(self.folder, settings, self._reporter, self._fetcher)

    def path(self, name: str) -> Path:
        """The verified model ``name``, downloaded first if it is missing.

        The path of its file, or of its folder if it has several files (`FolderModel`).

        Raises:
            UnknownModel: no model has that name; Whisper models have `whisper_path`.
            NotFetched: a file is missing, and no source gave it.
            StoreUnusable: the folder cannot be written to.
        """
        model = model_named(name)
        found = self.find(model)
        return found.path if found else self._fetch(model)

    def whisper_path(self, model_size: str) -> Path:
        """The folder of a Whisper model, for faster-whisper; see `WhisperFiles.path`."""
        return self.whisper.path(model_size)

    def find(self, model: FileModel | FolderModel) -> Found | None:
        """The verified ``model`` if it is complete on this machine; nothing is downloaded.

        A damaged file counts as missing; the log names it.
        """
        if isinstance(model, FolderModel):
            place = self.place_of(model)
            missing = self._missing(model, place)
            return None if missing else Found(place, "store")
        published = model.published
        places: list[tuple[Path | None, str]] = [(self.place_of(model), "store")]
        places += [(source.locate(), source.label) for source in published.sources]
        for path, origin in places:
            if path is not None and _is_published(path, published):
                return Found(path, origin)
        return None

    def place_of(self, model: FileModel | FolderModel) -> Path:
        """The path of ``model`` in the store, whether it exists or not."""
        place = self.folder.root / model.name
        return place if isinstance(model, FolderModel) else place / model.published.file

    def damaged_in(self, model: FileModel | FolderModel) -> list[Path]:
        """The files of ``model`` in the store that are not the published ones."""
        folder = self.folder.root / model.name
        return [
            folder / file.file
            for file in model.files
            if (folder / file.file).exists() and not _is_published(folder / file.file, file)
        ]

    def _missing(self, model: FileModel | FolderModel, folder: Path) -> list[PublishedFile]:
        return [file for file in model.files if not _is_published(folder / file.file, file)]

    def _fetch(self, model: FileModel | FolderModel) -> Path:
        if self._settings.offline:
            raise NotFetched(self._advice(model, ["models.offline is set"]))
        folder = self.folder.root / model.name
        with self.folder.locked(
            lambda: self._reporter.say("waiting for the download of another process")
        ):
            # Another process may have downloaded it while this one waited.
            if found := self.find(model):
                return found.path
            wanted = [Wanted(file, folder / file.file) for file in self._missing(model, folder)]
            try:
                self._fetcher.fetch(model.name, wanted)
            except NoSourceGave as error:
                raise NotFetched(self._advice(model, error.reasons, error.file)) from error
        return self.place_of(model)

    def _advice(
        self, model: FileModel | FolderModel, reasons: Sequence[str], file: str = ""
    ) -> str:
        lines = "".join(f"\n  {reason}" for reason in reasons)
        what = f"{file} of the model" if file and len(model.files) > 1 else "the model"
        files = model.files[0].file if len(model.files) == 1 else "its files"
        return (
            f"{what} {model.name} is not on this machine and could not be downloaded:{lines}\n"
            "Give this machine access to one of them and run `python run.py models fetch "
            f"{model.name}`, or copy {files} to {self.place_of(model)}"
        )


def _is_published(path: Path, published: PublishedFile) -> bool:
    if not path.exists():
        return False
    try:
        verify(path, size=published.size, sha256=published.sha256)
    except Damaged as error:
        log.warning("a damaged model file is not used: %s", error)
        return False
    return True

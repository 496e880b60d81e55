"""The models on this machine: find, download and verify them."""

from __future__ import annotations

import logging
import os
from pathlib import Path

from models.errors import Damaged, NotFetched, SourceFailed
from models.folder import Found, StoreFolder, verify
from models.progress import LogReporter, Reporter
from models.registry import FileModel, file_model
from models.settings import ModelsSettings
from models.sources import DownloadRequest, Source
from models.whisper import WhisperFiles

log = logging.getLogger(__name__)


class ModelStore:
    """Methods block for as long as a download takes: call them in a thread or at start."""

    def __init__(self, settings: ModelsSettings, reporter: Reporter | None = None) -> None:
        self._settings = settings
        self._reporter = reporter or LogReporter()
        self.folder = StoreFolder(settings.dir)
        self.whisper = WhisperFiles(self.folder, settings, self._reporter)

    def path(self, name: str) -> Path:
        """The verified file of the model ``name``, downloaded first if it is missing.

        Raises:
            UnknownModel: no single-file model has that name.
            NotFetched: the file is missing, and no source gave it.
            StoreUnusable: the folder cannot be written to.
        """
        model = file_model(name)
        found = self.find(model)
        return found.path if found else self._fetch(model)

    def whisper_path(self, model_size: str) -> Path:
        """The folder of a Whisper model, for faster-whisper; see `WhisperFiles.path`."""
        return self.whisper.path(model_size)

    def find(self, model: FileModel) -> Found | None:
        """The verified file of ``model`` if it is on this machine; nothing is downloaded.

        A damaged file counts as missing; the log names it.
        """
        places: list[tuple[Path | None, str]] = [(self.place_of(model), "store")]
        places += [(source.locate(), source.label) for source in model.sources]
        for path, origin in places:
            if path is None or not path.exists():
                continue
            try:
                verify(path, size=model.size, sha256=model.sha256)
            except Damaged as error:
                log.warning("a damaged model file is not used: %s", error)
                continue
            return Found(path, origin)
        return None

    def place_of(self, model: FileModel) -> Path:
        """The path of ``model`` in the store, whether it exists or not."""
        return self.folder.root / model.name / model.file

    def _fetch(self, model: FileModel) -> Path:
        if self._settings.offline:
            raise NotFetched(self._advice(model, ["models.offline is set"]))
        place = self.place_of(model)
        with self.folder.locked(
            lambda: self._reporter.say("waiting for the download of another process")
        ):
            # Another process may have downloaded it while this one waited.
            if found := self.find(model):
                return found.path
            self.folder.check_space(model.size)
            place.parent.mkdir(parents=True, exist_ok=True)
            part = self.folder.partial / f"{model.file}.part"
            failures: list[str] = []
            for source in model.sources:
                try:
                    self._try(source, model, part)
                except SourceFailed as error:
                    failures.append(f"{source.label}: {error}")
                    self._reporter.say(f"{model.file}: not from {source.label} ({error})")
                    continue
                os.replace(part, place)
                self._reporter.say(f"{model.file}: verified, from {source.label}")
                return place
        raise NotFetched(self._advice(model, failures))

    def _try(self, source: Source, model: FileModel, part: Path) -> None:
        source.fetch(DownloadRequest(part, model.size, self._settings, self._reporter))
        try:
            verify(part, size=model.size, sha256=model.sha256)
        except Damaged as error:
            part.unlink(missing_ok=True)
            raise SourceFailed(f"the download is not the published file: {error}") from error

    def _advice(self, model: FileModel, failures: list[str]) -> str:
        reasons = "".join(f"\n  {failure}" for failure in failures)
        return (
            f"the model {model.name} is not on this machine and could not be downloaded:{reasons}\n"
            f"Give this machine access to one of them and run `python run.py models fetch`, or "
            f"copy {model.file} to {self.place_of(model)}"
        )

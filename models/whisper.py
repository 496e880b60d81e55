"""Whisper models for faster-whisper: each is a folder of a few files."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

from pydantic import BaseModel, ValidationError

from configuration.names import nearest_name
from models import hub
from models.errors import Damaged, NotFetched, SourceFailed, UnknownModel
from models.fetching import Fetcher, NoSourceGave, Wanted
from models.folder import Found, StoreFolder, sha256_of, verify
from models.hub import Hub, Listing
from models.progress import OnProgress, Reporter
from models.published import PublishedFile
from models.registry import FIXTURE, MODELS, WHISPER_MODELS, is_model
from models.settings import ModelsSettings

FIXTURE_DIR: Final = Path(__file__).parent / "fixture" / "whisper"

_WEIGHTS: Final = "model.bin"
_TOKENIZER: Final = "tokenizer.json"
_VOCABULARIES: Final = ("vocabulary.json", "vocabulary.txt")
_OPTIONAL: Final = ("config.json", "preprocessor_config.json")
_WANTED: Final = frozenset({_WEIGHTS, _TOKENIZER, *_VOCABULARIES, *_OPTIONAL})
"""The files that faster-whisper 1.2 itself downloads."""
_MANIFEST: Final = "manifest.json"
_HUB_ID: Final = re.compile(r"[\w.-]+/[\w.-]+")


class ManifestFile(BaseModel):
    """A published file."""

    name: str
    size: int
    sha256: str


class Manifest(BaseModel):
    """The downloaded files. It is stored beside them, to find damage later."""

    repo: str
    commit: str
    files: list[ManifestFile]


class WhisperFiles:
    """The Whisper models in the store. Methods block for as long as a download takes."""

    def __init__(
        self,
        folder: StoreFolder,
        settings: ModelsSettings,
        reporter: Reporter,
        fetcher: Fetcher,
    ) -> None:
        self._folder = folder
        self._settings = settings
        self._reporter = reporter
        self._fetcher = fetcher

    def path(self, model_size: str) -> Path:
        """The folder of a model, downloaded first if it is missing.

        ``model_size`` is a name of faster-whisper (``small``), a hub repository
        (``owner/name``), a folder, or ``fixture``: the tiny model of this repository.

        Raises:
            UnknownModel: ``model_size`` is none of these.
            NotFetched: the model is missing, and no source gave it.
            Damaged: the folder lacks files that faster-whisper needs.
            StoreUnusable: the store cannot be written to.
        """
        found = self.find(model_size)
        if found is None and model_size == FIXTURE:
            raise NotFetched(
                f"{FIXTURE_DIR} is incomplete: check out this repository again, it has those files"
            )
        return found.path if found else self._fetch(model_size, repo_of(model_size))

    def find(self, model_size: str) -> Found | None:
        """The model if it is complete on this machine; nothing is downloaded.

        Raises:
            UnknownModel, Damaged: as `path`.
        """
        if model_size == FIXTURE:
            return Found(FIXTURE_DIR, "repository") if not missing_in(FIXTURE_DIR) else None
        if given := _as_folder(model_size):
            if missing := missing_in(given):
                raise Damaged(f"{given} is not a model for faster-whisper: it lacks {missing}")
            return Found(given, "folder")
        repo = repo_of(model_size)
        place = self._place_of(repo)
        if not missing_in(place):
            return Found(place, "store")
        weights = hub.in_cache(repo, _WEIGHTS)
        if weights is not None and not missing_in(weights.parent):
            return Found(weights.parent, "hub cache")
        return None

    def repaired_path(self, model_size: str) -> Path:
        """As `path`, but every byte is compared, and damaged files are downloaded again.

        Raises:
            UnknownModel, NotFetched, Damaged, StoreUnusable: as `path`.
        """
        found = self.find(model_size)
        if found is not None and found.origin == "store":
            try:
                self.verify(found, model_size)
            except Damaged as error:
                if self._settings.offline:
                    raise
                self._reporter.say(str(error))
                return self._fetch(model_size, repo_of(model_size), damaged=True)
        return self.path(model_size)

    def verify(self, found: Found, model_size: str) -> bool:
        """Compare every file with the published ones.

        False if nothing tells what was published: neither the registry nor a manifest.

        Raises:
            Damaged: a file differs or is missing.
        """
        pinned = _pinned(model_size) if found.origin != "folder" else ()
        for file in pinned:
            verify(found.path / file.file, size=file.size, sha256=file.sha256)
        if pinned:
            return True
        try:
            text = (found.path / _MANIFEST).read_bytes()
        except OSError:
            return False
        try:
            manifest = Manifest.model_validate_json(text)
        except ValidationError as error:
            raise Damaged(f"{found.path / _MANIFEST} cannot be read") from error
        for each in manifest.files:
            verify(found.path / each.name, size=each.size, sha256=each.sha256)
        return True

    def _place_of(self, repo: str) -> Path:
        return self._folder.root / "whisper" / repo.replace("/", "--")

    def _fetch(self, model_size: str, repo: str, *, damaged: bool = False) -> Path:
        if self._settings.offline:
            raise NotFetched(self._advice(model_size, repo, ["models.offline is set"]))
        with self._folder.locked(self._report_waiting):
            if not damaged and (found := self.find(model_size)):
                return found.path
            if pinned := _pinned(model_size):
                self._fetch_pinned(model_size, repo, pinned)
            else:
                self._fetch_listed(model_size, repo)
        return self._place_of(repo)

    def _fetch_pinned(self, model_size: str, repo: str, pinned: tuple[PublishedFile, ...]) -> None:
        place = self._place_of(repo)
        wanted: list[Wanted] = []
        for file in pinned:
            try:
                verify(place / file.file, size=file.size, sha256=file.sha256)
            except Damaged:
                wanted.append(Wanted(file, place / file.file))
        if not wanted:
            return
        try:
            self._fetcher.fetch(f"whisper {model_size}", wanted)
        except NoSourceGave as error:
            raise NotFetched(self._advice(model_size, repo, error.reasons)) from error

    def _fetch_listed(self, model_size: str, repo: str) -> None:
        place = self._place_of(repo)
        try:
            with self._fetcher.asking(hub.SERVER), Hub(self._settings) as hub_client:
                partial = self._download(hub_client, repo)
        except SourceFailed as error:
            raise NotFetched(self._advice(model_size, repo, [f"hub {repo}: {error}"])) from error
        place.parent.mkdir(parents=True, exist_ok=True)
        if place.exists():
            shutil.rmtree(place)
        os.replace(partial, place)
        self._reporter.say(f"whisper {model_size}: verified, from hub {repo}")

    def _report_waiting(self) -> None:
        self._reporter.say("waiting for the download of another process")

    def _download(self, hub_client: Hub, repo: str) -> Path:
        listing = _loadable(hub_client.list_files(repo))
        partial = self._folder.partial / f"{repo.replace('/', '--')}@{listing.commit[:12]}"
        partial.mkdir(parents=True, exist_ok=True)
        total = sum(file.size for file in listing.files)
        downloaded = sum(file.stat().st_size for file in partial.iterdir())
        self._folder.check_space(total - downloaded)
        manifest = Manifest(repo=repo, commit=listing.commit, files=[])
        with self._reporter.task(f"{repo} from hub", total) as progress:
            offset = 0
            for file in listing.files:
                target = partial / file.name
                hub_client.download(
                    repo,
                    file.name,
                    target,
                    size=file.size,
                    on_progress=_from_offset(offset, progress),
                    revision=listing.commit,
                    login=True,
                )
                try:
                    verify(target, size=file.size, sha256=file.sha256)
                except Damaged as error:
                    target.unlink(missing_ok=True)
                    raise SourceFailed(f"the download is damaged: {error}") from error
                digest = file.sha256 or sha256_of(target)
                manifest.files.append(ManifestFile(name=file.name, size=file.size, sha256=digest))
                offset += file.size
        (partial / _MANIFEST).write_text(manifest.model_dump_json(indent=2), encoding="utf-8")
        return partial

    def _advice(self, model_size: str, repo: str, reasons: Sequence[str]) -> str:
        lines = "".join(f"\n  {reason}" for reason in reasons)
        where = "one of them" if len(reasons) > 1 else "the hub"
        return (
            f"the Whisper model {model_size} is not on this machine and could not be downloaded:"
            f"{lines}\n"
            f"Give this machine access to {where} or a mirror (models.hub_url) and run "
            f"`python run.py models fetch {model_size}`, or copy the repository's files to "
            f"{self._place_of(repo)}, or name a folder that has them as the model size"
        )


def check_names(names: Iterable[str]) -> None:
    """Refuse names that are neither models of the registry nor what `WhisperFiles.path` takes.

    Raises:
        UnknownModel: names each of them, with the nearest that there is, and all that there are.
    """
    unknown = [name for name in names if not _is_known(name)]
    if not unknown:
        return
    sizes = [model.name for model in WHISPER_MODELS]
    known = [*(model.name for model in MODELS), *sizes, FIXTURE]
    lines = []
    for name in dict.fromkeys(unknown):
        near = nearest_name(name, known)
        lines.append(f"no model {name!r}" + (f"; did you mean {near}?" if near else ""))
    lines.append(
        f"there are {', '.join(known)}; a hub repository as owner/name; and folders that exist"
    )
    raise UnknownModel("\n".join(lines))


def _is_known(name: str) -> bool:
    if is_model(name) or name == FIXTURE or _as_folder(name) is not None:
        return True
    try:
        repo_of(name)
    except UnknownModel:
        return False
    return True


def repo_of(model_size: str) -> str:
    """The hub's repository of a model size; the name of a repository is returned as it is.

    Raises:
        UnknownModel: it is neither.
    """
    for model in WHISPER_MODELS:
        if model.name == model_size:
            return model.repo
    if _HUB_ID.fullmatch(model_size):
        return model_size
    known = ", ".join(model.name for model in WHISPER_MODELS)
    raise UnknownModel(
        f"no Whisper model {model_size!r}: name one of {known}, {FIXTURE}, a hub repository as "
        "owner/name, or a folder that exists"
    )


def _pinned(model_size: str) -> tuple[PublishedFile, ...]:
    """The files of a model whose digests the registry has; empty for the others."""
    for model in WHISPER_MODELS:
        if model_size in (model.name, model.repo):
            return model.files
    return ()


def missing_in(folder: Path) -> str:
    """The files that faster-whisper needs and ``folder`` lacks; empty if it is complete.

    Without tokenizer.json, faster-whisper downloads one from the network.
    """
    missing = [name for name in (_WEIGHTS, _TOKENIZER) if not (folder / name).is_file()]
    if not any((folder / name).is_file() for name in _VOCABULARIES):
        missing.append(" or ".join(_VOCABULARIES))
    return ", ".join(missing)


def _as_folder(model_size: str) -> Path | None:
    """The folder that ``model_size`` names; one called ``small`` does not replace the model."""
    if not model_size or any(model.name == model_size for model in WHISPER_MODELS):
        return None
    path = Path(model_size).expanduser()
    return path if path.is_dir() else None


def _loadable(listing: Listing) -> Listing:
    """The files of a repository to download, the weights last."""
    files = sorted(
        (file for file in listing.files if file.name in _WANTED), key=lambda file: file.size
    )
    names = {file.name for file in files}
    if not {_WEIGHTS, _TOKENIZER} <= names or not names & set(_VOCABULARIES):
        raise SourceFailed(
            "it is not a faster-whisper model: it lacks weights, tokenizer or vocabulary"
        )
    return Listing(listing.commit, tuple(files))


def _from_offset(offset: int, on_progress: OnProgress) -> OnProgress:
    return lambda received: on_progress(offset + received)

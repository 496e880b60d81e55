"""The state of each model on this machine."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from models.errors import Damaged, UnknownModel
from models.progress import megabytes
from models.published import FileModel, FolderModel, ModelKind, PublishedFile
from models.registry import FIXTURE, WHISPER_MODELS, is_model, model_named
from models.store import ModelStore


class State(Enum):
    """The state of a model; the values are shown to users."""

    VERIFIED = "verified"
    PRESENT = "present"
    MISSING = "missing"
    DAMAGED = "damaged"


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of `models list`. ``detail`` is the path of the model, or what is wrong with it."""

    name: str
    kind: ModelKind
    size: str
    licence: str
    source: str
    state: State
    detail: str = ""


def inventory(store: ModelStore, names: Sequence[str], *, deep: bool) -> list[Entry]:
    """The state of the models ``names``: of the registry, or sizes of Whisper.

    The former are always compared byte for byte, Whisper models only if ``deep``.
    """
    return [
        _entry(store, model_named(name)) if is_model(name) else _whisper_entry(store, name, deep)
        for name in names
    ]


def _entry(store: ModelStore, model: FileModel | FolderModel) -> Entry:
    found = store.find(model)
    source = ", else ".join(labels_of(model.files))
    state, detail = State.MISSING, ""
    if found:
        state, source, detail = State.VERIFIED, found.origin, str(found.path)
    elif damaged := store.damaged_in(model):
        names = ", ".join(map(str, damaged))
        state, detail = State.DAMAGED, f"not as published: {names}"
    size = megabytes(model.size)
    return Entry(model.name, model.kind, size, model.licence, source, state, detail)


def labels_of(files: Sequence[PublishedFile]) -> list[str]:
    """The sources of files, each once."""
    return list(dict.fromkeys(source.label for file in files for source in file.sources))


def _whisper_entry(store: ModelStore, size_name: str, deep: bool) -> Entry:
    size, licence, source = "", "", f"hub {size_name}"
    if size_name == FIXTURE:
        licence, source = "as this project", "repository"
    for model in WHISPER_MODELS:
        if model.name == size_name:
            size, licence = f"{model.megabytes} MB", model.licence
            source = ", else ".join(labels_of(model.files)) or f"hub {model.repo}"
    state, detail = State.MISSING, ""
    try:
        found = store.whisper.find(size_name)
        if found:
            state, source, detail = State.PRESENT, found.origin, str(found.path)
            size = megabytes(sum(f.stat().st_size for f in found.path.iterdir() if f.is_file()))
            if deep and store.whisper.verify(found, size_name):
                state = State.VERIFIED
    except (Damaged, UnknownModel) as error:
        state, detail = State.DAMAGED, str(error)
    return Entry(
        f"whisper {size_name}",
        ModelKind.STT,
        size,
        licence or "see its page",
        source,
        state,
        detail,
    )

"""The state of each model on this machine."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from models.errors import Damaged, UnknownModel
from models.progress import megabytes
from models.registry import FILE_MODELS, FIXTURE, WHISPER_MODELS, FileModel, ModelKind
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


def inventory(store: ModelStore, whisper_sizes: tuple[str, ...], *, deep: bool) -> list[Entry]:
    """All single-file models, and the Whisper models of those sizes.

    Single files are small and always verified; Whisper models only if ``deep``.
    """
    entries = [_file_entry(store, model) for model in FILE_MODELS]
    return entries + [_whisper_entry(store, size, deep) for size in whisper_sizes]


def _file_entry(store: ModelStore, model: FileModel) -> Entry:
    found = store.find(model)
    source = ", else ".join(source.label for source in model.sources)
    state, detail = State.MISSING, ""
    if found:
        state, source, detail = State.VERIFIED, found.origin, str(found.path)
    elif store.place_of(model).exists():
        state, detail = State.DAMAGED, f"{store.place_of(model)} is not the published file"
    size = megabytes(model.size)
    return Entry(model.name, model.kind, size, model.licence, source, state, detail)


def _whisper_entry(store: ModelStore, size_name: str, deep: bool) -> Entry:
    size, licence, source = "", "", f"hub {size_name}"
    if size_name == FIXTURE:
        licence, source = "as this project", "repository"
    for model in WHISPER_MODELS:
        if model.name == size_name:
            size, licence, source = f"{model.megabytes} MB", model.licence, f"hub {model.repo}"
    state, detail = State.MISSING, ""
    try:
        found = store.whisper.find(size_name)
        if found:
            state, source, detail = State.PRESENT, found.origin, str(found.path)
            size = megabytes(sum(f.stat().st_size for f in found.path.iterdir() if f.is_file()))
            if deep and store.whisper.verify(found):
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

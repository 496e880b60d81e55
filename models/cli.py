"""`run.py models list|fetch|verify`: each prints, and returns the exit status."""

from __future__ import annotations

from functools import partial
from typing import Final, Literal

from rich.console import Console
from rich.table import Table

from models.errors import ModelError
from models.inventory import Entry, State, inventory
from models.progress import ConsoleReporter
from models.registry import FILE_MODELS
from models.settings import ModelsSettings
from models.store import ModelStore

_COLOURS: Final = {
    State.VERIFIED: "green",
    State.PRESENT: "green",
    State.MISSING: "yellow",
    State.DAMAGED: "red",
}


def list_models(settings: ModelsSettings, whisper_sizes: tuple[str, ...], console: Console) -> int:
    """What there is and what is missing. Status 0 unless the folder cannot be named."""
    return _show(settings, whisper_sizes, console, deep=False)


def verify_models(
    settings: ModelsSettings, whisper_sizes: tuple[str, ...], console: Console
) -> int:
    """As `list_models`, with every byte compared; status 1 if something is missing or damaged."""
    return _show(settings, whisper_sizes, console, deep=True)


def fetch_models(settings: ModelsSettings, whisper_sizes: tuple[str, ...], console: Console) -> int:
    """Bring everything that is missing; status 1 if something could not be had."""
    try:
        store = ModelStore(settings, ConsoleReporter(console))
    except ModelError as error:
        return _failed(console, error)
    errands = [(model.name, partial(store.path, model.name)) for model in FILE_MODELS]
    errands += [(f"whisper {size}", partial(store.whisper_path, size)) for size in whisper_sizes]
    status = 0
    for name, bring in errands:
        try:
            _say(console, f"{name}: {bring()}")
        except ModelError as error:
            status = _failed(console, error)
    return status


def _show(
    settings: ModelsSettings, whisper_sizes: tuple[str, ...], console: Console, *, deep: bool
) -> int:
    try:
        store = ModelStore(settings, ConsoleReporter(console))
        entries = inventory(store, whisper_sizes, deep=deep)
    except ModelError as error:
        return _failed(console, error)
    console.print(_table(entries))
    for entry in entries:
        if entry.detail:
            _say(console, f"{entry.name}: {entry.detail}")
    _say(console, f"folder: {store.folder.root}")
    faults = (State.MISSING, State.DAMAGED) if deep else ()
    return 1 if any(entry.state in faults for entry in entries) else 0


def _table(entries: list[Entry]) -> Table:
    table = Table(box=None, pad_edge=False)
    for heading in ("model", "for", "size", "licence", "source", "state"):
        justify: Literal["left", "right"] = "right" if heading == "size" else "left"
        table.add_column(heading, justify=justify, overflow="fold")
    for entry in entries:
        colour = _COLOURS[entry.state]
        table.add_row(
            *(entry.name, entry.kind.value, entry.size, entry.licence, entry.source),
            f"[{colour}]{entry.state.value}[/]",
        )
    return table


def _say(console: Console, line: str) -> None:
    console.print(line, markup=False, highlight=False, soft_wrap=True)


def _failed(console: Console, error: ModelError) -> int:
    _say(console, str(error))
    return 1


class PlainConsole(Console):
    """A console whose closed pipe is an error like any other's.

    rich itself raises SystemExit at it, in whichever task happens to write.
    """

    def on_broken_pipe(self) -> None:
        raise BrokenPipeError

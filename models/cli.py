"""`run.py models list|fetch|verify`: each command prints, and returns the exit status."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Literal

from rich.console import Console
from rich.table import Table

from models.errors import ModelError
from models.inventory import Entry, State, inventory
from models.progress import ConsoleReporter
from models.registry import is_model
from models.settings import ModelsSettings
from models.store import ModelStore

_COLOURS: Final = {
    State.VERIFIED: "green",
    State.PRESENT: "green",
    State.MISSING: "yellow",
    State.DAMAGED: "red",
}


def list_models(settings: ModelsSettings, names: Sequence[str], console: Console) -> int:
    """Print the state of the models ``names``: status 0, but 1 if there is no folder for models."""
    return _show(settings, names, console, deep=False)


def verify_models(settings: ModelsSettings, names: Sequence[str], console: Console) -> int:
    """Compare every byte of the models ``names``; status 1 if one is missing or damaged."""
    return _show(settings, names, console, deep=True)


def fetch_models(settings: ModelsSettings, names: Sequence[str], console: Console) -> int:
    """Download those of the models ``names`` that are missing or damaged.

    Status 1 if one could not be downloaded; the others are, nevertheless.
    """
    try:
        store = ModelStore(settings, ConsoleReporter(console))
    except ModelError as error:
        return _failed(console, error)
    status = 0
    for name in names:
        try:
            if is_model(name):
                _print_line(console, f"{name}: {store.path(name)}")
            else:
                _print_line(console, f"whisper {name}: {store.whisper.repaired_path(name)}")
        except ModelError as error:
            status = _failed(console, error)
    return status


def _show(settings: ModelsSettings, names: Sequence[str], console: Console, *, deep: bool) -> int:
    try:
        store = ModelStore(settings, ConsoleReporter(console))
        entries = inventory(store, names, deep=deep)
    except ModelError as error:
        return _failed(console, error)
    console.print(_table(entries))
    for entry in entries:
        if entry.detail:
            _print_line(console, f"{entry.name}: {entry.detail}")
    _print_line(console, f"folder: {store.folder.root}")
    failures = (State.MISSING, State.DAMAGED) if deep else ()
    return 1 if any(entry.state in failures for entry in entries) else 0


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


def _print_line(console: Console, line: str) -> None:
    console.print(line, markup=False, highlight=False, soft_wrap=True)


def _failed(console: Console, error: ModelError) -> int:
    _print_line(console, str(error))
    return 1


class PlainConsole(Console):
    """A console that raises BrokenPipeError when its reader closes the pipe.

    rich itself raises SystemExit, in the task that happens to write.
    """

    def on_broken_pipe(self) -> None:
        raise BrokenPipeError

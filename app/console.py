"""The terminal that commands write to with rich."""

from __future__ import annotations

from rich.console import Console


class PlainConsole(Console):
    """A console whose closed pipe is an error like any other's.

    rich itself raises SystemExit at it, in whichever task happens to write.
    """

    def on_broken_pipe(self) -> None:
        raise BrokenPipeError

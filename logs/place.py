"""Where in the bot's life a log record belongs: which guild's call, which turn of whom.

Set for a task, it holds for all that the task calls and for the tasks that it starts, in every
package: a run that the Gateway client picks up again is told of with the turn it is for.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import Context, ContextVar, copy_context
from typing import Final

_PLACE: Final[ContextVar[str]] = ContextVar("place", default="")


def place() -> str:
    """Where we are, such as ``guild 42, turn 7 of speaker 99, agent jarvis``; empty elsewhere."""
    return _PLACE.get()


@contextmanager
def placed(where: str) -> Iterator[None]:
    """Be there for the length of the body."""
    token = _PLACE.set(where)
    try:
        yield
    finally:
        _PLACE.reset(token)


def in_place(where: str) -> Context:
    """A context for a task or a callback that is there from its beginning."""
    context = copy_context()
    context.run(_PLACE.set, where)
    return context

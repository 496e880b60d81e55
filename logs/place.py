"""The place of log records: the guild's call, the turn, the speaker, the agent.

It is set for a task and holds for all that the task calls and starts, in every package: a run that
the Gateway client resumes is logged with its turn.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import Context, ContextVar, copy_context
from types import MappingProxyType
from typing import Final, Self

Fields = Mapping[str, "int | str"]

NO_FIELDS: Final[Fields] = MappingProxyType({})


class Place(str):
    """A place in words, such as ``guild 42, turn 7 of speaker 99, agent jarvis``, with its fields
    for logs that programs read."""

    __slots__ = ("fields",)
    fields: Fields

    def __new__(cls, words: str, **fields: int | str) -> Self:
        place = super().__new__(cls, words)
        place.fields = MappingProxyType(fields)
        return place

    def within(self, outer: str) -> Place:
        """This place in an outer one: its words after those of the outer, and the fields of both.

        The fields of a plain text are none.
        """
        words = ", ".join(part for part in (str(outer), str(self)) if part)
        return Place(words, **{**fields_of(outer), **self.fields})


def fields_of(place: str) -> Fields:
    """The fields of a place; none of a plain text."""
    return place.fields if isinstance(place, Place) else NO_FIELDS


def guild_place(guild_id: int) -> Place:
    """The call of a guild."""
    return Place(f"guild {guild_id}", guild=guild_id)


_PLACE: Final[ContextVar[str]] = ContextVar("place", default="")


def place() -> str:
    """The current place, or an empty text."""
    return _PLACE.get()


@contextmanager
def placed(where: str) -> Iterator[None]:
    """Set the place for the length of the body."""
    token = _PLACE.set(where)
    try:
        yield
    finally:
        _PLACE.reset(token)


def in_place(where: str) -> Context:
    """A context with that place, for a task or a callback."""
    context = copy_context()
    context.run(_PLACE.set, where)
    return context

"""A function under test for how it bears long input."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Subject:
    """``call`` gives a text to ``name``, a path below the packages:
    "pipeline.language.mentions:spoken_names".

    ``refuses`` are the errors with which it may turn a text down; any other fails the test.
    ``covers`` are those that get the whole text from it. One that is ``heavy`` takes so long for
    any text that fewer are tried.
    """

    name: str
    call: Callable[[str], object]
    refuses: tuple[type[Exception], ...] = ()
    covers: tuple[str, ...] = ()
    heavy: bool = False

    def __call__(self, text: str) -> None:
        with suppress(*self.refuses):
            self.call(text)


def raw(text: str) -> bytes:
    """The text as it comes off a wire; half characters too."""
    return text.encode("utf-8", "surrogatepass")

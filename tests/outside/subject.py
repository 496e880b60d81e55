"""A function whose time for long input is tested."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Subject:
    """``call`` gives a text to ``name``, such as "pipeline.language.mentions:spoken_names".

    ``refuses`` are the errors with which it may reject a text; any other error fails the test.
    ``covers`` names functions that get the whole text from it. A ``heavy`` subject is slow for any
    text, so fewer texts are tried.
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
    """The text as bytes, as a network sends it; lone surrogates are kept."""
    return text.encode("utf-8", "surrogatepass")

"""`tests.outside.growth` finds quadratic and slow functions, and accepts linear ones."""

from __future__ import annotations

import re
import time
from collections.abc import Callable

import pytest

from tests.outside.growth import LARGE, MIDDLE, SMALL, complaint, too_long_s
from tests.outside.inputs import repeated

TEXTS = {size: repeated("a ", size) for size in (SMALL, MIDDLE, LARGE)}
TO_MIDDLE = {size: TEXTS[size] for size in (SMALL, MIDDLE)}
DOUBLED = {2 * size: repeated("a ", 2 * size) for size in (SMALL, MIDDLE)}


def _joined_again(text: str) -> object:
    """Joins all words so far again for each word."""
    words = text.split()
    return [len(" ".join(words[:count])) for count in range(len(words))]


def _searched_again(text: str) -> object:
    """Each blank starts a search that fails at the end of the text."""
    return re.search(r"\s+$", text.replace("a", " ") + "a")


@pytest.mark.parametrize(
    ("quadratic", "lengths"), [(_joined_again, DOUBLED), (_searched_again, TO_MIDDLE)]
)
def test_quadratic_time_is_found(
    quadratic: Callable[[str], object], lengths: dict[int, str]
) -> None:
    """The texts are so long that the time is far above what a busy machine adds."""
    assert complaint(quadratic, lengths)


def test_a_function_that_is_too_slow_for_a_short_text_is_found() -> None:
    """A bounded lookahead can be slow within its bound and constant beyond it."""

    def early(text: str) -> None:
        until = time.process_time() + too_long_s(len(text)) + 0.05
        while time.process_time() < until:
            pass

    assert complaint(early, TO_MIDDLE)


@pytest.mark.parametrize("linear", [str.split, lambda text: [ord(letter) for letter in text]])
def test_linear_time_is_accepted(linear: Callable[[str], object]) -> None:
    assert complaint(linear, TEXTS) is None

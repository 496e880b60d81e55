"""The measure of growth finds what it is there to find."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from tests.outside.growth import LARGE, MIDDLE, SMALL, complaint
from tests.outside.inputs import repeated

TEXTS = {size: repeated("a ", size) for size in (SMALL, MIDDLE, LARGE)}
TO_MIDDLE = {size: TEXTS[size] for size in (SMALL, MIDDLE)}


def _joined_anew(text: str) -> object:
    """What has come is joined again with each word."""
    words = text.split()
    return [len(" ".join(words[:count])) for count in range(len(words))]


def _goes_back(text: str) -> object:
    """Each blank begins a search up to the end, which fails there."""
    return re.search(r"\s+$", text[: len(text) // 2].replace("a", " ") + "a")


@pytest.mark.parametrize("square", [_joined_anew, _goes_back])
def test_a_square_is_found(square: Callable[[str], object]) -> None:
    assert complaint(square, TO_MIDDLE)


def test_what_costs_too_much_from_the_start_is_found() -> None:
    """As a look ahead does that goes back within its bound and then ends: it grows no more."""

    def early(text: str) -> None:
        for _ in range(300):
            _joined_anew(text[:SMALL])

    assert complaint(early, TO_MIDDLE)


@pytest.mark.parametrize("linear", [str.split, lambda text: [ord(letter) for letter in text]])
def test_proportion_is_not_complained_of(linear: Callable[[str], object]) -> None:
    assert complaint(linear, TEXTS) is None

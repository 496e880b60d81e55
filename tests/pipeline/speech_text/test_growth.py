"""No text that an agent writes holds the bot up: time grows with its length, and no faster."""

from __future__ import annotations

import time

import pytest

from tests.pipeline.speech_text.texts import cut, repeated

UNITS = (
    "Mr. ", "a.b.", "1.", "1.2.3.4 ", "me@example.com ", "![](", "<!--", "[[", "[", "[a]", "[a](",
    "[1]", "[^1]:", "\\(", "\\[", "\\(a", "\\", "\\frac{", "\\frac{a}", "$", "$$", "$a", "$5 ", "|",
    "||", "||a", "| a |\n", "a | b\n", "<t:", "<@", "<", "</", "<a", "<a ", "<a b='", "<foo>",
    "<think>", "<|", "<|a", "`", "``", "```", "```\n", "*", "**", "*a", "_", "~", "~a~", "==a", "^",
    "x^2", "5*3", "{", '{"', '{"a":', "(", "。", "「", "“", '"', "'", "…", ".", "!?", ":",
    ":a:", "& ",
    "&lt;", "-", "- ", "> ", "# ", "#", "\n", "x\n", " ", "\t", "1", "e\u0301", "\u0301", "x ", "x",
    "ก ", "؟", "3. ", "EE. ", "【", "MEDIA:", "http://", "http://a(", "www.", "h", "\U0001f600",
)  # fmt: skip
SECONDS_FOR_10_KB = 2.0
"""It takes 0.05 to 0.2 s; what grows with the square took 3 s and more, with the cube minutes."""
FACTOR = 40.0
"""Ten times the text may take so many times as long; the square would be 100. The first kilobyte is
cheaper than the others: it ends before the bounds of the looks ahead are reached."""
_NOISE_S = 0.05
"""Below this, the machine's other work tells more than the text."""


def seconds(text: str, size: int | None = None) -> float:
    best = float("inf")
    for _ in range(2):
        began = time.process_time()
        cut(text, size)
        best = min(best, time.process_time() - began)
        if best < _NOISE_S:
            break
    return best


@pytest.mark.parametrize("unit", UNITS)
def test_time_grows_with_the_length_of_what_is_repeated(unit: str) -> None:
    one, ten = seconds(repeated(unit, 1_000)), seconds(repeated(unit, 10_000))
    assert ten < SECONDS_FOR_10_KB
    assert ten < FACTOR * max(one, _NOISE_S / 10)


@pytest.mark.parametrize("unit", UNITS)
def test_also_when_it_comes_letter_by_letter(unit: str) -> None:
    one, ten = seconds(repeated(unit, 1_000), 1), seconds(repeated(unit, 10_000), 1)
    assert ten < SECONDS_FOR_10_KB
    assert ten < FACTOR * max(one, _NOISE_S / 10)


@pytest.mark.parametrize("unit", ["Mr. ", "![](", "\\(", "x\n", "<", "1."])
@pytest.mark.parametrize("size", [None, 1])
def test_a_hundred_kilobytes_take_ten_times_as_long_as_ten(unit: str, size: int | None) -> None:
    ten, hundred = (seconds(repeated(unit, kilobytes * 1000), size) for kilobytes in (10, 100))
    assert hundred < FACTOR * max(ten, _NOISE_S)


def test_megabytes_are_not_kept() -> None:
    sentences, posted = cut("An endless tale of the sea. " * 80_000)
    assert sum(map(len, sentences)) < 7_000
    assert 50_000 < sum(map(len, posted)) < 61_000
    assert posted[-1].endswith("(…)")

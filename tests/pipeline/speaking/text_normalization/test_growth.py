"""The time for an agent's text grows linearly with its length."""

from __future__ import annotations

from functools import partial

import pytest

from tests.outside.growth import LARGE, MIDDLE, SMALL, complaint
from tests.outside.inputs import repeated
from tests.pipeline.speaking.text_normalization.texts import cut

UNITS = (
    "Mr. ", "a.b.", "1.", "1.2.3.4 ", "me@example.com ", "![](", "<!--", "[[", "[", "[a]", "[a](",
    "[1]", "[^1]:", "\\(", "\\[", "\\(a", "\\", "\\frac{", "\\frac{a}", "$", "$$", "$a", "$5 ", "|",
    "||", "||a", "| a |\n", "a | b\n", "<t:", "<@", "<", "</", "<a", "<a ", "<a b='", "<foo>",
    "<think>", "<|", "<|a", "`", "``", "```", "```\n", "*", "**", "*a", "_", "~", "~a~", "==a", "^",
    "x^2", "5*3", "{", '{"', '{"a":', "(", "。", "「", "“", '"', "'", "…", ".", "!?", ":",
    ":a:", "& ",
    "&lt;", "-", "- ", "> ", "# ", "#", "\n", "x\n", " ", "\t", "1", "e\u0301", "\u0301", "x ", "x",
    "ก ", "؟", "3. ", "EE. ", "【", "MEDIA:", "http://", "http://a(", "www.", "h", "\U0001f600",
    "<" + "a" * 900, "<a " + "b" * 900, "[" + "a" * 300, "$" + "a" * 300, "\\[" + "a" * 900,
    "<foo>" + "word " * 300, "|" + "a" * 900, "||" + "a" * 900, "(" + "a" * 300,
    '{"a": "' + "b" * 400,
)  # fmt: skip
"""Units to repeat. The last ones reach to the bound of a lookahead without an end."""


@pytest.mark.parametrize("unit", UNITS, ids=[repr(unit[:12]) for unit in UNITS])
@pytest.mark.parametrize("piece", [None, 1])
def test_time_grows_with_the_length_of_what_is_repeated(unit: str, piece: int | None) -> None:
    texts = {size: repeated(unit, size) for size in (SMALL, MIDDLE)}
    assert complaint(partial(cut, size=piece), texts) is None


@pytest.mark.parametrize("unit", ["Mr. ", "![](", "\\(", "x\n", "<", "1."])
@pytest.mark.parametrize("piece", [None, 1])
def test_a_hundred_kilobytes_take_ten_times_as_long_as_ten(unit: str, piece: int | None) -> None:
    texts = {size: repeated(unit, size) for size in (MIDDLE, LARGE)}
    assert complaint(partial(cut, size=piece), texts) is None


def test_megabytes_are_not_kept() -> None:
    sentences, posted = cut("An endless tale of the sea. " * 80_000)
    assert sum(map(len, sentences)) < 7_000
    assert 50_000 < sum(map(len, posted)) < 61_000
    assert posted[-1].endswith("(…)")

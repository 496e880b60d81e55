"""A lookahead names what it waits for, so that no other text causes another try."""

from __future__ import annotations

import re
from collections.abc import Sequence

import pytest

from pipeline.speaking.text_normalization.lookahead import Lookahead, NeedMore
from pipeline.speaking.text_normalization.scanner import Scanner

END = re.compile(r"\\\]|\n\n")
LAST = re.compile(r"[\]\n]")


def need(text: str, bound: int = 20) -> NeedMore:
    with pytest.raises(NeedMore) as told:
        Lookahead(text, bound, final=False).find(END, last=LAST)
    return told.value


def test_only_a_deciding_character_causes_another_try() -> None:
    assert not need("ab").may_decide("c\\", 4)
    assert need("ab").may_decide("c]", 4)


def test_the_bound_decides() -> None:
    assert not need("ab").may_decide("c", 19)
    assert need("ab").may_decide("c", 20)


def test_without_a_pattern_any_character_may_decide() -> None:
    with pytest.raises(NeedMore) as told:
        Lookahead("ab", 20, final=False).find(END)
    assert told.value.may_decide("c", 3)
    with pytest.raises(NeedMore) as told:
        Lookahead("ab", 20, final=False).char_at(2)
    assert told.value.may_decide("c", 3)


@pytest.mark.parametrize("opening", ["\\[", "$$", "||", "[a](<", "<foo>", "https://", "`"])
def test_a_character_that_decides_nothing_causes_no_lookahead(
    opening: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks = 0
    begin = Lookahead.__init__

    def counted(ahead: Lookahead, text: str, bound: int, *, final: bool) -> None:
        nonlocal looks
        looks += 1
        begin(ahead, text, bound, final=final)

    monkeypatch.setattr(Lookahead, "__init__", counted)
    scanner = Scanner()
    scanner.feed(opening + "a")
    begun = looks
    for letter in "b" * 300:
        scanner.feed(letter)
    assert begun > 0
    assert looks == begun


@pytest.mark.parametrize(
    "text",
    [
        "\\[ " + "a " * 100 + "\\] b",
        "[a](<" + "b" * 100 + "> 'c') d",
        "https://a.org/" + "b" * 100 + " c",
        "<foo>" + "a b " * 50 + "</foo> c",
        "||" + "a b " * 50 + "|| c",
        "a | b\n--- | ---\nc | d\n\ne",
        "$$" + "x + " * 100 + "$$ a",
        "`" + "a b " * 20 + "` c",
    ],
)
def test_tokens_do_not_depend_on_the_deltas(text: str) -> None:
    whole, letters = Scanner(), Scanner()
    found = whole.feed(text) + whole.finish()
    pieces = [token for letter in text for token in letters.feed(letter)] + letters.finish()
    assert _joined(pieces) == _joined(found)


def _joined(tokens: Sequence[object]) -> list[object]:
    """Adjacent texts joined."""
    out: list[object] = []
    for token in tokens:
        last = out[-1] if out else None
        if isinstance(token, str) and isinstance(last, str):
            out[-1] = last + token
        else:
            out.append(token)
    return out

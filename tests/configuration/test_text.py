from __future__ import annotations

import pytest

from configuration.text import character, cleaned, visible, without_login


@pytest.mark.parametrize(
    ("text", "bare"),
    [
        ("", ""),
        ('"', '"'),
        ('""', ""),
        (" a b ", "a b"),
        ('"a"', "a"),
        ("“a”", "a"),
        ("‘“a”’", "a"),
        ('"a","b"', '"a","b"'),
        ("don't", "don't"),
        ("\ufeff\u200ba\u2060\u00a0", "a"),
        ("a\u200bb", "a\u200bb"),
    ],
)
def test_cleaned(text: str, bare: str) -> None:
    assert cleaned(text) == bare


def test_visible() -> None:
    assert visible("a\u200bb\u00adc\u202e") == "abc"


def test_a_character_is_described_by_its_code_and_name() -> None:
    assert character("’", 3) == "U+2019 (right single quotation mark), character 3"
    assert character("\x1b", 1) == "U+001B (a control character), character 1"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("http://me:pw@box/x", "http://***@box/x"),
        ("http://me:p/w@x@box", "http://***@box"),
        ("me:pw@box", "***@box"),
        ("write to me@box", "write to me@box"),
        ("http://box", "http://box"),
    ],
)
def test_without_login(text: str, shown: str) -> None:
    assert without_login(text) == shown

"""Foreign names in katakana."""

from __future__ import annotations

import pytest

from pipeline.language.kana import is_katakana, spells


@pytest.mark.parametrize(
    ("word", "name"),
    [
        ("ジャービス", "jarvis"),
        ("ジャーヴィス", "jarvis"),
        ("セージ", "sage"),
        ("ノバ", "nova"),
        ("アリス", "alice"),
        ("サマンサ", "samantha"),
        ("ウィンストン", "winston"),
        ("コルタナ", "cortana"),
        ("マックス", "max"),
        ("ハル", "hal"),
        ("アン", "ann"),
        ("ジャーヴィス", "ジャービス"),
        ("ジャヴィス", "ジャービス"),
    ],
)
def test_a_name_as_japanese_spells_it(word: str, name: str) -> None:
    assert spells(word, name)


@pytest.mark.parametrize(
    ("word", "name"),
    [
        ("サービス", "jarvis"),
        ("ページ", "sage"),
        ("メッセージ", "sage"),
        ("ノブ", "nova"),
        ("じゃーびす", "jarvis"),
        ("jarvis", "jarvis"),
        ("サービス", "ジャービス"),
        ("ー", "ッ"),
        ("アー", "a"),
        ("", "ann"),
        ("アン", ""),
    ],
)
def test_another_word_or_another_script(word: str, name: str) -> None:
    assert not spells(word, name)


def test_katakana_has_long_vowels_and_no_other_script() -> None:
    assert is_katakana("セージ")
    assert not is_katakana("セージさん")
    assert not is_katakana("")

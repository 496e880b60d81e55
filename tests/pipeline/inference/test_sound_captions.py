"""Captions of sounds go; brackets that belong to words stay."""

from __future__ import annotations

import pytest

from pipeline.inference.sound_captions import without_captions


@pytest.mark.parametrize(
    "text",
    [
        "401(k)", "f(x)", "option (a) or (b)", "501(c)(3)", "2 * 3 * 4", "array[0]", "(yes)",
        "[Sage]", "*Sage*", "*yes*", "(はい)", "【はい】", "the file(s)", "(555) 123",
        "Is it (three)?",
        "Jarvis (the agent), stop.",
    ],
)  # fmt: skip
def test_brackets_around_words_stay(text: str) -> None:
    assert without_captions(text, ("Sage",)) == text


@pytest.mark.parametrize(
    "text",
    [
        "(Wind blowing)", "[Music]", "*coughs*", "(Risos)", "(Phone rings)", "[BLANK_AUDIO]",
        "【音楽】", "* Musik *", "[ ]", "♪ la la ♪", "[Générique]", "(Silence)",
    ],
)  # fmt: skip
def test_captions_go(text: str) -> None:
    assert without_captions(text, ("Sage",)).strip() == ""


def test_a_caption_among_words_goes() -> None:
    assert without_captions("I (laughs) know", ()) == "I   know"
    assert without_captions("Yes (dog barking) please", ()) == "Yes   please"

"""Letters of another style."""

from __future__ import annotations

import pytest

from pipeline.language.usual_letters import usual_letters
from pipeline.settings import SpeechTextSettings
from pipeline.speaking.text_normalization import SentenceCutter


@pytest.mark.parametrize(
    ("text", "usual"),
    [
        ("𝗜𝗺𝗽𝗼𝗿𝘁𝗮𝗻𝘁: 𝟭𝟮 items", "Important: 12 items"),
        ("𝓗𝓮𝓵𝓵𝓸, Ｈｅｌｌｏ and ⓗⓔⓛⓛⓞ", "Hello, Hello and hello"),
        ("1ᵉʳ", "1er"),
        ("x² and 1º, ½ of Cortana™ №5", "x² and 1º, ½ of Cortana™ №5"),
        ("Zoë, ｶﾞ、今", "Zoë, ｶﾞ、今"),
        ("", ""),
    ],
)
def test_only_the_style_changes(text: str, usual: str) -> None:
    assert usual_letters(text) == usual


def test_an_answer_in_such_letters_is_spoken() -> None:
    cutter = SentenceCutter(SpeechTextSettings(), None)
    spoken = [*cutter.feed("𝗛𝗲𝗹𝗹𝗼 Ben. ⓗⓔⓛⓛⓞ"), *cutter.finish()]
    assert spoken == ["Hello Ben.", "hello"]

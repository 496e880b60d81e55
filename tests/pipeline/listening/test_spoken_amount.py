"""How much a text shows of its language."""

from __future__ import annotations

import pytest

from pipeline.listening.spoken_amount import Amount, amount_said


@pytest.mark.parametrize(
    "text",
    [
        "What time is it?",
        "วันนี้อากาศเป็นอย่างไรบ้าง",
        "ວັນນີ້ເປັນແນວໃດ",
        "今天天气怎么样?",
        "现在几点了?",
        "今日の天気は?",
        "내일날씨알려줘",
    ],
)
def test_a_question_is_a_sentence(text: str) -> None:
    assert amount_said(text) is Amount.SENTENCE


@pytest.mark.parametrize(
    "text", ["지금 몇시예요?", "Saat kaç?", "Która godzina?", "Который час?", "Okay, Sage."]
)
def test_two_words_are_not_enough_alone(text: str) -> None:
    assert amount_said(text) is Amount.FEW_WORDS


@pytest.mark.parametrize(
    "text",
    ["", "Stopp.", "Okay.", "La, la, la, la", "Oh ja.", "はい。", "ありがとう", "谢谢", "ขอบคุณ",
     "สวัสดีครับ", "감사합니다.", "- – ...", "धन्यवाद"],
)  # fmt: skip
def test_a_word_shows_little(text: str) -> None:
    assert amount_said(text) is Amount.LITTLE

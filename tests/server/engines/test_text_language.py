"""The language of a text, and the pronunciation that follows from it."""

from __future__ import annotations

import pytest

from pipeline.speaking.notices import stock_texts, your_turn
from server.engines.kokoro import pronounced, tokens_of
from server.engines.phonemes import phonemes
from server.engines.text_language import language_of_text, pronunciation
from translations import LANGUAGES

SENTENCES = {
    "de": ("Der Zug nach Hamburg fährt heute um acht Uhr ab.", "Ja.", "Ich schaue gleich nach."),
    "fr": ("La réunion a été reportée à jeudi prochain.", "Merci !", "C'est fait."),
    "es": ("La capital de Portugal es Lisboa.", "Sí.", "La película dura dos horas."),
    "pt": ("Você quer que eu resuma os pontos mais importantes?", "Obrigado."),
    "it": ("Il treno per Roma parte alle otto di sera.", "Grazie."),
    "ja": ("ありがとうございます。",),
}
ENGLISH = (
    "José moved from São Paulo to Zürich.",
    "La La Land won six Oscars.",
    "The German word is Schadenfreude.",
    "Café Müller, Berlin.",
    "Los Angeles.",
    "Beyoncé.",
    "Vitamin D.",
    "Sure.",
    "42",
    "",
)


@pytest.mark.parametrize(
    ("language", "text"), [(code, text) for code, texts in SENTENCES.items() for text in texts]
)
def test_a_text_shows_its_language(language: str, text: str) -> None:
    assert language_of_text(text, "en") == language
    assert language_of_text(text, language) == language


@pytest.mark.parametrize("text", ENGLISH)
def test_a_foreign_name_is_no_other_language(text: str) -> None:
    assert language_of_text(text, "en") == "en"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_notice_is_read_in_its_language_by_an_english_voice(language: str) -> None:
    notices = (*stock_texts(language), your_turn("Ben", language, next_one=True))
    assert [each for each in notices if language_of_text(each, "en") != language] == []


def test_an_english_answer_is_read_as_english_by_a_spanish_voice() -> None:
    assert pronounced("It is half past seven.", "ef_dora") == phonemes(
        "It is half past seven.", "en-us"
    )


@pytest.mark.parametrize("voice", ["af_heart", "bm_george"])
def test_an_english_voice_says_german_with_german_phonemes(voice: str) -> None:
    text = "Ich habe fünf schöne Bücher gelesen."
    assert pronounced(text, voice) == phonemes(text, "de")
    (tokens,) = tokens_of(pronounced(text, voice))
    assert len(tokens) > len(text) // 2, "the model knows the phonemes"


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Привет, как дела?", "ru"),
        ("Привіт, як справи?", "uk"),
        ("Γειά σου, τι κάνεις;", "el"),
        ("שלום עולם", "he"),
        ("مرحبا كيف حالك", "ar"),
        ("چطوری؟", "fa"),
        ("你好,今天天气很好。", "cmn"),
        ("สวัสดีครับ", "th"),
    ],
)
def test_an_english_voice_pronounces_another_script_in_its_language(
    text: str, language: str
) -> None:
    assert pronunciation(text, "en") == language
    assert pronounced(text, "af_heart") == phonemes(text, language) != phonemes(text, "en-us")


@pytest.mark.parametrize(
    "text", ["The word привет means hello.", "The letter α is Greek.", "안녕하세요", "42", ""]
)
def test_a_foreign_word_or_no_spelt_script_keeps_the_language(text: str) -> None:
    assert pronunciation(text, "en") is None


@pytest.mark.parametrize(("text", "own"), [("今日", "ja"), ("你好", "zh"), ("Ja, gerne.", "de")])
def test_the_own_script_of_a_voice_is_its_language(text: str, own: str) -> None:
    assert pronunciation(text, own) is None


def test_an_english_text_keeps_the_accent_of_its_voice() -> None:
    text = "The last bath."
    assert pronounced(text, "bm_george") == phonemes(text, "en-gb")
    assert pronounced(text, "af_heart") == phonemes(text, "en-us")

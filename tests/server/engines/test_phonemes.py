"""Phonemes with punctuation, by the real espeak-ng."""

from __future__ import annotations

import pytest

from server.engines.kokoro import MOST_TOKENS, tokens_of
from server.engines.kokoro_vocabulary import VOCABULARY
from server.engines.phonemes import phonemes
from server.errors import UnknownVoice


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("Hello, world!", "en-us", "həlˈoʊ, wˈɜːld!"),
        ("Hello, world!", "en-gb", "həlˈəʊ, wˈɜːld!"),
        ("Wait... what?", "en-us", "wˈeɪt... wˌʌt?"),
        ('He said "no".', "en-us", 'hiː sˈɛd "nˈoʊ".'),
        ("line one\nline two", "en-us", "lˈaɪn wˈʌn lˈaɪn tˈuː"),
        ("at 10:30", "en-us", "æt tˈɛn θˈɜːɾi"),
        ("Visit example.com.", "en-us", "vˈɪzɪt ɛɡzˈæmpəl dˈɑːt kˈɑːm."),
        ("Dr. Smith", "en-us", "dˈɑːktɚ smˈɪθ"),
        ("We won 3:2.", "en-us", "wiː wˈʌn θɹˈiː tə tˈuː."),
        (
            "not 3:2:1",
            "en-us",
            "nˌɑːt θɹˈiː kˈoʊlən tˈuː kˈoʊlən wˈʌn",
        ),
        ("a Ph.D. in physics", "en-us", "ɐ pˌiːˈeɪtʃ dˈiː ɪn fˈɪzɪks"),
        ("My Ph.D. It ended.", "en-us", "maɪ pˌiːˈeɪtʃ dˈiː. ɪɾ ˈɛndᵻd."),
        ("at 5 p.m. tomorrow", "en-us", "æt fˈaɪv pˌiːˈɛm təmˈɑːɹoʊ"),
        ("at 5 p.m. Then", "en-us", "æt fˈaɪv pˌiːˈɛm. ðˈɛn"),
        ("Guten Tag.", "de", "ɡˈuːtən tˈɑːk."),
    ],
)
def test_words_are_pronounced_and_marks_are_kept(text: str, language: str, expected: str) -> None:
    assert phonemes(text, language) == expected


def test_a_number_is_one_number_whatever_its_marks() -> None:
    assert phonemes("3.5", "en-us") == "θɹˈiː pɔɪnt fˈaɪv"
    assert phonemes("1,000", "en-us") == "wˈʌn θˈaʊzənd"


@pytest.mark.parametrize("text", ["", "   ", "...", "?!", "\u200b", "\n\t"])
def test_a_text_without_words_has_no_phonemes(text: str) -> None:
    assert phonemes(text, "en-us") == ""


@pytest.mark.parametrize("text", ["नमस्ते दुनिया", "Привет", "Hello नमस्ते"])
def test_notes_about_the_language_are_no_phonemes(text: str) -> None:
    spoken = phonemes(text, "en-us")
    assert spoken
    assert "(" not in spoken


def test_an_unknown_language_is_an_error() -> None:
    with pytest.raises(UnknownVoice, match="xx"):
        phonemes("Hello.", "xx")


def test_the_vocabulary_has_the_published_numbers() -> None:
    assert len(VOCABULARY) == 114
    known = {";": 1, "?": 6, " ": 16, "I": 25, "f": 48, "h": 50, "æ": 72, "ˈ": 156, "ᵻ": 177}
    assert {symbol: VOCABULARY[symbol] for symbol in known} == known


def test_a_long_text_is_cut_at_sentences() -> None:
    sentence = "wʌn tuː θɹiː, fɔːɹ faɪv. "
    parts = tokens_of(sentence * 60)
    assert all(0 < len(part) <= MOST_TOKENS for part in parts)
    assert {part[-1] for part in parts} == {VOCABULARY["."]}
    assert sum(len(part) for part in parts) == len(sentence) * 60 - len(parts)


def test_a_text_without_marks_is_cut_at_words_and_a_word_anywhere() -> None:
    assert [len(part) for part in tokens_of("wʌn " * 300)] == [507, 507, 183]
    assert [len(part) for part in tokens_of("a" * 1100)] == [510, 510, 80]


def test_symbols_outside_the_vocabulary_are_left_out() -> None:
    assert tokens_of("ka̯t#") == [[VOCABULARY["k"], VOCABULARY["a"], VOCABULARY["t"]]]
    assert tokens_of("") == tokens_of("#") == []

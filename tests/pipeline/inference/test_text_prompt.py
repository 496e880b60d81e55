from __future__ import annotations

from pathlib import Path

import pytest
from tokenizers import Tokenizer

from pipeline.inference.text_prompt import LONGEST_PROMPT, text_prompt
from pipeline.inference.whisper_vocabulary import WhisperVocabulary


@pytest.fixture(scope="module")
def vocabulary(whisper_path: Path) -> WhisperVocabulary:
    tokenizer = Tokenizer.from_file(str(whisper_path / "tokenizer.json"))
    return WhisperVocabulary(tokenizer, multilingual=True)


def stamps(tokens: list[int], vocabulary: WhisperVocabulary) -> list[float]:
    first = vocabulary.first_timestamp
    return [vocabulary.seconds(token) for token in tokens if token >= first]


def test_each_sentence_has_its_timestamps(vocabulary: WhisperVocabulary) -> None:
    tokens = text_prompt("Good morning. What time is it, Jarvis?", vocabulary)
    assert stamps(tokens, vocabulary) == pytest.approx([0.0, 1.0, 1.0, 2.66], abs=0.01)
    assert " ".join(vocabulary.decode(tokens).split()) == "Good morning. What time is it, Jarvis?"


def test_one_sentence_is_said_twice(vocabulary: WhisperVocabulary) -> None:
    assert vocabulary.decode(text_prompt("Good morning.", vocabulary)).count("Good") == 2


@pytest.mark.parametrize("text", ["", "  ", "...", "?!"])
def test_a_text_without_words_is_no_prompt(text: str, vocabulary: WhisperVocabulary) -> None:
    assert text_prompt(text, vocabulary) == []


def test_of_a_long_text_the_end_is_used(vocabulary: WhisperVocabulary) -> None:
    tokens = text_prompt("Yes. " * 5000 + "What is two plus two?", vocabulary)
    assert len(tokens) <= 224
    assert vocabulary.decode(tokens).endswith("What is two plus two?")
    assert max(stamps(tokens, vocabulary)) <= 30.0
    assert LONGEST_PROMPT < 25_000

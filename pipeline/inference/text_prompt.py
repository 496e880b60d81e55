"""A text before the audio, as Whisper's prompt: it sets the style and the spelling of names."""

from __future__ import annotations

import re
from typing import Final

from pipeline.inference.whisper_vocabulary import WhisperVocabulary

LONGEST_PROMPT: Final = 1000
"""Characters; Whisper reads the last 223 tokens."""
_SENTENCE: Final = re.compile(r"[^.!?…。！？]+[.!?…。！？]*")
_WORDS_A_SECOND: Final = 3.0
_LONGEST_S: Final = 29.0


def text_prompt(text: str, vocabulary: WhisperVocabulary) -> list[int]:
    """The tokens of the end of ``text`` with timestamps; empty for a text without words.

    Without timestamps in the prompt, Whisper writes none in its answer either, and then repeats
    itself in a short window. A text of one sentence alone loses text, so there are two at least.
    """
    sentences = [each.strip() for each in _SENTENCE.findall(text[-LONGEST_PROMPT:])]
    sentences = [each for each in sentences if any(letter.isalnum() for letter in each)]
    if not sentences:
        return []
    if len(sentences) == 1:
        sentences *= 2
    tokens: list[int] = []
    begin = 0.0
    for sentence in sentences:
        end = min(begin + max(1.0, len(sentence.split()) / _WORDS_A_SECOND), _LONGEST_S)
        if end <= begin:
            begin, end = 0.0, 1.0
        tokens += [vocabulary.timestamp(begin), *vocabulary.encode(f" {sentence}")]
        tokens.append(vocabulary.timestamp(end))
        begin = end
    return vocabulary.as_previous_text(tokens)

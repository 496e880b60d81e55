"""The tokens of a Whisper model: its prompts, its timestamps, and the tokens that write a mark."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Final

import tokenizers
from faster_whisper.tokenizer import _LANGUAGE_CODES as LANGUAGE_CODES
from faster_whisper.tokenizer import Tokenizer
from faster_whisper.transcribe import get_suppressed_tokens

_MARKS: Final = {
    "full_stop": (".", "。", "．", "।"),
    "question": ("?", "？", "؟"),
    "exclamation": ("!", "！"),
    "comma": (",", "，", "、", "،"),
    "trailing": ("...", "..", "....", "…", "-", "--", "—", "–"),
}
_TIMESTAMPS_A_SECOND: Final = 50
_LONGEST_PROMPT: Final = 223
"""Tokens: half of Whisper's context, without the one that begins the prompt."""


_SPACE: Final = "Ġ"
"""How the tokenizer's files write a space."""
_LOST_MERGE: Final = [_SPACE, "t"]
"""The first merge of Whisper's vocabulary. The tokenizer of faster-whisper's
multilingual models lacks it, and then writes " the" as " " and "the", which the model never saw."""


def load_tokenizer(path: Path) -> tokenizers.Tokenizer:
    """The tokenizer of a file ``tokenizer.json``, with the merge that the converters lost.

    Raises:
        Exception: it cannot be read.
    """
    described = json.loads(path.read_text("utf-8"))
    model = described["model"]
    merges = model.get("merges", [])
    both = "".join(_LOST_MERGE)
    written = _LOST_MERGE if merges and isinstance(merges[0], list) else " ".join(_LOST_MERGE)
    if both in model.get("vocab", ()) and written not in merges:
        merges.insert(0, written)
    return tokenizers.Tokenizer.from_str(json.dumps(described))


class WhisperVocabulary:
    """The token ids of one model. ``multilingual`` says whether its prompt names a language."""

    def __init__(self, tokenizer: tokenizers.Tokenizer, *, multilingual: bool) -> None:
        self._tokenizer = tokenizer
        self._multilingual = multilingual
        self._english = Tokenizer(tokenizer, multilingual, task="transcribe", language="en")
        self.end_of_text: int = self._english.eot
        self.first_timestamp: int = self._english.timestamp_begin
        """The token of 0.00 s; every 20 ms has one."""
        self.suppressed: list[int] = list(get_suppressed_tokens(self._english, [-1]))

    @cached_property
    def languages(self) -> tuple[str, ...]:
        """The ISO codes of the languages that the model knows."""
        if not self._multilingual:
            return ("en",)
        return tuple(code for code in LANGUAGE_CODES if self.supports(code))

    def supports(self, language: str) -> bool:
        """Whether the model has a token for this ISO code."""
        return language == "en" if not self._multilingual else self._language(language) is not None

    def start(self, language: str, *, translate: bool = False) -> list[int]:
        """The prompt of a transcription with timestamps, or of a translation to English.

        Raises:
            KeyError: the model does not know the language.
        """
        if not self._multilingual:
            return [self._english.sot]
        token = self._language(language)
        if token is None:
            raise KeyError(language)
        task = self._english.translate if translate else self._english.transcribe
        return [self._english.sot, token, task]

    def as_previous_text(self, tokens: Sequence[int]) -> list[int]:
        """The tokens as those of the text before; they go before `start`."""
        return [self._english.sot_prev, *tokens[-_LONGEST_PROMPT:]]

    def timestamp(self, seconds: float) -> int:
        return self.first_timestamp + round(seconds * _TIMESTAMPS_A_SECOND)

    def seconds(self, timestamp: int) -> float:
        return (timestamp - self.first_timestamp) / _TIMESTAMPS_A_SECOND

    def is_text(self, token: int) -> bool:
        return token < self.end_of_text

    def encode(self, text: str) -> list[int]:
        return list(self._tokenizer.encode(text, add_special_tokens=False).ids)

    def decode(self, tokens: Sequence[int]) -> str:
        return str(self._tokenizer.decode([token for token in tokens if self.is_text(token)]))

    def is_word(self, token: int) -> bool:
        """Whether a text token writes part of a word, and not only marks and spaces."""
        # A character of several tokens is decoded to replacement characters.
        return any(each.isalnum() or each == "\ufffd" for each in self.decode([token]))

    def begins_word(self, token: int) -> bool:
        """Whether a text token begins with a space."""
        return str(self._tokenizer.id_to_token(token)).startswith(_SPACE)

    @cached_property
    def marks(self) -> dict[str, list[int]]:
        """The tokens that write each mark, by the names of the fields of `ClosingMarks`."""
        return {name: self._single(texts) for name, texts in _MARKS.items()}

    @cached_property
    def sentence_ends(self) -> list[int]:
        """The tokens of a full stop and of a question mark."""
        return [self.encode(text)[0] for text in ".?"]

    def _single(self, texts: Sequence[str]) -> list[int]:
        encoded = (self.encode(space + text) for text in texts for space in ("", " "))
        return sorted({tokens[0] for tokens in encoded if len(tokens) == 1})

    def _language(self, language: str) -> int | None:
        token: int | None = self._tokenizer.token_to_id(f"<|{language}|>")
        return token

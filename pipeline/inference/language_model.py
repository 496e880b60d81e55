"""A small language model: how likely does a sentence end behind some words?

The model is SmolLM2 with 135 million parameters (https://huggingface.co/HuggingFaceTB, Apache-2.0),
run by CTranslate2 with int8 weights. It reads a short dialogue in its own chat format and then the
words of the turn. Of its next token only the classes of `TextEnding` count, so its last layer has
only their tokens. The state behind the dialogue is computed once and kept.
"""

from __future__ import annotations

import logging
import os
import re
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from pipeline.errors import ModelUnavailable
from pipeline.inference.llama_weights import LlamaWeights
from pipeline.inference.text_ending import TextEnding

log = logging.getLogger(__name__)

_SYSTEM: Final = (
    "You are Jarvis, a voice assistant in a call of friends. What they say is transcribed from "
    "speech."
)
_TURNS: Final = (
    ("What's the weather like in Berlin today?", "It is cloudy."),
    ("I was at the dentist yesterday, so I missed the meeting.", "What was it about?"),
    ("Remind me to call my sister tomorrow morning at nine.", "I will."),
    ("When I got home, the lights were off and the door was open.", "Strange."),
)
"""Questions, requests and remarks, and their answers, before the turn."""
_FORM: Final = "ctranslate2-1"
"""The form of the converted model: another name for another form, or other classes."""
_TOKENIZER: Final = "tokenizer.json"
_MOST_TOKENS: Final = 96
"""Tokens of the turn that the model reads, from its end: a minute of speech has twice as many."""
_FREQUENT: Final = 8192
"""Tokens of the vocabulary, in the order of their frequency, that count as another word."""
_END: Final = re.compile(r"[\"”')]*[.?!]|\n")
_COMMA: Final = re.compile(r"[,;:–—-]")
_WORD: Final = re.compile(r" [^\W\d_]")
_MARKS: Final = " .,;:?!…-–—"
"""What speech to text may have written behind the last word."""


class LanguageModel:
    """The model, shared by every speaker; may be called from several threads.

    The first time, its weights are converted, which takes some seconds. The result is kept beside
    them if their folder can be written to.

    Raises:
        ModelUnavailable: the file is missing or will not load.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        file = Path(path)
        if not file.is_file():
            raise ModelUnavailable(
                f"sentence ends (SmolLM2): there is no file {file}; run `python run.py models "
                "fetch` to get it"
            )
        try:
            self._tokenizer, self._classes, self._generator = _open(file)
            self._before = self._tokens(_dialogue())
            self.ending("The first text takes longest")
        # CTranslate2 raises a RuntimeError, tokenizers a plain Exception.
        except Exception as error:
            raise ModelUnavailable(
                f"sentence ends (SmolLM2): {file} does not load ({error}); delete it and run "
                "`python run.py models fetch` again"
            ) from error

    def ending(self, text: str) -> TextEnding:
        """What comes behind the words of an English ``text``; the marks at its end are ignored.

        Takes about 30 ms of one core: call it in a worker.

        Raises:
            ValueError: the text has no words.
        """
        words = text.rstrip(_MARKS)
        if not words.strip():
            raise ValueError("the text has no words")
        (found,) = self._generator.generate_batch(
            [self._tokens(words.strip())[-_MOST_TOKENS:]],
            static_prompt=self._before,
            cache_static_prompt=True,
            include_prompt_in_result=False,
            max_length=1,
            return_logits_vocab=True,
        )
        return self._classes.ending(np.array(found.logits[0])[0])

    def _tokens(self, text: str) -> list[str]:
        tokens: list[str] = self._tokenizer.encode(text).tokens
        return tokens


def _open(file: Path) -> tuple[Any, _Classes, Any]:
    """Load the model, from the conversion beside ``file`` if there is one that loads."""
    kept = file.with_name(f"{file.stem}.{_FORM}")
    if kept.is_dir():
        try:
            return _load(kept)
        except Exception as error:
            log.warning("%s does not load and is made again: %s", kept, error)
            shutil.rmtree(kept, ignore_errors=True)
    with _scratch(file.parent) as scratch:
        made = scratch / kept.name
        made.mkdir()
        weights = LlamaWeights.read(file)
        tokenizer = weights.tokenizer()
        tokenizer.save(str(made / _TOKENIZER))
        weights.write_ctranslate2(made, _Classes(tokenizer).tokens)
        # Another process may have made it meanwhile; or the folder is of another file system.
        with suppress(OSError):
            made = made.rename(kept)
        return _load(made)


@contextmanager
def _scratch(beside: Path) -> Iterator[Path]:
    """A folder for the moment, in ``beside`` if that can be written to."""
    try:
        folder = tempfile.TemporaryDirectory(dir=beside, prefix=".converting-")
    except OSError:
        folder = tempfile.TemporaryDirectory()
    with folder as path:
        yield Path(path)


def _load(folder: Path) -> tuple[Any, _Classes, Any]:
    """The tokenizer, the classes of the output, and the model."""
    # Loaded late: the imports take a second, which whoever has no such model saves.
    import ctranslate2
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(folder / _TOKENIZER))
    model = ctranslate2.Generator(str(folder), device="cpu", compute_type="int8", intra_threads=1)
    return tokenizer, _Classes(tokenizer), model


class _Classes:
    """The tokens that a turn may go on with, and their classes."""

    def __init__(self, tokenizer: Any) -> None:
        texts = _texts(tokenizer)
        control = np.array([not text for text in texts])
        frequent = np.arange(len(texts)) < _FREQUENT
        end = _matches(texts, _END) | control
        comma = _matches(texts, _COMMA)
        word = _matches(texts, _WORD) & frequent
        self.tokens: NDArray[np.int64] = np.flatnonzero(end | comma | word)
        """The numbers of the tokens, in the order of the model's last layer."""
        self._end, self._comma, self._word = (
            np.flatnonzero(each[self.tokens]) for each in (end, comma, word)
        )

    def ending(self, logits: NDArray[np.float32]) -> TextEnding:
        """``logits`` is ``float32[tokens]``."""
        every = _log_sum(logits)
        return TextEnding(
            sentence_end=_log_sum(logits[self._end]) - every,
            comma=_log_sum(logits[self._comma]) - every,
            next_word=_log_sum(logits[self._word]) - every,
        )


def _dialogue() -> str:
    parts = [("system", _SYSTEM)]
    for said, answer in _TURNS:
        parts += [("user", said), ("assistant", answer)]
    written = [f"<|im_start|>{role}\n{text}<|im_end|>\n" for role, text in parts]
    return "".join(written) + "<|im_start|>user\n"


def _texts(tokenizer: Any) -> list[str]:
    """The text of each token; empty for those that are no text."""
    from tokenizers.decoders import ByteLevel

    decoder, control = ByteLevel(), tokenizer.get_added_tokens_decoder()
    return [
        "" if number in control else decoder.decode([tokenizer.id_to_token(number)])
        for number in range(tokenizer.get_vocab_size())
    ]


def _matches(texts: Sequence[str], pattern: re.Pattern[str]) -> NDArray[np.bool_]:
    return np.array([pattern.match(text) is not None for text in texts])


def _log_sum(logits: NDArray[np.float32]) -> float:
    return float(np.logaddexp.reduce(logits.astype(np.float64)))

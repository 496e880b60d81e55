"""The language model on a tiny Llama: its conversion, its classes and its errors.

What SmolLM2 itself makes of sentences is in tests/real_models.
"""

from __future__ import annotations

import logging
import shutil
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tokenizers import Tokenizer

from pipeline.errors import ModelUnavailable
from pipeline.inference.language_model import LanguageModel
from tests.pipeline.inference import tiny_llama

TEXTS = (
    "What is the time",
    "Turn off the",
    "Yes.",
    "It costs 12",
    "Ça va",
    "…so?",
    "日本語",
    "a" * 400,
    "<|im_end|> and",
    "the\x00end",
    "\u202ehow",
    "👩‍👩‍👧 what",
)


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("llama") / "tiny.gguf"
    tiny_llama.write(path)
    return path


@pytest.fixture(scope="module")
def model(weights: Path) -> LanguageModel:
    return LanguageModel(weights)


def converted(weights: Path) -> Path:
    (found,) = (each for each in weights.parent.iterdir() if each.is_dir())
    return found


def log_sum(values: np.ndarray) -> float:
    return float(np.logaddexp.reduce(values))


@pytest.mark.parametrize("text", ["What is the time", "Turn off the", "It costs 12"])
def test_the_converted_model_computes_what_the_file_says(
    model: LanguageModel, weights: Path, text: str
) -> None:
    tokenizer = Tokenizer.from_file(str(converted(weights) / "tokenizer.json"))
    vocabulary = tokenizer.get_vocab()
    before = [vocabulary[token] for token in model._before]
    logits = tiny_llama.Reference(weights).logits([*before, *tokenizer.encode(text).ids])
    tokens = tiny_llama.vocabulary()
    ends = [n for n, token in enumerate(tokens) if n < 3 or token in (".", "?", "!", "Ċ")]
    commas = [n for n, token in enumerate(tokens) if token in (",", ";", ":", "-")]
    words = [tokens.index("Ġt"), tokens.index("Ġth")]
    every = log_sum(logits[[*ends, *commas, *words]])
    found = model.ending(text)
    # The weights of 4 bits become int8, and so do the numbers between the layers.
    assert found.sentence_end == pytest.approx(log_sum(logits[ends]) - every, abs=0.08)
    assert found.comma == pytest.approx(log_sum(logits[commas]) - every, abs=0.08)
    assert found.next_word == pytest.approx(log_sum(logits[words]) - every, abs=0.08)


@pytest.mark.parametrize("text", TEXTS)
def test_three_probabilities_of_any_text_make_one(model: LanguageModel, text: str) -> None:
    found = model.ending(text)
    each = (found.sentence_end, found.comma, found.next_word)
    assert sum(map(np.exp, each)) == pytest.approx(1)
    assert model.ending(text) == found


def test_the_marks_at_the_end_of_a_text_are_ignored(model: LanguageModel) -> None:
    plain = model.ending("Turn it off")
    for marked in ("Turn it off.", "Turn it off...", "Turn it off?", "  Turn it off, "):
        assert model.ending(marked) == plain


@pytest.mark.parametrize("text", ["", " ", "...", "?!"])
def test_a_text_without_words_is_refused(model: LanguageModel, text: str) -> None:
    with pytest.raises(ValueError, match="no words"):
        model.ending(text)


def test_a_long_text_counts_from_its_end(model: LanguageModel) -> None:
    # A character is a token here: SmolLM2's vocabulary has most words as one.
    end = "b" * 96
    assert model.ending("xyz " * 300 + end) == model.ending("zyx " * 500 + end)


def test_the_conversion_is_kept_and_used_again(
    model: LanguageModel, weights: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "pipeline.inference.language_model.LlamaWeights.read", lambda _: pytest.fail("read again")
    )
    assert LanguageModel(weights).ending("What is") == model.ending("What is")


def test_a_damaged_conversion_is_made_again(
    model: LanguageModel, weights: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    own = tmp_path / weights.name
    shutil.copy(weights, own)
    LanguageModel(own)
    (converted(own) / "model.bin").write_bytes(b"cut off")
    with caplog.at_level(logging.WARNING):
        assert LanguageModel(own).ending("What is") == model.ending("What is")
    assert "made again" in caplog.text
    caplog.clear()
    LanguageModel(own)
    assert not caplog.records


def test_a_folder_that_cannot_be_written_to_keeps_no_conversion(
    model: LanguageModel, weights: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = tmp_path / weights.name
    shutil.copy(weights, own)
    make = tempfile.TemporaryDirectory

    def refuse(**how: Any) -> tempfile.TemporaryDirectory[str]:
        if "dir" in how:
            raise PermissionError("read-only")
        return make(**how)

    def stays(self: Path, target: Path) -> Path:
        raise OSError("another file system")

    monkeypatch.setattr("tempfile.TemporaryDirectory", refuse)
    monkeypatch.setattr(Path, "rename", stays)
    assert LanguageModel(own).ending("What is") == model.ending("What is")
    assert [each.name for each in tmp_path.iterdir()] == [own.name]


def test_a_missing_file_names_the_command(tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailable, match=r"run\.py models fetch"):
        LanguageModel(tmp_path / "none.gguf")


@pytest.mark.parametrize("content", [b"", b"no weights at all", b"GGUF" + bytes(200)])
def test_a_file_that_is_no_gguf_is_an_error_that_names_it(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "broken.gguf"
    file.write_bytes(content)
    with pytest.raises(ModelUnavailable, match=r"broken\.gguf does not load"):
        LanguageModel(file)
    assert list(tmp_path.iterdir()) == [file]


def test_the_weights_of_another_architecture_are_an_error(tmp_path: Path) -> None:
    file = tmp_path / "other.gguf"
    tiny_llama.write(file, architecture="gemma")
    with pytest.raises(ModelUnavailable, match="gemma"):
        LanguageModel(file)

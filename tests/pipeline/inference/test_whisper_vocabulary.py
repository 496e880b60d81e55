"""The tokenizer of a model, which may lack a merge."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pipeline.inference.whisper_vocabulary import load_tokenizer

VOCABULARY = ["Ġ", "t", "h", "e", "Ġt", "he", "Ġthe"]
"""The letters, and what each merge makes."""


def write(path: Path, merges: list[str] | list[list[str]]) -> Path:
    described = {
        "version": "1.0",
        "added_tokens": [],
        "pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True},
        "decoder": {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True},
        "model": {
            "type": "BPE",
            "vocab": {token: number for number, token in enumerate(VOCABULARY)},
            "merges": merges,
        },
    }
    path.write_text(json.dumps(described), "utf-8")
    return path


@pytest.mark.parametrize(
    "merges",
    [
        ["h e", "Ġt he"],
        ["Ġ t", "h e", "Ġt he"],
        [["h", "e"], ["Ġt", "he"]],
        [["Ġ", "t"], ["h", "e"], ["Ġt", "he"]],
    ],
)
def test_a_word_behind_a_space_is_one_token_also_where_the_file_lost_the_merge(
    tmp_path: Path, merges: list[str] | list[list[str]]
) -> None:
    tokenizer = load_tokenizer(write(tmp_path / "tokenizer.json", merges))
    assert tokenizer.encode(" the", add_special_tokens=False).tokens == ["Ġthe"]
    assert tokenizer.decode(tokenizer.encode(" the").ids) == " the"

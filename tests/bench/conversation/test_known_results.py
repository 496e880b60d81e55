"""Results of models that are kept in a file."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from bench.conversation.known_results import KnownResults, digest


def test_a_result_is_known_to_the_next_process(tmp_path: Path) -> None:
    KnownResults("words", tmp_path / "new").put("a", {"text": "hi"})
    assert KnownResults("words", tmp_path / "new").get("a") == {"text": "hi"}
    assert KnownResults("words", tmp_path / "new").get("b") is None


def test_a_line_that_is_cut_off_is_ignored(tmp_path: Path) -> None:
    KnownResults("words", tmp_path).put("a", 1)
    with (tmp_path / "words.jsonl").open("a", encoding="utf-8") as file:
        file.write('["b", {"te')
    known = KnownResults("words", tmp_path)
    assert known.get("a") == 1
    assert known.get("b") is None


def test_the_key_depends_on_the_audio_and_on_what_else_is_named() -> None:
    audio = np.arange(5, dtype=np.int16)
    keys = {digest(audio), digest(audio[1:]), digest(audio, "text"), digest(audio, "other")}
    assert len(keys) == 4

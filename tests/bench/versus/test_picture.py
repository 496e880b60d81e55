"""The picture, where matplotlib is installed (`make bench` installs it)."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.bench.versus.test_table import OURS, RESULTS

pytest.importorskip("matplotlib")

from bench.versus.picture import draw


def test_the_same_results_are_drawn_the_same(tmp_path: Path) -> None:
    one, other = tmp_path / "one.svg", tmp_path / "new" / "other.svg"
    draw(RESULTS, one)
    draw(RESULTS, other)
    assert one.read_bytes().startswith(b"<?xml")
    assert one.read_bytes() == other.read_bytes()


def test_what_was_not_run_leaves_its_panel_empty(tmp_path: Path) -> None:
    bare = replace(OURS, turns=None, barge_in=None, memory_per_speaker_mb=None)
    whole, part = tmp_path / "whole.png", tmp_path / "part.png"
    draw(RESULTS, whole)
    draw(replace(RESULTS, systems=(bare,)), part)
    assert part.read_bytes().startswith(b"\x89PNG")
    assert len(part.read_bytes()) < len(whole.read_bytes())

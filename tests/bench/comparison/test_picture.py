"""The picture, where matplotlib is installed (`make bench` installs it)."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.bench.comparison.test_table import OURS, RESULTS

mpl = pytest.importorskip("matplotlib")
draw = pytest.importorskip("bench.comparison.picture").draw


def test_the_same_results_are_drawn_the_same(tmp_path: Path) -> None:
    one, other = tmp_path / "one.svg", tmp_path / "new" / "other.svg"
    draw(RESULTS, one)
    draw(RESULTS, other)
    assert one.read_bytes().startswith(b"<?xml")
    assert one.read_bytes() == other.read_bytes()


def test_what_was_not_run_is_said_in_its_panel(tmp_path: Path) -> None:
    bare = replace(OURS, barge_in=None, memory_per_speaker_mb=None)
    whole, part = tmp_path / "whole.svg", tmp_path / "part.svg"
    with mpl.rc_context({"svg.fonttype": "none"}):
        draw(RESULTS, whole)
        draw(replace(RESULTS, systems=(bare,), talks=()), part)
    assert "not run" not in whole.read_text(encoding="utf-8")
    assert part.read_text(encoding="utf-8").count("not run") == 2


def test_a_png_is_drawn_when_its_name_says_so(tmp_path: Path) -> None:
    draw(RESULTS, tmp_path / "picture.png")
    assert (tmp_path / "picture.png").read_bytes().startswith(b"\x89PNG")

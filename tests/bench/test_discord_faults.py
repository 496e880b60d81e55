"""The bench of outages itself: it tells well from wrong, and what was lost."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from bench import discord_faults as faults
from testing.outage_harness import OutageHarness


def run(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    monkeypatch.setattr(sys, "argv", ["faults", *arguments])
    with pytest.raises(SystemExit) as ended:
        faults.main()
    assert isinstance(ended.value.code, int)
    return ended.value.code


def test_one_command_prints_the_outages_and_their_results(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    report = tmp_path / "faults.json"
    only = ("--lengths", "5", "--only", "SIGTERM", "--json", str(report))
    assert run(monkeypatch, *only) == 0
    head, line, count = capsys.readouterr().out.splitlines()
    assert head == faults.HEAD
    assert line.startswith("stopped (SIGTERM)")
    assert count == "1 scenarios, 0 wrong"
    (outcome,) = json.loads(report.read_text())["outcomes"]
    assert outcome["outcome"] == "back"
    assert 3 < outcome["lost_s"] < 10


def test_a_call_that_does_not_come_back_is_wrong(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(OutageHarness, "heard_since", lambda *_: False)
    monkeypatch.setattr(faults, "_BACK_WITHIN_S", 1.0)
    assert run(monkeypatch, "--lengths", "5", "--only", "SIGTERM") == 1
    (line,) = (each for each in capsys.readouterr().out.splitlines() if "SIGTERM" in each)
    assert "not back" in line
    assert "WRONG" in line


def test_what_is_lost_are_the_pauses_beyond_those_between_words() -> None:
    assert faults._gaps_s([0.0, 1.0, 2.0, 12.0, 13.0]) == 9.0
    assert faults._gaps_s([0.0]) == 0.0


def test_every_kind_of_outage_runs_at_every_length() -> None:
    names = [name for name, _ in faults.scenarios((5.0, 600.0), 30.0)]
    assert names.count("UDP discovery unanswered") == 2
    assert names.count("killed (kill -9)") == 2
    assert {f"voice refused, {code}" for code in (1000, 1006, 1011, 4004, 4022)} <= set(names)
    assert {"kicked, nothing", "dragged, nothing", "channel deleted, nothing"} <= set(names)

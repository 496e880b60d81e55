"""Counting what was judged right."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bench.conversation.addressee import __main__ as command
from bench.conversation.addressee.scenes import LEVELS, Case
from bench.conversation.addressee.score import (
    AddresseeScore,
    JudgedCase,
    all_levels,
    kinds_table,
    mistakes,
    numbers,
    table,
)
from pipeline.addressee.classifier import Decision
from pipeline.addressee.context import RoomState
from pipeline.participants import Participants
from pipeline.ports import Persona, Speaker, Voice
from pipeline.settings import Level

ANN = Speaker(1, "Ann")
PARTICIPANTS = Participants((), Persona("jarvis", "Jarvis", Voice("jarvis")), 0.9)
ROOM = RoomState((ANN, Speaker(2, "Ben")))


def case(level: Level | None, *kinds: str, text: str = "Hello.") -> Case:
    return Case("a scene", ANN, PARTICIPANTS.parse(ANN.id, text, "en"), ROOM, level, kinds)


def judged(level: Level | None, answered: bool, *kinds: str) -> JudgedCase:
    return JudgedCase(case(level, *kinds), "medium", Decision(answered, 0.5, ("why",)))


SCORE = AddresseeScore(
    (
        judged("low", True, "name"),
        judged("low", True, "name", "imperative"),
        judged("medium", False, "imperative"),
        judged(None, True, "side talk"),
        judged("high", False, "room"),
        judged(None, False, "side talk"),
    )
)


def test_precision_recall_and_f1() -> None:
    assert (SCORE.wanted, SCORE.answered, SCORE.hits) == (3, 3, 2)
    assert SCORE.precision == SCORE.recall == SCORE.f1 == pytest.approx(2 / 3)


def test_false_answers_are_those_to_lines_for_no_agent() -> None:
    assert SCORE.false_answers == 0.5
    assert SCORE.of(["name"]).false_answers == 0.0


def test_what_belongs_to_a_higher_level_is_not_wanted_yet() -> None:
    assert SCORE.of(["room"]).wanted == 0
    assert SCORE.of(["room"]).recall == 1.0


def test_by_kind() -> None:
    assert SCORE.of(["name"]).recall == 1.0
    assert SCORE.of(["imperative"]).recall == 0.5
    assert SCORE.of(["name", "imperative"]).recall == pytest.approx(2 / 3)


def test_nothing_at_all_is_no_mistake() -> None:
    empty = AddresseeScore(())
    assert (empty.precision, empty.recall) == (1.0, 1.0)
    assert empty.mistakes == ()


def test_mistakes_come_with_their_reasons() -> None:
    text = mistakes({"medium": SCORE})
    assert text.count("\n    why") == 2
    assert "not answered (0.50): Ann: Hello." in text


def test_the_tables_have_a_line_for_each_level_and_kind() -> None:
    scores = all_levels([case("low", "name", text="Jarvis, hello."), case(None, "side talk")])
    assert [line.split()[0] for line in table(scores).splitlines()[1:]] == list(LEVELS)
    name = next(line for line in kinds_table(scores).splitlines() if line.startswith("name"))
    assert name.split() == ["name", "1", "1/1", "1/1", "1/1"]


def test_the_numbers_are_the_tables() -> None:
    found = numbers({"medium": SCORE})["medium"]
    assert found["f1"] == 0.6667
    assert found["imperative_recall"] == 0.5
    assert found["kinds"]["side talk"]["answered"] == 1


def test_the_command_prints_a_part_and_writes_the_numbers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "addressee.json"
    monkeypatch.setattr("sys.argv", ["addressee", "--part", "tuning", "--json", str(file)])
    command.main()
    printed = capsys.readouterr().out
    assert printed.startswith("tuning, as written")
    assert "tuning, as stripped" in printed
    assert json.loads(file.read_text())["stripped"]["tuning"]["medium"]["false_answers"] < 0.05
    assert "earlier" not in json.loads(file.read_text())["parts"]
    assert json.loads(file.read_text())["parts"]["tuning"]["medium"]["lines"] > 400
    assert "us of CPU time" in printed
    assert json.loads(file.read_text())["decision_cpu_us"]["tuning, as written"] > 0


def test_the_command_scores_scenes_of_the_users_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "own.yaml"
    file.write_text(
        "- name: own\n  people: [Ann, Ben]\n  lines: ['low Ann (name): Jarvis, what is it?']\n"
    )
    monkeypatch.setattr("sys.argv", ["addressee", "--scenes", str(file)])
    command.main()
    assert f"{file}, as stripped" in capsys.readouterr().out
    monkeypatch.setattr("sys.argv", ["addressee", "--scenes", str(tmp_path / "none")])
    with pytest.raises(SystemExit, match="no file of scenes"):
        command.main()

"""Lines in neural voices through the whole room: turn-taking, addressee, the agent that answers."""

from __future__ import annotations

import statistics

import pytest

from tests.real_models.lines import NAMED, PAUSED, SHORT, SIDE_TALK
from tests.real_models.scene import RoomModels, SceneResult, play

LONGEST_WAIT_S = 2.5
"""Of any answer; the median is a third of it."""
LONGEST_MEDIAN_S = 1.0


def told(results: list[SceneResult]) -> str:
    return "\n".join(map(str, results))


@pytest.fixture(scope="module")
def named(room_models: RoomModels) -> list[SceneResult]:
    return [play(line, room_models) for line in NAMED]


@pytest.fixture(scope="module")
def paused(room_models: RoomModels) -> list[SceneResult]:
    return [play(line, room_models) for line in PAUSED]


def test_questions_by_name_are_answered_by_the_agent_that_was_called(
    named: list[SceneResult],
) -> None:
    right = [each for each in named if each.agents == [each.line.agent]]
    assert len(right) >= len(named) - 1, told(named)


def test_the_answers_come_soon_after_the_words(named: list[SceneResult]) -> None:
    waits = [each.wait_s for each in named if each.wait_s is not None]
    assert statistics.median(waits) <= LONGEST_MEDIAN_S, told(named)
    assert max(waits) <= LONGEST_WAIT_S, told(named)


def test_a_question_is_not_answered_in_its_middle(
    named: list[SceneResult], paused: list[SceneResult]
) -> None:
    everything = named + paused
    assert sum(each.spoken_into for each in everything) <= 1, told(everything)


def test_a_question_with_a_pause_is_one_turn(paused: list[SceneResult]) -> None:
    whole = [each for each in paused if each.agents == [each.line.agent]]
    assert len(whole) >= len(paused) - 1, told(paused)
    assert sum(len(each.of("heard")) == 1 for each in paused) >= len(paused) - 1, told(paused)


def test_words_to_another_person_are_not_answered(room_models: RoomModels) -> None:
    results = [play(line, room_models) for line in SIDE_TALK]
    assert all(each.heard for each in results), told(results)
    assert sum(bool(each.agents) for each in results) == 0, told(results)


def test_short_words_are_heard_and_not_answered(room_models: RoomModels) -> None:
    results = [play(line, room_models) for line in SHORT]
    assert sum(bool(each.heard) for each in results) >= len(results) - 1, told(results)
    assert sum(bool(each.agents) for each in results) == 0, told(results)

"""The scenes that the classifier was made on, judged at every level."""

from __future__ import annotations

import pytest

from bench.conversation.addressee.heard import VOICES, Listener, cases_as_heard
from bench.conversation.addressee.scenes import DEVELOPMENT, LEVELS, Case, Part, cases
from bench.conversation.addressee.score import NAMED, mistakes, score
from pipeline.addressee.classifier import NEEDED, classify
from pipeline.settings import Level


@pytest.fixture(scope="module")
def scenes() -> list[Case]:
    return cases("tuning")


@pytest.mark.parametrize("level", LEVELS)
def test_the_scenes_that_the_rules_were_made_on_are_judged_right(
    scenes: list[Case], level: Level
) -> None:
    counts = score(scenes, level)
    wrong = mistakes({level: counts})
    assert counts.precision >= 0.87, wrong
    assert counts.recall >= 0.90, wrong
    assert counts.of(NAMED).recall >= 0.98, wrong


@pytest.mark.parametrize("part", DEVELOPMENT)
def test_the_kept_transcripts_are_judged_right(part: Part) -> None:
    listener = Listener(VOICES[part])
    judged = cases_as_heard(part, listener)
    assert len(listener.heard) > 400
    counts = score(judged, "medium")
    wrong = mistakes({"medium": counts})
    assert counts.f1 >= 0.87, wrong
    assert counts.false_answers <= 0.05, wrong
    assert counts.of(NAMED).recall >= 0.9, wrong


def test_a_higher_level_answers_all_that_a_lower_one_does(scenes: list[Case]) -> None:
    assert NEEDED["low"] > NEEDED["medium"] > NEEDED["high"]
    for case in scenes:
        answers = [classify(case.utterance, case.room, level).addressed for level in LEVELS]
        assert answers == sorted(answers)

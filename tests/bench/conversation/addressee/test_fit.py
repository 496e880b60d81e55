"""Fitting the weights of the addressee classifier."""

from __future__ import annotations

import numpy as np
import pytest

from bench.conversation.addressee.fit import (
    FITTED,
    Probabilities,
    cross_validated,
    fit,
    left_out,
    log_odds,
    loss,
    rows,
    scores_of,
)
from bench.conversation.addressee.scenes import Case, decide, replay
from pipeline.addressee.classifier import Feature

LINES = [
    "low Ann (name): Jarvis, what time is it?",
    "jarvis: Late.",
    "[12] medium Ben (exchange): How late is it in Tokyo?",
    "jarvis: Later.",
    "Ben (side talk): The server crashed again.",
    "Ann (backchannel): Mhm.",
    "low Ann (control): Jarvis, stop.",
]


def scene(name: str, *lines: str) -> list[Case]:
    return list(replay({"name": name, "people": ["Ann", "Ben"], "lines": lines}))


CASES = [case for number in range(10) for case in scene(f"scene {number}", *LINES)]
DATA = rows(CASES)


def test_lines_that_weights_do_not_decide_are_left_out() -> None:
    assert DATA.observed.shape == (30, len(FITTED))
    assert DATA.fixed[:3].tolist() == [7.0, 0.0, 0.0]
    assert DATA.wanted[:3].tolist() == [[1, 1, 1], [0, 1, 1], [0, 0, 0]]
    assert set(DATA.folds.tolist()) == set(range(10))
    with pytest.raises(ValueError, match="decide none"):
        rows([])


def test_a_weight_that_is_set_by_hand_is_not_fitted() -> None:
    about = scene("one", "Ann (mention): I like Jarvis.")
    assert rows(about).fixed.tolist() == [Feature.ABOUT_AGENT.weight]


def test_equal_rows_are_counted() -> None:
    unique, counts = DATA.counted()
    assert counts.tolist() == [10, 10, 10]
    assert unique.observed.shape == (3, len(FITTED))


def test_a_weak_pull_follows_the_labels_and_a_strong_one_leaves_no_weight() -> None:
    assert fit(DATA, 0.1)[FITTED.index(Feature.STATEMENT)] < 0
    assert fit(DATA, 1e6) == pytest.approx(np.zeros(len(FITTED)), abs=1e-3)
    assert loss(DATA, left_out(DATA, 0.1)) < loss(DATA, left_out(DATA, 1e6))


def test_a_line_is_decided_without_its_scene() -> None:
    relabelled = [line.replace("Ben (side talk)", "low Ben (follow-up)") for line in LINES]
    odd = scene("another scene", *relabelled)
    found = cross_validated([*CASES, *odd], 0.1)[-len(odd) :]
    crashed = next(at for at, case in enumerate(odd) if "crashed" in case.utterance.text)
    probabilities = found[crashed]
    assert probabilities is not None
    assert max(probabilities.values()) < 0.1, "its own label was seen"


def test_the_scores_take_the_probabilities_and_leave_commands_to_the_rules() -> None:
    commands = [decide(case, "low").command is not None for case in CASES]
    each: Probabilities = {"low": 0.7, "medium": 0.7, "high": 0.1}
    scores = scores_of(CASES, [None if command else each for command in commands])
    assert sum(commands) == 10
    assert scores["low"].answered == 10
    assert scores["medium"].answered == len(CASES)
    assert scores["high"].answered == 10


def test_at_low_a_question_of_another_member_does_not_join_the_exchange() -> None:
    joins = FITTED.index(Feature.JOINS_EXCHANGE)
    weights = np.zeros(len(FITTED))
    weights[joins] = 2.0
    low, medium, high = log_odds(DATA, weights)[DATA.observed[:, joins] > 0].T
    assert low.tolist() == [0.0] * 10
    assert medium.tolist() == high.tolist() == [2.0] * 10

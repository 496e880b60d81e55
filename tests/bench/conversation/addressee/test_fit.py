"""Fitting the weights of the addressee classifier."""

from __future__ import annotations

import numpy as np
import pytest

from bench.conversation.addressee.fit import fit, left_out_f1, present_weights, rows
from bench.conversation.addressee.scenes import replay
from pipeline.addressee.classifier import Feature

LINES = [
    "low Ann (name): Jarvis, what time is it?",
    "jarvis: Late.",
    "medium Ben (exchange): How late is it in Tokyo?",
    "jarvis: Later.",
    "Ben (side talk): The server crashed again.",
    "Ann (backchannel): Mhm.",
    "low Ann (control): Jarvis, stop.",
]
DATA = rows(
    case
    for number in range(10)
    for case in replay({"name": f"scene {number}", "people": ["Ann", "Ben"], "lines": LINES})
)


def test_lines_that_weights_do_not_decide_are_left_out() -> None:
    assert DATA.observed.shape == (30, len(Feature))
    assert DATA.fixed[:3].tolist() == [7.0, 0.0, 0.0]
    assert DATA.wanted[:3].tolist() == [[1, 1, 1], [0, 1, 1], [0, 0, 0]]


def test_a_strong_pull_keeps_the_weights_and_a_weak_one_follows_the_labels() -> None:
    start = present_weights()
    assert fit(DATA, start, 1e6) == pytest.approx(start, abs=1e-3)
    wrong = np.zeros_like(start)
    fitted = fit(DATA, wrong, 0.1)
    assert fitted[list(Feature).index(Feature.STATEMENT)] < 0
    assert left_out_f1(DATA, wrong, 0.1) > left_out_f1(DATA, wrong, 1e6)

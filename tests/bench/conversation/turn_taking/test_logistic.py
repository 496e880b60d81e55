"""Logistic regression, on data whose truth is known."""

from __future__ import annotations

import numpy as np
import pytest

from bench.conversation.turn_taking.logistic import area_under_curve, fit, log_loss

RANDOM = np.random.default_rng(5)
FEATURES = RANDOM.normal(3.0, 2.0, (20_000, 3))
ODDS = 0.8 * FEATURES[:, 0] - 0.5 * FEATURES[:, 1] - 0.7
OVER = (RANDOM.random(20_000) < 1 / (1 + np.exp(-ODDS))).astype(float)
ONES = np.ones(20_000)


def test_the_weights_of_known_odds_are_found_and_calibrated() -> None:
    model = fit(FEATURES, OVER, ONES, penalty=1.0)
    assert model.weights == pytest.approx([0.8, -0.5, 0.0], abs=0.05)
    assert model.constant == pytest.approx(-0.7, abs=0.1)
    found = model.probability(FEATURES)
    likely = found > 0.8
    assert np.mean(OVER[likely]) == pytest.approx(np.mean(found[likely]), abs=0.02)


def test_a_penalty_shrinks_the_weights_and_spares_the_constant() -> None:
    few = slice(0, 40)
    free = fit(FEATURES[few], OVER[few], ONES[few], penalty=0.1)
    held = fit(FEATURES[few], OVER[few], ONES[few], penalty=1e6)
    assert np.abs(held.weights).max() < 1e-3 < np.abs(free.weights).max()
    assert held.probability(FEATURES[few]) == pytest.approx(OVER[few].mean(), abs=1e-3)


def test_a_sample_that_counts_twice_is_like_two() -> None:
    doubled = np.where(np.arange(200) < 50, 2.0, 1.0)
    twice = fit(
        np.concatenate([FEATURES[:200], FEATURES[:50]]),
        np.concatenate([OVER[:200], OVER[:50]]),
        np.ones(250),
        penalty=3.0,
    )
    counted = fit(FEATURES[:200], OVER[:200], doubled, penalty=3.0)
    assert counted.weights == pytest.approx(twice.weights, abs=1e-6)


def test_a_constant_feature_has_no_weight() -> None:
    features = np.column_stack([FEATURES[:500, 0], np.ones(500)])
    assert fit(features, OVER[:500], ONES[:500], penalty=1.0).weights[1] == 0.0


def test_area_and_loss() -> None:
    over = np.array([1.0, 1.0, 0.0, 0.0])
    assert area_under_curve(np.array([0.9, 0.8, 0.2, 0.1]), over) == 1.0
    assert area_under_curve(np.array([0.9, 0.1, 0.5, 0.1]), over) == pytest.approx(0.625)
    assert log_loss(np.full(4, 0.5), over, np.ones(4)) == pytest.approx(np.log(2))

"""The weights of the addressee classifier, fitted: ``python -m bench.conversation.addressee.fit``.

The tuning part alone is used, in all forms that there are. Each line counts once for each form and
level: the sum of its weights must be above the threshold of the levels that answer it, and below
those of the others (ordinal logistic regression). The weights are drawn towards those that the
classifier has, with the strength that gives the best F1 on whole scenes that are left out.
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from bench.conversation.addressee.heard import REFERENCE, VOICES, Listener, cases_as_heard
from bench.conversation.addressee.scenes import (
    LEVELS,
    Case,
    Wording,
    as_written,
    cases,
    decide,
    stripped,
)
from pipeline.addressee.classifier import Feature, features, weight_of_name
from pipeline.addressee.context import speaker_context
from pipeline.settings import Level, RelevanceSettings

STRENGTHS: Final = (1.0, 3.0, 10.0, 30.0, 100.0)
"""Strengths of the pull towards the present weights, per squared log-odd."""
FOLDS: Final = 10
EVEN: Final[dict[Level, float]] = {"low": 0.80, "medium": 0.50, "high": 0.25}
"""The probability at which a line of each level is as likely to be answered as not. At medium the
classifier needs more than this, because a false answer disturbs more than a missed one."""
_STEPS: Final = 30
_NOISE: Final = 0.002
"""Strengths whose F1 differs by less are equally good; the strongest of them is used."""
_FEATURES: Final = tuple(Feature)
_FLOATS = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Rows:
    """Lines that the weights decide on.

    ``observed`` is ``float64[n, features]``, ``fixed`` ``float64[n]`` the weight of the name,
    ``wanted`` ``float64[n, levels]`` which levels answer, and ``folds`` ``int64[n]`` the part of
    the scenes that each line belongs to.
    """

    observed: _FLOATS
    fixed: _FLOATS
    wanted: _FLOATS
    folds: NDArray[np.int64]

    def of(self, chosen: NDArray[np.bool_]) -> Rows:
        return Rows(
            self.observed[chosen], self.fixed[chosen], self.wanted[chosen], self.folds[chosen]
        )


def rows(judged: Iterable[Case]) -> Rows:
    """The rows of cases.

    Cases that one feature or a command decides are left out, and names that were not recognised:
    no weight makes up for them.
    """
    names: dict[str, int] = {}
    observed, fixed, wanted, folds = [], [], [], []
    for case in judged:
        context = speaker_context(case.speaker.id, case.room, RelevanceSettings())
        weight = weight_of_name(case.utterance, context)
        unheard = "misheard" in case.kinds and case.utterance.mentions.agent is None
        if weight is None or unheard or decide(case, "medium").command is not None:
            continue
        seen = set(features(case.utterance.act, case.utterance.mentions, context))
        observed.append([float(feature in seen) for feature in _FEATURES])
        fixed.append(weight)
        wanted.append([float(case.expected(level)) for level in LEVELS])
        folds.append(names.setdefault(case.scene, len(names)) % FOLDS)
    return Rows(
        np.array(observed), np.array(fixed), np.array(wanted), np.array(folds, dtype=np.int64)
    )


def fit(data: Rows, start: _FLOATS, strength: float) -> _FLOATS:
    """The weights of `Feature`, by Newton's method from ``start``, ``float64[features]``."""
    weights = start.copy()
    for _ in range(_STEPS):
        slope = strength * (weights - start)
        curve = strength * np.eye(len(weights))
        for column, level in enumerate(LEVELS):
            p = _probability(data, weights, level)
            slope += data.observed.T @ (p - data.wanted[:, column])
            curve += (data.observed.T * (p * (1 - p))) @ data.observed
        step = np.linalg.solve(curve, slope)
        weights -= step
        if float(np.abs(step).max()) < 1e-6:
            break
    return weights


def left_out_f1(data: Rows, start: _FLOATS, strength: float) -> float:
    """The mean F1 of the levels on scenes that the weights were not fitted on."""
    answered = np.zeros_like(data.wanted)
    for fold in range(FOLDS):
        weights = fit(data.of(data.folds != fold), start, strength)
        chosen = data.folds == fold
        for column, level in enumerate(LEVELS):
            answered[chosen, column] = _probability(data.of(chosen), weights, level) >= 0.5
    hits = (answered * data.wanted).sum(axis=0)
    return float(
        np.mean(2 * hits / np.maximum(1.0, answered.sum(axis=0) + data.wanted.sum(axis=0)))
    )


def present_weights() -> _FLOATS:
    """The classifier's weights, in the order of `Feature`."""
    return np.array([feature.weight for feature in _FEATURES])


def _probability(data: Rows, weights: _FLOATS, level: Level) -> _FLOATS:
    even = EVEN[level]
    logit = data.observed @ weights + data.fixed - math.log(even / (1 - even))
    probability: _FLOATS = 1.0 / (1.0 + np.exp(-np.clip(logit, -50, 50)))
    return probability


def tuning_cases() -> list[Case]:
    """The tuning part as written and stripped, and as heard in the reference run."""
    wordings: Sequence[Wording] = (as_written, stripped)
    found = [case for wording in wordings for case in cases("tuning", wording)]
    if REFERENCE.is_file():
        found += cases_as_heard("tuning", Listener(VOICES["tuning"]))
    return found


def main() -> None:
    argparse.ArgumentParser(description=__doc__).parse_args()
    data, start = rows(tuning_cases()), present_weights()
    print(f"{len(data.fixed)} lines")
    scores = {strength: left_out_f1(data, start, strength) for strength in STRENGTHS}
    for strength, score in scores.items():
        print(f"strength {strength:g}: F1 {score:.4f} on scenes that were left out")
    good = max(scores.values()) - _NOISE
    best = max(strength for strength, score in scores.items() if score >= good)
    print(f"{'feature':<22}{'now':>6}{'fitted':>7}")
    for feature, weight in zip(_FEATURES, fit(data, start, best), strict=True):
        print(f"{feature.name:<22}{feature.weight:>6.1f}{weight:>7.1f}")


if __name__ == "__main__":
    main()

"""The weights of the addressee classifier, fitted: ``python -m bench.conversation.addressee.fit``.

All parts but the held-out ones are used, in all forms that there are. Each line counts once for
each form and level: the sum of its weights must be above the threshold of the levels that answer
it, and below those of the others (ordinal logistic regression). The weights are drawn towards 0,
with the strength that gives the least loss on whole scenes that are left out.

The tables that it prints first are cross-validated: each line is decided with weights that were
fitted without its scene. The word lists and the choice of features are not: they know all scenes.
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from bench.conversation.addressee.heard import REFERENCE, VOICES, Listener, cases_as_heard
from bench.conversation.addressee.scenes import (
    DEVELOPMENT,
    LEVELS,
    Case,
    as_written,
    cases,
    decide,
    stripped,
)
from bench.conversation.addressee.score import AddresseeScore, JudgedCase, table
from pipeline.addressee.classifier import NEEDED, Decision, Feature, features, weight_of_name
from pipeline.addressee.context import speaker_context
from pipeline.settings import Level, RelevanceSettings

STRENGTHS: Final = (0.3, 1.0, 3.0, 10.0)
"""Strengths of the pull towards 0, per squared log-odd."""
FOLDS: Final = 10
EVEN: Final[dict[Level, float]] = {"low": 0.80, "medium": 0.50, "high": 0.20}
"""The probability at which a line of each level is as likely to be answered as not. At medium and
high the classifier needs more than this: a false answer disturbs more than a missed one."""
KEPT: Final = frozenset(
    (
        Feature.ABOUT_AGENT,
        Feature.ABOUT_OTHER_AGENT,
        Feature.ANSWERS_AGENT,
        Feature.BETWEEN_PEOPLE,
        Feature.ON_PHONE,
        Feature.READ_ALOUD,
    )
)
"""Features whose weights are set by hand.

Too few lines have five of them: as written, ``ANSWERS_AGENT`` 2, ``ABOUT_OTHER_AGENT`` 5,
``ON_PHONE`` 8, ``READ_ALOUD`` 13 and ``BETWEEN_PEOPLE`` 21. The 251 lines with ``ABOUT_AGENT`` are
mostly statements, which other weights reject already. Fitted, it gets -0.7, and at level high
more questions about the agent are answered: of 165 mentions of the tuning part 5 in place of 2.
"""
FITTED: Final = tuple(feature for feature in Feature if feature not in KEPT)
WRITTEN: Final = Path(__file__).with_name("written")
"""Scenes that were not heard."""
_STEPS: Final = 30
_LONGEST_STEP: Final = 4.0
_NOISE: Final = 1.005
"""Strengths whose loss differs by less are equally good; the strongest of them is used."""
_FLOATS = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Rows:
    """Lines that the weights decide on.

    ``observed`` is ``float64[n, fitted features]``, ``fixed`` ``float64[n]`` the weight of the name
    and of the features that are not fitted, ``wanted`` ``float64[n, levels]`` which levels answer,
    and ``folds`` ``int64[n]`` the part of the scenes that each line belongs to.
    """

    observed: _FLOATS
    fixed: _FLOATS
    wanted: _FLOATS
    folds: NDArray[np.int64]

    def of(self, chosen: NDArray[np.bool_]) -> Rows:
        return Rows(
            self.observed[chosen], self.fixed[chosen], self.wanted[chosen], self.folds[chosen]
        )

    def counted(self) -> tuple[Rows, _FLOATS]:
        """The different rows without their folds, and how often there is each."""
        sides = (self.observed, self.fixed[:, None], self.wanted)
        unique, counts = np.unique(np.hstack(sides), axis=0, return_counts=True)
        ends = np.cumsum([side.shape[1] for side in sides])[:-1]
        observed, fixed, wanted = np.split(unique, ends, axis=1)
        folds = np.zeros(len(unique), dtype=np.int64)
        return Rows(observed, fixed[:, 0], wanted, folds), counts.astype(np.float64)


def is_weighed(case: Case) -> bool:
    """Whether the weights decide: no command, and no feature that decides alone."""
    return _name_weight(case) is not None and decide(case, "medium").command is None


def rows(judged: Iterable[Case]) -> Rows:
    """The rows of the cases that the weights decide.

    Raises:
        ValueError: they decide none.
    """
    names: dict[str, int] = {}
    observed, fixed, wanted, folds = [], [], [], []
    for case in judged:
        fold = names.setdefault(case.scene, len(names)) % FOLDS
        if not is_weighed(case):
            continue
        context = speaker_context(case.speaker.id, case.room, RelevanceSettings())
        seen = set(features(case.utterance.act, case.utterance.mentions, context))
        observed.append([float(feature in seen) for feature in FITTED])
        fixed.append((_name_weight(case) or 0.0) + sum(each.weight for each in KEPT & seen))
        wanted.append([float(case.expected(level)) for level in LEVELS])
        folds.append(fold)
    if not observed:
        raise ValueError("the weights decide none of the cases")
    return Rows(
        np.array(observed), np.array(fixed), np.array(wanted), np.array(folds, dtype=np.int64)
    )


def fit(data: Rows, strength: float) -> _FLOATS:
    """The weights of `FITTED`, ``float64[fitted features]``, by Newton's method."""
    unique, counts = data.counted()
    weights = np.zeros(unique.observed.shape[1])
    for _ in range(_STEPS):
        slope = strength * weights
        curve = strength * np.eye(len(weights))
        for column, level in enumerate(LEVELS):
            p = _answered(unique, weights, level)
            slope += unique.observed.T @ (counts * (p - unique.wanted[:, column]))
            curve += (unique.observed.T * (counts * p * (1 - p))) @ unique.observed
        step = np.linalg.solve(curve, slope)
        longest = float(np.abs(step).max())
        weights -= step * min(1.0, _LONGEST_STEP / max(longest, 1e-9))
        if longest < 1e-6:
            break
    return weights


def left_out(data: Rows, strength: float) -> _FLOATS:
    """The log-odds of each row, ``float64[n]``, by weights that were fitted without its fold."""
    found = np.zeros(len(data.fixed))
    for fold in range(FOLDS):
        chosen = data.folds == fold
        if chosen.any() and not chosen.all():
            weights = fit(data.of(~chosen), strength)
            found[chosen] = data.observed[chosen] @ weights + data.fixed[chosen]
    return found


def loss(data: Rows, log_odds: _FLOATS) -> float:
    """The mean negative log-likelihood of the levels, in nats."""
    total = 0.0
    for column, level in enumerate(LEVELS):
        margin = log_odds - _even_log_odds(level)
        signed = np.where(data.wanted[:, column] > 0, margin, -margin)
        total += float(np.logaddexp(0.0, -signed).sum())
    return total / (len(log_odds) * len(LEVELS))


def cross_validated(judged: Sequence[Case], strength: float) -> list[float | None]:
    """The probability of each case by weights that were fitted without its scene; None where the
    weights do not decide."""
    log_odds = iter(left_out(rows(judged), strength))
    return [
        1.0 / (1.0 + math.exp(-float(next(log_odds)))) if is_weighed(case) else None
        for case in judged
    ]


def scores_of(
    judged: Sequence[Case], probabilities: Sequence[float | None]
) -> dict[Level, AddresseeScore]:
    """The scores of the levels if each case has its probability; None leaves it to the rules."""
    return {
        level: AddresseeScore(
            tuple(
                JudgedCase(case, level, _decision(case, level, probability))
                for case, probability in zip(judged, probabilities, strict=True)
            )
        )
        for level in LEVELS
    }


def _decision(case: Case, level: Level, probability: float | None) -> Decision:
    if probability is None:
        return decide(case, level)
    return Decision(probability >= NEEDED[level], probability, ())


def _name_weight(case: Case) -> float | None:
    context = speaker_context(case.speaker.id, case.room, RelevanceSettings())
    return weight_of_name(case.utterance, context)


def _even_log_odds(level: Level) -> float:
    return math.log(EVEN[level] / (1 - EVEN[level]))


def _answered(data: Rows, weights: _FLOATS, level: Level) -> _FLOATS:
    margin = data.observed @ weights + data.fixed - _even_log_odds(level)
    probability: _FLOATS = 1.0 / (1.0 + np.exp(-np.clip(margin, -50, 50)))
    return probability


def development_cases() -> Iterator[tuple[str, str, list[Case]]]:
    """Name, form and cases of all scenes to learn from: as written, stripped, and as heard in the
    reference run."""
    for part in DEVELOPMENT:
        yield part, "written", cases(part, as_written)
        yield part, "stripped", cases(part, stripped)
        if REFERENCE.is_file():
            yield part, "heard", cases_as_heard(part, Listener(VOICES[part]))
    yield WRITTEN.name, "written", cases(WRITTEN, as_written)
    yield WRITTEN.name, "stripped", cases(WRITTEN, stripped)


def main() -> None:
    argparse.ArgumentParser(description=__doc__).parse_args()
    sources = list(development_cases())
    judged = [case for _, _, found in sources for case in found]
    data = rows(judged)
    losses = {strength: loss(data, left_out(data, strength)) for strength in STRENGTHS}
    good = min(losses.values()) * _NOISE
    best = max(strength for strength, found in losses.items() if found <= good)
    probabilities = iter(cross_validated(judged, best))
    for name, form, found in sources:
        scores = scores_of(found, [next(probabilities) for _ in found])
        print(f"{name}, as {form}, cross-validated\n\n{table(scores)}\n")
    for strength, each in losses.items():
        print(f"strength {strength:g}: loss {each:.4f} on scenes that were left out")
    print(f"\n{len(data.fixed)} lines, strength {best:g}\n\n{'feature':<22}{'now':>6}{'fitted':>7}")
    for feature, weight in zip(FITTED, fit(data, best), strict=True):
        print(f"{feature.name:<22}{feature.weight:>6.1f}{weight:>7.1f}")


if __name__ == "__main__":
    main()

"""The weights of the addressee classifier, fitted: ``python -m bench.conversation.addressee.fit``.

All parts but the held-out one are used, in all forms that there are. Each line counts once for each
form and level: the sum of its weights must be above the threshold of the levels that answer it, and
below those of the others (ordinal logistic regression). The weights are drawn towards 0, with the
strength that gives the least loss on whole scenes that are left out.

The tables that it prints first are cross-validated: each line is decided with weights that were
fitted without its scene. Those behind them leave out the whole part. The word lists and the choice
of features are not cross-validated: they know all scenes.
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeAlias

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
"""The probability at which a line of each level is as likely to be answered as not. The classifier
needs more than this at high, where false answers are many, and less at medium."""
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

Too few lines have five of them: as written, ``ANSWERS_AGENT`` 2, ``ON_PHONE`` 8,
``ABOUT_OTHER_AGENT`` 9, ``READ_ALOUD`` 13 and ``BETWEEN_PEOPLE`` 20. The 279 lines with
``ABOUT_AGENT`` are mostly statements, which other weights reject already. Fitted, it gets -0.6, and
of the 876 mentions in all forms 17 are answered in place of 14.
"""
FITTED: Final = tuple(feature for feature in Feature if feature not in KEPT)
WRITTEN: Final = Path(__file__).with_name("written")
"""Scenes that were not heard."""
_STEPS: Final = 30
_LONGEST_STEP: Final = 4.0
_NOISE: Final = 1.005
"""Strengths whose loss differs by less are equally good; the strongest of them is used."""
_FLOATS = NDArray[np.float64]
Source: TypeAlias = tuple[str, str, list[Case]]
"""Some scenes: their name, the form of the words, and the cases."""
Probabilities: TypeAlias = dict[Level, float]
"""The probability at each level that the agent is meant."""


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
            seen = unique.observed * counting(level)
            p = _answered(unique, weights, level)
            slope += seen.T @ (counts * (p - unique.wanted[:, column]))
            curve += (seen.T * (counts * p * (1 - p))) @ seen
        step = np.linalg.solve(curve, slope)
        longest = float(np.abs(step).max())
        weights -= step * min(1.0, _LONGEST_STEP / max(longest, 1e-9))
        if longest < 1e-6:
            break
    return weights


def left_out(data: Rows, strength: float) -> _FLOATS:
    """The log-odds of each row, ``float64[n, levels]``, by weights that were fitted without its
    fold."""
    found = np.zeros((len(data.fixed), len(LEVELS)))
    for fold in range(FOLDS):
        chosen = data.folds == fold
        if chosen.any() and not chosen.all():
            found[chosen] = log_odds(data.of(chosen), fit(data.of(~chosen), strength))
    return found


def log_odds(data: Rows, weights: _FLOATS) -> _FLOATS:
    """The log-odds of each row, ``float64[n, levels]``, by the weights of `FITTED`."""
    sums = [data.observed @ (weights * counting(level)) for level in LEVELS]
    return np.stack(sums, axis=1) + data.fixed[:, None]


def counting(level: Level) -> _FLOATS:
    """1.0 for each of `FITTED` that counts at a level, else 0.0; ``float64[fitted features]``."""
    return np.array([float(feature.counts_at(level)) for feature in FITTED])


def loss(data: Rows, found: _FLOATS) -> float:
    """The mean negative log-likelihood of the levels, in nats."""
    total = 0.0
    for column, level in enumerate(LEVELS):
        margin = found[:, column] - _even_log_odds(level)
        signed = np.where(data.wanted[:, column] > 0, margin, -margin)
        total += float(np.logaddexp(0.0, -signed).sum())
    return total / (len(found) * len(LEVELS))


def cross_validated(judged: Sequence[Case], strength: float) -> list[Probabilities | None]:
    """The probabilities of each case by weights that were fitted without its scene; None where the
    weights do not decide."""
    return of_cases(judged, left_out(rows(judged), strength))


def of_cases(judged: Sequence[Case], found: _FLOATS) -> list[Probabilities | None]:
    """The log-odds of the rows as the probabilities of the cases, None where there is no row."""
    each_row = iter(1.0 / (1.0 + np.exp(-found)))
    return [
        {level: float(p) for level, p in zip(LEVELS, next(each_row), strict=True)}
        if is_weighed(case)
        else None
        for case in judged
    ]


def scores_of(
    judged: Sequence[Case], probabilities: Sequence[Probabilities | None]
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


def _decision(case: Case, level: Level, probabilities: Probabilities | None) -> Decision:
    if probabilities is None:
        return decide(case, level)
    return Decision(probabilities[level] >= NEEDED[level], probabilities[level], ())


def _name_weight(case: Case) -> float | None:
    context = speaker_context(case.speaker.id, case.room, RelevanceSettings())
    return weight_of_name(case.utterance, context)


def _even_log_odds(level: Level) -> float:
    return math.log(EVEN[level] / (1 - EVEN[level]))


def _answered(data: Rows, weights: _FLOATS, level: Level) -> _FLOATS:
    margin = data.observed @ (weights * counting(level)) + data.fixed - _even_log_odds(level)
    probability: _FLOATS = 1.0 / (1.0 + np.exp(-np.clip(margin, -50, 50)))
    return probability


def development_cases() -> Iterator[Source]:
    """Name, form and cases of all scenes to learn from: as written, stripped, and as heard in the
    reference run."""
    for part in DEVELOPMENT:
        yield part, "written", cases(part, as_written)
        yield part, "stripped", cases(part, stripped)
        if REFERENCE.is_file():
            yield part, "heard", cases_as_heard(part, Listener(VOICES[part]))
    yield WRITTEN.name, "written", cases(WRITTEN, as_written)
    yield WRITTEN.name, "stripped", cases(WRITTEN, stripped)


def print_without(part: str, sources: Iterable[Source], strength: float) -> None:
    """The tables of a part by weights that were fitted on the other parts alone."""
    sources = list(sources)
    weights = fit(
        rows(case for name, _, found in sources if name != part for case in found), strength
    )
    for name, form, found in sources:
        if name == part:
            scores = scores_of(found, of_cases(found, log_odds(rows(found), weights)))
            print(f"{name}, as {form}, by weights of the other parts\n\n{table(scores)}\n")


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
    for part in DEVELOPMENT:
        print_without(part, sources, best)
    for strength, each in losses.items():
        print(f"strength {strength:g}: loss {each:.4f} on scenes that were left out")
    print(f"\n{len(data.fixed)} lines, strength {best:g}\n\n{'feature':<22}{'now':>6}{'fitted':>7}")
    for feature, weight in zip(FITTED, fit(data, best), strict=True):
        print(f"{feature.name:<22}{feature.weight:>6.1f}{weight:>7.1f}")


if __name__ == "__main__":
    main()

"""How probable it is that a speaker's turn is over, and the silence after which it ends.

`completion_probability` joins the turn model, the decoder's closing marks, the words and what a
language model expects behind them into one calibrated probability: a logistic model of
`completion_features` for each combination of parts that can be there. Its weights are data,
``turn_completion.json`` beside this file, which also says what they were fitted on;
``python -m bench.conversation.turn_taking.fit`` writes it. `SilenceRule` gives the silence for a
probability.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Final

from pipeline.inference.closing_marks import ClosingMarks
from pipeline.inference.text_ending import TextEnding
from pipeline.language.utterance import ParsedUtterance
from pipeline.listening.completion_features import (
    Features,
    closing_features,
    ending_features,
    sound_features,
    word_features,
)

WEIGHTS_FILE: Final = Path(__file__).with_suffix(".json")
_GRID_MS: Final = range(160, 2520, 20)
_LEAST: Final = 0.005
_STEPS: Final = 200


@dataclass(frozen=True, slots=True)
class CompletionEvidence:
    """What is known of a pause; each part is None where it is missing."""

    turn_probability: float | None = None
    """The turn model's, 0..1, from one early look."""
    closing: ClosingMarks | None = None
    utterance: ParsedUtterance | None = None
    """The words of the whole turn so far."""
    ending: TextEnding | None = None
    """What the language model expects behind the words."""
    pace: float = 1.0
    """The length of the speaker's pauses inside turns, relative to the usual one. It moves the
    silences, not the probability."""


def completion_probability(evidence: CompletionEvidence) -> float:
    """The probability, 0.005..0.995, that the turn is over; 0.5 if nothing is known."""
    parts, found = features_of(evidence)
    if not parts:
        return 0.5
    weights = _models()[parts]
    odds = weights[""] + sum(weights[name] * value for name, value in found.items())
    if odds < 0:
        raised = math.exp(odds)
        return max(raised / (1 + raised), _LEAST)
    return min(1 / (1 + math.exp(-odds)), 1 - _LEAST)


def features_of(evidence: CompletionEvidence) -> tuple[str, Features]:
    """The parts that are there, as a name like ``sound+words``, and their features.

    Words in a language without word lists count as missing.
    """
    parts: list[str] = []
    found: Features = {}
    if evidence.turn_probability is not None:
        parts.append("sound")
        found |= sound_features(evidence.turn_probability)
    if evidence.closing is not None:
        parts.append("closing")
        found |= closing_features(evidence.closing)
    utterance = evidence.utterance
    if utterance is not None and utterance.text and utterance.language.question_words:
        parts.append("words")
        found |= word_features(utterance)
    if evidence.ending is not None:
        parts.append("ending")
        found |= ending_features(evidence.ending)
    return "+".join(parts), found


@cache
def _models() -> Mapping[str, Mapping[str, float]]:
    """Weights in log-odds by feature, for each combination of parts; "" is the constant."""
    found: Mapping[str, Mapping[str, float]]
    found = json.loads(WEIGHTS_FILE.read_text(encoding="utf-8"))["models"]
    return found


@dataclass(frozen=True, slots=True)
class SilenceRule:
    """The silence that costs least: waiting costs its length, an interruption ``cut_cost_ms``.

    Pauses inside turns are log-normal, with ``median_ms`` and ``sigma``.
    """

    cut_cost_ms: float
    median_ms: float
    sigma: float

    def silence_ms(self, probability: float) -> int:
        """The silence after which a turn ends that is over with this probability."""
        return _silence_ms(self, round(probability * _STEPS) / _STEPS)

    def _cost(self, probability: float, ms: int) -> float:
        return probability * ms + self.cut_cost_ms * (1 - probability) * self._lasts(ms)

    def _lasts(self, ms: float) -> float:
        """How likely a pause inside a turn is to last longer."""
        z = (math.log(ms) - math.log(self.median_ms)) / (self.sigma * math.sqrt(2))
        return 0.5 * (1 - math.erf(z))


@lru_cache(maxsize=1024)
def _silence_ms(rule: SilenceRule, probability: float) -> int:
    return min(_GRID_MS, key=lambda ms: rule._cost(probability, ms))

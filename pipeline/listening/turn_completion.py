"""How probable it is that a speaker's turn is over, and the silence after which it ends.

`completion_probability` joins the turn model, the decoder's closing marks and the words into one
calibrated probability. `SilenceRule` gives the silence for it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

from pipeline.inference.closing_marks import ClosingMarks
from pipeline.language.utterance import Completeness, ParsedUtterance

_GRID_MS: Final = range(260, 2520, 20)
_LEAST: Final = 0.005


@dataclass(frozen=True, slots=True)
class CompletionEvidence:
    """What is known of a pause; each part is None where it is missing."""

    turn_probability: float | None = None
    """The turn model's, 0..1, from one early look."""
    closing: ClosingMarks | None = None
    utterance: ParsedUtterance | None = None
    """The words of the whole turn so far."""
    pace: float = 1.0
    """The length of the speaker's pauses inside turns, relative to the usual one. It moves the
    silences, not the probability."""


def completion_probability(evidence: CompletionEvidence) -> float:
    """The probability, 0.005..0.995, that the turn is over."""
    sound = evidence.turn_probability if evidence.turn_probability is not None else 0.5
    odds = 0.3 * math.log((sound + 0.01) / (1.01 - sound))
    if evidence.utterance is not None:
        match evidence.utterance.completeness:
            case Completeness.OPEN:
                odds -= 2.0
            case Completeness.WHOLE:
                odds += 1.5
            case Completeness.COMMAND:
                odds += 4.0
            case _:
                pass
    if (marks := evidence.closing) is not None:
        closes = marks.full_stop + marks.question + marks.exclamation
        odds += math.log((closes + 0.01) / (marks.comma + marks.trailing + 0.02)) * 0.5
    return min(max(1 / (1 + math.exp(-odds)), _LEAST), 1 - _LEAST)


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
        return min(_GRID_MS, key=lambda ms: self._cost(probability, ms))

    def _cost(self, probability: float, ms: int) -> float:
        return probability * ms + self.cut_cost_ms * (1 - probability) * self._lasts(ms)

    def _lasts(self, ms: float) -> float:
        """How likely a pause inside a turn is to last longer."""
        z = (math.log(ms) - math.log(self.median_ms)) / (self.sigma * math.sqrt(2))
        return 0.5 * (1 - math.erf(z))

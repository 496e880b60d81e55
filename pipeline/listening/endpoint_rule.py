"""The silences after which a turn is sent to its agent, and after which its answer may sound.

`CompletionRule` is the bot's own. Benchmarks put other rules in its place.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Protocol

from pipeline.language.acting import acts
from pipeline.language.utterance import Completeness, ParsedUtterance
from pipeline.listening.completion_features import is_unmarked_whole
from pipeline.listening.turn_completion import (
    CompletionEvidence,
    SilenceRule,
    completion_probability,
)
from pipeline.settings import TurnSettings

SHORTEST_MS: Final = 260.0
"""No turn ends after a shorter silence, also behind a voice command: the gaps inside words, and
those between most words, are shorter."""
_SYNTHESIS_MS: Final = 150.0
"""No first sound comes earlier after its question was sent."""
_PREPARED_MS: Final = 250.0
"""So much before an answer may sound, at the latest, the question of a whole call is sent."""


@dataclass(frozen=True, slots=True)
class Silences:
    """The lengths of a silence, in ms since the end of speech, at which two things happen."""

    send_ms: float
    """The agent is asked. It is a provisional question until ``sound_ms``."""
    sound_ms: float
    """The turn is over, and the answer may sound. Never less than ``send_ms``."""


class EndpointRule(Protocol):
    """Decides how long a silence must be to end a turn."""

    def silences(self, evidence: CompletionEvidence) -> Silences:
        """The silences for what is known of a pause; asked again when more is known."""
        ...


@dataclass(frozen=True, slots=True)
class FixedSilence:
    """Ends every turn after the same silence; for comparisons."""

    silence_ms: float

    def silences(self, evidence: CompletionEvidence) -> Silences:
        return Silences(self.silence_ms, self.silence_ms)


class CompletionRule:
    """The silences that cost least for the probability that the turn is over.

    A voice command ends the turn at once. Without words nothing can be sent, and the turn ends by
    the later of the two silences. A turn that is likely over does not wait longer than the limits
    of the settings. ``probability`` gives the probability, 0..1, for the evidence.
    """

    def __init__(
        self,
        settings: TurnSettings,
        probability: Callable[[CompletionEvidence], float] = completion_probability,
    ) -> None:
        self.settings = settings
        self._probability = probability

    def silences(self, evidence: CompletionEvidence) -> Silences:
        words, settings = evidence.utterance, self.settings
        if words is not None and words.completeness is Completeness.COMMAND:
            return Silences(SHORTEST_MS, SHORTEST_MS)
        over = self._probability(evidence)
        likely = words is not None and over >= settings.likely_from
        sound_ms, floor_ms = self._sound(evidence, over, likely=likely)
        if words is None:
            sound_ms = max(sound_ms, floor_ms, SHORTEST_MS)
            return Silences(sound_ms, sound_ms)
        careful = settings.eager == "careful"
        call = _is_whole_call(words)
        if settings.eager == "off" or (careful and acts(words)):
            # The first sentence is synthesised after the question is sent, which is later here.
            # What is likely over, or a whole call, does not wait for that as well.
            if call or likely:
                sound_ms -= _SYNTHESIS_MS
            sound_ms = max(sound_ms, floor_ms - _SYNTHESIS_MS, SHORTEST_MS)
            return Silences(sound_ms, sound_ms)
        send_cost_ms = settings.careful_cut_cost_ms if careful else settings.cut_cost_ms
        send_ms = self._silence_ms(send_cost_ms, over, evidence.pace)
        if likely and not careful:
            send_ms = min(send_ms, settings.likely_send_ms * evidence.pace)
        # The answer to a call is wanted at once: it is ready when it may sound. So is the first
        # sentence of an answer to what is likely over.
        ready_ms = sound_ms
        if call:
            ready_ms = sound_ms - _PREPARED_MS
        elif likely:
            ready_ms = max(sound_ms, floor_ms) - _SYNTHESIS_MS
        send_ms = max(min(send_ms, ready_ms), settings.send_after_ms)
        sound_ms = max(sound_ms, floor_ms)
        return Silences(min(send_ms, sound_ms), sound_ms)

    def _sound(
        self, evidence: CompletionEvidence, over: float, *, likely: bool
    ) -> tuple[float, float]:
        """The silence before an answer sounds, and its floor, in ms."""
        settings = self.settings
        cost_ms, floor_ms = settings.sound_cut_cost_ms, settings.sound_after_ms
        if evidence.utterance is not None and _is_whole_call(evidence.utterance):
            cost_ms = min(cost_ms, settings.call_cut_cost_ms)
            floor_ms = min(floor_ms, settings.call_sound_after_ms)
        sound_ms = self._silence_ms(cost_ms, over, evidence.pace)
        if likely:
            sound_ms = min(sound_ms, settings.likely_sound_ms * evidence.pace)
        return sound_ms, floor_ms

    def _silence_ms(self, cut_cost_ms: float, over: float, pace: float) -> float:
        settings = self.settings
        rule = SilenceRule(cut_cost_ms, settings.pause_median_ms * pace, settings.pause_sigma)
        return float(rule.silence_ms(over))


def _is_whole_call(words: ParsedUtterance) -> bool:
    whole = words.completeness is Completeness.WHOLE or is_unmarked_whole(words)
    return whole and words.calls_agent

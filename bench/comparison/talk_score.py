"""Scores of the ends of turns that a system found in a talk. No I/O."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from bench.comparison.protocol import TurnEnd, VoiceNoticed
from bench.comparison.talks import SpokenTurn

AGENTS_MS: Final = (0, 400, 800)
"""The times of three agents from the question to the first sentence."""


@dataclass(frozen=True, slots=True)
class AgentScore:
    """With an agent that takes ``agent_ms`` to its first sentence."""

    agent_ms: int
    into: int
    """Pauses after which an answer sounded although the person went on. One that sounded where the
    turn does not pause counts as one more."""
    first_sound_ms: tuple[float, float] | None
    """Median and 90th percentile from the true end of a turn to the first sound of an answer."""


@dataclass(frozen=True, slots=True)
class TalkScore:
    """How well the ends of turns were found."""

    turns: int
    pauses: int
    cut: int
    """Pauses that were taken for the end."""
    cut_in_words: int
    """Ends found where a turn does not pause."""
    missed: int
    """Turns after which nothing would have sounded, with an agent that answers at once."""
    agents: tuple[AgentScore, ...]

    def share(self, pauses: int) -> float:
        """A number of pauses in percent of all."""
        return 100 * pauses / self.pauses if self.pauses else 0.0


@dataclass(frozen=True, slots=True)
class Heard:
    """One speaker's turns, and what a system reported of that speaker, in order."""

    turns: Sequence[SpokenTurn]
    ends: Sequence[TurnEnd]
    voices: Sequence[VoiceNoticed]

    def windows(self) -> list[tuple[SpokenTurn, list[TurnEnd]]]:
        """Each turn with the ends found from its start to the start of the next."""
        starts = [turn.start_s for turn in self.turns[1:]]
        return [
            (turn, [end for end in self.ends if turn.start_s < end.at_s < until])
            for turn, until in zip(self.turns, [*starts, math.inf], strict=True)
        ]

    def sounds_at(self, end: TurnEnd, agent_s: float) -> float:
        """When the answer sounds; infinite if the person was heard to go on before."""
        at = end.sounds_at(agent_s)
        withdrawn = any(end.at_s < voice.at_s <= at for voice in self.voices)
        return math.inf if withdrawn else at


def score_talk(heard: Sequence[Heard]) -> TalkScore:
    """Add up all speakers."""
    windows = [(each, turn, ends) for each in heard for turn, ends in each.windows()]
    cut = in_words = 0
    for _, turn, ends in windows:
        places = {_pause_before(end.at_s, turn) for end in ends if end.at_s < turn.end_s}
        in_words += 0 in places
        cut += len(places - {0})
    agents = tuple(_with_agent(windows, agent_ms) for agent_ms in AGENTS_MS)
    missed = sum(math.isinf(_first_sound(each, turn, ends, 0.0)) for each, turn, ends in windows)
    pauses = sum(len(turn.pauses) for _, turn, _ in windows)
    return TalkScore(len(windows), pauses, cut, in_words, missed, agents)


def _with_agent(
    windows: Sequence[tuple[Heard, SpokenTurn, list[TurnEnd]]], agent_ms: int
) -> AgentScore:
    into = 0
    firsts: list[float] = []
    for each, turn, ends in windows:
        into += len(
            {
                _pause_before(end.at_s, turn)
                for end in ends
                if end.at_s < turn.end_s and each.sounds_at(end, agent_ms / 1000) < turn.end_s
            }
        )
        first_s = _first_sound(each, turn, ends, agent_ms / 1000)
        if math.isfinite(first_s):
            firsts.append((first_s - turn.end_s) * 1000)
    return AgentScore(agent_ms, into, _median_and_p90(firsts))


def _first_sound(each: Heard, turn: SpokenTurn, ends: Sequence[TurnEnd], agent_s: float) -> float:
    """When the first answer to the whole turn sounds; infinite for none."""
    sounds = (each.sounds_at(end, agent_s) for end in ends)
    return min((at for at in sounds if at >= turn.end_s), default=math.inf)


def _pause_before(at_s: float, turn: SpokenTurn) -> int:
    """The number of the last pause that began before ``at_s``, counted from 1; 0 for none.

    An end that is found just after speech resumed belongs to the pause before it.
    """
    return sum(first <= at_s for first, _ in turn.pauses)


def _median_and_p90(values: Sequence[float]) -> tuple[float, float] | None:
    """By the nearest rank."""
    if not values:
        return None
    ordered = sorted(values)
    ranks = (math.ceil(len(ordered) * share) for share in (0.5, 0.9))
    median, p90 = (round(ordered[max(1, rank) - 1], 1) for rank in ranks)
    return median, p90

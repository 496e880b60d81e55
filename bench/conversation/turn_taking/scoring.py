"""Scores of a policy: pauses taken for ends, missed ends, and waiting times."""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from bench.conversation.turn_taking.policies import DetectedEnd
from bench.conversation.turn_taking.rendered_scene import TrueTurn

MISSED_AFTER_S: Final = 3.0
"""A turn that has not been ended by then is missed."""
ANSWER_S: Final = 0.3
"""From a decision to the first sound of an answer, with a fast agent and speech server. Before that
the speaker can continue without being talked over."""
_NOTICED_S: Final = 0.3
"""A decision made so soon after speech resumed is withdrawn when the VAD finds the speech."""
SHORT_WORDS: Final = 2
"""Most words of a short turn."""


@dataclass(frozen=True, slots=True)
class JudgedScene:
    """One turn under one policy.

    ``wait_ms`` is from its true end to the decision, None if it was missed. ``cut`` are the numbers
    of the pauses that were taken for its end, ``into`` those of them in which an answer would have
    started. ``lost``: no word of a short turn was recognized.
    """

    kind: str
    turn: TrueTurn
    cut: tuple[int, ...]
    into: tuple[int, ...]
    wait_ms: float | None
    lost: bool


def judge(
    kind: str, turns: Sequence[TrueTurn], ends: Mapping[str, Sequence[DetectedEnd]]
) -> list[JudgedScene]:
    """Judge all turns of a scene by the ends that a policy found, by speaker."""
    return [_judge(kind, turn, _later(turn, turns), ends[turn.speaker]) for turn in turns]


def _judge(kind: str, turn: TrueTurn, until: float, ends: Sequence[DetectedEnd]) -> JudgedScene:
    early = [end for end in ends if turn.start < end.at < turn.end]
    cut = {_pause_at(end.at, turn) for end in early}
    into = {_pause_at(end.at, turn) for end in early if _is_spoken_into(end, turn)}
    waits = [end.at - turn.end for end in ends if turn.end <= end.at < until]
    wait_s = min(waits, default=math.inf)
    short = len(turn.text.split()) <= SHORT_WORDS
    heard = any(end.text for end in ends if turn.start < end.at < until)
    return JudgedScene(
        kind,
        turn,
        tuple(sorted(cut)),
        tuple(sorted(into)),
        wait_s * 1000 if wait_s <= MISSED_AFTER_S else None,
        short and not heard,
    )


def _pause_at(at: float, turn: TrueTurn) -> int:
    """The pause of a decision at ``at``; a late one belongs to the pause before it."""
    return sum(1 for start, _ in turn.pauses if start <= at)


def _is_spoken_into(end: DetectedEnd, turn: TrueTurn) -> bool:
    """Whether an answer sounds although the speaker goes on.

    A decision made just after speech resumed belongs to the pause before: the answer to it is
    withdrawn before it sounds.
    """
    number = _pause_at(end.at, turn)
    resumed = turn.pauses[number - 1][1] if number else turn.start
    return end.sounds_at(ANSWER_S) < resumed or end.at > resumed + _NOTICED_S


def _later(turn: TrueTurn, turns: Iterable[TrueTurn]) -> float:
    """When the same speaker's next turn begins."""
    starts = (each.start for each in turns if each.speaker == turn.speaker)
    return min((start for start in starts if start > turn.start), default=math.inf)


@dataclass(frozen=True, slots=True)
class TurnTakingScore:
    """A policy over many turns."""

    turns: int
    pauses: int
    cut: int
    into: int
    missed: int
    short: int
    lost: int
    waits_ms: tuple[float, ...]

    @property
    def cut_share(self) -> float:
        """Share of the pauses inside turns that were taken for the end, 0 to 1."""
        return self.cut / self.pauses if self.pauses else 0.0

    @property
    def into_share(self) -> float:
        """Share of the pauses inside turns in which an answer would have sounded, 0 to 1."""
        return self.into / self.pauses if self.pauses else 0.0

    @property
    def median_ms(self) -> float:
        return statistics.median(self.waits_ms) if self.waits_ms else math.nan

    @property
    def p90_ms(self) -> float:
        if len(self.waits_ms) < 2:
            return self.median_ms
        return statistics.quantiles(self.waits_ms, n=10, method="inclusive")[-1]


def score(judged: Sequence[JudgedScene]) -> TurnTakingScore:
    """Add up. ``short`` are the turns of a word or two, ``lost`` those never understood."""
    return TurnTakingScore(
        turns=len(judged),
        pauses=sum(len(each.turn.pauses) for each in judged),
        cut=sum(len(each.cut) for each in judged),
        into=sum(len(each.into) for each in judged),
        missed=sum(each.wait_ms is None for each in judged),
        short=sum(len(each.turn.text.split()) <= SHORT_WORDS for each in judged),
        lost=sum(each.lost for each in judged),
        waits_ms=tuple(each.wait_ms for each in judged if each.wait_ms is not None),
    )

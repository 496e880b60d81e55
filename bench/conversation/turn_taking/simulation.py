"""Policies on a table of observed silences: when a question is sent, and when its answer may sound.

The table holds each silence of each turn with its length, so a policy is judged in milliseconds
and not in minutes. What it leaves out is the time of the models and their queue; the same policies
run in the real recognition in `policies`.

A policy gives two silences. After ``send`` the question goes to the agent, after ``sound`` its
first sound may start, never before it exists. A voice before the first sound aborts the run.
"""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from bench.conversation.turn_taking.observed import Observed
from bench.conversation.turn_taking.rendered_scene import natural_pause_ms
from bench.conversation.turn_taking.samples import Silence
from pipeline.listening.turn_completion import SilenceRule, completion_probability

SYNTHESIS_MS: Final = 150.0
"""From the agent's first sentence to its first sound."""
_CLOCK_MS: Final = 16.0
"""Half a chunk: a silence is over its length at the next chunk."""
_NOTICED_MS: Final = 46.0
"""From the first sound after a pause to the VAD's finding, on average."""
_WITHDRAWN_MS: Final = 32.0
"""From there to the silence of a reply that has just begun: a chunk."""
_NEW_TURN_MS: Final = 64.0
"""So much longer takes the finding when the turn was closed before."""

Silences = Callable[[Observed], tuple[float, float]]
"""The silences, in ms, after which a question is sent and after which its answer may sound."""


@dataclass(frozen=True, slots=True)
class SimulatedPause:
    """One silence for a policy; ``length_ms`` is None at the end of the turn."""

    observed: Observed
    length_ms: float | None


@dataclass(frozen=True, slots=True)
class Outcome:
    """A policy over many turns; shares are 0..1, times in ms from the true end of a turn."""

    pauses: int
    cut: int
    into: int
    runs: int
    aborted: int
    first_sounds_ms: tuple[float, ...]

    @property
    def into_share(self) -> float:
        return self.into / self.pauses if self.pauses else 0.0

    @property
    def cut_share(self) -> float:
        return self.cut / self.pauses if self.pauses else 0.0

    @property
    def aborted_share(self) -> float:
        """Of the runs that were started, those that a voice ended before their first sound."""
        return self.aborted / self.runs if self.runs else 0.0

    @property
    def median_ms(self) -> float:
        return statistics.median(self.first_sounds_ms)

    @property
    def p90_ms(self) -> float:
        return float(np.quantile(self.first_sounds_ms, 0.9))


def table(rows: Iterable[Observed], *, natural: bool = False) -> list[SimulatedPause]:
    """The silences of turns; ``natural`` draws the scripted pauses as conversation has them."""
    random = np.random.default_rng(7)
    found: list[SimulatedPause] = []
    for row in rows:
        length: float | None
        match row.sample.silence:
            case Silence.END:
                length = None
            case Silence.SCRIPTED if natural:
                length = float(natural_pause_ms(random))
            case Silence.BORDER:
                continue
            case _:
                length = row.sample.pause_ms
        found.append(SimulatedPause(row, length))
    return found


def simulate(pauses: Iterable[SimulatedPause], policy: Silences, agent_ms: float) -> Outcome:
    """Judge a policy with an agent that takes ``agent_ms`` to its first sentence."""
    count = cut = into = runs = aborted = 0
    sounds: list[float] = []
    for pause in pauses:
        send_ms, sound_ms = policy(pause.observed)
        send_ms = min(send_ms, sound_ms)
        lag_ms = pause.observed.sample.lag_ms + _CLOCK_MS
        sent, allowed = max(0.0, send_ms + lag_ms), max(0.0, sound_ms + lag_ms)
        sounds_at = max(allowed, sent + agent_ms + SYNTHESIS_MS)
        if pause.length_ms is None:
            runs += 1
            sounds.append(sounds_at)
            continue
        count += 1
        noticed = pause.length_ms + _NOTICED_MS
        closed = send_ms == sound_ms
        cut += allowed < noticed
        if sent < noticed:
            runs += 1
            aborted += 1
        into += sounds_at < noticed + _WITHDRAWN_MS + (_NEW_TURN_MS if closed else 0.0)
    return Outcome(count, cut, into, runs, aborted, tuple(sounds))


def fixed(silence_ms: float) -> Silences:
    """The same silence for all."""
    return lambda _: (silence_ms, silence_ms)


def one_look(row: Observed) -> tuple[float, float]:
    """Pipecat's rule: the turn model is asked once, after 200 ms; else 3 s of silence."""
    sure = (row.evidence.turn_probability or 0.0) >= 0.5
    return (200.0, 200.0) if sure else (3000.0, 3000.0)


def by_probability(
    rule: SilenceRule, send_from: float, probability: Callable[[Observed], float] | None = None
) -> Silences:
    """Sound after the rule's silence; send at the first check if the probability is high enough.

    ``send_from`` above 1 sends when the rule's silence is over: one decision.
    """
    known = probability or (lambda row: completion_probability(row.evidence))

    def silences(row: Observed) -> tuple[float, float]:
        found = known(row)
        sound_ms = float(rule.silence_ms(found))
        return (260.0 if found > send_from else sound_ms), sound_ms

    return silences


def line(name: str, outcomes: Sequence[Outcome]) -> str:
    """A row of a table: one outcome for each time of the agent, the first with an instant one."""
    first = outcomes[0]
    times = "".join(f"{one.median_ms:>8.0f}/{one.p90_ms:<5.0f}" for one in outcomes)
    return (
        f"{name:<34}{first.cut_share:>7.1%}{first.into_share:>8.1%}"
        f"{outcomes[-1].into_share:>8.1%}{times}{first.aborted_share:>8.0%}"
    )

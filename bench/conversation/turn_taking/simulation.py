"""Endpoint rules on a table of silences: when a question is sent, and when its answer sounds.

The table holds each silence of each turn with its length, so a rule is judged in milliseconds
and not in minutes. What it leaves out is the time of the models and their queue; the same rules
run in the real recognition in `policies`.

A rule gives two silences. After ``send`` the question goes to the agent, after ``sound`` its
first sound may start, never before it exists. A voice before the first sound aborts the run.
"""

from __future__ import annotations

import statistics
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import numpy as np

from bench.conversation.turn_taking.observed import Observed
from bench.conversation.turn_taking.rendered_scene import natural_pause_ms
from bench.conversation.turn_taking.samples import Silence
from pipeline.listening.endpoint_rule import EndpointRule

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


@dataclass(frozen=True, slots=True)
class SimulatedPause:
    """One silence for a rule; ``length_ms`` is None at the end of the turn."""

    observed: Observed
    length_ms: float | None


@dataclass(frozen=True, slots=True)
class Outcome:
    """A rule over many turns; shares are 0..1, times in ms from the true end of a turn."""

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


def simulate(pauses: Iterable[SimulatedPause], rule: EndpointRule, agent_ms: float) -> Outcome:
    """Judge a rule with an agent that takes ``agent_ms`` to its first sentence."""
    count = cut = into = runs = aborted = 0
    sounds: list[float] = []
    for pause in pauses:
        silences = rule.silences(pause.observed.evidence)
        send_ms, sound_ms = min(silences.send_ms, silences.sound_ms), silences.sound_ms
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

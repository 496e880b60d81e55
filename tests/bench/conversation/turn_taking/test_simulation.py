"""Endpoint rules on a table of silences: what is cut, spoken into and aborted, and the waits."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest

from bench.conversation.turn_taking.observed import Observed
from bench.conversation.turn_taking.policies import OneCheck, ThreeLooks
from bench.conversation.turn_taking.samples import PauseSample, Silence
from bench.conversation.turn_taking.simulation import SYNTHESIS_MS, simulate, table
from pipeline.listening.endpoint_rule import FixedSilence, Silences
from pipeline.listening.turn_completion import CompletionEvidence
from pipeline.participants import Participants
from pipeline.ports import Persona, Voice

JARVIS = Persona("jarvis", "Jarvis", Voice("jarvis"))
ROOM = Participants((JARVIS,), JARVIS, 0.9)


def row(silence: Silence, pause_ms: float = 0.0, sound: float = 0.5, text: str = "") -> Observed:
    utterance = ROOM.parse(1, text, "en") if text else None
    sample = PauseSample(
        "scene", "turn", "clause", "af_heart", silence, pause_ms, 0.0, text, np.zeros(1, np.int16)
    )
    return Observed(sample, CompletionEvidence(sound, None, utterance))


@dataclass(frozen=True)
class TwoSilences:
    send_ms: float
    sound_ms: float

    def silences(self, evidence: CompletionEvidence) -> Silences:
        return Silences(self.send_ms, self.sound_ms)


ROWS = [row(Silence.SCRIPTED, 500.0), row(Silence.OWN, 1500.0), row(Silence.END)]


def test_a_fixed_silence_cuts_the_longer_pauses_and_sounds_after_itself() -> None:
    found = simulate(table(ROWS), FixedSilence(800), agent_ms=0)
    assert (found.pauses, found.cut, found.into) == (2, 1, 1)
    assert (found.runs, found.aborted) == (2, 1)
    assert found.median_ms == pytest.approx(800 + 16 + SYNTHESIS_MS)


def test_a_question_sent_early_saves_the_agents_time_and_costs_aborted_runs() -> None:
    late, early = FixedSilence(800), TwoSilences(260, 800)
    slow = simulate(table(ROWS), late, agent_ms=400)
    fast = simulate(table(ROWS), early, agent_ms=400)
    assert slow.median_ms - fast.median_ms == pytest.approx(800 + 400 + SYNTHESIS_MS - 260 - 550)
    assert fast.cut == slow.cut
    assert fast.aborted_share == pytest.approx(2 / 3)
    assert slow.aborted_share == pytest.approx(1 / 2)


def test_a_slow_agent_speaks_into_fewer_pauses() -> None:
    rule = FixedSilence(300)
    counts = [simulate(table(ROWS), rule, agent_ms=ms).into for ms in (0, 400, 3000)]
    assert counts == [2, 1, 0]


def test_natural_pauses_replace_the_scripted_ones_only() -> None:
    rows = [*[row(Silence.SCRIPTED, 500.0)] * 400, ROWS[1], ROWS[2], row(Silence.BORDER)]
    pauses = table(rows, natural=True)
    assert len(pauses) == 402
    drawn = [each.length_ms for each in pauses[:400]]
    assert np.median([each for each in drawn if each]) == pytest.approx(550, rel=0.15)
    assert pauses[400].length_ms == 1500.0
    assert pauses[401].length_ms is None
    again = table(rows, natural=True)
    assert [each.length_ms for each in again[:400]] == drawn


def test_the_rules_in_use_elsewhere() -> None:
    def sound_ms(rule: OneCheck | ThreeLooks, sound: float, text: str = "") -> float:
        return rule.silences(row(Silence.END, sound=sound, text=text).evidence).sound_ms

    assert sound_ms(OneCheck(200, 0.5), 0.6) == 200
    assert sound_ms(OneCheck(200, 0.5), 0.4) == 3000
    looks = ThreeLooks()
    assert sound_ms(looks, 0.6) == 260
    assert sound_ms(looks, 0.4) == 560
    assert sound_ms(looks, 0.1) == 1200
    assert sound_ms(looks, 0.1, "Jarvis, what time is it?") == 260
    assert sound_ms(looks, 0.9, "The server crashed.") == 1200
    assert sound_ms(looks, 0.9, "I was wondering if you could") == 2500

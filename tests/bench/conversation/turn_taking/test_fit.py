"""What turn completion is fitted on, and how much each silence counts."""

from __future__ import annotations

import numpy as np

from bench.conversation.turn_taking.fit import cross_validated, table_of
from bench.conversation.turn_taking.observed import Observed
from bench.conversation.turn_taking.samples import PEOPLE, PauseSample, Silence
from pipeline.listening.turn_completion import CompletionEvidence

NO_AUDIO = np.zeros(0, np.int16)


def row(
    silence: Silence,
    pause_ms: float = 0.0,
    *,
    kind: str = "plain",
    group: str = "one",
    voice: str = "ann",
    sound: float = 0.5,
) -> Observed:
    sample = PauseSample(group, group, kind, voice, silence, pause_ms, 0.0, "", NO_AUDIO)
    return Observed(sample, CompletionEvidence(sound))


def test_pauses_that_are_over_before_a_rule_acts_are_left_out() -> None:
    rows = [
        row(Silence.END),
        row(Silence.OWN, 210),
        row(Silence.SCRIPTED, 290),
        row(Silence.SCRIPTED, 310),
        row(Silence.BORDER),
    ]
    table = table_of(rows, ["sound"])
    assert table.over.tolist() == [1, 0, 0]
    assert table.counts.tolist() == [1, 1, 0.1]


def test_silences_without_a_part_are_left_out_of_its_model() -> None:
    assert len(table_of([row(Silence.END)], ["sound"]).over) == 1
    both = [row(Silence.END), Observed(row(Silence.END).sample, CompletionEvidence())]
    assert len(table_of(both, ["sound"]).over) == 1


def test_recordings_are_one_voice() -> None:
    table = table_of([row(Silence.END, kind=PEOPLE, voice="prompt 7")], ["sound"])
    assert table.voices == (PEOPLE,)


def test_a_silence_is_judged_by_a_model_that_knows_neither_its_scene_nor_its_voice() -> None:
    # What scene "a" alone teaches is the opposite of all others.
    others = [
        row(silence, 500, group=group, voice=voice, sound=sound)
        for group in "bcde"
        for voice in ("ann", "ben")
        for silence, sound in ((Silence.END, 0.9), (Silence.SCRIPTED, 0.1))
    ]
    odd = [
        row(silence, 500, group="a", voice="ann", sound=sound)
        for silence, sound in ((Silence.END, 0.1), (Silence.SCRIPTED, 0.9))
        for _ in range(20)
    ]
    table = table_of(others + odd, ["sound"])
    found = cross_validated(table, penalty=1.0)
    assert np.all(found[len(others) : len(others) + 20] < 0.5)
    assert np.all(found[len(others) + 20 :] > 0.5)

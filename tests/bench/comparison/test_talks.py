"""Turns and their pauses, where the audio has them."""

from __future__ import annotations

import numpy as np
import pytest

from bench.comparison.talks import SpokenTurn, Talk, TalkSpeaker, recorded, track_of
from pipeline.audio import HEARD_RATE, Samples


def tone(seconds: float) -> Samples:
    at = np.arange(round(seconds * HEARD_RATE)) / HEARD_RATE
    return (0.1 * np.sin(2 * np.pi * 440 * at)).astype(np.float32)


def test_a_recorded_turn_has_its_own_pauses_from_a_fifth_of_a_second_on() -> None:
    gap, breath = np.zeros(HEARD_RATE // 2, np.float32), np.zeros(HEARD_RATE // 10, np.float32)
    pcm, turn = recorded(np.concatenate([tone(1.0), gap, tone(0.5), breath, tone(0.5)]))
    assert [turn.start_s, turn.end_s] == pytest.approx([0.5, 3.1])
    (pause,) = turn.pauses
    assert pause == pytest.approx((1.5, 2.0), abs=0.02)
    assert pcm.size / HEARD_RATE == pytest.approx(3.1 + 4.0)


def test_times_count_from_the_speakers_first_sample() -> None:
    speaker = TalkSpeaker()
    part = np.zeros(2 * HEARD_RATE, np.int16)
    for _ in range(2):
        speaker.add(part, [SpokenTurn(0.5, 1.5, ((0.8, 1.1),))])
    assert speaker.turns == [
        SpokenTurn(0.5, 1.5, ((0.8, 1.1),)),
        SpokenTurn(2.5, 3.5, ((2.8, 3.1),)),
    ]
    talk = Talk("two", (speaker, speaker))
    track, starts, lengths = track_of(talk)
    assert (talk.turns, talk.pauses) == (4, 4)
    assert (starts, lengths) == ((0, 4 * HEARD_RATE), (4 * HEARD_RATE, 4 * HEARD_RATE))
    assert track.size == 8 * HEARD_RATE

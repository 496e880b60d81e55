"""What every system is fed, and how what it does is noted."""

from __future__ import annotations

import time

import numpy as np
import pytest

from bench.comparison.harness import Report, frame_of
from bench.comparison.protocol import FRAME, Sound, TurnEnd, TurnVerdict
from bench.comparison.tone import TONE_DB, TONE_RATE, tone


def test_a_speaker_goes_round_the_track_without_a_gap() -> None:
    track = np.arange(3 * FRAME + 100, dtype=np.int16)
    heard = np.concatenate([frame_of(track, 50, number) for number in range(8)])
    assert np.array_equal(heard, np.take(track, np.arange(50, 50 + 8 * FRAME), mode="wrap"))


def test_a_verdict_is_due_with_the_frame_that_held_the_end_of_its_audio() -> None:
    report = Report((time.monotonic() - 2.0,))
    for end_s in (1.184, 1.2, 1.2004, 1.216):
        report.verdict(0, end_s, 0.5, complete=True)
    due = [line.due_s for line in report.lines if isinstance(line, TurnVerdict)]
    assert due == pytest.approx([1.2, 1.2, 1.2, 1.22])


def test_times_count_from_the_speakers_own_first_sample() -> None:
    began = time.monotonic()
    report = Report()
    report.start((began - 5.0, began - 1.0))
    report.turn_end(0)
    report.turn_end(1)
    first, second = [line for line in report.lines if isinstance(line, TurnEnd)]
    assert first.at_s - second.at_s == pytest.approx(4.0, abs=0.5)
    assert report.since(1, began) == pytest.approx(1.0)


def test_a_frame_of_the_reply_is_noted_with_its_length_and_level() -> None:
    report = Report((time.monotonic(),))
    report.sound(tone(0.02), TONE_RATE)
    report.sound(np.zeros(960, np.int16), TONE_RATE)
    loud, silent = [line for line in report.lines if isinstance(line, Sound)]
    assert loud.ms == pytest.approx(20.0)
    assert loud.db == pytest.approx(TONE_DB, abs=0.1)
    assert silent.db < -100

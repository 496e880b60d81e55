"""From events and truth to numbers, on cases small enough to work out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from bench.comparison.protocol import RATE, Sound, TurnVerdict
from bench.comparison.scenes import Stretch, Track
from bench.comparison.score import (
    BargeInScore,
    Spread,
    heard,
    lags_after_speech,
    lags_after_stop,
    percentile,
    score_barge_in,
    silent_at,
    slope,
    spread,
)


def stretch(start_s: float, end_s: float, *, last: bool = False) -> Stretch:
    return Stretch(int(start_s * RATE), int(end_s * RATE), last)


def verdict(due_s: float, at_s: float, *, first: bool = True) -> TurnVerdict:
    return TurnVerdict(0, due_s, at_s, 0.5, complete=False, first=first)


def frames(start_s: float, end_s: float, db: float = -20.0) -> list[Sound]:
    """A sound every 20 ms."""
    return [Sound(start_s + 0.02 * n, 20.0, db) for n in range(round((end_s - start_s) / 0.02))]


class TestStatistics:
    def test_a_percentile_is_a_value_that_was_measured(self) -> None:
        values = [float(value) for value in range(100, 0, -1)]
        assert percentile(values, 95) == 95.0
        assert percentile(values, 100) == 100.0
        assert percentile([7.0], 50) == 7.0

    def test_there_is_none_of_nothing(self) -> None:
        with pytest.raises(ValueError, match="no values"):
            percentile([], 95)
        assert spread([]) is None

    def test_a_spread_tells_middle_tail_and_worst(self) -> None:
        assert spread([10.0, 30.0, 20.0]) == Spread(3, 20.0, 30.0, 30.0)

    def test_memory_for_each_more_speaker_is_the_slope(self) -> None:
        assert slope([(1, 102.0), (5, 110.0), (10, 120.0)]) == pytest.approx(2.0)
        assert slope([(5, 110.0)]) is None


class TestHeard:
    track = Track(
        np.zeros(10 * RATE, np.int16), (stretch(1, 2), stretch(3, 4, last=True), stretch(6, 8))
    )

    def test_from_the_beginning(self) -> None:
        assert heard(self.track, 0, 5.0) == [stretch(1, 2), stretch(3, 4, last=True)]

    def test_times_count_from_where_the_speaker_begins(self) -> None:
        assert heard(self.track, 2 * RATE, 3.0) == [stretch(1, 2, last=True)]

    def test_the_track_goes_round(self) -> None:
        assert heard(self.track, 5 * RATE, 8.0) == [stretch(1, 3), stretch(6, 7)]

    def test_what_is_not_heard_whole_does_not_count(self) -> None:
        assert heard(self.track, int(1.5 * RATE), 1.0) == []


class TestLags:
    def test_after_the_stop_only_first_verdicts_count(self) -> None:
        assert lags_after_stop(
            [verdict(1.2, 1.23), verdict(1.5, 1.6, first=False)]
        ) == pytest.approx([30.0])

    def test_after_speech_is_from_the_last_sample(self) -> None:
        lags = lags_after_speech([verdict(2.24, 2.28)], [stretch(1, 2), stretch(5, 6)])
        assert lags == pytest.approx([280.0])

    def test_a_stop_inside_a_word_belongs_to_no_end(self) -> None:
        assert lags_after_speech([verdict(1.5, 1.53)], [stretch(1, 2)]) == []
        assert lags_after_speech([verdict(4.0, 4.03)], [stretch(1, 2)]) == []


class TestBargeIn:
    def test_silent_at_the_end_of_the_last_audible_frame(self) -> None:
        sounds = frames(0.0, 1.3) + frames(1.3, 1.4, -120.0)
        assert silent_at(sounds, 1.0) == pytest.approx(1.3)

    def test_a_late_frame_is_no_silence(self) -> None:
        assert silent_at(frames(0.0, 1.1) + frames(1.24, 1.5), 1.0) == pytest.approx(1.5)

    def test_a_reply_that_comes_back_was_silenced_all_the_same(self) -> None:
        assert silent_at(frames(0.0, 1.2) + frames(2.0, 3.0), 1.0) == pytest.approx(1.2)

    def test_a_reply_that_did_not_sound_cannot_fall_silent(self) -> None:
        assert silent_at(frames(2.0, 3.0), 1.0) is None
        assert silent_at([], 1.0) is None

    def test_quieter_comes_before_silent(self) -> None:
        sounds = frames(0.0, 1.1) + frames(1.1, 1.2, -34.0)
        score = score_barge_in(sounds, [1.0])
        assert score == BargeInScore(
            1, 0, Spread(1, 100.0, 100.0, 100.0), Spread(1, 200.0, 200.0, 200.0)
        )

    def test_without_ducking_quieter_is_silent(self) -> None:
        score = score_barge_in(frames(0.0, 1.3), [1.0])
        assert score.quieter_ms == score.silent_ms

    def test_one_that_was_not_silenced_is_counted_apart(self) -> None:
        score = score_barge_in(frames(2.0, 2.5), [1.0])
        assert (score.trials, score.not_silenced, score.silent_ms) == (1, 1, None)

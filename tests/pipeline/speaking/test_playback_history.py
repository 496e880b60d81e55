"""The audio that was played, at the time at which it was played."""

from __future__ import annotations

import numpy as np

from pipeline.speaking.playback_history import PlaybackHistory


def ramp(ms: int, start: int = 0) -> np.ndarray[tuple[int], np.dtype[np.int16]]:
    """48 kHz that rises by one every 20 ms, so that each frame can be recognised."""
    return np.repeat(np.arange(start, start + ms // 20), 960).astype(np.int16)


def play(history: PlaybackHistory, begin: float, frames: int, from_ms: float = 0.0) -> None:
    for frame in range(1, frames + 1):
        history.tick(begin + frame * 0.02, from_ms + frame * 20)


def test_played_audio_is_found_at_the_time_it_was_played() -> None:
    history = PlaybackHistory()
    history.feed(ramp(200, 1))
    play(history, 10.0, 5)
    assert [int(sample) for sample in history.audio(10.0, 10.1)[::320]] == [1, 2, 3, 4, 5]
    assert not history.audio(9.9, 10.0).any()
    assert not history.audio(10.1, 10.2).any(), "it was fed, and is not played yet"


def test_chunks_of_any_size_give_the_same_audio() -> None:
    whole, pieces = PlaybackHistory(), PlaybackHistory()
    sound = np.random.default_rng(1).integers(-900, 900, 9600).astype(np.int16)
    whole.feed(sound)
    for start in range(0, 9600, 733):
        pieces.feed(sound[start : start + 733])
    for each in (whole, pieces):
        play(each, 0.0, 10)
    assert np.array_equal(whole.audio(0.0, 0.2), pieces.audio(0.0, 0.2))


def test_a_held_reply_leaves_a_gap() -> None:
    history = PlaybackHistory()
    history.feed(ramp(400, 1))
    play(history, 10.0, 5)
    play(history, 10.5, 5, from_ms=100)
    heard = history.audio(10.0, 10.6)[::320].tolist()
    assert heard == [1, 2, 3, 4, 5] + [0] * 20 + [6, 7, 8, 9, 10]


def test_audio_that_was_rewound_is_there_twice() -> None:
    history = PlaybackHistory()
    history.feed(ramp(400, 1))
    play(history, 10.0, 5)
    history.tick(10.12, 40.0)
    play(history, 10.12, 3, from_ms=40)
    # One step late: the position is read in steps of 20 ms.
    assert history.audio(10.1, 10.16)[::320].tolist() == [3, 4, 5]


def test_the_next_reply_begins_at_its_own_start() -> None:
    history = PlaybackHistory()
    history.feed(ramp(200, 1))
    play(history, 10.0, 5)
    history.reply_began()
    history.feed(ramp(200, 50))
    play(history, 11.0, 2)
    assert history.audio(11.0, 11.04)[::320].tolist() == [50, 51]


def test_sounded_within_knows_the_last_played_audio() -> None:
    history = PlaybackHistory()
    assert not history.sounded_within(1.0, 5.0)
    history.feed(ramp(200))
    play(history, 10.0, 5)
    history.tick(10.5, 100.0)
    assert history.sounded_within(0.5, 10.5)
    assert not history.sounded_within(0.3, 10.5)


def test_long_replies_do_not_fill_the_memory() -> None:
    history = PlaybackHistory()
    for second in range(120):
        history.feed(ramp(1000))
        history.tick(second + 1.0, (second + 1) * 1000.0)
    assert sum(chunk.size for chunk in history._fed) < 20 * 16_000

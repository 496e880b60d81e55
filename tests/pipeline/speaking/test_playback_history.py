"""What has sounded, and when: only what was really played, where it was played."""

from __future__ import annotations

import numpy as np

from pipeline.speaking.playback_history import PlaybackHistory


def ramp(ms: int, start: int = 0) -> np.ndarray[tuple[int], np.dtype[np.int16]]:
    """48 kHz that rises by one every 20 ms, so that each frame can be told."""
    return np.repeat(np.arange(start, start + ms // 20), 960).astype(np.int16)


def play(played: PlaybackHistory, begin: float, frames: int, from_ms: float = 0.0) -> None:
    for frame in range(1, frames + 1):
        played.tick(begin + frame * 0.02, from_ms + frame * 20)


def test_what_was_played_lies_where_it_was_played() -> None:
    played = PlaybackHistory()
    played.feed(ramp(200, 1))
    play(played, 10.0, 5)
    assert [int(sample) for sample in played.audio(10.0, 10.1)[::320]] == [1, 2, 3, 4, 5]
    assert not played.audio(9.9, 10.0).any()
    assert not played.audio(10.1, 10.2).any(), "it was fed, and is not played yet"


def test_chunks_of_any_size_are_one_sound() -> None:
    whole, pieces = PlaybackHistory(), PlaybackHistory()
    sound = np.random.default_rng(1).integers(-900, 900, 9600).astype(np.int16)
    whole.feed(sound)
    for start in range(0, 9600, 733):
        pieces.feed(sound[start : start + 733])
    for each in (whole, pieces):
        play(each, 0.0, 10)
    assert np.array_equal(whole.audio(0.0, 0.2), pieces.audio(0.0, 0.2))


def test_a_silenced_reply_leaves_a_gap() -> None:
    played = PlaybackHistory()
    played.feed(ramp(400, 1))
    play(played, 10.0, 5)
    play(played, 10.5, 5, from_ms=100)
    heard = played.audio(10.0, 10.6)[::320].tolist()
    assert heard == [1, 2, 3, 4, 5] + [0] * 20 + [6, 7, 8, 9, 10]


def test_what_is_played_again_is_there_twice() -> None:
    played = PlaybackHistory()
    played.feed(ramp(400, 1))
    play(played, 10.0, 5)
    played.tick(10.12, 40.0)
    play(played, 10.12, 3, from_ms=40)
    # A step late, as what is noticed in steps of 20 ms can be.
    assert played.audio(10.1, 10.16)[::320].tolist() == [3, 4, 5]


def test_the_next_reply_begins_at_its_own_start() -> None:
    played = PlaybackHistory()
    played.feed(ramp(200, 1))
    play(played, 10.0, 5)
    played.reply_began()
    played.feed(ramp(200, 50))
    play(played, 11.0, 2)
    assert played.audio(11.0, 11.04)[::320].tolist() == [50, 51]


def test_it_is_known_whether_anything_sounds() -> None:
    played = PlaybackHistory()
    assert not played.sounded_within(1.0, 5.0)
    played.feed(ramp(200))
    play(played, 10.0, 5)
    played.tick(10.5, 100.0)
    assert played.sounded_within(0.5, 10.5)
    assert not played.sounded_within(0.3, 10.5)


def test_an_hour_of_it_does_not_fill_the_memory() -> None:
    played = PlaybackHistory()
    for second in range(120):
        played.feed(ramp(1000))
        played.tick(second + 1.0, (second + 1) * 1000.0)
    assert sum(chunk.size for chunk in played._fed) < 20 * 16_000

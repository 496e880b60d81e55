"""The benchmark of the ear: the talk that it plays, and its sums."""

from __future__ import annotations

import numpy as np

from bench.listening import ListeningRow, memory_slope_mb, talk
from pipeline.audio import HEARD_RATE


def test_the_talk_has_speech_and_pauses() -> None:
    audio = talk(6)
    assert audio.size == 6 * HEARD_RATE
    loud = np.abs(audio.astype(int)).reshape(-1, HEARD_RATE // 50).max(axis=1) > 300
    assert 0.4 < loud.mean() < 0.9


def test_memory_is_told_per_added_speaker() -> None:
    def row(speakers: int, rss_mb: float) -> ListeningRow:
        return ListeningRow(speakers, False, 0, 0, 0, 0, 0, 0, 0, rss_mb)

    assert memory_slope_mb([row(1, 200.0), row(20, 209.5)]) == 0.5

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence

import numpy as np
import pytest

from pipeline.audio import HEARD_RATE, Samples
from pipeline.inference.silero_vad import CHUNK
from pipeline.settings import VadSettings
from server.transcription.speech_parts import SpeechPart, speech_parts

CHUNKS_A_SECOND = HEARD_RATE / CHUNK


def cut(*stretches: tuple[bool, float]) -> tuple[list[SpeechPart], int, list[int]]:
    """The parts of speech and silence of these seconds, their samples, and the rests between."""
    voiced = [
        spoken for spoken, seconds in stretches for _ in range(round(seconds * CHUNKS_A_SECOND))
    ]
    heard = iter(voiced)

    def pieces() -> Iterator[Samples]:
        for at in range(0, len(voiced), 7):
            level = [0.5 if each else 0.0 for each in voiced[at : at + 7]]
            yield np.repeat(np.array(level, np.float32), CHUNK)

    def probability(chunk: Samples) -> float:
        assert chunk.shape == (CHUNK,)
        return 0.9 if next(heard) else 0.01

    found: list[SpeechPart] = []
    rests: list[int] = []
    running: Generator[SpeechPart | int, None, int] = speech_parts(
        pieces(), probability, VadSettings()
    )
    while True:
        try:
            each = next(running)
        except StopIteration as end:
            return found, end.value, rests
        if isinstance(each, int):
            rests.append(each)
        else:
            found.append(each)


def spans(parts: Sequence[SpeechPart]) -> list[tuple[float, float]]:
    return [(part.start_s, part.start_s + part.audio.size / HEARD_RATE) for part in parts]


def test_silence_has_no_parts_but_rests() -> None:
    parts, samples, rests = cut((False, 95))
    assert parts == []
    assert len(rests) == 3
    assert samples / HEARD_RATE == pytest.approx(95, abs=0.1)


def test_a_long_pause_separates_parts_and_a_margin_is_kept() -> None:
    parts, _, _ = cut((False, 5), (True, 3), (False, 4), (True, 2), (False, 1))
    assert spans(parts) == [
        pytest.approx((4.7, 8.3), abs=0.1),
        pytest.approx((11.7, 14.3), abs=0.1),
    ]


def test_short_pauses_stay_inside_a_part() -> None:
    parts, _, _ = cut((True, 3), (False, 1), (True, 3), (False, 1.5), (True, 3))
    assert spans(parts) == [pytest.approx((0.0, 11.5), abs=0.1)]


def test_a_click_is_no_speech() -> None:
    assert cut((False, 3), (True, 0.05), (False, 4))[0] == []


def test_a_long_part_ends_at_a_short_pause_and_nothing_is_lost() -> None:
    parts, samples, _ = cut((True, 21), (False, 0.5), (True, 21), (False, 0.5), (True, 5))
    first, second, third = spans(parts)
    assert first[1] == pytest.approx(21.3, abs=0.3)
    assert second[1] == pytest.approx(42.9, abs=0.4)
    assert third[1] == pytest.approx(samples / HEARD_RATE, abs=0.1)
    # Between them, silence alone may be left out.
    assert 0 <= second[0] - first[1] < 0.1
    assert 0 <= third[0] - second[1] < 0.1


def test_a_shorter_pause_is_used_where_no_longer_one_comes() -> None:
    parts, _, _ = cut((True, 24), (False, 0.2), (True, 20))
    assert parts[0].audio.size <= 30 * HEARD_RATE
    assert spans(parts)[0][1] == pytest.approx(24.1, abs=0.1)
    assert spans(parts)[1][0] == spans(parts)[0][1]


def test_speech_without_any_pause_is_cut_all_the_same() -> None:
    parts, samples, _ = cut((True, 100))
    assert all(part.audio.size <= 30 * HEARD_RATE for part in parts)
    ends = [end for _, end in spans(parts)]
    assert [0.0, *ends[:-1]] == [begin for begin, _ in spans(parts)]
    assert ends[-1] == pytest.approx(samples / HEARD_RATE, abs=0.1)


def test_the_last_chunk_may_be_short() -> None:
    running = speech_parts([np.full(1000, 0.5, np.float32)], lambda _: 0.9, VadSettings())
    with pytest.raises(StopIteration) as end:
        next(running)
    assert end.value.value == 1000


def test_times_are_without_the_silence_around_speech() -> None:
    voiced = [False] * 10 + [True] * 10 + [False] * 20 + [True] * 10 + [False] * 10
    part = SpeechPart(0, np.zeros(len(voiced) * CHUNK, np.float32), tuple(voiced))
    assert part.spoken_span(0.0, 1.92) == pytest.approx((0.32, 1.6))
    # A word that begins at the end of the last one begins behind the pause.
    assert part.word_span(0.5, 1.92) == pytest.approx((1.28, 1.6))
    assert part.word_span(0.7, 1.1) == (0.7, 1.1)

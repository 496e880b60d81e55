"""Packets of one speaker on a time line, and the chunks of all speakers in one batch."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np
import pytest

from pipeline.audio import HEARD_FRAME, HEARD_RATE, Pcm16, Samples
from pipeline.inference.silero_vad import CHUNK, VadStream
from pipeline.listening.audio_input import QUIET_MEMORY_S, SLEEP_AFTER_S, AudioInput, SpeakerStream

FRAME_S = 0.02


class LoudnessModel:
    """A VAD model whose probability is the loudness; records the sizes of its batches."""

    def __init__(self) -> None:
        self.batches: list[int] = []

    def open(self) -> VadStream:
        return VadStream()

    def step(self, batch: Sequence[tuple[VadStream, Samples]]) -> list[float]:
        self.batches.append(len(batch))
        return [float(np.abs(chunk).max()) for _, chunk in batch]


class Room:
    """Streams, a clock, and the chunks that were scored."""

    def __init__(self) -> None:
        self.now = 50.0
        self.model = LoudnessModel()
        self.audio_input = AudioInput(self.model, lambda: self.now)
        self.heard: dict[int, list[tuple[float, float, float]]] = {}

    def open_stream(self, number: int = 0, memory_s: float = 5.0) -> SpeakerStream:
        log = self.heard.setdefault(number, [])
        return self.audio_input.open_stream(
            lambda p, start, end: log.append((p, start, end)), memory_s
        )

    def pass_time(self, seconds: float) -> None:
        for _ in range(round(seconds / FRAME_S)):
            self.now += FRAME_S
            self.audio_input.tick(self.now)

    def loud_s(self, number: int = 0) -> float:
        return sum(end - start for p, start, end in self.heard[number] if p > 0.1)


def frame(value: int = 8000) -> Pcm16:
    return np.full(HEARD_FRAME, value, np.int16)


def test_gapless_speech_gives_gapless_chunks() -> None:
    room = Room()
    stream = room.open_stream()
    for _ in range(50):
        stream.push(frame(), room.now + FRAME_S)
        room.pass_time(FRAME_S)
    assert room.loud_s() == pytest.approx(1.0, abs=0.033)
    times = room.heard[0]
    assert all(a[2] == pytest.approx(b[1]) for a, b in itertools.pairwise(times))


def test_silence_after_the_last_packet_becomes_zeros_on_the_local_clock() -> None:
    room = Room()
    stream = room.open_stream()
    for _ in range(25):
        room.now += FRAME_S
        stream.push(frame(), room.now)
        room.audio_input.tick(room.now)
    last = room.now
    room.pass_time(0.5)
    quiet = [(start, end) for p, start, end in room.heard[0] if p < 0.1]
    assert quiet[0][0] == pytest.approx(last, abs=0.033)
    assert quiet[-1][1] == pytest.approx(room.now - 0.06, abs=0.05)


def test_an_announced_end_of_talk_is_followed_by_zeros_at_once() -> None:
    room = Room()
    stream = room.open_stream()
    stream.push(frame(), room.now)
    stream.push(frame(0), room.now, end_of_talk=True)
    room.pass_time(0.2)
    assert room.heard[0][-1][2] >= room.now - 0.033


def test_a_late_packet_is_not_lost() -> None:
    room = Room()
    stream = room.open_stream()
    for index in range(50):
        room.now += FRAME_S
        if index % 10 == 3:
            room.audio_input.tick(room.now)
            continue
        for _ in range(2 if index % 10 == 4 else 1):
            stream.push(frame(), room.now)
        room.audio_input.tick(room.now)
    room.pass_time(0.3)
    assert room.loud_s() == pytest.approx(1.0, abs=0.04)


def test_a_lost_packet_leaves_a_gap_of_its_own_length() -> None:
    room = Room()
    stream = room.open_stream()
    start = room.now
    for index in range(50):
        room.now += FRAME_S
        if not 20 <= index < 30:
            stream.push(frame(), room.now)
        room.audio_input.tick(room.now)
    room.pass_time(0.3)
    assert room.loud_s() == pytest.approx(0.8, abs=0.07)
    assert room.heard[0][-1][2] == pytest.approx(room.now - 0.06, abs=0.05)
    assert room.heard[0][0][1] == pytest.approx(start, abs=0.001)


def test_a_quiet_speaker_falls_asleep_and_costs_nothing() -> None:
    room = Room()
    stream = room.open_stream()
    stream.push(frame(), room.now)
    room.pass_time(SLEEP_AFTER_S + 0.1)
    calls = len(room.model.batches)
    assert not stream.awake
    room.pass_time(10.0)
    assert len(room.model.batches) == calls


def test_a_speaker_in_a_turn_stays_awake() -> None:
    room = Room()
    stream = room.open_stream()
    stream.in_turn = True
    stream.push(frame(), room.now)
    room.pass_time(SLEEP_AFTER_S + 1.0)
    assert stream.awake


def test_waking_starts_a_new_time_line() -> None:
    room = Room()
    stream = room.open_stream()
    stream.push(frame(), room.now)
    room.pass_time(5.0)
    woke = room.now
    for _ in range(10):
        room.now += FRAME_S
        stream.push(frame(), room.now)
        room.audio_input.tick(room.now)
    loud = [entry for entry in room.heard[0] if entry[0] > 0.1 and entry[1] > woke - 1]
    assert loud[0][1] == pytest.approx(woke, abs=0.001)
    assert stream.audio(woke, room.now).size == pytest.approx(10 * HEARD_FRAME, abs=2)


def test_audio_can_be_read_by_time() -> None:
    room = Room()
    stream = room.open_stream()
    start = room.now
    for value in range(1, 11):
        room.now += FRAME_S
        stream.push(frame(value * 100), room.now)
        room.audio_input.tick(room.now)
    middle = stream.audio(start + 0.04, start + 0.08)
    assert middle.tolist() == [300] * HEARD_FRAME + [400] * HEARD_FRAME
    assert stream.audio(start - 1.0, start).size == 0


def test_memory_is_short_between_turns_and_full_during_a_turn() -> None:
    room = Room()
    talker, quiet = room.open_stream(0, memory_s=10.0), room.open_stream(1, memory_s=10.0)
    talker.in_turn = True
    for _ in range(400):
        room.now += FRAME_S
        for stream in (talker, quiet):
            stream.push(frame(), room.now)
        room.audio_input.tick(room.now)
    assert talker.audio(0.0, room.now).size == pytest.approx(8 * HEARD_RATE, rel=0.05)
    assert quiet.audio(0.0, room.now).size == pytest.approx(QUIET_MEMORY_S * HEARD_RATE, rel=0.05)
    talker.drop_before(room.now - 0.5)
    assert talker.audio(0.0, room.now).size == pytest.approx(0.5 * HEARD_RATE, rel=0.1)
    room.pass_time(5.0)
    assert not quiet.awake
    assert quiet.audio(0.0, room.now).size == 0


def test_the_memory_is_bounded() -> None:
    room = Room()
    stream = room.open_stream(memory_s=1.0)
    for _ in range(500):
        room.now += FRAME_S
        stream.push(frame(), room.now)
        room.audio_input.tick(room.now)
    assert stream.audio(0.0, room.now).size <= HEARD_RATE * 1.05


def test_after_a_long_stall_the_audio_that_memory_lost_is_passed_over() -> None:
    room = Room()
    stream = room.open_stream()
    stream.push(frame(), room.now)
    room.now += 2 * QUIET_MEMORY_S
    for number in range(200):
        stream.push(frame(), room.now + number * FRAME_S)
    room.pass_time(FRAME_S)
    assert room.loud_s() == pytest.approx(QUIET_MEMORY_S, abs=0.1)


def test_speakers_due_together_are_stepped_in_one_batch() -> None:
    room = Room()
    streams = [room.open_stream(number) for number in range(5)]
    for _ in range(10):
        room.now += FRAME_S
        for stream in streams:
            stream.push(frame(), room.now)
        room.audio_input.tick(room.now)
    assert set(room.model.batches) == {5}
    assert len(room.model.batches) == 10 * HEARD_FRAME // CHUNK


def test_a_closed_stream_gives_no_more_chunks() -> None:
    room = Room()
    stream = room.open_stream()
    room.audio_input.close_stream(stream)
    stream.push(frame(), room.now)
    room.pass_time(0.2)
    assert room.heard[0] == []


async def test_a_failing_tick_does_not_stop_the_clock(caplog: pytest.LogCaptureFixture) -> None:
    import asyncio

    loop = asyncio.get_running_loop()
    audio_input = AudioInput(LoudnessModel(), loop.time)
    ticks = asyncio.Event()
    calls = 0

    def ticker(_: float) -> None:
        nonlocal calls
        calls += 1
        if calls == 1:
            raise RuntimeError("one bad tick")
        ticks.set()

    audio_input.on_tick(ticker)
    audio_input.start()
    await asyncio.wait_for(ticks.wait(), 5)
    await audio_input.aclose()
    assert "one bad tick" in caplog.text

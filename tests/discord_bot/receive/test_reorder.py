from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from discord_bot.receive.counters import ReceiveCounters
from discord_bot.receive.reorder import HOLD_S, ReorderAction, ReorderBuffer, ReorderStep, ahead
from discord_bot.receive.rtp import RtpPacket

FRAME_S = 0.02


def packet(sequence: int, at: float, frame: bytes = b"opus") -> RtpPacket:
    return RtpPacket(sequence & 0xFFFF, 1, at, frame)


def decoded(steps: list[ReorderStep]) -> list[int]:
    return [step.packet.sequence for step in steps if step.action is ReorderAction.DECODE]


def story(steps: list[ReorderStep]) -> str:
    """``d`` decoded, ``r`` recovered, ``c`` concealed."""
    return "".join(step.action.value[0] for step in steps)


@pytest.fixture
def counters() -> ReceiveCounters:
    return ReceiveCounters()


@pytest.fixture
def buffer(counters: ReceiveCounters) -> ReorderBuffer:
    return ReorderBuffer(counters)


def run(buffer: ReorderBuffer, arrivals: list[tuple[int, float]]) -> list[ReorderStep]:
    """Push packets as they arrive, ticking every 20 ms in between and until nothing is held."""
    steps: list[ReorderStep] = []
    clock = arrivals[0][1]
    for sequence, at in sorted(arrivals, key=lambda arrival: arrival[1]):
        while clock + FRAME_S <= at:
            clock += FRAME_S
            steps += buffer.due(clock)
        steps += buffer.push(packet(sequence, at))
    while buffer.holding:
        clock += FRAME_S
        steps += buffer.due(clock)
    return steps


def test_in_order_packets_leave_at_once(buffer: ReorderBuffer) -> None:
    for n in range(5):
        assert decoded(buffer.push(packet(n, n * FRAME_S))) == [n]
    assert not buffer.holding


def test_two_swapped_packets_come_out_in_order(buffer: ReorderBuffer) -> None:
    steps = run(buffer, [(0, 0.0), (2, 0.02), (1, 0.03), (3, 0.04)])
    assert decoded(steps) == [0, 1, 2, 3]
    assert story(steps) == "dddd"


def test_a_lost_packet_is_waited_for_60_ms_and_then_rebuilt(buffer: ReorderBuffer) -> None:
    buffer.push(packet(0, 0.0))
    assert buffer.push(packet(2, 0.04)) == []
    assert buffer.due(0.04 + HOLD_S - 0.001) == []
    steps = buffer.due(0.04 + HOLD_S)
    assert story(steps) == "rd"
    assert steps[0].packet.sequence == 2, "the redundancy is in the follower"


def test_of_several_lost_only_the_last_can_be_rebuilt(buffer: ReorderBuffer) -> None:
    assert story(run(buffer, [(0, 0.0), (4, 0.08)])) == "dccrd"


@pytest.mark.parametrize(("lost", "filled"), [(4, "cccr"), (5, "ccccr"), (6, ""), (20, "")])
def test_a_gap_of_up_to_five_is_concealed_and_a_longer_one_skipped(
    buffer: ReorderBuffer, lost: int, filled: str
) -> None:
    follower = lost + 1
    steps = run(buffer, [(0, 0.0), (follower, follower * FRAME_S)])
    assert story(steps) == f"d{filled}d"


def test_nothing_is_concealed_after_a_pause(buffer: ReorderBuffer) -> None:
    assert story(run(buffer, [(0, 0.0), (4, 5.0)])) == "drd"


def test_padding_alone_takes_a_sequence_number_without_a_sound(buffer: ReorderBuffer) -> None:
    buffer.push(packet(0, 0.0))
    assert buffer.push(packet(1, 0.02, b"")) == []
    assert story(buffer.push(packet(2, 0.04))) == "d"
    assert not buffer.holding


def test_padding_alone_rebuilds_and_conceals_nothing(buffer: ReorderBuffer) -> None:
    buffer.push(packet(0, 0.0))
    buffer.push(packet(2, 0.04, b""))
    assert story(buffer.due(0.2)) == "c"
    buffer.push(packet(4, 0.08, b""))
    assert buffer.flush() == []


def test_a_packet_that_comes_after_its_gap_was_skipped_is_late(
    buffer: ReorderBuffer, counters: ReceiveCounters
) -> None:
    steps = run(buffer, [(0, 0.0), (2, 0.04), (3, 0.2), (1, 0.21)])
    assert story(steps) == "drdd"
    assert counters.late == 1


def test_a_duplicate_of_a_held_packet_is_counted(
    buffer: ReorderBuffer, counters: ReceiveCounters
) -> None:
    run(buffer, [(0, 0.0), (2, 0.02), (2, 0.021), (1, 0.03)])
    assert counters.duplicate == 1


def test_sequence_numbers_wrap(buffer: ReorderBuffer) -> None:
    steps = run(buffer, [(0xFFFE, 0.0), (0, 0.03), (0xFFFF, 0.04), (1, 0.06)])
    assert decoded(steps) == [0xFFFE, 0xFFFF, 0, 1]


@pytest.mark.parametrize("restart", [5000, 60_000, 5])
def test_a_stream_may_restart_at_another_sequence_number(
    buffer: ReorderBuffer, restart: int
) -> None:
    run(buffer, [(200 + n, n * FRAME_S) for n in range(5)])
    assert decoded(buffer.push(packet(restart, 0.2))) == [restart]


def test_a_small_step_back_is_a_new_stream_only_after_a_pause(buffer: ReorderBuffer) -> None:
    run(buffer, [(200 + n, n * FRAME_S) for n in range(5)])
    assert buffer.push(packet(190, 0.3)) == []
    assert decoded(buffer.push(packet(190, 5.0))) == [190]


def test_flush_decodes_everything_and_conceals_nothing(buffer: ReorderBuffer) -> None:
    buffer.push(packet(0xFFFE, 0.0))
    buffer.push(packet(2, 0.01))
    buffer.push(packet(0, 0.02))
    assert decoded(buffer.flush()) == [0, 2]
    assert not buffer.holding


@given(st.integers(0, 0xFFFF), st.integers(-0x8000, 0x7FFF))
def test_ahead_is_the_signed_distance(start: int, distance: int) -> None:
    assert ahead((start + distance) & 0xFFFF, start) == distance


@given(
    seed=st.integers(0, 2**32),
    start=st.integers(0, 0xFFFF),
    loss=st.sampled_from([0.0, 0.05, 0.15, 0.5]),
    jitter_s=st.sampled_from([0.0, 0.03, 0.059, 0.3]),
)
def test_whatever_the_network_does_order_and_length_are_kept(
    seed: int, start: int, loss: float, jitter_s: float
) -> None:
    rng = random.Random(seed)
    counters = ReceiveCounters()
    arrivals = [
        (start + n, n * FRAME_S + (rng.random() * jitter_s if n else 0.0))
        for n in range(60)
        if n == 0 or rng.random() >= loss
    ]
    steps = run(ReorderBuffer(counters), arrivals)
    numbers = [ahead(n, start & 0xFFFF) for n in decoded(steps)]
    assert numbers == sorted(set(numbers)), "in order, each once"
    assert len(numbers) + counters.late == len(arrivals), "none vanishes uncounted"
    assert len(steps) <= 60, "never more audio than was spoken"
    if jitter_s < HOLD_S:
        assert counters.late == 0, "the wait covers a jitter of its length"

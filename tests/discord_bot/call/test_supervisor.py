"""A call's supervisor, with outages of any length in simulated time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from discord_bot.call.supervisor import (
    LONGEST_RETRY_S,
    RECONNECT_GRACE_S,
    TELL_S,
    CallStatus,
    Supervisor,
)
from translations import verbatim

TICK_S = 0.5
GONE = verbatim("the connection was lost")
LOST = CallStatus(problem=GONE)
WELL = CallStatus()


@dataclass
class SimulatedCall:
    """Simulates a call: runs the supervisor twice a second, and records its steps."""

    attempt_s: float = 0.0
    """How long an attempt takes; the supervisor does not run meanwhile."""
    supervisor: Supervisor = field(default_factory=lambda: Supervisor(lambda: 120.0))
    now: float = 1000.0
    joins: list[float] = field(default_factory=list)
    notices: list[tuple[float, str]] = field(default_factory=list)
    ended: str | None = None

    def play(self, seconds: float, facts: Callable[[float], CallStatus] | CallStatus) -> None:
        until = self.now + seconds
        while self.now < until and self.ended is None:
            step = self.supervisor.decide(
                facts if isinstance(facts, CallStatus) else facts(self.now), self.now
            )
            if step.notice is not None:
                self.notices.append((self.now, str(step.notice)))
            if step.join:
                self.joins.append(self.now)
                self.now += self.attempt_s
                self.supervisor.attempt_ended(self.now)
            self.ended = None if step.end is None else str(step.end)
            self.now += TICK_S

    @property
    def texts(self) -> list[str]:
        return [text for _, text in self.notices]

    @property
    def delays(self) -> list[float]:
        return [later - earlier for earlier, later in zip(self.joins, self.joins[1:], strict=False)]


@pytest.mark.parametrize("attempt_s", [0.0, 10.0, 20.0])
@pytest.mark.parametrize("length_s", [5.0, 12.0, 60.0, 600.0, 24 * 3600.0])
def test_an_outage_of_any_length_is_repaired(length_s: float, attempt_s: float) -> None:
    call = SimulatedCall(attempt_s)
    call.play(length_s, LOST)
    assert call.ended is None
    after = call.now
    call.play(LONGEST_RETRY_S + attempt_s + 1, LOST)
    assert call.joins[-1] >= after, "an attempt follows soon after it can succeed"
    call.play(5, WELL)
    assert call.texts[0] == (
        "I cannot hear you right now: the connection was lost. I am joining again."
    )
    assert call.texts[-1].startswith("I can hear you again.")
    assert len(call.notices) == 2, "the members get two notices in all"


def test_the_retry_delay_grows_to_half_a_minute() -> None:
    call = SimulatedCall()
    call.play(300, LOST)
    assert call.delays[:5] == [1.0, 2.0, 4.0, 8.0, 16.0]
    assert set(call.delays[5:]) == {LONGEST_RETRY_S}


def test_a_longer_reconnect_of_discord_py_is_announced_and_left_to_it() -> None:
    call = SimulatedCall()
    call.play(RECONNECT_GRACE_S - 0.5, CallStatus(problem=GONE, reconnecting=True))
    call.play(100, WELL)
    assert call.joins == []
    assert [str(text) for _, text in call.notices] == [
        "I cannot hear you right now: the connection was lost. I come back as soon as I can.",
        "I can hear you again.",
    ]


def test_a_reconnect_of_discord_py_in_time_is_not_announced() -> None:
    call = SimulatedCall()
    call.play(
        TELL_S - 0.5,
        CallStatus(problem=GONE, reconnecting=True),
    )
    call.play(100, WELL)
    assert call.joins == []
    assert call.notices == []


def test_the_bot_joins_again_if_discord_py_does_not_reconnect() -> None:
    call = SimulatedCall()
    call.play(10, CallStatus(problem=GONE, reconnecting=True))
    assert call.joins[0] == 1000.0 + RECONNECT_GRACE_S


def test_while_discord_is_offline_no_attempt_is_made_and_then_at_once() -> None:
    call = SimulatedCall()
    call.play(30, LOST)
    before = len(call.joins)
    call.play(600, CallStatus(problem=GONE, offline=True))
    assert len(call.joins) == before
    back = call.now
    call.play(1, LOST)
    assert call.joins[-1] == back, "the delay was reset"


def test_an_outage_of_less_than_a_second_is_not_announced() -> None:
    call = SimulatedCall()
    call.play(0.9, CallStatus(problem=GONE, offline=True))
    call.play(30, WELL)
    assert call.notices == []


def test_a_call_that_works_while_the_gateway_is_offline_is_left_alone() -> None:
    call = SimulatedCall()
    call.play(600, CallStatus(offline=True))
    assert call.joins == []
    assert call.notices == []


def test_without_permission_it_does_not_try_and_says_why() -> None:
    call = SimulatedCall()
    call.play(
        600,
        CallStatus(problem=GONE, join_refusal=verbatim("#room is full.")),
    )
    assert call.joins == []
    assert call.texts == [
        "I cannot hear you right now: #room is full. I come back as soon as I can."
    ]
    call.play(1, LOST)
    assert call.joins


def test_the_duration_of_a_long_outage_is_announced() -> None:
    call = SimulatedCall()
    call.play(240, LOST)
    call.play(5, WELL)
    assert call.texts[-1] == "I can hear you again. It was 4 minutes."
    call.play(100, WELL)
    call.play(5, LOST)
    call.play(5, WELL)
    assert call.texts[-1] == "I can hear you again."


def test_a_notice_that_failed_is_repeated() -> None:
    call = SimulatedCall()
    call.play(10, LOST)
    call.supervisor.notice_failed(call.now)
    call.play(60, LOST)
    assert call.texts == 2 * [
        "I cannot hear you right now: the connection was lost. I am joining again."
    ]


def test_a_failed_notice_is_replaced_by_the_one_of_recovery() -> None:
    call = SimulatedCall()
    call.play(30, LOST)
    call.supervisor.notice_failed(call.now)
    call.play(10, WELL)
    assert call.texts[1:] == ["I can hear you again. It was 30 seconds."]


def test_repeated_failures_keep_the_retry_delay_growing() -> None:
    def flapping(now: float) -> CallStatus:
        joined = call.joins[-1] if call.joins else 0.0
        return WELL if 0 < now - joined <= 1.5 else LOST

    call = SimulatedCall()
    call.play(300, flapping)
    assert len(call.joins) < 16
    assert max(call.delays) >= LONGEST_RETRY_S
    call.play(120, WELL)
    again = call.now
    call.play(2, LOST)
    assert call.joins[-1] - again < 2, "after a minute without a problem the delay is reset"


def test_the_call_ends_when_everybody_has_left() -> None:
    call = SimulatedCall()
    call.play(119, CallStatus(alone=True))
    call.play(1, WELL)
    call.play(119, CallStatus(alone=True))
    assert call.ended is None
    call.play(3, CallStatus(alone=True))
    assert call.ended == "Everybody has left, so I did too."


def test_a_deleted_channel_ends_the_call_during_an_outage() -> None:
    call = SimulatedCall()
    call.play(60, LOST)
    call.play(1, CallStatus(problem=verbatim("I am not connected"), channel_deleted=True))
    assert call.ended == "The voice channel no longer exists, so I have left the call."

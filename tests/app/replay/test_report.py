"""Events are written in the order of their times, as soon as none before them can come."""

from __future__ import annotations

import pytest

from app.replay.report import HELD_S, ReplayEvent, ReplayReport


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def test_an_event_that_is_known_later_comes_in_its_place() -> None:
    clock, written = Clock(), list[ReplayEvent]()
    report = ReplayReport(clock, written.append)
    clock.now = 102.0
    report.add("ducked", None, 102.0)
    report.write_due()
    assert not written
    clock.now = 102.5
    report.add("speech_began", "bob", 101.9)
    clock.now = 102.1 + HELD_S
    report.write_due()
    assert [event.kind for event in written] == ["speech_began", "ducked"]
    report.add("resumed", None, clock.now)
    report.write_rest()
    assert [event.kind for event in report.events] == ["speech_began", "ducked", "resumed"]
    assert report.last_at == clock.now


def test_the_room_does_not_see_that_an_event_cannot_be_written() -> None:
    def fail(event: ReplayEvent) -> None:
        raise BrokenPipeError

    report = ReplayReport(Clock(), fail)
    report.add("ducked", None, 100.0)
    with pytest.raises(BrokenPipeError):
        report.write_rest()

from __future__ import annotations

import logging

import pytest

from logs import FaultLog

log = logging.getLogger("tests.logs")


def test_the_same_fault_is_told_ever_less_often(caplog: pytest.LogCaptureFixture) -> None:
    faults = FaultLog(log)
    for number in range(1000):
        faults.tell(logging.WARNING, "packet %d was refused", number)
    assert len(caplog.messages) == 10
    assert caplog.messages[0] == "packet 0 was refused"
    assert caplog.messages[-1] == "packet 511 was refused (512 times by now)"


def test_another_fault_is_told_at_once(caplog: pytest.LogCaptureFixture) -> None:
    faults = FaultLog(log)
    for _ in range(3):
        faults.tell(logging.ERROR, "reading failed", error=OSError("gone"))
    faults.tell(logging.ERROR, "reading failed", error=ValueError("strange"))
    assert len(caplog.records) == 3
    assert caplog.records[-1].exc_info is not None


def test_after_it_went_well_a_fault_is_a_first_one_again(caplog: pytest.LogCaptureFixture) -> None:
    faults = FaultLog(log)
    for _ in range(3):
        faults.tell(logging.WARNING, "not kept")
    faults.recovered("not kept")
    faults.tell(logging.WARNING, "not kept")
    assert caplog.messages == ["not kept", "not kept (2 times by now)", "not kept"]


def test_however_many_kinds_there_are_it_does_not_grow(caplog: pytest.LogCaptureFixture) -> None:
    faults = FaultLog(log)
    for number in range(10_000):
        faults.tell(logging.DEBUG, f"kind {number}")
    assert len(faults._counts) <= 100

from __future__ import annotations

import pytest

from discord_bot.receive.counters import ReceiveCounters
from discord_bot.receive.faults import PacketFaults


def test_every_fault_counts_and_the_log_is_not_flooded(caplog: pytest.LogCaptureFixture) -> None:
    counters = ReceiveCounters()
    faults = PacketFaults(counters)
    for _ in range(1000):
        try:
            raise KeyError("broken")
        except KeyError:
            faults.caught("testing")
    assert counters.errors == 1000
    assert len(caplog.records) == 10
    assert caplog.records[0].exc_info

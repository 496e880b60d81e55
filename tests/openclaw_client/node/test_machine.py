"""The machine in numbers: this one's."""

from __future__ import annotations

import json

from openclaw_client.node.commands import CommandCall, NodeCommands
from openclaw_client.node.machine import host_stats, system_commands
from simulators.gateway.params import HostStatsPayload


def test_the_stats_are_such_as_the_gateway_takes() -> None:
    stats = host_stats()
    HostStatsPayload.model_validate(stats)
    assert stats["memoryFreeBytes"] <= stats["memoryTotalBytes"]
    assert stats["diskAvailableBytes"] <= stats["diskTotalBytes"]
    assert stats["cpuCount"] >= 1


async def test_info_names_the_system_and_the_bot_but_not_whose_machine_it_is() -> None:
    info = await NodeCommands(system_commands(), ["system.info"]).obey(
        "system.info", None, CommandCall(None, 1.0)
    )
    text = json.dumps(info)
    assert info["system"]
    assert info["bot"].startswith("openclaw-voice ")
    assert info["botUptimeSeconds"] >= 0
    assert "host" not in text.lower()

"""The machine that the bot runs on, in numbers."""

from __future__ import annotations

import os
import platform
import shutil
import time
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from openclaw_client.node.arguments import Nothing
from openclaw_client.node.commands import CommandCall, NodeCommand, command
from openclaw_client.protocol.frames import CLIENT_NAME, CLIENT_VERSION

_STARTED: Final = time.monotonic()
_KIB: Final = 1024


def system_commands() -> list[NodeCommand]:
    return [
        command(
            "system.info",
            "The machine that the voice bot runs on: system, load, memory, disk, uptime.",
            Nothing,
            _info,
        )
    ]


async def _info(_: Nothing, __: CommandCall) -> dict[str, Any]:
    return {
        "system": platform.system(),
        "release": platform.release(),
        "machine": platform.machine(),
        "python": platform.python_version(),
        "bot": f"{CLIENT_NAME} {CLIENT_VERSION}",
        "botUptimeSeconds": round(time.monotonic() - _STARTED),
        **host_stats(),
    }


def host_stats() -> dict[str, Any]:
    """The payload of a node's ``node.host.stats``; what the system does not tell is left out."""
    stats: dict[str, Any] = {"cpuCount": os.cpu_count() or 1, **_memory()}
    with suppress(OSError, AttributeError):
        stats["loadAverage"] = [round(load, 2) for load in os.getloadavg()]
    with suppress(OSError):
        disk = shutil.disk_usage(Path.home().anchor or "/")
        stats |= {"diskTotalBytes": disk.total, "diskAvailableBytes": disk.free}
    return stats


def _memory() -> dict[str, int]:
    """Total, and what a program could get of it; both 0 where the system does not tell."""
    try:
        lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
        sizes = {name: int(rest.split()[0]) * _KIB for name, rest in _pairs(lines)}
        return {
            "memoryTotalBytes": sizes["MemTotal"],
            "memoryFreeBytes": min(sizes["MemAvailable"], sizes["MemTotal"]),
        }
    except (OSError, KeyError, ValueError, IndexError):
        return {"memoryTotalBytes": 0, "memoryFreeBytes": 0}


def _pairs(lines: list[str]) -> list[tuple[str, str]]:
    return [(name, rest) for name, _, rest in (line.partition(":") for line in lines) if rest]

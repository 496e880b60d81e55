"""The commands about the machine that the bot runs on: load, memory, disk, and its GPUs by NVML."""

from __future__ import annotations

import asyncio
import os
import platform
import shutil
import time
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Any, Final

from pydantic import Field

from openclaw_client.errors import CannotNow
from openclaw_client.node.commands import Arguments, CommandCall, NoArguments, NodeCommand, command
from openclaw_client.node.gpus import gpu_identities, gpu_metrics
from openclaw_client.protocol.handshake import CLIENT_NAME, CLIENT_VERSION

_STARTED: Final = time.monotonic()
_KIB: Final = 1024


class OneGpu(Arguments):
    index: Annotated[int, Field(ge=0, le=1023)] | None = None
    """Which GPU, as gpu.list numbers them; every one if left out."""


def system_commands() -> list[NodeCommand]:
    return [
        command(
            "system.info",
            "The machine that the voice bot runs on: system, load, memory, disk, uptime.",
            NoArguments,
            _system_info,
        )
    ]


async def _system_info(_: NoArguments, __: CommandCall) -> dict[str, Any]:
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
    """The payload of ``node.host.stats``; values that the system does not provide are left out."""
    stats: dict[str, Any] = {"cpuCount": os.cpu_count() or 1, **_memory()}
    with suppress(OSError, AttributeError):
        stats["loadAverage"] = [round(load, 2) for load in os.getloadavg()]
    with suppress(OSError):
        disk = shutil.disk_usage(Path.home().anchor or "/")
        stats |= {"diskTotalBytes": disk.total, "diskAvailableBytes": disk.free}
    return stats


def _memory() -> dict[str, int]:
    """Total and available memory; both 0 where the system does not report them."""
    try:
        lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
        sizes = {name: int(rest.split()[0]) * _KIB for name, rest in _meminfo_lines(lines)}
        return {
            "memoryTotalBytes": sizes["MemTotal"],
            "memoryFreeBytes": min(sizes["MemAvailable"], sizes["MemTotal"]),
        }
    except (OSError, KeyError, ValueError, IndexError):
        return {"memoryTotalBytes": 0, "memoryFreeBytes": 0}


def _meminfo_lines(lines: list[str]) -> list[tuple[str, str]]:
    return [(name, rest) for name, _, rest in (line.partition(":") for line in lines) if rest]


def gpu_commands() -> list[NodeCommand]:
    return [
        command("gpu.list", "The NVIDIA GPUs of the voice bot's machine.", NoArguments, _gpu_list),
        command(
            "gpu.metrics",
            "How busy, full and hot the NVIDIA GPUs of the voice bot's machine are.",
            OneGpu,
            _gpu_metrics,
        ),
    ]


async def _gpu_list(_: NoArguments, __: CommandCall) -> dict[str, Any]:
    """The GPUs; a machine without one returns an empty list and the reason."""
    try:
        return {"gpus": await asyncio.to_thread(gpu_identities)}
    except CannotNow as none:
        return {"gpus": [], "note": str(none)}


async def _gpu_metrics(wanted: OneGpu, _: CommandCall) -> dict[str, Any]:
    return {"gpus": await asyncio.to_thread(gpu_metrics, wanted.index)}

"""The commands about the machine that the bot runs on: load, memory, disk, and its GPUs by NVML."""

from __future__ import annotations

import asyncio
import os
import platform
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Annotated, Any, Final

import pynvml
from pydantic import Field

from openclaw_client.errors import BadArguments, CannotNow
from openclaw_client.node.commands import Arguments, CommandCall, NoArguments, NodeCommand, command
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
        return {"gpus": await asyncio.to_thread(_read_gpus, _identity_of)}
    except CannotNow as none:
        return {"gpus": [], "note": str(none)}


async def _gpu_metrics(wanted: OneGpu, _: CommandCall) -> dict[str, Any]:
    return {"gpus": await asyncio.to_thread(_read_gpus, _metrics_of, wanted.index)}


def _read_gpus(
    read: Callable[[Any], dict[str, Any]], index: int | None = None
) -> list[dict[str, Any]]:
    """Apply ``read`` to every GPU, or to one; blocks for some milliseconds.

    Raises:
        CannotNow: there is no driver, or no GPU.
        BadArguments: no GPU has that index.
    """
    with _nvml() as count:
        if index is not None and index >= count:
            raise BadArguments(f"gpu.metrics: index must be below {count}: there are no more GPUs")
        chosen = range(count) if index is None else (index,)
        return [{"index": n, **read(pynvml.nvmlDeviceGetHandleByIndex(n))} for n in chosen]


@contextmanager
def _nvml() -> Iterator[int]:
    """Hold NVML open while the body runs; yields the number of GPUs."""
    try:
        pynvml.nvmlInit()
    except pynvml.NVMLError as error:
        raise CannotNow(
            f"this machine has no usable NVIDIA GPU: {error} (the driver is missing, or does not "
            "run; on a machine with a GPU, install NVIDIA's)"
        ) from None
    try:
        count = pynvml.nvmlDeviceGetCount()
        if not count:
            raise CannotNow("this machine has an NVIDIA driver, but no GPU")
        yield count
    except pynvml.NVMLError as error:
        raise CannotNow(f"the NVIDIA driver failed: {error}") from None
    finally:
        pynvml.nvmlShutdown()


def _identity_of(gpu: Any) -> dict[str, Any]:
    return {
        "name": _as_text(pynvml.nvmlDeviceGetName(gpu)),
        "memoryTotalBytes": pynvml.nvmlDeviceGetMemoryInfo(gpu).total,
        "driver": _as_text(pynvml.nvmlSystemGetDriverVersion()),
    }


def _metrics_of(gpu: Any) -> dict[str, Any]:
    memory = pynvml.nvmlDeviceGetMemoryInfo(gpu)
    found: dict[str, Any] = {
        "name": _as_text(pynvml.nvmlDeviceGetName(gpu)),
        "memoryTotalBytes": memory.total,
        "memoryUsedBytes": memory.used,
    }
    readings: dict[str, Callable[[], float]] = {
        "busyPercent": lambda: pynvml.nvmlDeviceGetUtilizationRates(gpu).gpu,
        "temperatureCelsius": lambda: pynvml.nvmlDeviceGetTemperature(
            gpu, pynvml.NVML_TEMPERATURE_GPU
        ),
        "powerWatts": lambda: round(pynvml.nvmlDeviceGetPowerUsage(gpu) / 1000, 1),
    }
    for name, read in readings.items():
        try:
            found[name] = read()
        except pynvml.NVMLError_NotSupported:
            continue  # not every card measures everything
    return found


def _as_text(name: Any) -> str:
    """A text from NVML; older bindings return bytes."""
    return name.decode() if isinstance(name, bytes) else str(name)

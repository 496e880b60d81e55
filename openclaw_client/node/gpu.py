"""The GPUs of the bot's machine, by way of NVIDIA's management library (NVML)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pynvml

from openclaw_client.errors import BadArguments, CannotNow
from openclaw_client.node.arguments import Nothing, OneGpu
from openclaw_client.node.commands import CommandCall, NodeCommand, command


def gpu_commands() -> list[NodeCommand]:
    return [
        command("gpu.list", "The NVIDIA GPUs of the voice bot's machine.", Nothing, _list),
        command(
            "gpu.metrics",
            "How busy, full and hot the NVIDIA GPUs of the voice bot's machine are.",
            OneGpu,
            _metrics,
        ),
    ]


async def _list(_: Nothing, __: CommandCall) -> dict[str, Any]:
    """A machine without GPUs has an empty list, and the reason."""
    try:
        return {"gpus": await asyncio.to_thread(_each, _identity)}
    except CannotNow as none:
        return {"gpus": [], "note": str(none)}


async def _metrics(wanted: OneGpu, _: CommandCall) -> dict[str, Any]:
    return {"gpus": await asyncio.to_thread(_each, _measured, wanted.index)}


def _each(read: Callable[[Any], dict[str, Any]], index: int | None = None) -> list[dict[str, Any]]:
    """What ``read`` finds of every GPU, or of one; blocks for some milliseconds.

    Raises:
        CannotNow: there is no driver, or no GPU.
        BadArguments: there is no GPU of that number.
    """
    with _library() as count:
        if index is not None and index >= count:
            raise BadArguments(f"gpu.metrics: index must be below {count}: there are no more GPUs")
        chosen = range(count) if index is None else (index,)
        return [{"index": n, **read(pynvml.nvmlDeviceGetHandleByIndex(n))} for n in chosen]


@contextmanager
def _library() -> Iterator[int]:
    """NVML, for as long as the body runs; how many GPUs there are."""
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


def _identity(gpu: Any) -> dict[str, Any]:
    return {
        "name": _text(pynvml.nvmlDeviceGetName(gpu)),
        "memoryTotalBytes": pynvml.nvmlDeviceGetMemoryInfo(gpu).total,
        "driver": _text(pynvml.nvmlSystemGetDriverVersion()),
    }


def _measured(gpu: Any) -> dict[str, Any]:
    memory = pynvml.nvmlDeviceGetMemoryInfo(gpu)
    found: dict[str, Any] = {
        "name": _text(pynvml.nvmlDeviceGetName(gpu)),
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
            continue  # cards differ in what they measure
    return found


def _text(name: Any) -> str:
    """Older bindings give bytes."""
    return name.decode() if isinstance(name, bytes) else str(name)

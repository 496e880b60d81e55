"""The NVIDIA GPUs of this machine, by NVML. Every function blocks for some milliseconds."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pynvml

from openclaw_client.errors import BadArguments, CannotNow


def gpu_identities() -> list[dict[str, Any]]:
    """Index, name, memory and driver of each GPU; errors as for `gpu_metrics`."""
    return _read_gpus(_identity_of)


def gpu_metrics(index: int | None = None) -> list[dict[str, Any]]:
    """Load, memory, temperature and power of every GPU, or of one. What a card does not measure is
    left out.

    Raises:
        CannotNow: there is no driver, or no GPU.
        BadArguments: no GPU has that index.
    """
    return _read_gpus(_metrics_of, index)


def _read_gpus(
    read: Callable[[Any], dict[str, Any]], index: int | None = None
) -> list[dict[str, Any]]:
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

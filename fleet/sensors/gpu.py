"""Sensors of NVIDIA GPUs, by NVML: temperature, load, memory, power."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any

from fleet.sensors.own_thread import OwnThread
from fleet.sensors.readings import Reading, SensorUnavailable
from openclaw_client.errors import CannotNow
from openclaw_client.node.gpus import gpu_metrics

_UNITS = {
    "busyPercent": ("busy", "%"),
    "temperatureCelsius": ("temperature", "C"),
    "powerWatts": ("power", "W"),
}


class GpuSource:
    """The readings of every GPU, as ``gpu0.temperature`` and the like."""

    name = "gpu"

    def __init__(self, metrics: Callable[[], list[dict[str, Any]]] = gpu_metrics) -> None:
        """``metrics`` returns what `gpu_metrics` does, and may block."""
        self._metrics = metrics
        self._thread = OwnThread(self.name)

    async def read(self) -> Sequence[Reading]:
        try:
            gpus = await self._thread.run(self._metrics)
        except CannotNow as error:
            raise SensorUnavailable(str(error)) from error
        now = time.time()
        return [reading for gpu in gpus for reading in _readings(gpu, now)]


def _readings(gpu: dict[str, Any], now: float) -> list[Reading]:
    lead = f"gpu{gpu['index']}"
    found = [
        Reading(f"{lead}.{name}", float(gpu[key]), unit, now)
        for key, (name, unit) in _UNITS.items()
        if key in gpu
    ]
    total = gpu.get("memoryTotalBytes") or 0
    if total:
        used = 100 * gpu["memoryUsedBytes"] / total
        found.append(Reading(f"{lead}.memory", round(used, 1), "%", now))
    return found

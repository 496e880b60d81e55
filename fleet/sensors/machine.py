"""Sensors of this machine, by psutil: CPU, memory, disk."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

import psutil

from fleet.sensors.own_thread import OwnThread
from fleet.sensors.readings import Reading, SensorUnavailable

_MIB = 1024 * 1024


class MachineSource:
    """CPU load since the last read, memory and disk in use, in percent and MiB."""

    name = "machine"

    def __init__(self) -> None:
        self._thread = OwnThread(self.name)
        psutil.cpu_percent()  # the first call only begins the measurement

    async def read(self) -> Sequence[Reading]:
        try:
            return await self._thread.run(_read)
        except (OSError, psutil.Error) as error:
            raise SensorUnavailable(f"this machine's load cannot be read: {error}") from error


def _read() -> list[Reading]:
    now = time.time()
    memory, disk = psutil.virtual_memory(), psutil.disk_usage(Path.home().anchor or "/")
    return [
        Reading("cpu.busy", psutil.cpu_percent(), "%", now),
        Reading("memory.used", memory.percent, "%", now),
        Reading("memory.available", round(memory.available / _MIB), "MiB", now),
        Reading("disk.used", disk.percent, "%", now),
    ]

"""A thermometer for `fleet.sensors.sources`, whose value a scene sets."""

from __future__ import annotations

import time

from fleet.sensors.readings import Reading

SOURCE = "tests.e2e.fleet.thermometer:thermometer"
SENSOR = "boiler.temperature"
celsius = [20.0]


class Thermometer:
    """A `fleet.sensors.readings.SensorSource`."""

    name = "thermometer"

    async def read(self) -> list[Reading]:
        return [Reading(SENSOR, celsius[0], "C", time.time())]


def thermometer() -> Thermometer:
    return Thermometer()

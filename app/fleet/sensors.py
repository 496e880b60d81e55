"""The sensors that the settings name, and who may know them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from fleet.sensors.gpio import GpioSource
from fleet.sensors.mqtt import MqttSource
from fleet.sensors.readings import SensorSource
from fleet.sensors.rooms import ROOMS, RoomSource
from fleet.sensors.sources import make_sources
from fleet.settings import SensorSettings


@dataclass(frozen=True, slots=True)
class Sources:
    """All sources of this machine. ``rooms`` is among them if the settings name it."""

    all: tuple[SensorSource, ...]
    rooms: RoomSource


def sources_of(settings: SensorSettings, others: Sequence[SensorSource] = ()) -> Sources:
    """The sources of the settings, and others beside them."""
    found: list[SensorSource] = [*make_sources(settings.sources), *others]
    rooms = RoomSource()
    if ROOMS in settings.sources:
        found.append(rooms)
    if settings.mqtt.topics:
        found.append(MqttSource(settings.mqtt))
    if settings.gpio.pins:
        found.append(GpioSource(settings.gpio))
    return Sources(tuple(found), rooms)

"""The node's commands about sensors: ``read_sensor`` and ``list_sensors`` for agents."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Final, TypeAlias

from fleet.sensors.readings import Reading
from fleet.sensors.sampler import Sampler
from openclaw_client.errors import BadArguments, CannotNow
from openclaw_client.node.commands import Arguments, CommandCall, Name, NoArguments, NodeCommand
from openclaw_client.node.commands import command as node_command
from openclaw_client.turn_text import clean_words

_MOST_LISTED: Final = 200
MayKnow: TypeAlias = Callable[[Reading, str | None], bool]
"""Whether a session may know a reading of a Discord server."""


class OneSensor(Arguments):
    sensor: Name
    """Name of the sensor, as list_sensors gives it."""


class SensorCommands:
    """Over the sampler of this machine."""

    def __init__(self, sampler: Sampler, may_know: MayKnow = lambda _, __: False) -> None:
        """``may_know(reading, session_key)`` is asked for readings of a server."""
        self._sampler = sampler
        self._may_know = may_know

    def all(self) -> list[NodeCommand]:
        return [
            node_command(
                "sensor.list",
                """The sensors of this machine with their latest values: GPU, CPU, memory, rooms,
                and those that its owner added.""",
                NoArguments,
                self._list,
                tool="list_sensors",
            ),
            node_command(
                "sensor.read",
                "The latest value of one sensor.",
                OneSensor,
                self._read,
                tool="read_sensor",
            ),
        ]

    async def _list(self, _: NoArguments, call: CommandCall) -> dict[str, Any]:
        readings = self._readings(call)
        answer: dict[str, Any] = {"sensors": [_row(each) for each in readings[:_MOST_LISTED]]}
        if len(readings) > _MOST_LISTED:
            answer["leftOut"] = len(readings) - _MOST_LISTED
        if problems := self._sampler.problems:
            answer["unavailable"] = problems
        return answer

    def _readings(self, call: CommandCall) -> list[Reading]:
        """The readings that the session of a call may know."""
        return [
            each
            for each in self._sampler.everything()
            if each.guild_id is None or self._may_know(each, call.session_key)
        ]

    async def _read(self, wanted: OneSensor, call: CommandCall) -> dict[str, Any]:
        readings = {each.sensor: each for each in self._readings(call)}
        if (found := readings.get(wanted.sensor)) is not None:
            return _row(found)
        if not readings:
            why = "; ".join(self._sampler.problems.values()) or "none has reported yet"
            raise CannotNow(f"this machine has no sensor values now: {why}")
        raise BadArguments(f"sensor: there is none of that name; there are {', '.join(readings)}")


def _row(reading: Reading) -> dict[str, Any]:
    return {
        "sensor": reading.sensor,
        "value": reading.value,
        "unit": reading.unit,
        **({"text": clean_words(reading.words)} if reading.words else {}),
        "at": datetime.fromtimestamp(reading.at, UTC).isoformat(timespec="seconds"),
        "ageSeconds": max(0, round(time.time() - reading.at)),
    }

"""The sampler: readings at an interval, and sources that fail."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from fleet.sensors.commands import SensorCommands
from fleet.sensors.gpu import GpuSource
from fleet.sensors.machine import MachineSource
from fleet.sensors.readings import Reading, SensorUnavailable
from fleet.sensors.sampler import READ_TIMEOUT_S, Sampler
from openclaw_client.errors import BadArguments, CannotNow
from openclaw_client.node.commands import CommandCall, NodeCommands
from testing.manual_clock import ManualClock, eventually

CALL = CommandCall("agent:jarvis:main", 30.0)


class Thermometer:
    """A source whose value a test sets."""

    def __init__(self, name: str = "lab") -> None:
        self.name = name
        self.value = 20.0
        self.reads = 0
        self.failure: Exception | None = None
        self.hangs = False

    async def read(self) -> Sequence[Reading]:
        self.reads += 1
        if self.hangs:
            await asyncio.Event().wait()
        if self.failure is not None:
            raise self.failure
        return [Reading(f"{self.name}.temperature", self.value, "C", 1_000.0)]


async def test_values_are_read_at_the_interval(clock: ManualClock) -> None:
    source, seen = Thermometer(), list[float]()
    sampler = Sampler([source], 10.0, clock=clock)
    sampler.on_readings(lambda readings: seen.extend(each.value for each in readings))
    async with sampler:
        await eventually(lambda: source.reads == 1)
        source.value = 21.0
        await clock.advance(10)
        assert (source.reads, seen) == (2, [20.0, 21.0])
        assert [each.text for each in sampler.latest()] == ["21 C"]


@pytest.mark.parametrize("failure", [SensorUnavailable("no driver"), KeyError("x")])
async def test_a_source_that_fails_hides_no_other_and_recovers(
    clock: ManualClock, failure: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    bad, good = Thermometer("bad"), Thermometer("good")
    bad.failure = failure
    async with Sampler([bad, good], 10.0, clock=clock) as sampler:
        await eventually(lambda: good.reads == 1)
        for _ in range(3):
            await clock.advance(10)
        assert [each.sensor for each in sampler.latest()] == ["good.temperature"]
        assert set(sampler.problems) == {"bad"}
        bad.failure = None
        await clock.advance(10)
        assert sampler.problems == {}
        assert len(sampler.latest()) == 2
    if isinstance(failure, SensorUnavailable):
        assert caplog.text.count("no driver") == 1


async def test_a_source_that_hangs_is_given_up_and_stops_no_other(clock: ManualClock) -> None:
    stuck, good = Thermometer("stuck"), Thermometer("good")
    async with Sampler([stuck, good], 10.0, clock=clock) as sampler:
        await eventually(lambda: good.reads == 1)
        stuck.hangs = True
        await clock.advance(10)
        await clock.advance(READ_TIMEOUT_S + 0.1)
        assert sampler.problems == {"stuck": "no answer within 5 s"}
        await clock.advance(10)
        assert good.reads >= 2


async def test_a_value_that_is_no_longer_reported_is_no_longer_shown(clock: ManualClock) -> None:
    source = Thermometer()
    async with Sampler([source], 10.0, clock=clock) as sampler:
        await eventually(lambda: source.reads == 1)
        source.failure = SensorUnavailable("unplugged")
        await clock.advance(29)
        assert len(sampler.latest()) == 1
        await clock.advance(10)
        assert sampler.latest() == []


async def test_agents_list_and_read_sensors(clock: ManualClock) -> None:
    async with Sampler([Thermometer()], 10.0, clock=clock) as sampler:
        commands = NodeCommands(SensorCommands(sampler).all(), ["sensor.list", "sensor.read"])
        assert [tool["name"] for tool in commands.tools()] == ["list_sensors", "read_sensor"]
        await eventually(lambda: sampler.latest())
        (row,) = (await commands.execute("sensor.list", None, CALL))["sensors"]
        assert row["sensor"] == "lab.temperature"
        read = '{"sensor": "lab.temperature"}'
        answer = await commands.execute("sensor.read", read, CALL)
        assert (answer["value"], answer["unit"]) == (20.0, "C")
        assert answer["at"] == "1970-01-01T00:16:40+00:00"
        with pytest.raises(BadArguments, match=r"there are lab\.temperature"):
            await commands.execute("sensor.read", '{"sensor": "lab"}', CALL)


async def test_without_any_value_the_reason_is_given(clock: ManualClock) -> None:
    source = Thermometer()
    source.failure = SensorUnavailable("unplugged")
    async with Sampler([source], 10.0, clock=clock) as sampler:
        commands = NodeCommands(SensorCommands(sampler).all(), ["sensor.list", "sensor.read"])
        await eventually(lambda: sampler.problems)
        with pytest.raises(CannotNow, match="unplugged"):
            await commands.execute("sensor.read", '{"sensor": "lab"}', CALL)
        answer = await commands.execute("sensor.list", None, CALL)
        assert answer == {"sensors": [], "unavailable": {"lab": "unplugged"}}


async def test_this_machine_can_be_read() -> None:
    readings = {each.sensor: each for each in await MachineSource().read()}
    assert set(readings) == {"cpu.busy", "memory.used", "memory.available", "disk.used"}
    assert 0 <= readings["memory.used"].value <= 100
    assert readings["memory.available"].value > 0


async def test_gpus_are_read_by_their_numbers() -> None:
    card = {
        "index": 1,
        "name": "H100",
        "memoryTotalBytes": 80,
        "memoryUsedBytes": 20,
        "busyPercent": 97,
        "temperatureCelsius": 71,
    }
    readings = await GpuSource(lambda: [card]).read()
    assert {each.sensor: each.text for each in readings} == {
        "gpu1.busy": "97%",
        "gpu1.temperature": "71 C",
        "gpu1.memory": "25%",
    }


async def test_a_machine_without_a_gpu_says_so() -> None:
    def none() -> list[dict[str, object]]:
        raise CannotNow("this machine has no usable NVIDIA GPU")

    with pytest.raises(SensorUnavailable, match="no usable NVIDIA GPU"):
        await GpuSource(none).read()

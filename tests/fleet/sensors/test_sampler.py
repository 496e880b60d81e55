"""The sampler: readings at an interval, and sources that fail."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

import pytest

from fleet.sensors.commands import SensorCommands
from fleet.sensors.gpu import GpuSource
from fleet.sensors.machine import MachineSource
from fleet.sensors.readings import Reading, SensorUnavailable
from fleet.sensors.sampler import MOST_READINGS, READ_TIMEOUT_S, SOONEST_S, Sampler
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


class Doorbell(Thermometer):
    """A source that tells of changes, and needs to be entered."""

    def __init__(self, refusal: Exception | None = None) -> None:
        super().__init__("doorbell")
        self.on_change: Callable[[], None] | None = None
        self.entered = 0
        self._refusal = refusal

    async def __aenter__(self) -> Doorbell:
        if self._refusal is not None:
            raise self._refusal
        self.entered += 1
        return self

    async def __aexit__(self, *_: object) -> None:
        self.entered -= 1


async def test_a_source_that_tells_of_a_change_is_read_at_once(clock: ManualClock) -> None:
    bell = Doorbell()
    async with Sampler([bell], 3600.0, clock=clock):
        await eventually(lambda: bell.reads == 1 and bell.entered == 1)
        assert bell.on_change is not None
        for _ in range(100):
            bell.on_change()
        await clock.advance(SOONEST_S)
        assert bell.reads == 2
        await clock.advance(60)
        assert bell.reads == 2
    assert bell.entered == 0
    assert bell.on_change is None


@pytest.mark.parametrize("failure", [SensorUnavailable("no extra"), KeyError("x")])
async def test_a_source_that_cannot_be_entered_costs_only_itself(
    clock: ManualClock, failure: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    bad, good = Doorbell(failure), Thermometer("good")
    async with Sampler([bad, good], 10.0, clock=clock) as sampler:
        await clock.advance(25)
        assert good.reads == 3
        assert set(sampler.problems) == {"doorbell"}
    assert caplog.text.count("the sensors of doorbell cannot be read") == 1


async def test_a_bug_of_a_source_is_told_once(
    clock: ManualClock, caplog: pytest.LogCaptureFixture
) -> None:
    source = Thermometer()
    source.failure = ZeroDivisionError()
    async with Sampler([source], 10.0, clock=clock):
        await clock.advance(60)
    assert caplog.text.count("cannot be read") == 1
    assert "Traceback" in caplog.text


async def test_a_slow_source_delays_no_other(clock: ManualClock) -> None:
    stuck, good = Thermometer("stuck"), Thermometer("good")
    stuck.hangs = True
    async with Sampler([stuck, good], 1.0, clock=clock):
        await clock.advance(4.9)
        assert good.reads >= 4


async def test_a_source_has_a_bounded_number_of_readings(clock: ManualClock) -> None:
    class Many(Thermometer):
        async def read(self) -> Sequence[Reading]:
            return [Reading(f"many.{number}", 1.0, "", 1.0) for number in range(2_000)]

    async with Sampler([Many()], 10.0, clock=clock) as sampler:
        await eventually(sampler.latest)
        assert len(sampler.latest()) == MOST_READINGS


async def test_the_first_source_keeps_the_name_of_a_sensor(
    clock: ManualClock, caplog: pytest.LogCaptureFixture
) -> None:
    machine, topic = Thermometer("lab"), Thermometer("mqtt")

    async def read() -> Sequence[Reading]:
        return [Reading("lab.temperature", 40.0, "C", 1_000.0)]

    topic.read = read  # type: ignore[method-assign]
    machine.value = 95.0
    seen: list[float] = []
    sampler = Sampler([machine, topic], 10.0, clock=clock)
    sampler.on_readings(lambda readings: seen.extend(each.value for each in readings))
    for _ in range(2):
        await sampler.sample()
    assert [each.value for each in sampler.latest()] == [95.0]
    assert seen == [95.0, 95.0]
    assert caplog.text.count("mqtt is left out: lab has one of that name") == 1


async def test_an_earlier_source_takes_its_name_back(clock: ManualClock) -> None:
    machine, topic = Thermometer("lab"), Thermometer("mqtt")

    async def read() -> Sequence[Reading]:
        return [Reading("lab.temperature", 40.0, "C", 1_000.0)]

    async def fails() -> Sequence[Reading]:
        raise SensorUnavailable("the driver starts")

    topic.read = read  # type: ignore[method-assign]
    reads, machine.read = machine.read, fails  # type: ignore[method-assign]
    sampler = Sampler([machine, topic], 10.0, clock=clock)
    await sampler.sample()
    assert [each.value for each in sampler.latest()] == [40.0]
    machine.read, machine.value = reads, 95.0  # type: ignore[method-assign]
    for _ in range(2):
        await sampler.sample()
        assert [each.value for each in sampler.latest()] == [95.0]

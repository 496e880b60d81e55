"""Sensors at pins, with gpiozero's mock pins."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import gpiozero
import pytest
from gpiozero.pins.mock import MockFactory, MockTriggerPin
from pydantic import ValidationError

from fleet.sensors.gpio import GpioSource
from fleet.sensors.readings import SensorUnavailable
from fleet.sensors.sampler import Sampler
from fleet.sensors.settings import GpioSettings
from testing.waiting import eventually


@pytest.fixture
def pins() -> Iterator[MockFactory]:
    before = gpiozero.Device.pin_factory
    factory = gpiozero.Device.pin_factory = MockFactory()
    yield factory
    factory.reset()
    gpiozero.Device.pin_factory = before


def source(*pins: dict[str, Any]) -> GpioSource:
    return GpioSource(GpioSettings.model_validate({"pins": pins}))


async def test_a_change_of_a_pin_is_seen_at_once(pins: MockFactory) -> None:
    door = source({"sensor": "door", "pin": 17, "active": "closed", "inactive": "open"})
    async with Sampler([door], 3600.0) as sampler:
        await eventually(lambda: [each.text for each in sampler.latest()] == ["open"])
        pins.pin(17).drive_low()
        await eventually(lambda: [each.text for each in sampler.latest()] == ["closed"])
        assert sampler.latest()[0].value == 1.0


async def test_without_words_the_number_is_shown(pins: MockFactory) -> None:
    async with source({"sensor": "motion", "pin": 4, "pull": "down"}) as motion:
        assert [each.text for each in await motion.read()] == ["0"]
        pins.pin(4).drive_high()
        assert [each.text for each in await motion.read()] == ["1"]


async def test_the_duty_of_a_signal_is_a_percentage(pins: MockFactory) -> None:
    fan = {"sensor": "fan", "pin": 12, "kind": "duty", "pull": "down"}
    async with source(fan) as duty:
        await duty.read()
        pins.pin(12).drive_high()
        await eventually(lambda: duty._devices["fan"].value > 0)
        (reading,) = await duty.read()
        assert (reading.unit, 0 < reading.value <= 100) == ("%", True)


async def test_a_distance_is_in_centimetres(pins: MockFactory) -> None:
    echo = pins.pin(24)
    pins.pin(23, pin_class=MockTriggerPin, echo_pin=echo, echo_time=0.01)
    tank = {"sensor": "tank", "pin": 24, "trigger": 23, "kind": "distance"}
    async with source(tank) as distance:
        (reading,) = await distance.read()
        assert reading.unit == "cm"
        assert (
            150 < reading.value < 400
        )  # sound needs 10 ms for 3.4 m there and back; mock pins lag


async def test_a_pin_that_fails_costs_only_its_own_sensor(
    pins: MockFactory, caplog: pytest.LogCaptureFixture
) -> None:
    with gpiozero.LED(5):
        await _reads_the_other(caplog)


async def _reads_the_other(caplog: pytest.LogCaptureFixture) -> None:
    async with source({"sensor": "a", "pin": 5}, {"sensor": "b", "pin": 6}) as both:
        for _ in range(2):
            assert [each.sensor for each in await both.read()] == ["b"]
    assert caplog.text.count("pin 5 (a)") == 1


async def test_without_any_pin_the_reason_is_given(pins: MockFactory) -> None:
    with gpiozero.LED(5):
        async with source({"sensor": "a", "pin": 5}) as one:
            with pytest.raises(SensorUnavailable, match=r"pin 5 \(a\)"):
                await one.read()


async def test_pins_are_free_again_at_the_end(pins: MockFactory) -> None:
    async with source({"sensor": "a", "pin": 5}) as one:
        await one.read()
    gpiozero.LED(5).close()


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ([{"sensor": "a", "pin": 1}, {"sensor": "b", "pin": 1}], "a pin stands there twice"),
        ([{"sensor": "a", "pin": 1, "kind": "distance"}], "a distance needs it"),
        ([{"sensor": "a", "pin": 1, "trigger": 2}], "nothing else has one"),
        ([{"sensor": "a", "pin": 1, "trigger": 1, "kind": "distance"}], "another pin"),
        ([{"sensor": "a", "pin": 1, "kind": "duty", "active": "x"}], "only an input"),
        ([{"sensor": "a", "pin": 100}], "pin"),
    ],
)
def test_settings_that_make_no_sense_are_refused(given: list[dict[str, Any]], why: str) -> None:
    with pytest.raises(ValidationError, match=why):
        GpioSettings.model_validate({"pins": given})

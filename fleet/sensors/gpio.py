"""Sensors at the pins of this machine (gpiozero, the extra ``gpio``).

gpiozero chooses the driver of the pins by itself; GPIOZERO_PIN_FACTORY chooses another.
"""

from __future__ import annotations

import asyncio
import logging
import time
import warnings
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any, Final, Self

from fleet.sensors.own_thread import OwnThread
from fleet.sensors.readings import Reading, SensorUnavailable
from fleet.sensors.settings import GpioPin, GpioSettings

log = logging.getLogger(__name__)

NOT_INSTALLED: Final = (
    "the extra gpio is not installed: `uv sync --extra gpio`, or `pip install gpiozero` and a "
    "driver such as lgpio"
)
_DUTY_SAMPLES: Final = 200
_DUTY_WAIT_S: Final = 0.005
_FARTHEST_M: Final = 4
_FIRST_ECHO_S: Final = 0.3
_PULLS: Final = {"up": True, "down": False, "none": None}
_CLOSE_WITHIN_S: Final = 2.0


class GpioSource:
    """The values of the pins of the settings; enter it to close them at its end.

    A pin that cannot be used costs its own sensor alone, as long as another one works.
    """

    name = "gpio"

    def __init__(self, settings: GpioSettings, *, wall: Callable[[], float] = time.time) -> None:
        self.on_change: Callable[[], None] | None = None
        self._pins = settings.pins
        self._wall = wall
        self._devices: dict[str, Any] = {}
        self._faults: dict[str, str] = {}
        self._thread = OwnThread(self.name)
        self._loop: asyncio.AbstractEventLoop | None = None

    async def __aenter__(self) -> Self:
        self._loop = asyncio.get_running_loop()
        return self

    async def __aexit__(self, *_: object) -> None:
        self._loop = None
        with suppress(TimeoutError):
            async with asyncio.timeout(_CLOSE_WITHIN_S):
                await self._thread.idle.wait()
                await self._thread.run(self._close)

    async def read(self) -> Sequence[Reading]:
        readings = await self._thread.run(self._read)
        if not readings and self._faults:
            raise SensorUnavailable("; ".join(self._faults.values()))
        return readings

    # -- in the thread ------------------------------------------------------------------------

    def _read(self) -> list[Reading]:
        now, found = self._wall(), []
        for pin in self._pins:
            try:
                found.append(_reading(pin, self._device(pin), now))
                self._faults.pop(pin.sensor, None)
            except ImportError:
                raise SensorUnavailable(NOT_INSTALLED) from None
            except Exception as error:  # the drivers have no error of their own in common
                self._note(pin, f"pin {pin.pin} ({pin.sensor}): {type(error).__name__}: {error}")
        return found

    def _note(self, pin: GpioPin, why: str) -> None:
        if self._faults.get(pin.sensor) != why:
            log.warning("a sensor cannot be read: %s", why)
        self._faults[pin.sensor] = why

    def _device(self, pin: GpioPin) -> Any:
        if pin.sensor not in self._devices:
            self._devices[pin.sensor] = self._open(pin)
        return self._devices[pin.sensor]

    def _open(self, pin: GpioPin) -> Any:
        import gpiozero

        if pin.kind == "distance":
            # Software can time the trigger well enough for centimetres.
            warnings.filterwarnings("ignore", category=gpiozero.PWMSoftwareFallback)
            # With `partial` a sensor without an echo is an error, and not a wait without end.
            sensor = gpiozero.DistanceSensor(
                echo=pin.pin, trigger=pin.trigger, max_distance=_FARTHEST_M, partial=True
            )
            time.sleep(_FIRST_ECHO_S)
            return sensor
        pull = _PULLS[pin.pull]
        high = True if pull is None else None
        if pin.kind == "duty":
            device = gpiozero.SmoothedInputDevice(
                pin.pin,
                pull_up=pull,
                active_state=high,
                queue_len=_DUTY_SAMPLES,
                sample_wait=_DUTY_WAIT_S,
                partial=True,
                average=_mean,
            )
            device._queue.start()
            return device
        device = gpiozero.DigitalInputDevice(pin.pin, pull_up=pull, active_state=high)
        device.when_activated = device.when_deactivated = self._changed
        return device

    def _changed(self) -> None:
        """In gpiozero's thread."""
        loop = self._loop
        if loop is not None:
            with suppress(RuntimeError):  # it has ended
                loop.call_soon_threadsafe(self._tell)

    def _tell(self) -> None:
        if self.on_change is not None:
            self.on_change()

    def _close(self) -> None:
        devices, self._devices = self._devices, {}
        for device in devices.values():
            with suppress(Exception):
                device.close()


def _reading(pin: GpioPin, device: Any, now: float) -> Reading:
    value = float(device.value)
    match pin.kind:
        case "input":
            words = pin.active if value else pin.inactive
            return Reading(pin.sensor, value, "", now, words=words)
        case "duty":
            return Reading(pin.sensor, round(100 * value, 1), "%", now)
        case "distance":
            return Reading(pin.sensor, round(100 * float(device.distance), 1), "cm", now)


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 0.0

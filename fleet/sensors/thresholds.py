"""Thresholds with hysteresis: what is worth telling about a stream of readings. No I/O.

A sensor crosses its threshold when its value has been beyond it for ``for_s``. It is back when the
value has passed ``clear``, which lies on the other side of the threshold. Values between the two
change nothing, so a value that swings around the threshold is told once.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from fleet.sensors.readings import Reading
from fleet.urgency import UrgencyLevel
from openclaw_client.session_keys import check_session_key


class Threshold(BaseModel):
    """When a sensor is worth a message, and to whom."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)

    sensor: Annotated[str, Field(min_length=1, max_length=100)]
    """Name of the sensor; `*` and `?` stand for any characters, as in `gpu*.temperature`."""
    above: float | None = None
    """Tell when the value is above this."""
    below: float | None = None
    """Tell when the value is below this."""
    clear: float | None = None
    """Value at which the sensor is back to normal; without it, a twentieth beyond the threshold."""
    for_s: Annotated[float, Field(ge=0, le=86_400)] = 0.0
    """Seconds for which the value must be beyond the threshold."""
    urgency: UrgencyLevel = "normal"
    """`low` to `critical`."""
    session: str = ""
    """Session key of the agent that is told; empty takes `fleet.sensors.session`."""
    tell: bool = False
    """Tell people too, by `fleet.notify`."""

    @field_validator("session")
    @classmethod
    def _a_session_key(cls, session: str) -> str:
        return check_session_key(session) if session else ""

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if (self.above is None) == (self.below is None):
            raise ValueError("give either above or below")
        if self.clear is not None:
            if self.above is not None and self.clear > self.above:
                raise ValueError("clear must not be greater than above")
            if self.below is not None and self.clear < self.below:
                raise ValueError("clear must not be less than below")
        return self

    @property
    def limit(self) -> float:
        """The value of the threshold."""
        limit = self.above if self.above is not None else self.below
        assert limit is not None
        return limit

    def is_beyond(self, value: float) -> bool:
        return value > self.limit if self.above is not None else value < self.limit

    def is_clear(self, value: float) -> bool:
        margin = abs(self.limit) / 20
        if self.above is not None:
            return value <= (self.limit - margin if self.clear is None else self.clear)
        return value >= (self.limit + margin if self.clear is None else self.clear)


@dataclass(frozen=True, slots=True)
class Crossing:
    """A sensor crossed its threshold, or is back."""

    threshold: Threshold
    reading: Reading
    back: bool = False

    @property
    def text(self) -> str:
        """One sentence for an agent or a person."""
        if self.back:
            return f"{self.reading.sensor} is back to {self.reading.text}"
        side = "above" if self.threshold.above is not None else "below"
        limit = Reading("", self.threshold.limit, self.reading.unit, 0.0).text
        return f"{self.reading.sensor} is at {self.reading.text}, {side} {limit}"


@dataclass(slots=True)
class _State:
    since: float | None = None
    """Time of the first reading beyond the threshold; None if the last one was not."""
    told: Crossing | None = None
    """The crossing that was told, until the sensor is back."""


@dataclass(slots=True)
class ThresholdWatch:
    """The state of all thresholds, each for every sensor that it matches."""

    thresholds: tuple[Threshold, ...]
    _states: dict[tuple[int, str], _State] = field(default_factory=dict)

    def use(self, thresholds: tuple[Threshold, ...]) -> None:
        """Have other thresholds from now on; what was told of the ones before is forgotten."""
        if thresholds != self.thresholds:
            self.thresholds = thresholds
            self._states.clear()

    @property
    def on(self) -> list[Crossing]:
        """The crossings that were told and whose sensors are not back, the oldest first."""
        told = [state.told for state in self._states.values() if state.told is not None]
        return sorted(told, key=lambda crossing: crossing.reading.at)

    def note(self, reading: Reading) -> list[Crossing]:
        """The crossings that this reading makes."""
        return [
            crossing
            for number, threshold in enumerate(self.thresholds)
            if fnmatchcase(reading.sensor, threshold.sensor)
            and (crossing := self._crossing(number, threshold, reading)) is not None
        ]

    def _crossing(self, number: int, threshold: Threshold, reading: Reading) -> Crossing | None:
        state = self._states.setdefault((number, reading.sensor), _State())
        if threshold.is_beyond(reading.value):
            state.since = reading.at if state.since is None else state.since
            if state.told is None and reading.at - state.since >= threshold.for_s:
                state.told = Crossing(threshold, reading)
                return state.told
            return None
        state.since = None
        if state.told is not None and threshold.is_clear(reading.value):
            state.told = None
            return Crossing(threshold, reading, back=True)
        return None

"""The settings of sensors at an MQTT broker, and at the pins of this machine."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal, Self, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator, model_validator

Pull: TypeAlias = Literal["up", "down", "none"]
PinKind: TypeAlias = Literal["input", "duty", "distance"]


class MqttTopic(BaseModel):
    """A topic whose messages are a sensor's values."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)

    topic: Annotated[str, Field(min_length=1, max_length=1_000)]
    """The topic, such as `home/hall/temperature`; `+` and `#` as MQTT has them."""
    sensor: Annotated[str, Field(min_length=1, max_length=100)]
    """Name of the sensor, such as `hall.temperature`. `{1}` stands for what the first `+` or `#` of
    the topic matched, `{2}` for the second."""
    unit: Annotated[str, Field(max_length=20)] = ""
    """Unit of the value, such as `C` or `%`."""
    json_path: Annotated[str, Field(max_length=200)] = ""
    """Where the value is in a JSON message, such as `climate.temperature` or `values.0`. Empty
    takes the whole message."""
    kind: Literal["number", "text"] = "number"
    """`text` shows the message as it is; thresholds need numbers."""
    values: dict[str, float] = {}
    """Numbers for words, such as `{open: 1, closed: 0}`. Without a unit the words are shown."""
    max_age_s: Annotated[float, Field(ge=1, le=2_592_000)] = 3600.0
    """Seconds after which a value without a newer message is no longer shown."""

    @field_validator("topic")
    @classmethod
    def _a_filter(cls, topic: str) -> str:
        levels = topic.split("/")
        bad = [each for each in levels if len(each) > 1 and ("+" in each or "#" in each)]
        if bad or "#" in levels[:-1] or "\0" in topic:
            raise ValueError("must be a topic filter: + is a whole level, # the whole last one")
        return topic


class MqttSettings(BaseModel):
    """Sensors at an MQTT broker; needs the extra `mqtt`."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)

    host: Annotated[str, Field(max_length=255)] = ""
    """Name or address of the broker."""
    port: Annotated[int, Field(ge=0, le=65_535)] = 0
    """Its port; 0 takes 1883, or 8883 with TLS."""
    tls: bool = False
    """Encrypt the connection, and check the broker's certificate."""
    ca_file: Path | None = None
    """Certificates of authorities that the broker's certificate is checked against, in PEM. Empty
    takes those of the system."""
    username: Annotated[str, Field(max_length=200)] = ""
    """Name at the broker; empty for none."""
    password: SecretStr = SecretStr("")
    """Password there. Set it by `FLEET__SENSORS__MQTT__PASSWORD` in `.env`."""
    topics: tuple[MqttTopic, ...] = ()
    """Topics and their sensors, such as `{topic: home/+/temperature, sensor: "{1}.temperature",
    unit: C}`. With none, no connection is made."""

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if self.topics and not self.host.strip():
            raise ValueError("host: topics need the broker's host")
        if self.ca_file is not None and not self.tls:
            raise ValueError("ca_file: it has no effect without tls: true")
        if self.topics and self.password.get_secret_value() and not self.username:
            raise ValueError("username: a password needs a name")
        return self

    @property
    def used_port(self) -> int:
        return self.port or (8883 if self.tls else 1883)


class GpioPin(BaseModel):
    """A sensor at a pin."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)

    sensor: Annotated[str, Field(min_length=1, max_length=100)]
    """Name of the sensor, such as `door.open`."""
    pin: Annotated[int, Field(ge=0, le=99)]
    """Number of the pin, as Broadcom counts them (BCM). For `distance` it is that of the echo."""
    kind: PinKind = "input"
    """`input`: 1 while the pin is active, else 0. `duty`: how much of the time it is active, in
    percent, as of a signal with pulse-width modulation. `distance`: an ultrasonic sensor such as
    HC-SR04, in centimetres."""
    pull: Pull = "up"
    """Resistor of an `input` or `duty`. With `up` the pin is active while it is connected to
    ground; `down` and `none` make it active at high voltage."""
    trigger: Annotated[int, Field(ge=0, le=99)] | None = None
    """Pin of the trigger; only for `distance`."""
    active: Annotated[str, Field(max_length=40)] = ""
    """What is shown in place of 1, such as `open`."""
    inactive: Annotated[str, Field(max_length=40)] = ""
    """What is shown in place of 0, such as `closed`."""

    @model_validator(mode="after")
    def _trigger_of_distance(self) -> Self:
        if (self.kind == "distance") != (self.trigger is not None):
            raise ValueError("trigger: a distance needs it, and nothing else has one")
        if self.trigger == self.pin:
            raise ValueError("trigger: must be another pin than the echo")
        if self.kind != "input" and (self.active or self.inactive):
            raise ValueError("active and inactive: only an input has them")
        return self


class GpioSettings(BaseModel):
    """Sensors at the pins of a Raspberry Pi; needs the extra `gpio`."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)

    pins: tuple[GpioPin, ...] = ()
    """The sensors, such as `{sensor: door.open, pin: 17}`."""

    @model_validator(mode="after")
    def _each_pin_once(self) -> Self:
        pins = [pin for each in self.pins for pin in (each.pin, each.trigger) if pin is not None]
        if len(set(pins)) < len(pins):
            raise ValueError("pins: a pin stands there twice")
        return self

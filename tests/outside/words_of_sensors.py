"""Readers of the messages of an MQTT broker."""

from __future__ import annotations

from typing import Final

from fleet.sensors.settings import MqttTopic
from fleet.sensors.topics import UnusableMessage, matches, read_message, sensor_name
from tests.outside.subject import Subject, raw

_PLAIN = MqttTopic(topic="#", sensor="{1}", kind="text", values={"open": 1})
_JSON = MqttTopic(topic="home/+/#", sensor="{1}.{2}", json_path="a.0.b")


def _json(text: str) -> object:
    return read_message(_JSON, "home/hall/left", raw(text), 1.0)


SUBJECTS: Final = (
    Subject(
        "fleet.sensors.topics:read_message",
        lambda text: read_message(_PLAIN, "home", raw(text), 1.0),
        (UnusableMessage,),
    ),
    Subject("fleet.sensors.topics:read_message", _json, (UnusableMessage,)),
    Subject(
        "fleet.sensors.topics:sensor_name",
        lambda text: sensor_name(_JSON, f"home/{text}"),
        covers=("fleet.sensors.topics:wildcards",),
    ),
    Subject(
        "fleet.sensors.topics:matches",
        lambda text: matches("home/+/#", text),
        covers=("fleet.sensors.topics:topics_of",),
    ),
)

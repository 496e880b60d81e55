"""MQTT messages as readings."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from fleet.sensors.settings import MqttSettings, MqttTopic
from fleet.sensors.topics import (
    LONGEST_PAYLOAD,
    UnusableMessage,
    matches,
    read_message,
    sensor_name,
    topics_of,
)


def topic(**given: Any) -> MqttTopic:
    return MqttTopic.model_validate({"topic": "home/+/temp", "sensor": "{1}.temp", **given})


@pytest.mark.parametrize(
    ("pattern", "at", "yes"),
    [
        ("home/hall/temp", "home/hall/temp", True),
        ("home/+/temp", "home/hall/temp", True),
        ("home/+/temp", "home/hall/humidity", False),
        ("home/+/temp", "home/hall/temp/raw", False),
        ("home/#", "home/hall/temp", True),
        ("home/#", "home", True),
        ("#", "home/hall", True),
        ("#", "$SYS/broker/uptime", False),
        ("+/broker/uptime", "$SYS/broker/uptime", False),
        ("$SYS/#", "$SYS/broker/uptime", True),
        ("home/+", "home", False),
    ],
)
def test_topics_match_by_the_rules_of_mqtt(pattern: str, at: str, *, yes: bool) -> None:
    assert matches(pattern, at) is yes


def test_the_name_takes_what_the_wildcards_matched() -> None:
    assert sensor_name(topic(), "home/hall/temp") == "hall.temp"
    every = topic(topic="+/rooms/#", sensor="{1}.{2}.{3}")
    assert sensor_name(every, "house/rooms/hall/left") == "house.hall.left.(3)"
    assert sensor_name(topic(), "home/a\nb\u202e/temp") == "a b.temp"


@pytest.mark.parametrize(
    ("given", "payload", "text"),
    [
        ({"unit": "C"}, b"21.5", "21.5 C"),
        ({"unit": "C"}, b" 21 \n", "21 C"),
        ({"unit": "%", "json_path": "a.0.value"}, b'{"a": [{"value": 44}]}', "44%"),
        ({"json_path": "on"}, b'{"on": true}', "1"),
        ({"values": {"open": 1, "closed": 0}}, b"open", "open"),
        ({"values": {"true": 1}, "json_path": "on"}, b'{"on": true}', "true"),
        ({"values": {"low": 10}, "unit": "%"}, b"low", "10%"),
        ({"kind": "text"}, "Küche \u202eoffen\n".encode(), "Küche offen"),
        ({"kind": "text", "json_path": "x"}, b'{"x": {"y": 1}}', '("y": 1)'),
    ],
)
def test_a_message_is_a_value(given: dict[str, Any], payload: bytes, text: str) -> None:
    reading = read_message(topic(**given), "home/hall/temp", payload, 7.0)
    assert (reading.sensor, reading.text, reading.at) == ("hall.temp", text, 7.0)


def test_a_named_value_is_a_number_for_thresholds() -> None:
    reading = read_message(topic(values={"open": 1}), "home/door/temp", b"open", 7.0)
    assert reading.value == 1.0


@pytest.mark.parametrize(
    ("given", "payload", "why"),
    [
        ({}, b"warm", "'warm' is no number"),
        ({}, b"", "is no number"),
        ({}, b"nan", "no finite number"),
        ({"json_path": "a"}, b"21", "nothing at a"),
        ({"json_path": "a"}, b"{", "no JSON"),
        ({"json_path": "a"}, b"[" * 50_000, "no JSON"),
        ({"json_path": "0"}, b'{"a": 1}', "nothing at 0"),
        ({"json_path": "a"}, b'{"a": null}', "'null' is no number"),
        ({}, b"1" * (LONGEST_PAYLOAD + 1), "more than 100000 bytes"),
    ],
)
def test_a_message_without_a_value_is_refused(
    given: dict[str, Any], payload: bytes, why: str
) -> None:
    with pytest.raises(UnusableMessage, match=why):
        read_message(topic(**given), "home/hall/temp", payload, 7.0)


def test_several_settings_may_read_one_topic() -> None:
    two = [topic(), topic(topic="home/#", sensor="all"), topic(topic="garden/#", sensor="g")]
    assert [each.sensor for each in topics_of(two, "home/hall/temp")] == ["{1}.temp", "all"]


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"topics": [{"topic": "a", "sensor": "a"}]}, "need the broker's host"),
        ({"host": "b", "topics": [{"topic": "a/b+", "sensor": "a"}]}, "topic filter"),
        ({"host": "b", "topics": [{"topic": "a/#/b", "sensor": "a"}]}, "topic filter"),
        ({"host": "b", "ca_file": "x.pem"}, "without tls"),
        (
            {"host": "b", "password": "p", "topics": [{"topic": "a", "sensor": "a"}]},
            "a password needs a name",
        ),
    ],
)
def test_settings_that_make_no_sense_are_refused(given: dict[str, Any], why: str) -> None:
    with pytest.raises(ValidationError, match=why):
        MqttSettings.model_validate(given)


def test_the_port_follows_tls() -> None:
    assert (MqttSettings().used_port, MqttSettings(tls=True).used_port) == (1883, 8883)
    assert MqttSettings(port=1, tls=True).used_port == 1

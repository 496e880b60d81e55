"""From a message of MQTT to readings: topics, JSON paths, values. No I/O."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Sequence
from typing import Any, Final

from fleet.sensors.readings import Reading
from fleet.sensors.settings import MqttTopic
from openclaw_client.turn_text import clean_words

LONGEST_PAYLOAD: Final = 100_000
"""Bytes; a longer message is refused."""
_LONGEST_WORDS: Final = 100
_LONGEST_NAME: Final = 100
_PLACE: Final = re.compile(r"\{(\d)\}")


class UnusableMessage(Exception):
    """A message holds no value for a sensor; the text says why."""


def read_message(topic: MqttTopic, at_topic: str, payload: bytes, now: float) -> Reading:
    """The reading of a message that came at ``at_topic``, at the Unix time ``now``.

    Raises:
        UnusableMessage: it holds none.
    """
    if len(payload) > LONGEST_PAYLOAD:
        raise UnusableMessage(f"it has more than {LONGEST_PAYLOAD} bytes")
    text = payload.decode("utf-8", "replace").strip()
    value = _at_path(text, topic.json_path) if topic.json_path else text
    name = sensor_name(topic, at_topic)
    known = topic.values.get(value if isinstance(value, str) else json.dumps(value))
    if known is not None:
        return Reading(name, known, topic.unit, now, words="" if topic.unit else _words(value))
    if topic.kind == "text":
        return Reading(name, 0.0, "", now, words=_words(value))
    return Reading(name, _number(value), topic.unit, now)


def sensor_name(topic: MqttTopic, at_topic: str) -> str:
    """The sensor's name: ``{1}`` stands for what the first ``+`` or ``#`` matched."""
    matched = wildcards(topic.topic, at_topic)

    def place(found: re.Match[str]) -> str:
        number = int(found[1]) - 1
        return matched[number] if 0 <= number < len(matched) else found[0]

    return clean_words(_PLACE.sub(place, topic.sensor))[:_LONGEST_NAME]


def wildcards(pattern: str, at_topic: str) -> list[str]:
    """What the wildcards of a topic filter matched; slashes in ``#`` become dots."""
    levels, given = pattern.split("/"), at_topic.split("/")
    found = [given[n] for n, level in enumerate(levels) if level == "+" and n < len(given)]
    if levels[-1] == "#":
        found.append(".".join(given[len(levels) - 1 :]))
    return found


def matches(pattern: str, at_topic: str) -> bool:
    """Whether a topic is one of a filter, by the rules of MQTT."""
    levels, given = pattern.split("/"), at_topic.split("/")
    if at_topic.startswith("$") and levels[0] in ("+", "#"):
        return False
    for number, level in enumerate(levels):
        if level == "#":
            return True
        if number >= len(given) or level not in ("+", given[number]):
            return False
    return len(levels) == len(given)


def topics_of(topics: Sequence[MqttTopic], at_topic: str) -> list[MqttTopic]:
    """The settings that a topic's messages are for."""
    return [each for each in topics if matches(each.topic, at_topic)]


def _at_path(text: str, path: str) -> Any:
    try:
        value: Any = json.loads(text)
    except (ValueError, RecursionError):
        raise UnusableMessage("it is no JSON") from None
    for step in path.split("."):
        if isinstance(value, dict) and step in value:
            value = value[step]
        elif isinstance(value, list) and step.isdecimal() and int(step) < len(value):
            value = value[int(step)]
        else:
            raise UnusableMessage(f"its JSON has nothing at {path}")
    return value


def _number(value: Any) -> float:
    if isinstance(value, bool):
        return float(value)
    try:
        number = float(value)
    except (TypeError, ValueError):
        raise UnusableMessage(
            f"{_words(value)!r} is no number; kind: text and values can name others"
        ) from None
    if not math.isfinite(number):
        raise UnusableMessage(f"{_words(value)!r} is no finite number")
    return number


def _words(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return clean_words(text[: 10 * _LONGEST_WORDS])[:_LONGEST_WORDS]

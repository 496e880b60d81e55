"""Thresholds: what of a stream of readings is told."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from fleet.sensors.readings import Reading
from fleet.sensors.thresholds import Threshold, ThresholdWatch
from fleet.settings import SensorSettings


def told(values: list[float], **given: Any) -> list[str]:
    """The texts that these values make, one every ten seconds."""
    threshold = Threshold.model_validate({"sensor": "gpu*.temperature", **given})
    watch, texts = ThresholdWatch((threshold,)), []
    for number, value in enumerate(values):
        reading = Reading("gpu0.temperature", value, "C", 1_000.0 + number * 10)
        texts += [crossing.text for crossing in watch.note(reading)]
    return texts


def test_a_crossing_is_told_once_and_the_way_back_once() -> None:
    assert told([70, 86, 91, 88, 79, 70], above=85, clear=80) == [
        "gpu0.temperature is at 86 C, above 85 C",
        "gpu0.temperature is back to 79 C",
    ]


def test_a_value_that_swings_around_the_threshold_is_told_once() -> None:
    assert told([86, 84, 86, 84, 86, 84.5], above=85, clear=80) == [
        "gpu0.temperature is at 86 C, above 85 C"
    ]


def test_without_a_clear_value_a_twentieth_beyond_counts() -> None:
    assert len(told([101, 96, 101], above=100)) == 1
    assert len(told([101, 95, 101], above=100)) == 3


def test_below_works_the_other_way_round() -> None:
    assert told([20, 9, 11, 15], below=10, clear=14) == [
        "gpu0.temperature is at 9 C, below 10 C",
        "gpu0.temperature is back to 15 C",
    ]


def test_a_short_peak_is_not_told_if_it_must_last() -> None:
    assert told([86, 86, 70, 86, 86, 86, 86], above=85, for_s=30) == [
        "gpu0.temperature is at 86 C, above 85 C"
    ]
    assert told([86, 86, 70, 86, 86], above=85, for_s=30) == []


def test_each_sensor_has_a_state_of_its_own() -> None:
    watch = ThresholdWatch((Threshold(sensor="gpu*.temperature", above=85),))
    for gpu in range(3):
        assert len(watch.note(Reading(f"gpu{gpu}.temperature", 90, "C", 1.0))) == 1
    assert watch.note(Reading("cpu.temperature", 90, "C", 1.0)) == []


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({}, "either above or below"),
        ({"above": 1, "below": 2}, "either above or below"),
        ({"above": 80, "clear": 85}, "clear must not be greater than above"),
        ({"below": 80, "clear": 75}, "clear must not be less than below"),
        ({"above": 80, "for_s": -1}, "for_s"),
        ({"above": 80, "urgency": "soon"}, "urgency"),
    ],
)
def test_a_threshold_that_makes_no_sense_is_refused(given: dict[str, Any], why: str) -> None:
    with pytest.raises(ValidationError, match=why):
        Threshold.model_validate({"sensor": "x", **given})


def test_the_thresholds_that_are_on_are_listed_until_the_way_back() -> None:
    watch = ThresholdWatch(
        (
            Threshold(sensor="gpu*.temperature", above=85, clear=80),
            Threshold(sensor="disk", below=10),
        )
    )
    assert watch.on == []
    for sensor, value, at in (("disk", 5.0, 20.0), ("gpu0.temperature", 91.0, 10.0)):
        watch.note(Reading(sensor, value, "C", at))
    watch.note(Reading("gpu0.temperature", 95.0, "C", 30.0))
    assert [(each.reading.sensor, each.reading.value) for each in watch.on] == [
        ("gpu0.temperature", 91.0),
        ("disk", 5.0),
    ]
    watch.note(Reading("gpu0.temperature", 79.0, "C", 40.0))
    assert [each.reading.sensor for each in watch.on] == ["disk"]


def test_other_thresholds_hold_at_once_and_forget_what_was_told() -> None:
    hot = Threshold.model_validate({"sensor": "gpu*.temperature", "above": 85})
    watch = ThresholdWatch((hot,))
    reading = Reading("gpu0.temperature", 90.0, "C", 1_000.0)
    assert len(watch.note(reading)) == len(watch.on) == 1
    watch.use((hot,))
    assert len(watch.on) == 1, "the same thresholds change nothing"
    watch.use((Threshold.model_validate({"sensor": "gpu*.temperature", "above": 95}),))
    assert watch.on == []
    assert watch.note(reading) == []


def test_the_session_must_be_one() -> None:
    assert (
        Threshold(sensor="a", above=1, session="agent:Jarvis:main").session == "agent:jarvis:main"
    )
    with pytest.raises(ValidationError, match="write agent:AGENT:CONVERSATION"):
        Threshold(sensor="a", above=1, session="jarvis")
    with pytest.raises(ValidationError, match="write agent:AGENT:CONVERSATION"):
        SensorSettings(session="agent:jarvis")

"""Which sources the settings choose."""

from __future__ import annotations

from app.fleet.sensors import sources_of
from fleet.settings import SensorSettings
from tests.app.fleet.test_member import Thermometer


def test_by_default_the_machine_and_its_gpus_are_read() -> None:
    assert [each.name for each in sources_of(SensorSettings()).all] == ["machine", "gpu"]


def test_rooms_are_read_where_the_settings_name_them() -> None:
    chosen = sources_of(SensorSettings(sources=("rooms",)))
    assert list(chosen.all) == [chosen.rooms]


def test_topics_and_pins_are_sources_without_being_named() -> None:
    settings = SensorSettings.model_validate(
        {
            "sources": [],
            "mqtt": {"host": "broker", "topics": [{"topic": "a", "sensor": "a"}]},
            "gpio": {"pins": [{"sensor": "door", "pin": 17}]},
        }
    )
    assert [each.name for each in sources_of(settings, [Thermometer()]).all] == [
        "lab",
        "mqtt",
        "gpio",
    ]

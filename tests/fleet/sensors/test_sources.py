"""Sources by their names: ours, and those of other packages."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.metadata import EntryPoint, EntryPoints

import pytest
from pydantic import ValidationError

from fleet.sensors import sources
from fleet.sensors.readings import Reading, SensorUnavailable
from fleet.sensors.sources import MissingSource, make_sources
from fleet.settings import SensorSettings


class Fridge:
    name = "fridge"

    async def read(self) -> Sequence[Reading]:
        return [Reading("fridge.temperature", 4.0, "C", 1.0)]


def broken() -> Fridge:
    raise ValueError("no fridge")


def nonsense() -> object:
    return object()


HERE = "tests.fleet.sensors.test_sources"


def test_our_sources_have_names() -> None:
    assert [each.name for each in make_sources(["machine", "rooms", "gpu"])] == ["machine", "gpu"]


async def test_a_dotted_path_is_a_source() -> None:
    (fridge,) = make_sources([f"{HERE}:Fridge"])
    assert [each.text for each in await fridge.read()] == ["4 C"]


@pytest.mark.parametrize(
    ("name", "why"),
    [
        (f"{HERE}:broken", "ValueError: no fridge"),
        (f"{HERE}:missing", "AttributeError"),
        ("no_such_package.sensors:make", "ModuleNotFoundError"),
        (f"{HERE}:nonsense", "it has no name"),
    ],
)
async def test_a_source_that_cannot_be_made_costs_only_itself(name: str, why: str) -> None:
    machine, missing = make_sources(["machine", name])
    assert await machine.read()
    assert isinstance(missing, MissingSource)
    with pytest.raises(SensorUnavailable, match=why):
        await missing.read()


def test_another_package_registers_its_source(monkeypatch: pytest.MonkeyPatch) -> None:
    registered = EntryPoints([EntryPoint("fridge", f"{HERE}:Fridge", sources.GROUP)])
    monkeypatch.setattr(sources, "entry_points", lambda *, group: registered.select(group=group))
    assert SensorSettings(sources=("fridge",)).sources == ("fridge",)
    (fridge,) = make_sources(["fridge"])
    assert fridge.name == "fridge"
    with pytest.raises(ValidationError, match="there are machine, gpu, rooms, fridge, and"):
        SensorSettings(sources=("frigde",))


def test_a_name_that_is_none_is_refused() -> None:
    with pytest.raises(ValidationError, match="no source 'gpus'; there are machine, gpu, rooms"):
        SensorSettings(sources=("gpus",))


def test_a_source_is_read_once() -> None:
    assert SensorSettings(sources=("gpu", "gpu")).sources == ("gpu",)

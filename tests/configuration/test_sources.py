from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from configuration.layer import Layer
from configuration.sources import DefaultEntries, DotenvSource, EnvironmentSource, YamlSource
from tests.configuration.example import NAMES, Example


def yaml_source(path: Path, *, required: bool = True) -> YamlSource:
    return YamlSource(Example, path, required=required)


def dotenv_source(path: Path, *, required: bool = True) -> DotenvSource:
    return DotenvSource(Example, path, NAMES, required=required)


def test_a_yaml_file_gives_its_values_under_their_sections(tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text("gateway: {base_url: x}\nagents:\n  zoe:\n  adam: {speed: 2}\n")
    source = yaml_source(file)
    assert source() == {"gateway": {"base_url": "x"}, "agents": {"zoe": {}, "adam": {"speed": 2}}}
    assert [item.where for item in source.layer.given] == [
        "mine.yaml line 1: gateway.base_url",
        "mine.yaml line 4: agents.adam.speed",
    ]


def test_a_dotenv_file_gives_its_values_and_all_its_problems(tmp_path: Path) -> None:
    file = tmp_path / "mine.env"
    file.write_text("GATEWAY_URL=x\nnonsense\nGATEWAY_TOKN=y\n")
    source = dotenv_source(file)
    assert source() == {"gateway": {"base_url": "x"}}
    assert [problem.where for problem in source.layer.problems] == [
        "mine.env line 2",
        "mine.env line 3: GATEWAY_TOKN",
    ]


def test_the_environment_gives_its_values() -> None:
    source = EnvironmentSource(Example, {"PIPELINE__STT__WAIT_MS": "300", "HOME": "/h"}, NAMES)
    assert source() == {"pipeline": {"stt": {"wait_ms": "300"}}}


@pytest.mark.parametrize("make", [yaml_source, dotenv_source])
def test_only_a_required_file_must_exist(
    make: Callable[..., YamlSource | DotenvSource], tmp_path: Path
) -> None:
    absent = tmp_path / "absent"
    assert make(absent, required=False).layer == Layer()
    [problem] = make(absent, required=True).layer.problems
    assert problem.where == str(absent)
    assert problem.details == ("there is no such file",)


def test_yes_for_a_number_is_kept_from_the_model(tmp_path: Path) -> None:
    file = tmp_path / "config.yaml"
    file.write_text("pipeline: {quiet: yes, stt: {low: yes}}")
    assert yaml_source(file)() == {"pipeline": {"quiet": True}}


def test_default_entries_give_way_to_named_ones() -> None:
    assert DefaultEntries(Example, named=())() == {
        "agents": {"jarvis": {"voice": "deep"}, "sage": {"voice": "soft"}}
    }
    assert DefaultEntries(Example, named=[("agents",)])() == {}

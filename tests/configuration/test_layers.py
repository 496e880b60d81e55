from __future__ import annotations

from pathlib import Path

import pytest

from configuration.layers import Layer, read_file
from configuration.variables import parse_dotenv
from configuration.yaml_file import parse_yaml
from tests.configuration.example import NAMES


def as_problem(text: str, file: str) -> Layer:
    layer = Layer()
    layer.problem(file, text)
    return layer


def parse(text: str, file: str) -> Layer:
    return parse_yaml(text, file, NAMES)


def test_text_is_read_without_a_byte_order_mark(tmp_path: Path) -> None:
    file = tmp_path / "config.yaml"
    file.write_bytes("\ufeffa: ü\r\n".encode())
    [problem] = read_file(file, as_problem, required=True).problems
    assert (problem.where, problem.details) == ("config.yaml", ("a: ü\n",))


def test_only_a_required_file_must_exist(tmp_path: Path) -> None:
    absent = tmp_path / "absent"
    assert read_file(absent, as_problem, required=False) == Layer()
    [problem] = read_file(absent, as_problem, required=True).problems
    assert problem.where == str(absent)
    assert problem.details == ("there is no such file",)


@pytest.mark.parametrize("required", [True, False])
def test_a_folder_cannot_be_read(tmp_path: Path, required: bool) -> None:
    [problem] = read_file(tmp_path, as_problem, required=required).problems
    assert problem.details[0].startswith("cannot be read: ")


def test_text_that_is_not_utf8_is_a_problem_with_its_line(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_bytes(b"A=1\nB=\xff\n")
    [problem] = read_file(file, as_problem, required=True).problems
    assert problem.where == f"{file} line 2"


def test_a_yaml_file_gives_its_values_under_their_sections(tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text("gateway: {base_url: x}\nagents:\n  zoe:\n  adam: {speed: 2}\n")
    layer = read_file(file, parse, required=True)
    assert layer.nested() == {
        "gateway": {"base_url": "x"},
        "agents": {"zoe": {}, "adam": {"speed": "2"}},
    }
    assert [item.where for item in layer.given.values()] == [
        "mine.yaml line 1: gateway.base_url",
        "mine.yaml line 2: agents",
        "mine.yaml line 3: agents.zoe",
        "mine.yaml line 4: agents.adam",
        "mine.yaml line 4: agents.adam.speed",
    ]


def test_a_dotenv_file_gives_its_values_and_all_its_problems(tmp_path: Path) -> None:
    file = tmp_path / "mine.env"
    file.write_text("GATEWAY_URL=x\nnonsense\nGATEWAY_TOKN=y\n")
    layer = read_file(file, lambda text, name: parse_dotenv(text, name, NAMES), required=True)
    assert layer.nested() == {"gateway": {"base_url": "x"}}
    assert [problem.where for problem in layer.problems] == [
        "mine.env line 2",
        "mine.env line 3: GATEWAY_TOKN",
    ]

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any, Literal

import pytest
from pydantic import BaseModel, Field, HttpUrl

from configuration.schema import Section, Setting, dotted, tree, variable_name
from tests.configuration.example import Example, Gateway


def setting(*path: str) -> Setting:
    node = tree(Example).find(path)
    assert isinstance(node, Setting)
    return node


def test_settings_come_in_the_order_of_the_code_with_a_placeholder_for_chosen_names() -> None:
    names = [dotted(found.path) for found in tree(Example).settings()]
    assert names[:4] == [
        "gateway.base_url",
        "gateway.token",
        "gateway.more_tokens",
        "gateway.home",
    ]
    assert "agents.<name>.voice" in names
    assert names[-1] == "pipeline.quiet"


def test_secrets_are_recognized_inside_lists_and_optionals() -> None:
    assert setting("gateway", "token").is_secret
    assert setting("gateway", "more_tokens").is_secret
    assert not setting("gateway", "base_url").is_secret


def test_a_setting_knows_whether_it_is_a_list() -> None:
    assert setting("pipeline", "stt", "words").is_container
    assert not setting("pipeline", "stt", "threads").is_container


def test_a_section_has_fixed_names_and_a_mapping_takes_any() -> None:
    root = tree(Example)
    assert root.child("pipelin") is None
    agents = root.child("agents")
    assert isinstance(agents, Section)
    assert agents.is_mapping
    friday = agents.child("friday")
    assert isinstance(friday, Section)
    assert friday.names == ["voice", "speed"]
    assert agents.description == "Who is there."


def test_variable_names() -> None:
    assert variable_name(("pipeline", "stt", "model_size")) == "PIPELINE__STT__MODEL_SIZE"


def test_the_description_is_the_first_paragraph_on_one_line() -> None:
    size = setting("pipeline", "stt", "model_size")
    assert size.description == "Larger hears better and takes longer."
    assert setting("pipeline", "stt", "share").description == ""
    pipeline = tree(Example).child("pipeline")
    assert isinstance(pipeline, Section)
    assert pipeline.description == "The conversation."


def test_values_are_converted_to_json_types() -> None:
    assert setting("gateway", "home").to_json(Gateway().home) == "data"
    assert setting("pipeline", "stt", "words").to_json(("a", "b")) == ["a", "b"]


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


class Point(BaseModel):
    x: int = 0
    y: int = 0


class Kinds(BaseModel):
    port: Annotated[int, Field(ge=1, le=65535)] = 1
    open_ended: Annotated[int, Field(ge=3)] = 3
    half: Annotated[float, Field(gt=0, le=0.5)] = 0.5
    colour: Colour = Colour.RED
    always: Literal[7] = 7
    either: int | Literal["auto"] = "auto"
    name: Annotated[str, Field(min_length=1)] = "x"
    title: Annotated[str, Field(min_length=2, max_length=9)] = "xx"
    long_name: Annotated[str, Field(min_length=5)] = "xxxxx"
    code: Annotated[str, Field(pattern="^[a-z]+$")] = "a"
    tongue: Annotated[str, Field(pattern="^[a-z]+$", examples=["en", "de"])] = "en"
    url: HttpUrl = HttpUrl("http://localhost")
    points: Annotated[tuple[Point, ...], Field(max_length=4)] = ()
    pair: tuple[int, int] = (1, 2)
    extra: dict[str, int] = {}
    anything: Any = None
    yes: bool = True
    gap_ms: float = 1.0
    label_ms: str = ""


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("port", "a whole number from 1 to 65535"),
        ("open_ended", "a whole number at least 3"),
        ("half", "a number above 0 and at most 0.5"),
        ("colour", "one of red, blue"),
        ("always", "7"),
        ("either", "a whole number or auto"),
        ("name", "text, not empty"),
        ("title", "text of 2 to 9 characters"),
        ("long_name", "text of at least 5 characters"),
        ("code", "text like ^[a-z]+$"),
        ("tongue", "text such as en or de"),
        ("url", "a URL"),
        ("points", "a list of 0 to 4, each a mapping with x and y"),
        ("pair", "a list of 2 to 2, each a whole number"),
        ("extra", "a mapping"),
        ("anything", "any value"),
        ("yes", "true or false"),
        ("gap_ms", "a number (milliseconds)"),
        ("label_ms", "text"),
    ],
)
def test_allowed_values_are_described_in_words(name: str, words: str) -> None:
    found = {item.path[-1]: item for item in tree(Kinds).settings()}
    assert found[name].allowed == words

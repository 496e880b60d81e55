from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any, Literal

import pytest
from pydantic import BaseModel, Field, HttpUrl

from configuration.describe import about, allowed, field_docstrings, plain, unit, why
from configuration.schema import Leaf, leaves, tree
from tests.configuration.example import Gateway, Pipeline, Stt
from tests.configuration.test_schema import leaf


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
def test_allowed_says_in_words_what_the_model_takes(name: str, words: str) -> None:
    found: dict[str, Leaf] = {item.path[-1]: item for item in leaves(tree(Kinds))}
    assert allowed(found[name]) == words


def test_unit_is_read_from_the_name() -> None:
    assert unit(leaf("pipeline", "stt", "wait_ms")) == "milliseconds"
    assert unit(leaf("pipeline", "stt", "words")) == ""


def test_why_is_the_first_paragraph_on_one_line() -> None:
    assert (
        why(leaf("pipeline", "stt", "model_size"), Stt) == "Larger hears better and takes longer."
    )
    assert why(leaf("pipeline", "stt", "share"), Stt) == ""


def test_why_needs_no_configuration_of_the_model() -> None:
    assert "use_attribute_docstrings" not in Gateway.model_config
    assert why(leaf("gateway", "base_url"), Gateway) == "Where it is."


def test_docstrings_of_a_base_class_are_found() -> None:
    class Special(Gateway):
        """A special one."""

        colour: str = "red"
        """Its colour."""

    assert field_docstrings(Special)["colour"] == "Its colour."
    assert field_docstrings(Special)["base_url"] == "Where it is."


def test_about_and_plain() -> None:
    assert about(Pipeline) == "The conversation."
    assert plain(leaf("gateway", "home"), Gateway().home) == "data"
    assert plain(leaf("pipeline", "stt", "words"), ("a", "b")) == ["a", "b"]

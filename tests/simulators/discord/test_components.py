from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from simulators.discord.components import Modal, accept, walk

BUTTON = {"type": 2, "style": 1, "label": "Go", "custom_id": "go"}
MENU: dict[str, Any] = {"type": 3, "custom_id": "menu", "options": [{"label": "A", "value": "a"}]}
INPUT = {"type": 4, "style": 1, "custom_id": "text"}


def row(*parts: dict[str, Any]) -> dict[str, Any]:
    return {"type": 1, "components": list(parts)}


def button(number: int = 0, **fields: Any) -> dict[str, Any]:
    changed = BUTTON | {"custom_id": f"go-{number}"} | fields
    return {key: value for key, value in changed.items() if value is not None}


@pytest.mark.parametrize(
    ("components", "why"),
    [
        ([BUTTON], "should be 1"),
        ([row()], "at least 1"),
        ([row(*map(button, range(6)))], "at most 5"),
        ([row(button(n)) for n in range(6)], "at most 5"),
        ([row(BUTTON, MENU)], "five buttons, or one menu"),
        ([row(BUTTON), row(BUTTON)], "same custom_id"),
        ([row(button(1, id=7), button(2, id=7))], "same id"),
        ([row(button(custom_id="x" * 101))], "at most 100"),
        ([row(button(label="x" * 81))], "at most 80"),
        ([row(button(label=None))], "a label or an emoji"),
        ([row(button(style=5))], "has url"),
        ([row(button(url="https://example.org"))], "has custom_id"),
        ([row(button(style=5, custom_id=None, url="ftp://example.org"))], "scheme"),
        ([row(button(style=6, custom_id=None, sku_id="5"))], "neither label"),
        ([row(button(style=7))], "less than or equal to 6"),
        ([row(MENU | {"options": []})], "at least 1"),
        ([row(MENU | {"options": MENU["options"] * 2, "max_values": 2})], "same value"),
        ([row(MENU | {"max_values": 2})], "between 2 and 25"),
        ([row(MENU | {"min_values": 2})], "more than max_values"),
        ([row(MENU | {"placeholder": "x" * 151})], "at most 150"),
        ([row({"type": 5, "custom_id": "u", "channel_types": [2]})], "channel types"),
        (
            [row({"type": 6, "custom_id": "r", "default_values": [{"id": "1", "type": "user"}]})],
            "default values",
        ),
        ([row(INPUT | {"label": "Text"})], "tag"),
        ([{"type": 10, "content": "text"}], "should be 1"),
    ],
)
def test_what_a_message_cannot_have(components: list[dict[str, Any]], why: str) -> None:
    with pytest.raises(ValidationError, match=why):
        accept(components, layout=False)


def test_each_component_has_an_id_and_keeps_its_own() -> None:
    (first,) = accept([row(button(1, id=2), button(2))], layout=False)
    assert [part["id"] for part in walk([first])] == [1, 2, 3]


def test_a_layout_holds_texts_sections_and_containers() -> None:
    section = {"type": 9, "components": [{"type": 10, "content": "Alice"}], "accessory": BUTTON}
    box = {"type": 17, "components": [section, {"type": 14}, row(MENU)], "accent_color": 0xFF}
    kept = accept([{"type": 10, "content": "# Status"}, box], layout=True)
    assert [part["type"] for part in walk(kept)] == [10, 17, 9, 10, 2, 14, 1, 3]


@pytest.mark.parametrize(
    ("components", "why"),
    [
        ([{"type": 10, "content": "x" * 2001}] * 2, "more than 4000"),
        ([row(button(n)) for n in range(21)], "at most 40"),
        ([{"type": 17, "components": [{"type": 17, "components": [row(BUTTON)]}]}], "tag"),
        ([{"type": 13, "file": {"url": ""}}], "at least 1"),
    ],
)
def test_what_a_layout_cannot_have(components: list[dict[str, Any]], why: str) -> None:
    with pytest.raises(ValidationError, match=why):
        accept(components, layout=True)


def label(part: dict[str, Any], text: str = "Name") -> dict[str, Any]:
    return {"type": 18, "label": text, "component": part}


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"title": "x" * 46}, "at most 45"),
        ({"custom_id": ""}, "at least 1"),
        ({"components": []}, "at least 1"),
        ({"components": [{"type": 10, "content": "t"}] * 6}, "at most 5"),
        ({"components": [row(BUTTON)]}, "literal"),
        ({"components": [row(INPUT)]}, "needs a label"),
        ({"components": [label(INPUT, "x" * 46)]}, "at most 45"),
        ({"components": [label(INPUT | {"label": "Twice"})]}, "component around"),
        ({"components": [label(INPUT | {"max_length": 4001})]}, "4000"),
        ({"components": [label(MENU | {"disabled": True})]}, "disabled"),
        ({"components": [label(MENU | {"min_values": 0})]}, "min_values of 1"),
        ({"components": [label(INPUT), label(INPUT)]}, "same custom_id"),
    ],
)
def test_what_a_form_cannot_have(change: dict[str, Any], why: str) -> None:
    modal = {"custom_id": "form", "title": "Ask", "components": [label(INPUT)]}
    Modal.model_validate(modal)
    with pytest.raises(ValidationError, match=f"(?i){why}"):
        Modal.model_validate(modal | change)

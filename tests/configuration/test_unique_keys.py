"""YAML whose mappings have every key once, and that is not nested without end."""

from __future__ import annotations

import pytest
import yaml

from configuration.unique_keys import load_yaml


def test_values_have_their_types_or_stay_text() -> None:
    assert load_yaml("a: yes\nb: [1, two]") == {"a": True, "b": [1, "two"]}
    assert load_yaml(b"a: yes\nb: [1, two]", as_text=True) == {"a": "yes", "b": ["1", "two"]}


def test_the_same_key_may_stand_in_two_mappings() -> None:
    assert load_yaml("a: {b: 1}\nc: {b: 2}") == {"a": {"b": 1}, "c": {"b": 2}}


@pytest.mark.parametrize("as_text", [False, True])
@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: 1\nb: 2\na: 3", "the key 'a' on line 3 is already on line 1"),
        ("- x: 1\n- b: 2\n\n  b: 2", "the key 'b' on line 4 is already on line 2"),
        ("a: {b: 1, b: 2}", "the key 'b' on line 1 is already on line 1"),
        ("[" * 2000, "nested too deeply"),
    ],
)
def test_what_is_wrong_is_said(text: str, message: str, as_text: bool) -> None:
    with pytest.raises(yaml.YAMLError, match=message):
        load_yaml(text, as_text=as_text)

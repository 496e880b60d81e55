"""Documents: their hash, what differs, and their secrets."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from configuration.desired.documents import (
    REDACTED,
    DocumentChange,
    canonical,
    differences,
    document_hash,
    patched,
    paths_below,
    shown_changes,
    shown_document,
    with_secrets,
)
from configuration.errors import SettingsError
from configuration.schema import tree
from settings import Settings

TREE = tree(Settings)

values = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=2), inner),
    max_leaves=8,
)
documents = st.dictionaries(st.text(max_size=2), values, max_size=4)


@settings(max_examples=40)
@given(documents, documents)
def test_the_changes_make_the_new_of_the_old(old: dict[str, Any], new: dict[str, Any]) -> None:
    changes = differences(old, new)
    sent = [DocumentChange.model_validate(each.model_dump(mode="json")) for each in changes]
    assert document_hash(patched(old, sent)) == document_hash(new)


@settings(max_examples=20)
@given(documents)
def test_equal_documents_have_no_differences(document: dict[str, Any]) -> None:
    assert differences(document, dict(document)) == []


def test_true_is_not_one() -> None:
    assert [each.path for each in differences({"a": 1}, {"a": True})] == [("a",)]


def test_the_hash_does_not_depend_on_the_order() -> None:
    assert document_hash({"a": 1, "b": 2}) == document_hash({"b": 2, "a": 1})
    assert canonical({"b": "ü", "a": 1}) == '{"a":1,"b":"ü"}'.encode()


def test_a_number_that_json_does_not_have_has_no_hash() -> None:
    with pytest.raises(ValueError, match="JSON"):
        document_hash({"a": float("nan")})


def test_a_change_that_does_not_fit_is_refused() -> None:
    with pytest.raises(ValueError, match="there is a value above it"):
        patched({"a": 1}, [DocumentChange(path=("a", "b"), value=2)])


def test_secrets_and_logins_are_not_shown() -> None:
    document = {
        "discord": {"token": "swordfish"},
        "openclaw": {"auth_token": ""},
        "tts": {"url": "http://me:swordfish@box:80", "extra_fields": {"a": ["b"]}},
    }
    shown = shown_document(document, TREE)
    assert shown == {
        "discord": {"token": REDACTED},
        "openclaw": {"auth_token": ""},
        "tts": {"url": "http://***@box:80", "extra_fields": {"a": ["b"]}},
    }
    assert with_secrets(shown, document, TREE) == document


def test_a_new_section_with_a_secret_is_not_shown() -> None:
    changes = shown_changes({}, {"discord": {"token": "swordfish"}}, TREE)
    assert [(each.path, each.value) for each in changes] == [(("discord",), {"token": REDACTED})]


def test_a_mark_without_a_secret_names_its_path() -> None:
    with pytest.raises(SettingsError, match=r"discord\.token"):
        with_secrets({"discord": {"token": REDACTED}}, {}, TREE)


def test_paths_are_found_above_and_below() -> None:
    document = {"a": {"b": {"c": 1}, "d": 2}, "e": {}}
    assert paths_below(document, [("a", "b")]) == [("a", "b", "c")]
    assert paths_below(document, [("a", "b", "c", "x")]) == [("a", "b", "c")]
    assert paths_below(document, [("e", "f")]) == [("e",)]
    assert paths_below(document, [("x",)]) == []

"""A configuration as a document: its hash, what differs between two, and its secrets.

A document has the tree of ``config.yaml`` as JSON: `{"pipeline": {"stt": {"language": "de"}}}`.
"""

from __future__ import annotations

import copy
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Self, TypeAlias

from pydantic import BaseModel, ConfigDict, JsonValue, model_validator

from configuration.errors import Problem, SettingsError
from configuration.layers import Layer
from configuration.names import SettingNames
from configuration.schema import Node, Path, Section, Setting, dotted
from configuration.text import without_login
from configuration.yaml_file import parse_document

Document: TypeAlias = dict[str, Any]
"""Sections and values, as in ``config.yaml``."""

REDACTED: Final = "__REDACTED__"
"""What is shown in place of a secret. Sent back, it keeps the secret."""
_DEEPEST: Final = 20


class DocumentChange(BaseModel):
    """One value that differs. It is ``removed``, or there with ``value``."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    path: tuple[str, ...]
    value: JsonValue = None
    removed: bool = False

    @model_validator(mode="after")
    def _has_a_place(self) -> Self:
        if not self.path or len(self.path) > _DEEPEST:
            raise ValueError(f"path has 1 to {_DEEPEST} names")
        return self


@dataclass(frozen=True, slots=True)
class NamedDocument:
    """A document, with its name for messages: "version 7 of the control plane"."""

    name: str
    document: Document

    def layer(self, names: SettingNames) -> Layer:
        """What it gives, with every problem that it has."""
        return parse_document(self.document, self.name, names)


def canonical(document: Mapping[str, Any]) -> bytes:
    """The one form of a document that is hashed: keys sorted, no spaces, UTF-8.

    Raises:
        ValueError: it is no JSON.
    """
    text = json.dumps(
        document, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    )
    return text.encode("utf-8", "surrogatepass")


def document_hash(document: Mapping[str, Any]) -> str:
    """SHA-256 of the canonical form, in hexadecimal digits.

    Raises:
        ValueError: it is no JSON.
    """
    return hashlib.sha256(canonical(document)).hexdigest()


def differences(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[DocumentChange]:
    """The changes that make ``new`` of ``old``, in the order of their paths. Lists change whole."""
    return list(_differences((), old, new))


def patched(old: Mapping[str, Any], changes: Iterable[DocumentChange]) -> Document:
    """A copy of ``old`` with ``changes``.

    Raises:
        ValueError: a change does not fit ``old``.
    """
    new = copy.deepcopy(dict(old))
    for change in changes:
        *above, last = change.path
        at: Any = new
        for name in above:
            at = at.setdefault(name, {})
            if not isinstance(at, dict):
                raise ValueError(f"{dotted(change.path)}: there is a value above it")
        if change.removed:
            at.pop(last, None)
        else:
            at[last] = change.value
    return new


def shown_document(document: Mapping[str, Any], tree: Section) -> Document:
    """A copy without secrets: `REDACTED` in their place, and no logins in addresses."""
    return _each_value(document, tree, _shown)


def shown_changes(
    old: Mapping[str, Any], new: Mapping[str, Any], tree: Section
) -> list[DocumentChange]:
    """What differs, without secrets. A secret that differs is listed with `REDACTED`."""
    return [
        change.model_copy(update={"value": _shown_at(change.path, change.value, tree)})
        for change in differences(old, new)
    ]


def with_secrets(shown: Mapping[str, Any], old: Mapping[str, Any], tree: Section) -> Document:
    """``shown`` with the secrets of ``old`` where it has `REDACTED`.

    Raises:
        SettingsError: ``old`` has no secret there.
    """
    problems: list[Problem] = []

    def filled(path: Path, value: Any, secret: bool) -> Any:
        before = _at(old, path)
        if before is not None and value != before and value == _shown(path, before, secret):
            return before
        if value == REDACTED:
            words = f"{REDACTED} keeps the secret of the version before, which has none"
            problems.append(Problem(dotted(path), (words,)))
        return value

    whole = _each_value(shown, tree, filled)
    if problems:
        raise SettingsError(problems)
    return whole


def paths_below(document: Mapping[str, Any], prefixes: Sequence[Path]) -> list[Path]:
    """The paths of ``document`` that are one of ``prefixes``, below one, or hold one."""
    found = []
    for path, _ in _leaves((), document):
        for prefix in prefixes:
            shorter = min(len(path), len(prefix))
            if path[:shorter] == prefix[:shorter]:
                found.append(path)
                break
    return found


def _differences(
    at: Path, old: Mapping[str, Any], new: Mapping[str, Any]
) -> Iterator[DocumentChange]:
    for name in sorted({*old, *new}):
        path = (*at, name)
        if name not in new:
            yield DocumentChange(path=path, removed=True)
        elif name not in old:
            yield DocumentChange(path=path, value=new[name])
        elif isinstance(old[name], dict) and isinstance(new[name], dict):
            yield from _differences(path, old[name], new[name])
        elif old[name] != new[name] or type(old[name]) is not type(new[name]):
            yield DocumentChange(path=path, value=new[name])


def _leaves(at: Path, value: Any) -> Iterator[tuple[Path, Any]]:
    if isinstance(value, dict) and value and len(at) < _DEEPEST:
        for name, inner in value.items():
            yield from _leaves((*at, name), inner)
    elif at:
        yield at, value


def _at(document: Any, path: Path) -> Any:
    for name in path:
        document = document.get(name) if isinstance(document, dict) else None
    return document


def _each_value(document: Mapping[str, Any], tree: Section, change: Any) -> Document:
    known: dict[tuple[type[BaseModel], str], Node | None] = {}

    def child_of(section: Section, name: str) -> Node | None:
        if section.is_mapping:
            return section.child(name)
        key = (section.model, name)
        if key not in known:
            known[key] = section.child(name)
        return known[key]

    def walk(node: Node | None, path: Path, value: Any) -> Any:
        if isinstance(node, Section) and isinstance(value, dict):
            return {
                name: walk(child_of(node, name), (*path, name), inner)
                for name, inner in value.items()
            }
        return change(path, value, isinstance(node, Setting) and node.is_secret)

    whole: Document = walk(tree, (), dict(document))
    return whole


def _shown_at(path: Path, value: Any, tree: Section) -> Any:
    """A value that may be a whole section, without secrets."""
    for name in reversed(path):
        value = {name: value}
    return _at(shown_document(value, tree), path)


def _shown(path: Path, value: Any, secret: bool) -> Any:
    if secret:
        return value if value in (None, "", []) else REDACTED
    if isinstance(value, str):
        return without_login(value) if "://" in value else value
    if isinstance(value, list):
        return [_shown(path, each, secret) for each in value]
    if isinstance(value, dict):
        return {name: _shown(path, each, secret) for name, each in value.items()}
    return value

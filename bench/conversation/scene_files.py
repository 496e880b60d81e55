"""Files of scenes: read as YAML, with errors that name the scene and what to change."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import yaml

from configuration.unique_keys import load_yaml


class SceneError(ValueError):
    """A file of scenes is wrong; the text says where, and how it must be."""


def read_scenes(text: str, name: str, fields: str) -> list[Any]:
    """The list of scenes in the YAML ``text`` of the file ``name``.

    Raises:
        SceneError: it is no YAML, or no list; says that each scene must have ``fields``.
    """
    try:
        found = load_yaml(text)
    except yaml.YAMLError as error:
        raise SceneError(f"{name}: this is no YAML: {error}") from error
    if not isinstance(found, list) or not found:
        raise SceneError(f"{name}: must be a list of scenes, each with {fields}")
    return found


def check_fields(found: Any, where: str, known: set[str]) -> Mapping[str, Any]:
    """The mapping ``found``, which has no other fields than ``known``.

    Raises:
        SceneError: it is no mapping, or has other fields.
    """
    if not isinstance(found, dict):
        raise SceneError(f"{where}: must be a mapping with {', '.join(sorted(known))}")
    unknown = sorted(str(key) for key in found.keys() - known)
    if unknown:
        raise SceneError(f"{where}: has {', '.join(unknown)}; known are {', '.join(sorted(known))}")
    return found

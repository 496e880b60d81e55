"""The voice lists of speech servers, which agree on no shape."""

from __future__ import annotations

import contextlib
import json


def voice_ids(body: bytes) -> list[str] | None:
    """The ids in ``{"voices": [...]}`` or a bare list, of strings or of objects; None if neither.

    An object is named by its ``id``, else its ``name``, else its ``voice_id``.
    """
    with contextlib.suppress(ValueError, RecursionError):
        found = json.loads(body)
        if isinstance(found, dict):
            found = found.get("voices", found.get("data"))
        if isinstance(found, list):
            return [name for name in map(_id_of, found) if name]
    return None


def _id_of(entry: object) -> str:
    if isinstance(entry, str):
        return entry
    if isinstance(entry, dict):
        for key in ("id", "name", "voice_id"):
            if isinstance(entry.get(key), str):
                return str(entry[key])
    return ""

"""The turn that the bot's own requests belong to, so that both processes log it alike.

The bot sends the place of its log records (`logs.place`) in a header, and only to its own server:
it names guilds and members. The server takes it only with the bot's own key.
"""

from __future__ import annotations

import json
from typing import Final

from logs.place import Place, fields_of, place

PLACE_HEADER: Final = "X-OpenClaw-Voice-Place"
_LONGEST: Final = 1_000


def place_headers() -> dict[str, str]:
    """The header of a request from the current place; none outside of a turn."""
    here = place()
    if not here:
        return {}
    value = json.dumps({"words": str(here), **fields_of(here)})
    return {PLACE_HEADER: value} if len(value) <= _LONGEST else {}


def place_in(header: bytes) -> Place | None:
    """The place in the header of a request; None if there is none that can be read."""
    if not 0 < len(header) <= _LONGEST:
        return None
    try:
        given = json.loads(header)
        words = given.pop("words")
    except (ValueError, AttributeError, KeyError, TypeError, RecursionError):
        return None
    usable = isinstance(words, str) and all(isinstance(each, int | str) for each in given.values())
    return Place(words, **given) if usable else None

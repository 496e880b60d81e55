"""The names of people and rooms on the talk page, and the numbers that stand for them."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from typing import Final

from web.errors import TalkRefused

LONGEST_NAME: Final = 40
USUAL_ROOM: Final = "lobby"
_ROOM: Final = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_LONGEST_ROOM: Final = 32
_BITS: Final = 47
"""Ids on Discord are larger than 2**48 for everyone and everything made since May 2015."""


def person_name(text: str) -> str:
    """A name as the room shows and speaks it: one line, no invisible characters.

    Raises:
        TalkRefused: nothing is left of it, or it is too long.
    """
    if len(text) > 10 * LONGEST_NAME:
        raise TalkRefused(f"a name has {LONGEST_NAME} characters at most")
    shown = "".join(
        char if char.isprintable() else " " for char in unicodedata.normalize("NFC", text)
    )
    name = " ".join(shown.split())
    if not name or len(name) > LONGEST_NAME:
        raise TalkRefused(f"a name has 1 to {LONGEST_NAME} characters")
    return name


def room_name(text: str) -> str:
    """
    Raises:
        TalkRefused: no room can have that name.
    """
    name = text[: 2 * _LONGEST_ROOM].strip().lower() or USUAL_ROOM
    if len(name) > _LONGEST_ROOM or not _ROOM.fullmatch(name):
        raise TalkRefused(
            "the name of a room has small letters, digits and single hyphens, "
            f"{_LONGEST_ROOM} characters at most"
        )
    return name


def person_id(name: str) -> int:
    """The same number for the same name, so that the agent knows a person again."""
    return _number(f"person {name.casefold()}")


def room_id(name: str) -> int:
    """The number that stands for a room where a call on Discord has its server's."""
    return _number(f"room {name}")


def _number(text: str) -> int:
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()
    return int.from_bytes(digest[:8], "big") >> (64 - _BITS) | 1

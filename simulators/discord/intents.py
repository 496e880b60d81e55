"""Which gateway events a bot gets, by the intents it identified with (Gateway docs, "Intents")."""

from __future__ import annotations

from typing import Final

import discord

from simulators.discord.errors import BadFrame

GUILDS: Final = 1 << 0
MEMBERS: Final = 1 << 1
VOICE_STATES: Final = 1 << 7
PRESENCES: Final = 1 << 8
MESSAGES: Final = 1 << 9
MESSAGE_CONTENT: Final = 1 << 15

_PRIVILEGED: Final = MEMBERS | PRESENCES | MESSAGE_CONTENT
_INVALID = 4013
DISALLOWED = 4014

_NEEDS: Final[dict[str, int]] = {
    "GUILD_CREATE": GUILDS,
    "GUILD_DELETE": GUILDS,
    "CHANNEL_CREATE": GUILDS,
    "CHANNEL_UPDATE": GUILDS,
    "CHANNEL_DELETE": GUILDS,
    "GUILD_MEMBER_ADD": MEMBERS,
    "VOICE_STATE_UPDATE": VOICE_STATES,
    "MESSAGE_CREATE": MESSAGES,
    "MESSAGE_UPDATE": MESSAGES,
    "MESSAGE_DELETE": MESSAGES,
}


def allow(intents: int, event: str) -> bool:
    """Whether a session with these intents gets the event; some events need none."""
    needed = _NEEDS.get(event, 0)
    return not needed or bool(intents & needed)


def check(intents: int, privileged: int) -> None:
    """Refuse intents that do not exist, and privileged ones that were not granted.

    Raises:
        BadFrame: closes with 4013 or 4014.
    """
    unknown = intents & ~discord.Intents.all().value
    if unknown:
        raise BadFrame(_INVALID, f"unknown intents {unknown:#x}")
    missing = intents & _PRIVILEGED & ~privileged
    if missing:
        raise BadFrame(DISALLOWED, f"privileged intents {missing:#x} are not switched on")

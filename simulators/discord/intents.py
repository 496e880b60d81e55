"""Which gateway events a bot gets, by the intents it identified with (Gateway docs, "Intents")."""

from __future__ import annotations

from typing import Final

import discord

from simulators.discord.api_objects import Json
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

CHANGES_RIGHTS: Final = frozenset(
    (
        "CHANNEL_UPDATE",
        "GUILD_ROLE_UPDATE",
        "GUILD_ROLE_DELETE",
        "GUILD_MEMBER_UPDATE",
    )
)
"""Events after which members may do more or less than before."""

_NEEDS: Final[dict[str, int]] = {
    "GUILD_CREATE": GUILDS,
    "GUILD_UPDATE": GUILDS,
    "GUILD_ROLE_CREATE": GUILDS,
    "GUILD_ROLE_UPDATE": GUILDS,
    "GUILD_ROLE_DELETE": GUILDS,
    "THREAD_CREATE": GUILDS,
    "THREAD_UPDATE": GUILDS,
    "THREAD_DELETE": GUILDS,
    "THREAD_MEMBER_UPDATE": GUILDS,
    "THREAD_MEMBERS_UPDATE": GUILDS,
    "STAGE_INSTANCE_CREATE": GUILDS,
    "STAGE_INSTANCE_UPDATE": GUILDS,
    "STAGE_INSTANCE_DELETE": GUILDS,
    "VOICE_CHANNEL_STATUS_UPDATE": GUILDS,
    "GUILD_DELETE": GUILDS,
    "CHANNEL_CREATE": GUILDS,
    "CHANNEL_UPDATE": GUILDS,
    "CHANNEL_DELETE": GUILDS,
    "GUILD_MEMBER_ADD": MEMBERS,
    "GUILD_MEMBER_UPDATE": MEMBERS,
    "GUILD_MEMBER_REMOVE": MEMBERS,
    "VOICE_STATE_UPDATE": VOICE_STATES,
    "MESSAGE_CREATE": MESSAGES,
    "MESSAGE_UPDATE": MESSAGES,
    "MESSAGE_DELETE": MESSAGES,
}


def allow(intents: int, event: str) -> bool:
    """Whether a session with these intents gets the event; some events need none."""
    needed = _NEEDS.get(event, 0)
    return not needed or bool(intents & needed)


def view(intents: int, event: str, data: Json, bot_id: int) -> Json | None:
    """What a session with these intents gets of an event; None for nothing.

    Changes of the bot itself need no privileged intent, and without that for message content the
    texts of others are empty, unless they mention the bot.
    """
    if event == "GUILD_MEMBER_UPDATE" and data["user"]["id"] == str(bot_id):
        return data
    if not allow(intents, event):
        return None
    if event == "THREAD_MEMBERS_UPDATE" and not intents & MEMBERS:
        about = [each["user_id"] for each in data.get("added_members", [])]
        about += data.get("removed_member_ids", [])
        return data if str(bot_id) in about else None
    if event in ("MESSAGE_CREATE", "MESSAGE_UPDATE") and not intents & MESSAGE_CONTENT:
        mentioned = str(bot_id) in [user["id"] for user in data["mentions"]]
        if data["author"]["id"] != str(bot_id) and not mentioned:
            return data | {"content": "", "embeds": [], "attachments": [], "components": []}
    return data


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

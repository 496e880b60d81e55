"""Where a session belongs, read off its key: the one place that takes keys apart. No I/O.

Strict: only shapes that are known for sure say anything, and what is not known belongs nowhere.
Ours are those of session_keys.py; the Gateway's own are those of docs/gateway.md, such as
``agent:main:main`` and ``agent:<agent>:cron:<job>``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from typing import Final

_LONGEST: Final = 512
_AGENT: Final = r"agent:[a-z0-9][a-z0-9_-]{0,63}"
_ID: Final = r"[0-9]{1,20}"
_NAME: Final = r"[^:\s]{1,128}"
_BRANCHES: Final = rf"(?::(?:subagent:{_NAME}|thread:{_NAME}|topic:{_NAME}|heartbeat))*"
"""What the Gateway puts behind a key for a session that belongs to it."""
_DISCORD: Final = re.compile(
    rf"{_AGENT}:discord:(?:"
    rf"(?:dm|direct):(?P<person>{_ID})"
    rf"|guild:(?P<guild>{_ID})"
    rf"|aside:{_NAME}:(?P<aside>{_ID}):{_NAME}"
    rf"|(?:channel|thread):(?P<channel>{_ID})"
    rf"){_BRANCHES}"
)
_OWNERS: Final = re.compile(rf"{_AGENT}:main(?::(?:thread:{_NAME}|heartbeat))*")
_MESSENGERS: Final = (
    "bluebubbles|googlechat|imessage|irc|line|matrix|mattermost|msteams|nextcloud-talk|nostr"
    "|signal|slack|synology-chat|telegram|twitch|webchat|whatsapp|zalo"
)
_DIRECT: Final = re.compile(
    rf"{_AGENT}:(?:{_MESSENGERS})(?::(?!dm:|direct:){_NAME})?:(?:dm|direct):{_NAME}{_BRANCHES}"
)
_FREE: Final = re.compile(rf"{_AGENT}:(?:subagent|cron):{_NAME}(?::{_NAME})*")


class SessionKind(Enum):
    """What kind of session it is."""

    PERSON = "person"
    """One person's conversation on Discord."""
    GUILD = "guild"
    CHANNEL = "channel"
    """A Discord channel or thread, whose guild Discord knows."""
    OWNERS = "owner's"
    """No call's: the agent's main session, a direct chat in another messenger, or none at all."""
    FREE = "free"
    """Begun by an agent (a subagent, a cron job); the key does not say in which session."""
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class SessionOrigin:
    """A kind, and the Discord id that goes with it."""

    kind: SessionKind
    id: int = 0


def place_of(session_key: str | None) -> SessionOrigin:
    """Where a session belongs; a command without one comes from the Gateway's own command line."""
    if session_key is None:
        return SessionOrigin(SessionKind.OWNERS)
    if len(session_key) > _LONGEST:
        return SessionOrigin(SessionKind.UNKNOWN)
    if (found := _DISCORD.fullmatch(session_key)) is not None:
        person, guild, aside, channel = found.group("person", "guild", "aside", "channel")
        if person is not None:
            return SessionOrigin(SessionKind.PERSON, int(person))
        if channel is not None:
            return SessionOrigin(SessionKind.CHANNEL, int(channel))
        return SessionOrigin(SessionKind.GUILD, int(guild or aside))
    if _OWNERS.fullmatch(session_key) or _DIRECT.fullmatch(session_key):
        return SessionOrigin(SessionKind.OWNERS)
    if _FREE.fullmatch(session_key):
        return SessionOrigin(SessionKind.FREE)
    return SessionOrigin(SessionKind.UNKNOWN)

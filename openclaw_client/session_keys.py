"""Session keys: which of an agent's conversations a turn belongs to, and where a key belongs.

The Gateway keeps one memory per session key, a text ``agent:<agentId>:<anything>`` that it stores
in lower case and creates on first use (docs/gateway.md). Everything from outside is
quoted, so no name can select another person's session.

Keys are parsed strictly: only shapes that are certain yield an origin. Ours are made here; the
Gateway's own are such as ``agent:main:main`` and ``agent:<agent>:cron:<job>``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum, StrEnum
from fnmatch import fnmatchcase
from typing import Final
from urllib.parse import quote

_AGENT_ID = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
_MAX_PART = 400
"""The Gateway accepts keys of up to 512 characters; all but the id takes 87 at most."""
_MAX_USER, _MAX_GUILD = 300, 100
"""In a key with both ids."""


class SessionScope(StrEnum):
    """Who shares a conversation with the agent."""

    USER = "user"
    """Each person has a conversation of their own in each server."""
    USER_EVERYWHERE = "user_everywhere"
    """Each person has one conversation, which continues in all servers: what they said in one
    can be spoken in another."""
    CHANNEL = "channel"
    """Shared with the text channel of that id and everyone who writes there."""
    GUILD = "guild"
    """One conversation for the whole room."""


def check_agent_id(agent: str) -> str:
    """The agent's id as the Gateway spells it.

    Raises:
        ValueError: no agent can have that id.
    """
    name = agent.strip().lower()
    if not _AGENT_ID.fullmatch(name):
        raise ValueError(
            f"{agent!r} is not an agent id: letters, digits, '-' and '_', 64 characters at most"
        )
    return name


def session_key(
    scope: SessionScope,
    agent: str,
    *,
    user_id: str,
    guild_id: str | None = None,
    channel_id: str | None = None,
) -> str:
    """The key of the conversation that a turn belongs to.

    Without a guild, as in a script, scope `USER` has the key of `USER_EVERYWHERE`.

    Raises:
        ValueError: the scope needs an id that is not given, or an id is unusable.
    """
    start = f"agent:{check_agent_id(agent)}:discord"
    if scope is SessionScope.USER and user_id and guild_id:
        user, guild = _quoted(user_id, _MAX_USER), _quoted(guild_id, _MAX_GUILD)
        return f"{start}:dm:{user}:guild:{guild}"
    kind, needs, part = {
        SessionScope.USER: ("dm", "user", user_id),
        SessionScope.USER_EVERYWHERE: ("dm", "user", user_id),
        SessionScope.CHANNEL: ("channel", "channel", channel_id),
        SessionScope.GUILD: ("guild", "guild", guild_id),
    }[scope]
    if not part:
        raise ValueError(f"session scope {scope.value!r} needs a {needs} id with every turn")
    return f"{start}:{kind}:{_quoted(part)}"


def personal_keys(agent: str, user_id: str, guild_id: str) -> tuple[str, str]:
    """The keys of a person's own conversations with an agent: in one guild, and in all.

    Raises:
        ValueError: an id is unusable.
    """
    here = session_key(SessionScope.USER, agent, user_id=user_id, guild_id=guild_id)
    return here, session_key(SessionScope.USER_EVERYWHERE, agent, user_id=user_id)


def side_session_key(agent: str, purpose: str, *, user_id: str, guild_id: str | None = None) -> str:
    """The key of a side session, which is part of no conversation.

    Each user has one, so questions about two people who speak at once run side by side.

    Raises:
        ValueError: an id is unusable.
    """
    guild = _quoted(guild_id or "none", _MAX_PART // 3)
    about, who = _quoted(purpose, _MAX_PART // 3), _quoted(user_id, _MAX_PART // 3)
    return f"agent:{check_agent_id(agent)}:discord:aside:{about}:{guild}:{who}"


def session_agent(session_key: str | None) -> str:
    """The id of the agent whose session it is; empty for a key of another form, and for none."""
    parts = (session_key or "")[:_LONGEST].split(":", 2)
    return parts[1] if len(parts) == 3 and parts[0] == "agent" else ""


def _quoted(part: str, longest: int = _MAX_PART) -> str:
    text = quote(part.strip(), safe="").lower()
    if not text or len(text) > longest:
        raise ValueError(f"an id in a session key has 1 to {longest} characters, got {part!r}")
    return text


_LONGEST: Final = 512
_AGENT: Final = r"agent:[a-z0-9][a-z0-9_-]{0,63}"
_ID: Final = r"[0-9]{1,20}"
_NAME: Final = r"[^:\s]{1,128}"
_BRANCHES: Final = rf"(?::(?:subagent:{_NAME}|thread:{_NAME}|topic:{_NAME}|heartbeat))*"
"""What the Gateway appends to a key for a session that belongs to it."""
_DISCORD: Final = re.compile(
    rf"{_AGENT}:discord:(?:"
    rf"(?:dm|direct):(?P<person>{_ID})(?::guild:(?P<home>{_ID}))?"
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
_ANY: Final = re.compile(rf"{_AGENT}:[^\s\x00-\x1f\x7f]+")
_FREE: Final = re.compile(rf"{_AGENT}:(?:subagent|cron):{_NAME}(?::{_NAME})*")


class SessionKind(Enum):
    """What kind of session it is."""

    PERSON = "person"
    """One person's conversation on Discord, in one guild or in all."""
    GUILD = "guild"
    CHANNEL = "channel"
    """A Discord channel or thread, whose guild Discord knows."""
    OWNERS = "owner's"
    """The owner's: the agent's main session, a direct chat in another messenger, or none at all."""
    FREE = "free"
    """Started by an agent (a subagent, a cron job); the key does not say in which session."""
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class SessionOrigin:
    """The kind of a session, and its Discord id."""

    kind: SessionKind
    id: int = 0
    guild: int | None = None
    """The guild to which a person's conversation is limited."""


def session_origin(session_key: str | None) -> SessionOrigin:
    """Where a session belongs. A command without a session comes from the Gateway's own command
    line."""
    if session_key is None:
        return SessionOrigin(SessionKind.OWNERS)
    if len(session_key) > _LONGEST:
        return SessionOrigin(SessionKind.UNKNOWN)
    if (found := _DISCORD.fullmatch(session_key)) is not None:
        person, guild, aside, channel = found.group("person", "guild", "aside", "channel")
        if person is not None:
            home = found.group("home")
            limit = None if home is None else int(home)
            return SessionOrigin(SessionKind.PERSON, int(person), limit)
        if channel is not None:
            return SessionOrigin(SessionKind.CHANNEL, int(channel))
        return SessionOrigin(SessionKind.GUILD, int(guild or aside))
    if _OWNERS.fullmatch(session_key) or _DIRECT.fullmatch(session_key):
        return SessionOrigin(SessionKind.OWNERS)
    if _FREE.fullmatch(session_key):
        return SessionOrigin(SessionKind.FREE)
    return SessionOrigin(SessionKind.UNKNOWN)


def check_session_key(text: str) -> str:
    """The key of a session as the Gateway stores it.

    Raises:
        ValueError: it has another form; the text shows the right one.
    """
    key = text.strip().lower()
    if len(key) > _LONGEST or not _ANY.fullmatch(key):
        raise ValueError(
            f"{text[:80]!r} is no session key: write agent:AGENT:CONVERSATION, such as "
            "agent:jarvis:main"
        )
    return key


def is_listed_session(patterns: Iterable[str], session_key: str | None) -> bool:
    """Whether a session is one of the owner's, or matches a pattern of the settings; ``*`` stands
    for any characters. A pattern holds for the sessions below its own too: that of a member
    (``agent:*:discord:dm:42``) for the member's in one guild."""
    if session_origin(session_key).kind is SessionKind.OWNERS:
        return True
    return session_key is not None and any(
        fnmatchcase(session_key, pattern) or fnmatchcase(session_key, f"{pattern}:*")
        for pattern in patterns
    )


def session_holder(session_key: str | None) -> str:
    """Who answers for what a session does, for limits: one member, guild or channel, the owner, or
    all sessions of unknown origin together."""
    origin = session_origin(session_key)
    match origin.kind:
        case SessionKind.PERSON | SessionKind.GUILD | SessionKind.CHANNEL:
            return f"{origin.kind.name} {origin.id}"
        case SessionKind.OWNERS:
            return origin.kind.name
        case SessionKind.FREE | SessionKind.UNKNOWN:
            return SessionKind.UNKNOWN.name

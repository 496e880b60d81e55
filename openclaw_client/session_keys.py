"""Which of the agent's conversations a turn belongs to.

The Gateway keeps one memory per session key, a text ``agent:<agentId>:<anything>`` that it stores
in lower case and creates on first use (docs/gateway.md). Everything here that comes from outside is
quoted, so that no name can reach into somebody else's session.
"""

from __future__ import annotations

import re
from enum import StrEnum
from urllib.parse import quote

_AGENT_ID = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
_MAX_PART = 400
"""The Gateway takes keys of up to 512 characters; what stands around the id takes 87 at most."""


class SessionScope(StrEnum):
    """Who shares a memory with whom."""

    USER = "user"
    """Each person has their own conversation with the agent."""
    CHANNEL = "channel"
    """Shared with the text channel of that id, and with everyone who writes there."""
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

    Raises:
        ValueError: the scope needs an id that is not given, or an id is unusable.
    """
    place, part = {
        SessionScope.USER: ("dm", user_id),
        SessionScope.CHANNEL: ("channel", channel_id),
        SessionScope.GUILD: ("guild", guild_id),
    }[scope]
    if not part:
        raise ValueError(f"session scope {scope.value!r} needs a {scope.value} id with every turn")
    return f"agent:{check_agent_id(agent)}:discord:{place}:{_quoted(part)}"


def aside_key(agent: str, purpose: str, *, user_id: str, guild_id: str | None = None) -> str:
    """The key of a session that stands beside all conversations, with a memory of its own.

    One for each user: questions about two people who speak at once do not wait for each other.

    Raises:
        ValueError: an id is unusable.
    """
    place = _quoted(guild_id or "none", _MAX_PART // 3)
    about, who = _quoted(purpose, _MAX_PART // 3), _quoted(user_id, _MAX_PART // 3)
    return f"agent:{check_agent_id(agent)}:discord:aside:{about}:{place}:{who}"


def _quoted(part: str, longest: int = _MAX_PART) -> str:
    text = quote(part.strip(), safe="").lower()
    if not text or len(text) > longest:
        raise ValueError(f"an id in a session key has 1 to {longest} characters, got {part!r}")
    return text

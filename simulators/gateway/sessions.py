"""The simulated Gateway's sessions, and the runs in them."""

from __future__ import annotations

import asyncio
import re
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from openclaw_client.clock import Timer
from openclaw_client.turn_text import ParsedMessage, parse_message
from simulators.gateway.agents import Memory, SimulatedAgent
from simulators.gateway.faults import RunFault
from simulators.gateway.refusal import invalid

MESSAGE_CHARS = 500_000
"""Length at which the text of a chat event is truncated."""
_KEY = re.compile(r"agent:([a-z0-9][a-z0-9_-]*):(.+)")


@dataclass(frozen=True, slots=True)
class Steered:
    """A message that was added to the session's active run, and the run id it asked for."""

    run_id: str
    words: str


@dataclass(slots=True, eq=False)
class SimulatedRun:
    """One turn of an agent, as the Gateway sees it; kept for replays and for tests."""

    id: str
    session: SimulatedSession
    message: str
    owner: object
    owner_device: str | None
    fault: RunFault
    started_at_ms: int
    text: str = ""
    """The agent's text so far."""
    published: str = ""
    """The part of it that was sent in deltas."""
    deltas: int = 0
    seq: int = 0
    status: str = "running"
    """running, ok, error or aborted."""
    summary: str = ""
    stop_reason: str | None = None
    silence: str | None = None
    """Why there is no text: "silent" (the agent answered NO_REPLY) or "empty"."""
    timed_out: bool = False
    ended_at_ms: int | None = None
    ended: asyncio.Event = field(default_factory=asyncio.Event)
    forgotten: bool = False
    """It belonged to an earlier process of the Gateway."""
    steered: deque[Steered] = field(default_factory=deque)
    tool_results: list[str] = field(default_factory=list)
    """The results of the tools that the agent used."""
    task: asyncio.Task[None] | None = None
    deadline: Timer | None = None

    @property
    def heard(self) -> ParsedMessage:
        """The parsed message: words, speaker, context."""
        return parse_message(self.message)

    def next_seq(self) -> int:
        self.seq += 1
        return self.seq


@dataclass(slots=True, eq=False)
class SimulatedSession:
    """One conversation with one agent."""

    key: str
    agent: SimulatedAgent
    memory: Memory = field(default_factory=Memory)
    history: list[dict[str, Any]] = field(default_factory=list)
    active: SimulatedRun | None = None
    queued: deque[str] = field(default_factory=deque)
    """Messages of mode followup and collect; their runs get new ids."""

    def note_user(self, text: str, now_ms: int, run_id: str) -> None:
        """Add a user's message to the history, under its key."""
        key = f"{run_id}:user"
        self.history.append(
            {"role": "user", "content": text, "timestamp": now_ms, "idempotencyKey": key}
        )

    def note_assistant(self, text: str, now_ms: int) -> None:
        """Add the agent's answer to the history."""
        self.history.append(text_message(text, now_ms))


def text_message(text: str, now_ms: int) -> dict[str, Any]:
    """The ``message`` of a chat event."""
    return {
        "role": "assistant",
        "content": [{"type": "text", "text": text[:MESSAGE_CHARS]}],
        "timestamp": now_ms,
    }


class Sessions:
    """All sessions by key, created on first use."""

    def __init__(self, agents: Mapping[str, SimulatedAgent], default_agent: str) -> None:
        self._agents = agents
        self._default = default_agent
        self._sessions: dict[str, SimulatedSession] = {}

    def open(self, key: str, agent_id: str | None) -> SimulatedSession:
        """The session of that key, new or not.

        Raises:
            Refusal: the key is malformed, or names an unknown agent.
        """
        full, named = self._resolve(key, agent_id)
        agent = self._agents.get(named)
        if agent is None:
            raise invalid(f'Agent "{named}" no longer exists in configuration')
        return self._sessions.setdefault(full, SimulatedSession(full, agent))

    def every(self) -> list[SimulatedSession]:
        """All sessions so far."""
        return list(self._sessions.values())

    def find(self, key: str, agent_id: str | None) -> SimulatedSession | None:
        """The session of that key, if there is one.

        Raises:
            Refusal: the key is malformed.
        """
        return self._sessions.get(self._resolve(key, agent_id)[0])

    def _resolve(self, key: str, agent_id: str | None) -> tuple[str, str]:
        """The whole key, and the agent that it names."""
        lowered = key.lower()
        if not lowered.startswith("agent:"):
            lowered = f"agent:{agent_id or self._default}:{lowered}"
        parts = _KEY.fullmatch(lowered)
        if parts is None:
            raise invalid(f'malformed session key "{key}"')
        named = parts.group(1)
        if agent_id is not None and agent_id != named:
            raise invalid(
                "Multiple agents are configured, but session agent resolution has no explicit "
                f'owner. The agent-scoped session key belongs to "{named}", not "{agent_id}".'
            )
        return lowered, named

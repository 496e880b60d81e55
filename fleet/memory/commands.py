"""The node's commands about memory: ``remember`` and ``observe`` for agents."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from typing import Annotated, Any, Final

from pydantic import Field

from fleet.memory.bridge import MemoryBridge
from fleet.memory.entries import (
    OBSERVATION,
    READINGS,
    MemoryEntry,
    entries,
    new_id,
    one_line,
)
from fleet.sensors.readings import Reading
from openclaw_client.errors import BadArguments, CannotNow
from openclaw_client.node.commands import Arguments, CommandCall, NodeCommand, command
from openclaw_client.session_keys import SessionKind, session_origin
from state import StateError

_AGENT: Final = re.compile(r"agent:([a-z0-9][a-z0-9_-]{0,63}):")
_MOST_READINGS: Final = 40


class Remember(Arguments):
    text: Annotated[str, Field(min_length=1, max_length=4_000, pattern=r"\S")]
    """What to keep, as whole sentences that stand for themselves: with names, not "he"."""
    subject: Annotated[str, Field(min_length=1, max_length=100)] | None = None
    """What it is about, such as "printer in the lab"."""


class Observe(Arguments):
    sensors: Annotated[str, Field(min_length=1, max_length=100)] = "*"
    """Which sensors' present values to keep, by name as list_sensors gives it; * and ? stand for
    any characters."""
    note: Annotated[str, Field(max_length=1_000)] = ""
    """Why they are worth keeping."""


class MemoryCommands:
    """Over the bridge. ``readings`` returns the latest values of this machine's sensors,
    ``guild_of_channel`` the server of a channel on Discord, where that is known."""

    def __init__(
        self,
        bridge: MemoryBridge,
        machine: str,
        readings: Callable[[], Sequence[Reading]],
        guild_of_channel: Callable[[int], int | None] = lambda channel: None,
    ) -> None:
        self._bridge = bridge
        self._guild_of_channel = guild_of_channel
        self._machine = machine
        self._readings = readings

    def all(self) -> list[NodeCommand]:
        return [
            command(
                "memory.remember",
                "Keep a fact in the shared long-term memory of the fleet, where memory_search "
                "finds it in any conversation. Not for secrets.",
                Remember,
                self._remember,
                tool="remember",
            ),
            command(
                "memory.observe",
                "Keep the present values of this machine's sensors in the shared long-term memory.",
                Observe,
                self._observe,
                tool="observe",
            ),
        ]

    async def _remember(self, wanted: Remember, call: CommandCall) -> dict[str, Any]:
        words = one_line(wanted.text)
        if not words:
            raise CannotNow("text: it holds no visible words")
        subject = one_line(wanted.subject or "")
        text = f"{subject}: {words}" if subject else words
        ident = self._own_id(OBSERVATION, call.session_key)
        by, where = f"noted by {_agent_of(call.session_key)}", f"at {self._machine}"
        return await self._keep(entries(ident, datetime.now(UTC), by, text, place=where))

    async def _observe(self, wanted: Observe, call: CommandCall) -> dict[str, Any]:
        every = self._readings()
        found = [each for each in every if fnmatchcase(each.sensor, wanted.sensors)]
        if not found:
            names = ", ".join(each.sensor for each in every) or "none now"
            raise BadArguments(f"sensors: none matches; there are {names}")
        values = ", ".join(f"{each.sensor} {each.text}" for each in found[:_MOST_READINGS])
        note = one_line(wanted.note)
        text = f"{note}: {values}" if note else values
        ident = self._own_id(READINGS, call.session_key)
        where = f"at {self._machine}"
        return await self._keep(entries(ident, datetime.now(UTC), "sensors", text, place=where))

    async def _keep(self, lines: Sequence[MemoryEntry]) -> dict[str, Any]:
        if all(self._bridge.forgetting.forgets(each.id, each.text) for each in lines):
            raise CannotNow(
                "it is not kept: the person of this session asked a moment ago to be forgotten"
            )
        try:
            await self._bridge.remember(lines)
        except StateError as error:
            raise CannotNow(f"it cannot be kept: {error}") from error
        answer: dict[str, Any] = {"ids": [each.id for each in lines], "agent": self._bridge.agent}
        if self._bridge.problem:
            answer["note"] = f"kept, and written later: {self._bridge.problem}"
        return answer

    def _own_id(self, kind: str, session_key: str | None) -> str:
        """The id of what is kept in a session: with the member to whom the session belongs, and
        with its server, so that wishes to forget find it."""
        origin = session_origin(session_key)
        member = origin.id if origin.kind is SessionKind.PERSON else None
        match origin.kind:
            case SessionKind.GUILD:
                guild: int | None = origin.id
            case SessionKind.CHANNEL:
                guild = self._guild_of_channel(origin.id)
            case _:
                guild = origin.guild
        return new_id(kind, member_id=member, guild_id=guild)


def crossing_entries(machine: str, at: datetime, text: str) -> list[MemoryEntry]:
    """The line for a sensor that crossed a threshold."""
    return entries(new_id(READINGS), at, "sensors", text, place=f"at {machine}")


def _agent_of(session_key: str | None) -> str:
    found = _AGENT.match(session_key or "")
    return found[1] if found else "an agent"

"""Calls the Gateway's tools over the client's connection: ``tools.invoke``.

ToolError (an OpenClawError)
├── ToolNotAllowed   the settings do not list it
├── ToolMissing      the agent of that session does not have it
└── ToolFailed       it ran and failed, or took too long
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Annotated, Any, Final

from pydantic import Field

from openclaw_client.clock import time_limit
from openclaw_client.errors import OpenClawError, RequestFailed
from openclaw_client.gateway import Gateway
from openclaw_client.protocol.wire import WireModel, or_else, read_payload, valid_items
from openclaw_client.session_keys import session_agent
from openclaw_client.tools.arguments import ToolArguments
from openclaw_client.tools.settings import ImportSettings
from openclaw_client.transport.connection import GatewayConnection
from tasks import OwnedTasks

log = logging.getLogger(__name__)

_NOT_FOUND: Final = "not_found"


class ToolError(OpenClawError):
    """A tool of the Gateway gave no result."""


class ToolNotAllowed(ToolError):
    """The settings do not allow that the bot calls it."""


class ToolMissing(ToolError):
    """The agent does not have it."""


class ToolFailed(ToolError):
    """It failed, or took too long."""


class _Part(WireModel):
    text: Annotated[str, or_else("")] = ""


class _Output(WireModel):
    content: Annotated[list[_Part], valid_items(_Part), Field(default_factory=list)]
    details: Any = None


class _Failure(WireModel):
    code: Annotated[str, or_else("")] = ""
    message: Annotated[str, or_else("")] = ""


class _Invoked(WireModel):
    ok: bool
    output: Annotated[_Output | None, or_else(None)] = None
    error: Annotated[_Failure | None, or_else(None)] = None


class _Tool(WireModel):
    id: str


class _Group(WireModel):
    tools: Annotated[list[_Tool], valid_items(_Tool), Field(default_factory=list)]


class _Effective(WireModel):
    groups: Annotated[list[_Group], valid_items(_Group), Field(default_factory=list)]


class _Session(WireModel):
    key: str


class _Sessions(WireModel):
    sessions: Annotated[list[_Session], valid_items(_Session), Field(default_factory=list)]


@dataclass(frozen=True, slots=True)
class ToolResult:
    """What a tool gave: its text, and the same as data where there is any."""

    text: str
    details: dict[str, Any]


class ImportedTools:
    """The tools that the settings allow. `close` it at the end."""

    def __init__(self, gateway: Gateway, settings: ImportSettings, agent_id: str) -> None:
        """Look after each connect whether the agent ``agent_id`` has them."""
        self.settings = settings
        self.missing: tuple[str, ...] = ()
        """The allowed tools that the agent does not have, as far as is known."""
        self._gateway = gateway
        self._agent_id = agent_id
        self._tasks = OwnedTasks(log)
        if settings.allow:
            gateway.on_connected(self._connected)

    async def close(self) -> None:
        await self._tasks.aclose()

    async def invoke(self, arguments: ToolArguments, session_key: str) -> ToolResult:
        """Call a tool as the agent of that session may.

        Raises:
            ToolNotAllowed, ToolMissing, ToolFailed: the text says why.
            NotConnected, GatewayRefused, GatewayUnreachable, RequestFailed: it was not called, or
                that is unknown.
        """
        name, seconds = arguments.tool, self.settings.timeout_s
        if name not in self.settings.allow:
            raise ToolNotAllowed(f"openclaw.imports.allow does not list {name}")
        params = {"name": name, "args": arguments.params(), "sessionKey": session_key}
        connection = await self._gateway.ready()
        try:
            async with time_limit(self._gateway.connection.clock, seconds):
                answer = await connection.request("tools.invoke", params)
        except TimeoutError:
            raise ToolFailed(f"{name} gave no result within {seconds:g} s") from None
        invoked = read_payload(_Invoked, answer, "the answer to tools.invoke")
        if invoked.ok and invoked.output is not None:
            details = invoked.output.details
            return ToolResult(
                "\n".join(part.text for part in invoked.output.content),
                details if isinstance(details, dict) else {},
            )
        failure = invoked.error or _Failure()
        if failure.code == _NOT_FOUND:
            raise ToolMissing(missing_text(session_agent(session_key), (name,)))
        raise ToolFailed(f"{name} failed: {failure.message or failure.code or 'no reason given'}")

    async def look(self) -> tuple[str, ...] | None:
        """The allowed tools that the agent does not have; None while it has no session yet, from
        which alone the Gateway tells its tools.

        Raises:
            NotConnected, GatewayRefused, GatewayUnreachable, RequestFailed: the request failed.
        """
        return await self._look(await self._gateway.ready())

    async def _look(self, connection: GatewayConnection) -> tuple[str, ...] | None:
        listed = await connection.request("sessions.list", {"agentId": self._agent_id})
        sessions = read_payload(_Sessions, listed, "the answer to sessions.list").sessions
        keys = [each.key for each in sessions if session_agent(each.key) == self._agent_id]
        if not keys:
            return None
        answer = await connection.request("tools.effective", {"sessionKey": keys[0]})
        groups = read_payload(_Effective, answer, "the answer to tools.effective").groups
        held = {tool.id for group in groups for tool in group.tools}
        return tuple(name for name in self.settings.allow if name not in held)

    def _connected(self, connection: GatewayConnection) -> None:
        self._tasks.spawn(self._check(connection), "look for the imported tools")

    async def _check(self, connection: GatewayConnection) -> None:
        try:
            missing = await self._look(connection)
        except RequestFailed as refused:
            log.info("which tools the agent has is unknown: %s", refused)
            return
        except OpenClawError as error:
            log.debug("%s", error)
            return
        if missing:
            log.warning("%s", missing_text(self._agent_id, missing))
        self.missing = missing or ()


def missing_text(agent: str, names: tuple[str, ...]) -> str:
    """What to do about tools that an agent does not have."""
    quoted = ", ".join(f'"{name}"' for name in names)
    return (
        f"the agent {agent} does not have {', '.join(names)}: list {quoted} in tools.alsoAllow of "
        "openclaw.json, and set up what it needs (openclaw configure)"
    )

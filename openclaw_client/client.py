"""The client that the rest of the bot, and a five-line script, talks to.

client = create_client(base_url="http://127.0.0.1:18789", auth_token="...", agent_id="main")
await client.connect()
reply = await client.send_message(agent="jarvis", message="What time is it?", speaker="alice")
await client.disconnect()
"""

from __future__ import annotations

import logging
import random
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing, suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from pydantic import SecretStr

from openclaw_client.clock import Clock
from openclaw_client.errors import OpenClawError
from openclaw_client.identity.device_store import DeviceStore
from openclaw_client.node.invocation import NodeList, NodeRow
from openclaw_client.protocol.frames import AgentInfo, AgentsList, read_payload
from openclaw_client.runs.run import TextDelta
from openclaw_client.runs.turn import TurnRequest
from openclaw_client.runs.turns import Turns
from openclaw_client.session_keys import SessionScope, aside_key, check_agent_id, session_key
from openclaw_client.settings import OpenClawConfig
from openclaw_client.stats import GatewayStats
from openclaw_client.transport.connection import GatewayConnection
from openclaw_client.transport.reconnecting import ConnectionStatus, ReconnectingConnection
from openclaw_client.turn_text import SpeakerRef, frame_message, speaker_ref
from tasks import OwnedTasks

log = logging.getLogger(__name__)

SpeakerLike = str | SpeakerRef | tuple[str | int, str]
"""A name that serves as id too, or (id, name)."""


OnAgents = Callable[[Sequence[AgentInfo]], None]


class Gateway:
    """The one connection and all turns over it; what the clients of all guilds share."""

    def __init__(
        self,
        config: OpenClawConfig,
        *,
        clock: Clock | None = None,
        chance: Callable[[], float] | None = None,
        devices: DeviceStore | None = None,
    ) -> None:
        self.config = config
        self.link = ReconnectingConnection(
            config,
            clock=clock,
            chance=chance or random.random,
            devices=devices,
            on_up=self._came_up,
        )
        self.turns = Turns(self.link)
        self._connection: GatewayConnection | None = None
        self._on_agents: list[OnAgents] = []
        self._tasks = OwnedTasks(log)

    def start(self) -> None:
        """Connect in the background, and keep trying."""
        self.link.start()

    async def connect(self) -> None:
        """Connect, and wait until the Gateway has said hello.

        Raises:
            GatewayRefused: it will not have us, and waiting alone does not mend that.
            GatewayUnreachable: nobody answered within ``retry_timeout``.
        """
        self.link.start()
        await self.link.ready(self.config.retry_timeout)

    async def list_agents(self) -> list[AgentInfo]:
        """The agents that there are; errors as for ``OpenClawClient.list_agents``."""
        return await _agents_of(await self.link.ready(self.config.retry_timeout))

    def on_agents(self, listener: OnAgents) -> None:
        """Have ``listener`` told the Gateway's agents, now and after each connect; it may neither
        block nor raise."""
        self._on_agents.append(listener)
        if self._connection is not None and not self._connection.ended:
            self._came_up(self._connection)

    def _came_up(self, connection: GatewayConnection) -> None:
        self._connection = connection
        if self._on_agents:
            self._tasks.cancel()
            self._tasks.spawn(self._tell_agents(connection), "tell the agents")

    async def _tell_agents(self, connection: GatewayConnection) -> None:
        try:
            agents = await _agents_of(connection)
        except OpenClawError as error:
            log.info("the Gateway did not name its agents: %s", error)
            return
        for listener in self._on_agents:
            listener(agents)

    async def retry(self) -> ConnectionStatus:
        """See ``OpenClawClient.retry``."""
        with suppress(OpenClawError):
            await self.connect()
        return self.link.status

    async def node(self, node_id: str) -> NodeRow | None:
        """A node as the Gateway lists it; None if it does not.

        Raises:
            NotConnected, GatewayRefused, GatewayUnreachable, RequestFailed: it could not be asked.
        """
        connection = await self.link.ready(self.config.retry_timeout)
        answer = await connection.request("node.list", {})
        rows = read_payload(NodeList, answer, "the answer to node.list").nodes
        return next((row for row in rows if row.node_id == node_id), None)

    async def close(self) -> None:
        """Abort what runs, then disconnect."""
        self._tasks.cancel()
        await self._tasks.wait()
        await self.turns.stop_all("the client disconnects")
        await self.link.close()
        await self.turns.settle()
        if self.link.stats.turns_started:
            log.info("%s: %s", self.config.ws_url, self.link.stats)


async def _agents_of(connection: GatewayConnection) -> list[AgentInfo]:
    answer = await connection.request("agents.list", {})
    listed = read_payload(AgentsList, answer, "the answer to agents.list")
    rows = {agent.id: agent for agent in listed.agents}
    return [AgentInfo(row.id, row.name, row.id == listed.default_id) for row in rows.values()]


class OpenClawClient:
    """Turns with the agents of one Gateway, as one guild or one script sees them.

    A client of its own owns its connection. Those that ``PerGuildOpenClawClient`` hands out share
    one: connecting any of them connects it, disconnecting ends only the guild's own turns.
    """

    def __init__(
        self,
        config: OpenClawConfig,
        *,
        gateway: Gateway | None = None,
        guild_id: str | None = None,
        clock: Clock | None = None,
        devices: DeviceStore | None = None,
    ) -> None:
        """``devices`` is where the device key is kept; without one there is none, and nothing is
        written."""
        self.config = config
        self.guild_id = guild_id
        self._gateway = gateway or Gateway(config, clock=clock, devices=devices)
        self._owns_gateway = gateway is None

    @property
    def status(self) -> ConnectionStatus:
        """State of the connection, for an operator."""
        return self._gateway.link.status

    @property
    def stats(self) -> GatewayStats:
        return self._gateway.link.stats

    async def connect(self) -> None:
        """Connect, and stay connected from here on.

        Raises:
            GatewayRefused: the Gateway will not have us; the text says what to do.
            GatewayUnreachable: nobody answered within ``retry_timeout``.
        """
        try:
            await self._gateway.connect()
        except BaseException:
            if self._owns_gateway:
                await self._gateway.close()
            raise

    async def retry(self) -> ConnectionStatus:
        """Try again at a user's word, without a restart, and say what came of it.

        After a key that was refused (state ``STOPPED``) no attempt is made until this, or
        ``connect``, is called: somebody has to mend first what ``status.problem`` names. While
        attempts go on anyway, the next one is made at once; while the connection is up, it changes
        nothing. It takes ``retry_timeout`` at most, and attempts go on after it unless the key is
        refused again.
        """
        return await self._gateway.retry()

    async def disconnect(self) -> None:
        """Abort this client's turns; close the connection if it is this client's own."""
        if self._owns_gateway:
            await self._gateway.close()
        else:
            await self._gateway.turns.stop_all("the guild was removed", owner=self)

    async def send_message(
        self,
        agent: str | None,
        message: str,
        context: str = "",
        speaker: SpeakerLike = "user",
        *,
        timeout: float | None = None,
        interrupt: bool = False,
        channel_id: str | int | None = None,
        present: Sequence[str] = (),
        aside: str | None = None,
    ) -> str:
        """Ask, and wait for the whole answer. Parameters and errors as for ``stream``."""
        text = ""
        deltas = self.stream(
            agent,
            message,
            context=context,
            speaker=speaker,
            timeout=timeout,
            interrupt=interrupt,
            channel_id=channel_id,
            present=present,
            aside=aside,
        )
        async with aclosing(deltas):
            async for delta in deltas:
                text = delta.text if delta.replace else text + delta.text
        return text

    def stream(
        self,
        agent: str | None,
        message: str,
        *,
        context: str = "",
        speaker: SpeakerLike,
        timeout: float | None = None,
        interrupt: bool = False,
        channel_id: str | int | None = None,
        present: Sequence[str] = (),
        asked_ago_s: float = 0.0,
        aside: str | None = None,
    ) -> AsyncGenerator[TextDelta, None]:
        """Ask, and get the answer while it is written. Nothing is sent before the first step.

        Turns of one session are answered one after the other. Closing the generator (``aclosing``),
        or cancelling the task that waits in it, returns at once and aborts the run at the Gateway.

        Args:
            agent: its id; the configured ``agent_id`` if None.
            message: the words that were said.
            context: facts about the room, passed on as data.
            speaker: whose words they are; the id names the session.
            timeout: seconds for the whole answer, from when it is sent; ``timeout`` of the settings
                if None.
            interrupt: stop the session's running turn and take its place.
            channel_id: the text channel to share memory with, for session scope ``channel``.
            present: the names of the people in the room, the speaker among them.
            asked_ago_s: how long ago the words were said; it counts against ``retry_timeout``.
            aside: what this is about, if it is no part of the conversation: it then goes to a
                session of its own, whatever the scope.

        Raises:
            ValueError: at once, for an impossible agent, an empty message, or an id that the
                session scope needs and does not have.
            NotConnected, GatewayRefused, GatewayUnreachable: no connection to send it over.
            TurnFailed, TurnTimeout, TurnAborted, TurnLost: it gave no whole answer.
        """
        who = speaker_ref(speaker)
        name = check_agent_id(agent if agent is not None else self.config.agent_id)
        seconds = self.config.timeout if timeout is None else timeout
        if seconds <= 0:
            raise ValueError(f"a turn's timeout must be positive, not {seconds:g} s")
        if aside is not None:
            key = aside_key(name, aside, user_id=who.id, guild_id=self.guild_id)
        else:
            key = self.session_key(name, who, channel_id)
        text = frame_message(message, who, context, present)
        request = TurnRequest(key, name, text, seconds)
        return self._gateway.turns.stream(
            request, owner=self, interrupt=interrupt, asked_ago_s=asked_ago_s
        )

    def session_key(
        self, agent: str, speaker: SpeakerLike, channel_id: str | int | None = None
    ) -> str:
        """The session that a turn of theirs belongs to.

        Raises:
            ValueError: the session scope needs an id that is not there.
        """
        return session_key(
            self.config.session_scope,
            agent,
            user_id=speaker_ref(speaker).id,
            guild_id=self.guild_id,
            channel_id=None if channel_id is None else str(channel_id),
        )

    async def list_agents(self) -> list[AgentInfo]:
        """The agents that the Gateway has.

        Raises:
            NotConnected, GatewayRefused, GatewayUnreachable, RequestFailed: it could not be asked.
        """
        return await self._gateway.list_agents()

    async def node(self, node_id: str) -> NodeRow | None:
        """A node as the Gateway lists it; errors as for ``list_agents``."""
        return await self._gateway.node(node_id)

    async def __aenter__(self) -> Self:
        await self.connect()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.disconnect()


def create_client(
    base_url: str,
    auth_token: str,
    agent_id: str = "main",
    *,
    timeout: float = 60.0,
    retry_timeout: float = 15.0,
    session_scope: SessionScope | str = SessionScope.USER,
    allow_insecure: bool = False,
    state_dir: Path | None = None,
    ca_file: Path | None = None,
    tls_fingerprint: str = "",
) -> OpenClawClient:
    """A client with a connection of its own, not yet connected.

    With a ``state_dir`` it has a device key there, which a Gateway on another machine asks for.
    Without one it has none, and writes no file. ``ca_file`` and ``tls_fingerprint`` are for a
    Gateway that signs its own certificate (`OpenClawConfig`).

    Raises:
        pydantic.ValidationError: a value is out of its range; the text names it.
    """
    return OpenClawClient(
        OpenClawConfig(
            base_url=base_url,
            auth_token=SecretStr(auth_token),
            agent_id=agent_id,
            timeout=timeout,
            retry_timeout=retry_timeout,
            session_scope=SessionScope(session_scope),
            allow_insecure=allow_insecure,
            state_dir=state_dir,
            ca_file=ca_file,
            tls_fingerprint=tls_fingerprint,
        ),
        devices=None if state_dir is None else DeviceStore(state_dir),
    )

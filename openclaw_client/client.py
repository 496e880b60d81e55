"""The client of one Gateway, for the bot and for scripts.

client = create_client(base_url="http://127.0.0.1:18789", auth_token="...", agent_id="main")
await client.connect()
reply = await client.send_message(agent="jarvis", message="What time is it?", speaker="alice")
await client.disconnect()
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from pathlib import Path
from types import TracebackType
from typing import Self, Unpack

from pydantic import SecretStr

from openclaw_client.clock import Clock
from openclaw_client.gateway import Gateway, GatewayClient
from openclaw_client.identity.device_store import DeviceStore
from openclaw_client.runs.run_reducer import TextDelta
from openclaw_client.runs.turn import TurnRequest
from openclaw_client.session_keys import SessionScope, check_agent_id, session_key, side_session_key
from openclaw_client.settings import OpenClawConfig
from openclaw_client.turn_text import (
    EarlierLine,
    SpeakerRef,
    TurnFacts,
    frame_message,
    speaker_ref,
)

SpeakerLike = str | SpeakerRef | tuple[str | int, str]
"""A name that also serves as the id, or (id, name)."""


class OpenClawClient(GatewayClient):
    """Turns with the agents of one Gateway, for one guild or one script.

    A client made alone owns its connection. The clients of ``PerGuildOpenClawClient`` share one:
    connecting any of them connects it, disconnecting one ends only its guild's turns.
    """

    def __init__(
        self,
        config: OpenClawConfig,
        *,
        gateway: Gateway | None = None,
        guild_id: str | None = None,
        clock: Clock | None = None,
        devices: DeviceStore | None = None,
        scope: Callable[[], SessionScope] | None = None,
    ) -> None:
        """``devices`` stores the device key; without it there is no key, and nothing is written.
        ``scope`` returns the session scope of the next turn; without it that of ``config``."""
        super().__init__(gateway or Gateway(config, clock=clock, devices=devices))
        self.guild_id = guild_id
        self._scope = scope or (lambda: config.session_scope)
        self._owns_gateway = gateway is None

    async def connect(self) -> None:
        """Connect, and stay connected.

        Raises:
            GatewayRefused: the Gateway refused the connection; the text says what to do.
            GatewayUnreachable: no answer within ``retry_timeout``.
        """
        try:
            await super().connect()
        except BaseException:
            if self._owns_gateway:
                await self._gateway.close()
            raise

    async def disconnect(self) -> None:
        """Abort this client's turns; close the connection if this client owns it."""
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
        earlier: Sequence[EarlierLine] = (),
        side_session: str | None = None,
    ) -> str:
        """Send a message and wait for the whole answer. Arguments and errors as for ``stream``."""
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
            earlier=earlier,
            side_session=side_session,
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
        speaker: SpeakerLike,
        timeout: float | None = None,
        interrupt: bool = False,
        channel_id: str | int | None = None,
        asked_ago_s: float = 0.0,
        side_session: str | None = None,
        **facts: Unpack[TurnFacts],
    ) -> AsyncGenerator[TextDelta, None]:
        """Send a message and stream the answer. Nothing is sent before the first step.

        Turns of one session run one after the other. Closing the generator (``aclosing``), or
        cancelling the task that reads it, returns at once and aborts the run at the Gateway.

        Args:
            agent: the agent's id; the configured ``agent_id`` if None.
            message: the words that were said.
            speaker: the speaker; the id selects the session.
            timeout: seconds for the whole answer, counted from ``chat.send``; the configured
                ``timeout`` if None.
            interrupt: stop the session's running turn and run this one instead.
            channel_id: the text channel that shares the session, for session scope ``channel``.
            asked_ago_s: seconds since the words were said; they count against ``retry_timeout``.
            side_session: the purpose of a request outside the conversation. It then goes to a side
                session, whatever the session scope.
            facts: about the room, passed on as data.

        Raises:
            ValueError: at once, for an invalid agent id, an empty message, or a missing id that
                the session scope needs.
            NotConnected, GatewayRefused, GatewayUnreachable: no connection to send it over.
            TurnFailed, TurnTimeout, TurnAborted, TurnLost: no whole answer came.
        """
        who = speaker_ref(speaker)
        name = check_agent_id(agent if agent is not None else self.config.agent_id)
        seconds = self.config.timeout if timeout is None else timeout
        if seconds <= 0:
            raise ValueError(f"a turn's timeout must be positive, not {seconds:g} s")
        key = self._key_of(name, who, channel_id, side_session)
        text = frame_message(message, who, **facts)
        declinable = facts.get("doubt") is not None
        request = TurnRequest(key, name, text, seconds, declinable=declinable)
        return self._gateway.turns.stream(
            request, owner=self, interrupt=interrupt, asked_ago_s=asked_ago_s
        )

    def session_key(
        self, agent: str, speaker: SpeakerLike, channel_id: str | int | None = None
    ) -> str:
        """The key of the session for a turn of this speaker.

        Raises:
            ValueError: the session scope needs an id that is missing.
        """
        return session_key(
            self._scope(),
            agent,
            user_id=speaker_ref(speaker).id,
            guild_id=self.guild_id,
            channel_id=None if channel_id is None else str(channel_id),
        )

    def _key_of(
        self, agent: str, who: SpeakerRef, channel_id: str | int | None, side_session: str | None
    ) -> str:
        """The key of the conversation, or of the side session."""
        if side_session is not None:
            return side_session_key(agent, side_session, user_id=who.id, guild_id=self.guild_id)
        return self.session_key(agent, who, channel_id)

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
    """A client with its own connection, not yet connected.

    With a ``state_dir`` it keeps a device key there, which a Gateway on another machine requires.
    Without one it has no key and writes no file. ``ca_file`` and ``tls_fingerprint`` are for a
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

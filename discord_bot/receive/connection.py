"""discord.py's voice connection, with fixes for its faults.

Only this module and `udp` use private names of discord.py 2.7 for receiving.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Iterator, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from discord.errors import ConnectionClosed, DiscordException
from discord.utils import MISSING
from discord.voice_state import ConnectionFlowState, VoiceConnectionState

from discord_bot.call.voice_state_requests import VoiceStateRequests, voice_state_requests
from discord_bot.receive.errors import CallRefused
from discord_bot.receive.udp import Reader, discover_address
from translations import Text, message

if TYPE_CHECKING:
    import discord
    from discord.abc import Snowflake
    from discord.gateway import DiscordVoiceWebSocket
    from discord.types.voice import GuildVoiceState
    from discord.voice_state import SocketReader

    from discord_bot.receive.dave import DaveSession

log = logging.getLogger(__name__)

_FINAL: Final = MappingProxyType(
    {
        # Translators: completes "I could not join #General: ..."
        4012: message("the voice server does not know my protocol; a newer version of the bot may"),
        # Translators: completes "I could not join #General: ..."
        4016: message(
            "the voice server does not know my transport encryption; a newer version of the bot may"
        ),
        # Translators: completes "I could not join #General: ..."
        4017: message(
            "the voice server requires end-to-end encryption (DAVE); the operator of this bot "
            "should check that davey is installed"
        ),
    }
)
"""Close codes after which discord.py would retry without end or success, and why."""
_REMOVED: Final = (4014, 4022)
"""Close codes after a member's action: a kick, a deleted channel, or a move."""
_OUTSIDE: Final = (ConnectionFlowState.disconnected, ConnectionFlowState.set_guild_voice_state)
"""States before or after a call: an update can only be about an earlier call."""
_ABNORMAL: Final = 1006
_SESSION_RESUMABLE_S: Final = 15.0
"""The least time that a voice session outlives its connection; it can be resumed until then."""


class ReceiveConnection(VoiceConnectionState):
    """Reads its socket with `Reader`, and records why joining failed."""

    _closed_after_kick = False
    """Whether the voice server closed the connection as it does after a kick."""
    last_message_at = 0.0
    """The loop's time of the voice server's latest message; one comes every 5 s."""
    _shown_at = 0.0
    """The loop's time at which Discord last showed the bot in a channel."""
    _removed = False
    _removed_by_member = False
    over = False
    """Whether it was disconnected for good."""

    @property
    def _socket_reader(self) -> SocketReader:
        return self.reader

    @_socket_reader.setter
    def _socket_reader(self, stock: SocketReader) -> None:
        # discord.py assigns its own reader, then starts the one that it finds here. A running
        # reader cannot be replaced: it forgets a stop before its first step, and runs on.
        self.reader = Reader(self)
        self.trouble: Text | None = None
        """Why the latest attempt to join failed, as far as it is known."""
        self.close_code: int | None = None
        """The code with which the voice server last closed the connection."""

    async def voice_state_update(self, data: GuildVoiceState) -> None:
        channel_id: str | int | None = data["channel_id"]
        if channel_id is None and not self._ends_this_call():
            # Taken for a kick, it would make connect() wait until its timeout.
            log.debug("ignored a leave event that belongs to an earlier call")
            return
        if channel_id is not None:
            self._shown_at = self._now()
        await super().voice_state_update(data)

    async def connect(self, *, wait: bool = True, **how: Any) -> None:
        await super().connect(wait=wait, **how)
        if not wait and self._connector is not None:
            # discord.py logs the error of this task, and never awaits it.
            self._connector.add_done_callback(lambda task: task.cancelled() or task.exception())

    async def _connect(
        self, reconnect: bool, timeout: float, self_deaf: bool, self_mute: bool, resume: bool
    ) -> None:
        # discord.py waits in a separate task: see `_raise_if_cancelled`.
        async with asyncio.timeout(timeout):
            await self._inner_connect(
                reconnect=reconnect, self_deaf=self_deaf, self_mute=self_mute, resume=resume
            )
        self._check_not_over()
        if not self._runner:
            self._runner = self.voice_client.loop.create_task(
                self._poll_voice_ws(reconnect), name="Voice websocket poller"
            )

    # -- requests ----------------------------------------------------------------------------

    async def _voice_connect(self, *, self_deaf: bool = False, self_mute: bool = False) -> None:
        self._check_not_over()
        with self._requesting(self.voice_client.channel.id):
            await super()._voice_connect(self_deaf=self_deaf, self_mute=self_mute)

    async def _voice_disconnect(self) -> None:
        in_guild = self.voice_client.client.get_guild(self.guild.id) is not None
        if self._removed or not in_guild:  # an unanswered leave request would match the next kick
            self.state = ConnectionFlowState.disconnected
            return
        try:
            with self._requesting(None):
                await super()._voice_disconnect()
        except (OSError, DiscordException) as e:
            # The gateway is offline. Raised, the error would leave the websocket open and alive.
            log.debug("could not ask Discord to leave: %s", e)

    async def _move_to(self, channel: Snowflake) -> None:
        with self._requesting(channel.id):
            await super()._move_to(channel)

    @contextlib.contextmanager
    def _requesting(self, channel_id: int | None) -> Iterator[None]:
        self._requests.add(self.guild.id, channel_id, self._now())
        try:
            yield
        except BaseException:
            self._requests.drop_latest(self.guild.id)
            raise

    @property
    def _requests(self) -> VoiceStateRequests:
        return voice_state_requests(self.voice_client.client)

    def _now(self) -> float:
        return self.voice_client.loop.time()

    # -- state -------------------------------------------------------------------------------

    @property
    def removed_by_member(self) -> bool:
        """Whether a member, not an outage, removed the bot from the channel.

        True unless the connection was lost before: Discord then ends the session by itself.
        """
        return (
            self._removed_by_member
            or self._closed_after_kick
            or (self.ws is not MISSING and self._was_connected())
        )

    def _ends_this_call(self) -> bool:
        """Whether a leave event is about this connection."""
        requests, own_leave = self._requests, self._expecting_disconnect
        if requests.matched:
            own_leave = requests.expects_leave(self.guild.id, self._now())
        if own_leave:
            return self._expecting_disconnect
        if self.state in _OUTSIDE:
            return False
        self._removed, self._expecting_disconnect = True, False
        self._removed_by_member = self.ws is MISSING or self._was_connected()
        return True

    def _was_connected(self) -> bool:
        """Whether the voice session lasted until now, by its latest message and its close code."""
        code = self.ws.ws.close_code
        if code in (None, _ABNORMAL):
            return self._now() - self.last_message_at < _SESSION_RESUMABLE_S
        # A kick while the bot connects makes its token invalid: the voice server then refuses it.
        joining = self.ws.secret_key is None
        just_shown = self._now() - self._shown_at < _SESSION_RESUMABLE_S
        return code in _REMOVED or (joining and just_shown)

    async def _wait_for_state(
        self,
        state: ConnectionFlowState,
        *other_states: ConnectionFlowState,
        timeout: float | None = None,
    ) -> None:
        # discord.py waits in a separate task, and misses a change before that task's first step.
        # A move to another channel then takes until the timeout.
        async with asyncio.timeout(timeout):
            while self.state not in (state, *other_states):
                self._check_not_over()
                await self._state_event.wait()

    async def _connect_websocket(self, resume: bool) -> DiscordVoiceWebSocket:
        if not resume and self.ws is not MISSING:
            # A new session counts its messages from 0; discord.py would continue to acknowledge
            # those of the one before.
            self.ws.seq_ack = -1
        ws = await super()._connect_websocket(resume)
        self.last_message_at = self._now()  # a kick may come before its first message
        vars(ws)["discover_ip"] = lambda: discover_address(self)
        vars(ws)["poll_event"] = lambda: _poll_event(ws)
        return ws

    def _create_socket(self) -> None:
        if self.socket is not MISSING:
            self.socket.close()  # discord.py leaves it open at a move
        super()._create_socket()

    async def _handshake_websocket(self) -> None:
        try:
            await super()._handshake_websocket()
        except ConnectionClosed as e:
            self.close_code = e.code
            # Translators: completes "I could not join #General: ..."
            self.trouble = message(
                "the voice server closed the connection with code {code}", code=str(e.code)
            )
            if e.code in _FINAL:
                raise CallRefused(_FINAL[e.code], e.code) from e
            raise
        except asyncio.CancelledError:
            if self.endpoint_ip and not self.ip:
                # Translators: completes "I could not join #General: ..."
                self.trouble = message(
                    "the voice server at {address} does not answer over UDP: a firewall may block "
                    "it",
                    address=f"{self.endpoint_ip}:{self.voice_port}",
                )
            raise
        self.trouble = None

    async def disconnect(
        self, *, force: bool = True, cleanup: bool = True, wait: bool = False
    ) -> None:
        if not cleanup:  # the connector after a failed attempt
            self._check_not_over()
        else:
            self.over = True
            # A closed connection must not continue to connect: it would finally leave the call that
            # a later connection has joined.
            for task in (self._runner, self._connector):
                if task is not None and task is not asyncio.current_task():
                    task.cancel()
        await super().disconnect(force=force, cleanup=cleanup, wait=wait)

    def _check_not_over(self) -> None:
        """End the task of a connection that was disconnected for good."""
        if self.over:
            raise asyncio.CancelledError

    async def _potential_reconnect(self) -> bool:
        self._closed_after_kick = True  # or after a move; Discord's gateway has not said yet which
        connected = await super()._potential_reconnect()
        self._closed_after_kick = not connected
        return connected

    async def _poll_voice_ws(self, reconnect: bool) -> None:
        try:
            await super()._poll_voice_ws(reconnect)
        except CallRefused as e:
            log.error("Not reconnecting: %s", e)
            await self.disconnect()
        except Exception as error:
            # discord.py never awaits this task. The supervisor joins again.
            if self.state is ConnectionFlowState.disconnected:
                log.debug("the voice websocket was closed during an answer: %s", error)
                return
            log.exception("the voice websocket failed")
            await self.disconnect()


async def _poll_event(ws: DiscordVoiceWebSocket) -> None:
    await type(ws).poll_event(ws)
    _raise_if_cancelled()


def _raise_if_cancelled() -> None:
    """End a task whose cancellation was lost.

    Before Python 3.12, `asyncio.wait_for` loses it where what it waits for ends at the same moment,
    a message of the websocket for example. The task of a connection that was given up would then
    keep running, beside that of the next one.
    """
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError


class DiscordCallState:
    """The `CallState` of a discord.py client. Nothing is cached: all of it changes in place."""

    def __init__(self, client: discord.VoiceClient) -> None:
        self._client = client

    @property
    def mode(self) -> str:
        mode = self._client.mode
        return "" if mode is MISSING else mode

    @property
    def key(self) -> Sequence[int]:
        key = self._client.secret_key
        return () if key is MISSING else key

    @property
    def dave_version(self) -> int:
        return self._client._connection.dave_protocol_version

    @property
    def dave_session(self) -> DaveSession | None:
        return self._client._connection.dave_session

    @property
    def own_id(self) -> int:
        return self._client.user.id

    @property
    def lost(self) -> bool:
        gateway = self._client.ws
        if not self._client.is_connected() or gateway is MISSING:
            return False
        # discord.py leaves the socket open after a close frame; only the code shows it.
        return gateway.ws.closed or gateway.ws.close_code is not None

    def others(self) -> set[int]:
        channel = self._channel
        return set() if channel is None else set(channel.voice_states) - {self.own_id}

    def is_bot(self, user_id: int) -> bool:
        channel = self._channel
        member = None if channel is None else channel.guild.get_member(user_id)
        return member is not None and member.bot

    @property
    def _channel(self) -> discord.VoiceChannel | discord.StageChannel | None:
        return self._client.channel  # None after the channel was deleted

"""discord.py's voice connection, with its traps defused and its insides read in one place.

Whatever is private in discord.py 2.7 and used for receiving is used here and in `reader`.
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

from discord_bot.call.own_moves import OwnMoves, own_moves
from discord_bot.receive.errors import CallRefused
from discord_bot.receive.reader import Reader

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
        4012: "it does not know our protocol; a newer version of the bot may",
        4016: "it does not know our transport encryption; a newer version of the bot may",
        4017: "it requires end-to-end encryption (DAVE); check that davey is installed",
    }
)
"""Close codes after which discord.py would try again for ever, to no use."""
_SENT_AWAY: Final = (4014, 4022)
"""Close codes after a member's act: a kick, a deleted channel, or a move."""
_OUTSIDE: Final = (ConnectionFlowState.disconnected, ConnectionFlowState.set_guild_voice_state)
"""States in which Discord has not let us in, or no longer does: only an earlier call can end."""
_ABNORMAL: Final = 1006
_SESSION_LASTS_S: Final = 15.0
"""So long at least a voice session outlives its connection, in which it can be resumed."""


class ReceiveConnection(VoiceConnectionState):
    """Reads its socket with `Reader`, and knows why joining failed."""

    _sent_away = False
    """The voice server closed the connection as it does after a kick."""
    last_word_at = 0.0
    """When the voice server last said something, in the loop's seconds; it does every 5 s."""
    _out = False
    _put_out = False

    @property
    def _socket_reader(self) -> SocketReader:
        return self.reader

    @_socket_reader.setter
    def _socket_reader(self, stock: SocketReader) -> None:
        # discord.py assigns its own reader and starts what it then finds here. Exchanging a reader
        # that runs would leave its thread behind: a stop before its first step is forgotten.
        self.reader = Reader(self)
        self.trouble: str | None = None
        """Why the latest attempt to join failed, as far as can be told."""
        self.close_code: int | None = None
        """The voice server's reason for closing, the latest time it did."""

    async def voice_state_update(self, data: GuildVoiceState) -> None:
        channel_id: str | int | None = data["channel_id"]
        if channel_id is None and not self._ends_this_call():
            # Taken for a kick, it would leave connect() waiting until its timeout.
            log.debug("an earlier call's end arrived in the next")
            return
        await super().voice_state_update(data)

    async def connect(self, *, wait: bool = True, **how: Any) -> None:
        await super().connect(wait=wait, **how)
        if not wait and self._connector is not None:
            # discord.py has logged what it fails of, and awaits it nowhere.
            self._connector.add_done_callback(lambda task: task.cancelled() or task.exception())

    # -- what we ask of Discord ----------------------------------------------------------------

    async def _voice_connect(self, *, self_deaf: bool = False, self_mute: bool = False) -> None:
        with self._asking(self.voice_client.channel.id):
            await super()._voice_connect(self_deaf=self_deaf, self_mute=self_mute)

    async def _voice_disconnect(self) -> None:
        in_guild = self.voice_client.client.get_guild(self.guild.id) is not None
        if self._out or not in_guild:  # a leave that nothing answers would explain the next kick
            self.state = ConnectionFlowState.disconnected
            return
        try:
            with self._asking(None):
                await super()._voice_disconnect()
        except (OSError, DiscordException) as e:
            # The gateway is away. Passed on, it would leave the websocket open, and beating.
            log.debug("could not ask Discord to leave: %s", e)

    async def _move_to(self, channel: Snowflake) -> None:
        with self._asking(channel.id):
            await super()._move_to(channel)

    @contextlib.contextmanager
    def _asking(self, channel_id: int | None) -> Iterator[None]:
        self._moves.asked(self.guild.id, channel_id, self._now())
        try:
            yield
        except BaseException:
            self._moves.unsent(self.guild.id)
            raise

    @property
    def _moves(self) -> OwnMoves:
        return own_moves(self.voice_client.client)

    def _now(self) -> float:
        return self.voice_client.loop.time()

    # -- how it stands ---------------------------------------------------------------------------

    @property
    def put_out(self) -> bool:
        """Whether a member, not an outage, put the bot out of the channel.

        It is, unless the connection had broken before: Discord then ends the session by itself.
        """
        return self._put_out or self._sent_away or (self.ws is not MISSING and self._was_there())

    def _ends_this_call(self) -> bool:
        """Whether an event that we are in no channel is about this connection."""
        moves, own_leave = self._moves, self._expecting_disconnect
        if moves.attended:
            own_leave = moves.expects_leave(self.guild.id, self._now())
        if own_leave:
            return self._expecting_disconnect
        if self.state in _OUTSIDE:
            return False
        self._out, self._expecting_disconnect = True, False
        self._put_out = self.ws is MISSING or self._was_there()
        return True

    def _was_there(self) -> bool:
        """Whether we were in the call at the voice server's latest word, and that still holds."""
        code = self.ws.ws.close_code
        if code in (None, _ABNORMAL):
            return self._now() - self.last_word_at < _SESSION_LASTS_S
        return code in _SENT_AWAY

    async def _wait_for_state(
        self,
        state: ConnectionFlowState,
        *other_states: ConnectionFlowState,
        timeout: float | None = None,
    ) -> None:
        # discord.py waits in a task of its own, and misses a change before that task's first step:
        # then a move to another channel takes until the timeout.
        async with asyncio.timeout(timeout):
            while self.state not in (state, *other_states):
                await self._state_event.wait()

    async def _connect_websocket(self, resume: bool) -> DiscordVoiceWebSocket:
        if not resume and self.ws is not MISSING:
            # A new session counts its messages from the beginning; discord.py would go on
            # acknowledging those of the one before.
            self.ws.seq_ack = -1
        return await super()._connect_websocket(resume)

    def _create_socket(self) -> None:
        if self.socket is not MISSING:
            self.socket.close()  # a move would leave it open
        super()._create_socket()

    async def _handshake_websocket(self) -> None:
        try:
            await super()._handshake_websocket()
        except ConnectionClosed as e:
            self.close_code = e.code
            self.trouble = f"the voice server closed the connection with code {e.code}"
            if e.code in _FINAL:
                raise CallRefused(f"{self.trouble}: {_FINAL[e.code]}.", e.code) from e
            raise
        except asyncio.CancelledError:
            if self.endpoint_ip and not self.ip:
                self.trouble = (
                    f"the voice server at {self.endpoint_ip}:{self.voice_port} does not answer "
                    "over UDP: a firewall may block it"
                )
            raise
        self.trouble = None

    async def disconnect(
        self, *, force: bool = True, cleanup: bool = True, wait: bool = False
    ) -> None:
        if cleanup:
            # Given up, it must not go on connecting: it would at last leave the call that a later
            # connection has joined.
            for task in (self._runner, self._connector):
                if task is not None and task is not asyncio.current_task():
                    task.cancel()
        await super().disconnect(force=force, cleanup=cleanup, wait=wait)

    async def _potential_reconnect(self) -> bool:
        self._sent_away = True  # or moved; Discord's gateway has yet to say which
        there = await super()._potential_reconnect()
        self._sent_away = not there
        return there

    async def _poll_voice_ws(self, reconnect: bool) -> None:
        try:
            await super()._poll_voice_ws(reconnect)
        except CallRefused as e:
            log.error("Not reconnecting: %s", e)
            await self.disconnect()
        except Exception as error:
            # The edge of discord.py's task, which is never awaited. The supervisor joins again.
            if self.state is ConnectionFlowState.disconnected:
                log.debug("the voice websocket was closed while something was answered: %s", error)
                return
            log.exception("the voice websocket failed")
            await self.disconnect()


class LiveCall:
    """A `Call` as discord.py has it this moment. Nothing is kept: all of it changes in place."""

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
        # discord.py leaves the socket open after a close frame: only the code tells of it.
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
        return self._client.channel  # None after a channel was deleted under us

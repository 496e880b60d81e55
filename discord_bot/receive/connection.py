"""discord.py's voice connection, with its traps defused and its insides read in one place.

Whatever is private in discord.py 2.7 and used for receiving is used here and in `reader`.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from discord.errors import ConnectionClosed
from discord.utils import MISSING
from discord.voice_state import ConnectionFlowState, VoiceConnectionState

from discord_bot.receive.errors import CallRefused
from discord_bot.receive.reader import Reader

if TYPE_CHECKING:
    import discord
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


class Connection(VoiceConnectionState):
    """Reads its socket with `Reader`, and knows why joining failed."""

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
        asking = self.state in (
            ConnectionFlowState.disconnected,
            ConnectionFlowState.set_guild_voice_state,
        )
        if channel_id is None and asking and self.ws is MISSING and not self._expecting_disconnect:
            # We have just asked to join, and events come in order: this is still about the call
            # before. Taken for a kick, it would leave connect() waiting until its timeout.
            log.debug("an earlier call's end arrived while joining the next")
            return
        await super().voice_state_update(data)

    async def connect(self, *, wait: bool = True, **how: Any) -> None:
        await super().connect(wait=wait, **how)
        if not wait and self._connector is not None:
            # discord.py has logged what it fails of, and awaits it nowhere.
            self._connector.add_done_callback(lambda task: task.cancelled() or task.exception())

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

    async def _poll_voice_ws(self, reconnect: bool) -> None:
        try:
            await super()._poll_voice_ws(reconnect)
        except CallRefused as e:
            log.error("Not reconnecting: %s", e)
            await self.disconnect()
        except Exception as error:
            # The edge of discord.py's task, which nobody awaits.
            if self.state is ConnectionFlowState.disconnected:
                log.debug("the voice websocket was closed while something was answered: %s", error)
                return
            log.exception("the voice websocket failed")
            with contextlib.suppress(Exception):
                await self.ws.close()  # by which whoever supervises the call notices


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

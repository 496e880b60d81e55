"""discord.py's voice client, with ears."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from typing import TYPE_CHECKING, Any, ClassVar

import discord

from discord_bot.playback.player import SteadyPlayer
from discord_bot.receive.connection import LiveCall, ReceiveConnection
from discord_bot.receive.errors import CallRefused
from discord_bot.receive.keepalive import keep_route_open
from discord_bot.receive.receiver import Receiver
from logs import in_place
from tasks import OwnedTasks

if TYPE_CHECKING:
    from collections.abc import Callable

    from discord.abc import Connectable
    from discord.gateway import DiscordVoiceWebSocket

    from discord_bot.receive.counters import ReceiveCounters
    from discord_bot.receive.sink import AudioSink

log = logging.getLogger(__name__)


class ReceiveClient(discord.VoiceClient):
    """Join with ``channel.connect(cls=ReceiveClient)``, then `listen`."""

    KEEPALIVE_S: ClassVar = 5.0
    """Other clients' period; the route dies after one to nine minutes of quiet."""
    TICK_S: ClassVar = 0.02
    IDLE_S: ClassVar = 0.5
    """How often the state of the call is looked at while no packet waits for anything."""

    _connection: ReceiveConnection

    def __init__(self, client: discord.Client, channel: Connectable) -> None:
        self._call = LiveCall(self)
        self._receiver = Receiver(self._call)
        self._wake = asyncio.Event()
        super().__init__(client, channel)
        place = f"guild {self.guild.id}"
        self._tasks = OwnedTasks(log, place=place)
        self._place = in_place(place)
        self._connection.reader.place = place
        self._connection.add_socket_listener(self._from_socket)

    # -- for the room ------------------------------------------------------------------------

    def listen(self, sink: AudioSink) -> None:
        """Hear from now on; what is said before is dropped. A second sink takes the first's place.

        The sink is called on the event loop. What it raises is logged and counted.
        """
        self._receiver.sink = sink

    @property
    def counters(self) -> ReceiveCounters:
        return self._receiver.counters

    @property
    def left_out(self) -> set[int]:
        """User ids whose audio is dropped before it is decrypted; add to it and take from it."""
        return self._receiver.left_out

    @property
    def close_code(self) -> int | None:
        """Discord's voice close code, from the latest time it closed the connection on us."""
        return self._connection.close_code

    @property
    def put_out(self) -> bool:
        """Whether a member, not an outage, put the bot out of the channel."""
        return self._connection.put_out

    def deaf(self, now: float) -> str | None:
        """Why nothing can be heard although there is something to hear; None if all is well.

        ``now`` is the loop's time. Cured by leaving and joining again.
        """
        self._receiver.observe(now)
        return self._receiver.watch.reason(now)

    async def wait_until_heard(self, timeout: float) -> bool:
        """Until what we say can be heard: in the DAVE group, or none is needed, or we are alone.

        False after ``timeout`` seconds. discord.py's connect() returns before the group exists.
        """
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(timeout):
                while not self._can_be_heard():  # noqa: ASYNC110 - davey has no event for it
                    await asyncio.sleep(self.TICK_S)
                return True
        return False

    # -- for discord.py ----------------------------------------------------------------------

    def create_connection_state(self) -> ReceiveConnection:
        return ReceiveConnection(self, hook=self._voice_message)

    async def connect(
        self,
        *,
        reconnect: bool,
        timeout: float,
        self_deaf: bool = False,
        self_mute: bool = False,
    ) -> None:
        """Join the call.

        Raises:
            CallRefused: the voice server will not have us; the text says why.
            discord.ClientException: a member put the bot out, or moved it, meanwhile.
            TimeoutError: it did not work out in ``timeout`` seconds; the text says how far it got.
        """
        try:
            await super().connect(
                reconnect=reconnect, timeout=timeout, self_deaf=self_deaf, self_mute=self_mute
            )
        except TimeoutError as e:
            why = self._connection.trouble or "the voice server did not answer in time"
            raise TimeoutError(f"No voice connection within {timeout:g} s: {why}.") from e
        except asyncio.CancelledError as e:
            # discord.py cancels its own connecting when it begins another, or is put out.
            task = asyncio.current_task()
            if task is not None and task.cancelling():
                raise
            raise discord.ClientException("Put out or moved while joining.") from e
        if not self.is_connected():  # discord.py gave up after five refusals, without a word
            why = self._connection.trouble or "the voice connection came to nothing"
            await self.disconnect(force=True)
            raise CallRefused(f"No voice connection: {why}.", self.close_code)
        self._tasks.spawn(self._tick(), "voice receive clock")
        keepalive = keep_route_open(
            lambda data: self._connection.send_packet(data), self.is_connected, self.KEEPALIVE_S
        )
        self._tasks.spawn(keepalive, "voice keepalive")

    async def disconnect(self, *, force: bool = False) -> None:
        await super().disconnect(force=force)
        await self._tasks.wait()

    def cleanup(self) -> None:
        # Also called when Discord ends the call, and twice when we do.
        self._connection.remove_socket_listener(self._from_socket)
        self._tasks.cancel()
        super().cleanup()

    def play(
        self,
        source: discord.AudioSource,
        *,
        after: Callable[[Exception | None], Any] | None = None,
        **encoder: Any,
    ) -> None:
        """As discord.py's, but paced by a `SteadyPlayer`, which waits while nobody can hear it.

        Raises:
            discord.ClientException: not connected, or something plays already.
        """
        if not self.is_connected():
            raise discord.ClientException("Not connected to voice.")
        if self.is_playing():
            raise discord.ClientException("Already playing audio.")
        if not source.is_opus():
            self.encoder = discord.opus.Encoder(**encoder)
        self._player = SteadyPlayer(source, self, after=after, can_send=self._can_send)
        self._player.start()

    def send_audio_packet(self, data: bytes, *, encode: bool = True) -> None:
        """Send one frame; none while the DAVE group is missing.

        discord.py would send it without end-to-end encryption, and no listener would play it.
        """
        if self._connection.dave_protocol_version and not self._connection.can_encrypt:
            self.counters.unsent += 1
            return
        try:
            super().send_audio_packet(data, encode=encode)
        except ValueError:  # the group was lost between the look and the encryption
            self.counters.unsent += 1

    # -- inside ------------------------------------------------------------------------------

    def _can_be_heard(self) -> bool:
        return self.is_connected() and self._receiver.can_be_heard()

    def _can_send(self) -> bool:
        """On the player's thread."""
        try:
            return self._can_be_heard() and not self._call.lost
        except RuntimeError:  # somebody came or went while we looked who is here
            return False

    def _from_socket(self, data: bytes) -> None:
        """On the reader's thread."""
        with contextlib.suppress(RuntimeError):  # the loop has closed
            at = self.loop.time()
            self.loop.call_soon_threadsafe(self._datagram, data, at, context=self._place)

    def _datagram(self, data: bytes, at: float) -> None:
        self._receiver.datagram(data, at)
        if self._receiver.pending:
            self._wake.set()

    async def _voice_message(self, gateway: DiscordVoiceWebSocket, message: dict[str, Any]) -> None:
        self._connection.last_word_at = self.loop.time()
        self._receiver.voice_message(message["op"], message.get("d") or {})

    async def _tick(self) -> None:
        while True:
            self._receiver.tick(self.loop.time())
            if self._receiver.pending:
                await asyncio.sleep(self.TICK_S)
                continue
            self._wake.clear()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self.IDLE_S):
                    await self._wake.wait()
            await asyncio.sleep(self.TICK_S)

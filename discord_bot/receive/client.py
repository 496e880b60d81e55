"""discord.py's voice client, extended to receive audio."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from typing import TYPE_CHECKING, Any, ClassVar

import discord

from discord_bot.playback.player import SteadyPlayer
from discord_bot.receive.connection import DiscordCallState, ReceiveConnection
from discord_bot.receive.errors import CallRefused, JoinBroken, JoinTooSlow
from discord_bot.receive.receiver import Receiver
from discord_bot.receive.route import PERIOD_S
from discord_bot.receive.udp import keep_route_open
from logs import guild_place, in_place
from tasks import OwnedTasks
from translations import Text, message

if TYPE_CHECKING:
    from collections.abc import Callable

    from discord.abc import Connectable
    from discord.gateway import DiscordVoiceWebSocket

    from discord_bot.receive.counters import ReceiveCounters
    from discord_bot.receive.ports import AudioSink

log = logging.getLogger(__name__)


class ReceiveClient(discord.VoiceClient):
    """Join with ``channel.connect(cls=ReceiveClient)``, then `listen`."""

    KEEPALIVE_S: ClassVar = PERIOD_S
    """The period of the keepalives; the route is lost after one to nine minutes without packets."""
    TICK_S: ClassVar = 0.02
    IDLE_S: ClassVar = 0.5
    """How often the state of the call is checked while no packet waits."""

    _connection: ReceiveConnection
    believes_route = True
    """Whether unanswered keepalives count as lost datagrams."""

    def __init__(self, client: discord.Client, channel: Connectable) -> None:
        self._call = DiscordCallState(self)
        self._receiver = Receiver(self._call)
        self._wake = asyncio.Event()
        super().__init__(client, channel)
        place = guild_place(self.guild.id)
        self._tasks = OwnedTasks(log, place=place)
        self._place = in_place(place)
        self._connection.reader.place = place
        self._connection.add_socket_listener(self._from_socket)

    # -- for the session ---------------------------------------------------------------------

    def listen(self, sink: AudioSink) -> None:
        """Pass audio to ``sink`` from now on; it replaces an earlier sink. Audio before is dropped.

        The sink is called on the event loop. Its exceptions are logged and counted.
        """
        self._receiver.sink = sink

    @property
    def counters(self) -> ReceiveCounters:
        return self._receiver.counters

    @property
    def ignored_users(self) -> set[int]:
        """User ids whose audio is dropped before DAVE decryption. The caller may change the set."""
        return self._receiver.ignored_users

    @property
    def admits(self) -> Callable[[int], bool]:
        """Whether a user's audio may be decrypted, by user id. Asked for every packet, before DAVE
        decryption; `ignored_users` are refused besides."""
        return self._receiver.admits

    @admits.setter
    def admits(self, admits: Callable[[int], bool]) -> None:
        self._receiver.admits = admits

    @property
    def encrypted(self) -> bool:
        """Whether the call is end-to-end encrypted (DAVE) at this moment."""
        return self._connection.dave_protocol_version > 0

    @property
    def close_code(self) -> int | None:
        """The voice close code with which Discord last closed the connection."""
        return self._connection.close_code

    @property
    def removed_by_member(self) -> bool:
        """Whether a member, not an outage, removed the bot from the channel."""
        return self._connection.removed_by_member

    def problem(self, now: float) -> Text | None:
        """Why no audio is received although there is some, as a clause; None if all is well.

        ``now`` is the loop's time. To repair it, leave and join again.
        """
        self._receiver.observe(now)
        return self._receiver.health.problem(now) or self.route_problem(now)

    def route_problem(self, now: float) -> Text | None:
        """Why datagrams count as lost, as a clause; None if they do not."""
        return self._receiver.route.problem(now) if self.believes_route else None

    @property
    def over(self) -> bool:
        """Whether it was disconnected for good."""
        return self._connection.over

    @property
    def route_doubtful(self) -> bool:
        """Whether the voice server has not answered over UDP yet what it has answered before."""
        return self._receiver.route.waiting

    async def wait_until_heard(self, timeout: float) -> bool:
        """Wait until the others can decrypt the bot: in the DAVE group, without DAVE, or alone.

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
            CallRefused: the voice server refused the call; says why.
            JoinBroken: a member disconnected or moved the bot meanwhile.
            JoinTooSlow: no connection within ``timeout`` seconds; says how far it got.
        """
        try:
            await super().connect(
                reconnect=reconnect, timeout=timeout, self_deaf=self_deaf, self_mute=self_mute
            )
        except TimeoutError as e:
            # Translators: completes "no voice connection within 30 s: ..."
            slow = message("the voice server did not answer in time")
            why = self._connection.trouble or slow
            raise JoinTooSlow(
                # Translators: completes "I could not join #General: ..."
                message(
                    "no voice connection within {seconds} s: {why}",
                    seconds=f"{timeout:g}",
                    why=why,
                )
            ) from e
        except asyncio.CancelledError as e:
            # discord.py cancels its own attempt when it begins another, or is disconnected.
            task = asyncio.current_task()
            if task is not None and task.cancelling():
                raise
            # Translators: completes "I could not join #General: ..."
            raise JoinBroken(message("disconnected or moved while joining")) from e
        if not self.is_connected():  # discord.py gave up after five refusals, without an error
            # Translators: completes "no voice connection: ..."
            unknown = message("the voice connection could not be made")
            why = self._connection.trouble or unknown
            await self.disconnect(force=True)
            # Translators: completes "I could not join #General: ..."
            raise CallRefused(message("no voice connection: {why}", why=why), self.close_code)
        self._tasks.spawn(self._tick(), "voice receive clock")
        keepalive = keep_route_open(
            self._receiver.route,
            lambda data: self._connection.send_packet(data),
            lambda: self.ssrc if self.is_connected() else None,
            self.KEEPALIVE_S,
        )
        self._tasks.spawn(keepalive, "voice keepalive")

    async def disconnect(self, *, force: bool = False) -> None:
        await super().disconnect(force=force)
        await self._tasks.wait()

    def cleanup(self) -> None:
        # Called once when Discord ends the call, and twice when the bot does.
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
        """Like discord.py's, but with a `SteadyPlayer`, which waits while no member can hear it.

        Raises:
            discord.ClientException: not connected, or already playing.
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
        """Send one frame; drop it while the DAVE group is missing.

        discord.py would send it without end-to-end encryption, and no client would play it.
        """
        if self._connection.dave_protocol_version and not self._connection.can_encrypt:
            self.counters.unsent += 1
            return
        try:
            super().send_audio_packet(data, encode=encode)
        except ValueError:  # the group was lost after the check above
            self.counters.unsent += 1

    # -- internal ----------------------------------------------------------------------------

    def _can_be_heard(self) -> bool:
        return self.is_connected() and self._receiver.can_be_heard()

    def _can_send(self) -> bool:
        """Called on the player's thread."""
        try:
            return self._can_be_heard() and not self._call.lost
        except RuntimeError:  # the set of users changed during the iteration
            return False

    def _from_socket(self, data: bytes) -> None:
        """Called on the reader's thread."""
        with contextlib.suppress(RuntimeError):  # the loop has closed
            at = self.loop.time()
            self.loop.call_soon_threadsafe(self._datagram, data, at, context=self._place)

    def _datagram(self, data: bytes, at: float) -> None:
        self._receiver.datagram(data, at)
        if self._receiver.pending:
            self._wake.set()

    async def _voice_message(self, gateway: DiscordVoiceWebSocket, message: dict[str, Any]) -> None:
        self._connection.last_message_at = self.loop.time()
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

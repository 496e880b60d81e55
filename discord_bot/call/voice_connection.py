"""A guild's voice connection: connects, replaces and closes it, one at a time."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections import deque
from collections.abc import Callable
from typing import Final

import aiohttp
import discord

from discord_bot.call.voice_channel import VoiceChannel, clear_presence
from discord_bot.call.voice_state_requests import voice_state_requests
from discord_bot.errors import DISCORD_FAILED, CouldNotConnect, JoinGivenUp
from discord_bot.receive import AudioSink, NotJoined, ReceiveClient
from translations import Text, message, verbatim

log = logging.getLogger(__name__)

_CONFIRMED_S: Final = 2.0
"""How long to wait until Discord confirms a leave; it takes about 100 ms."""
_UNCONFIRMED_S: Final = 0.3
"""How long to wait where no confirmation can arrive."""
_ROUTE_ALARMS: Final = 3
_ROUTE_ALARMS_S: Final = 600.0
"""So many connections within that time that were replaced because of lost datagrams: the voice
server is taken for one that stops answering keepalives, and the next connection ignores them."""


class VoiceConnection:
    """Holds the guild's voice client, if there is one. After `close` it cannot connect again.

    ``admits(user_id)`` says of each user whether their audio may be decrypted and decoded.
    """

    def __init__(
        self,
        client: discord.Client,
        connect_timeout_s: float,
        admits: Callable[[int], bool] = lambda _: True,
    ) -> None:
        self.voice: ReceiveClient | None = None
        self._client = client
        self._timeout_s = connect_timeout_s
        self._admits = admits
        self._lock = asyncio.Lock()
        self._latest: ReceiveClient | None = None
        """The voice client that was created last, connected or not."""
        self._attempt: asyncio.Task[None] | None = None
        self._closed = asyncio.Event()
        self._route_alarms: deque[float] = deque(maxlen=_ROUTE_ALARMS)

    # -- status ------------------------------------------------------------------------------

    @property
    def busy(self) -> bool:
        """Whether the connection is being made or replaced."""
        return self._lock.locked()

    @property
    def reconnecting(self) -> bool:
        """Whether discord.py has lost the connection, and may reconnect by itself."""
        return self.voice is not None and not self.voice.is_connected()

    def problem(self, now: float) -> Text | None:
        """Why the bot cannot hear, as a clause; None when it can."""
        voice = self.voice
        if voice is None:
            return message("I am not connected")
        if not voice.is_connected():
            return message("the connection was lost")
        if voice not in self._client.voice_clients:
            return message("Discord began a new session")
        return voice.problem(now)

    def is_in(self, channel: VoiceChannel, now: float) -> bool:
        """Whether it is connected to ``channel`` without a problem."""
        there = self.voice is not None and self.voice.channel == channel
        return there and self.problem(now) is None

    @property
    def removed_by_member(self) -> bool:
        """Whether a member, not an outage, removed the bot from the channel."""
        return self._latest is not None and self._latest.removed_by_member

    # -- connecting --------------------------------------------------------------------------

    async def connect(
        self,
        channel: VoiceChannel,
        sink: AudioSink,
        *,
        heard_within_s: float,
        stop: asyncio.Event | None = None,
    ) -> bool:
        """Connect to ``channel``; False if it was connected already.

        Waits up to ``heard_within_s`` for the encryption group that makes the bot audible. Gives up
        as soon as ``stop`` is set. An attempt that runs already is given up.

        Raises:
            JoinGivenUp: ``stop`` was set, or another call of this method took over.
            CouldNotConnect: Discord refused, or `close` was called meanwhile.
        """
        if self._attempt is not None:
            self._attempt.cancel()
        async with self._lock:
            if stop is not None and stop.is_set():
                raise _superseded(channel)
            if self.is_in(channel, self._now()):
                return False
            if self.voice is not None and self.voice.route_problem(self._now()) is not None:
                self._route_alarms.append(self._now())
            await self._disconnect(channel.guild)
            await self._try_connect(channel, sink, heard_within_s, stop or asyncio.Event())
        return True

    async def close(self, guild: discord.Guild) -> None:
        """Cancel a running attempt, and leave."""
        self._closed.set()
        if self._attempt is not None:
            self._attempt.cancel()
            await asyncio.wait([self._attempt])
        await self._disconnect(guild)

    async def _try_connect(
        self, channel: VoiceChannel, sink: AudioSink, heard_within_s: float, stop: asyncio.Event
    ) -> None:
        if self._closed.is_set():
            raise left_while_joining(channel)
        attempt = self._attempt = asyncio.create_task(
            self._attempt_to(channel, sink, heard_within_s),
            name=f"voice attempt {channel.guild.id}",
        )
        stopped = asyncio.create_task(stop.wait(), name="a later intent")
        try:
            await asyncio.wait({attempt, stopped}, return_when=asyncio.FIRST_COMPLETED)
            if not attempt.done():
                attempt.cancel()
                await asyncio.wait({attempt})
            if attempt.cancelled():
                # Cancelled by `close`, by `stop`, or by the next `connect`.
                gone = self._closed.is_set()
                raise left_while_joining(channel) if gone else _superseded(channel)
            attempt.result()
        except DISCORD_FAILED as error:
            await self._disconnect(channel.guild)
            why = why_not_joined(error)
            log.info("guild %s: an attempt to join failed: %s", channel.guild.id, error)
            raise CouldNotConnect(
                message("I could not join {channel}: {why}.", channel=channel.mention, why=why)
            ) from error
        finally:
            stopped.cancel()
            attempt.cancel()
            # If the caller was cancelled, no other code retrieves the exception of the attempt.
            await asyncio.gather(attempt, return_exceptions=True)
            self._attempt = None

    async def _attempt_to(
        self, channel: VoiceChannel, sink: AudioSink, heard_within_s: float
    ) -> None:
        voice = self.voice = await channel.connect(
            cls=self._create, timeout=self._timeout_s, reconnect=True
        )
        voice.listen(sink)
        if not await voice.wait_until_heard(heard_within_s):
            log.warning("guild %s: the members cannot decrypt the bot yet", channel.guild.id)

    def _create(self, client: discord.Client, channel: discord.abc.Connectable) -> ReceiveClient:
        self._latest = ReceiveClient(client, channel)
        self._latest.admits = self._admits
        alarms = self._route_alarms
        often = len(alarms) == _ROUTE_ALARMS and self._now() - alarms[0] < _ROUTE_ALARMS_S
        self._latest.believes_route = not often
        return self._latest

    async def _disconnect(self, guild: discord.Guild) -> None:
        latest = self._latest
        # A new gateway session forgets the client of an attempt that was given up.
        unfinished = None if latest is None or latest.over else latest
        voice = self.voice or guild.voice_client or unfinished
        self.voice = None
        if voice is not None:
            # discord.py waits for Discord's confirmation. None comes for a client that discord.py
            # has already dropped, nor while the gateway is offline.
            offline = voice_state_requests(self._client).offline(guild.id)
            confirms = guild.voice_client is voice and not offline
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_CONFIRMED_S if confirms else _UNCONFIRMED_S):
                    await voice.disconnect(force=True)
        await clear_presence(self._client, guild)

    def _now(self) -> float:
        return asyncio.get_running_loop().time()


def left_while_joining(channel: VoiceChannel) -> CouldNotConnect:
    """The error of a join that a leave has cancelled."""
    return CouldNotConnect(
        message("I was told to leave before I had joined {channel}.", channel=channel.mention)
    )


def _superseded(channel: VoiceChannel) -> JoinGivenUp:
    return JoinGivenUp(
        message("I gave up joining {channel}: something else was wanted.", channel=channel.mention)
    )


def why_not_joined(error: Exception) -> Text:
    """Why an attempt to join failed, as a clause. What has no words of its own stays as it is."""
    if isinstance(error, NotJoined):
        return error.why
    if isinstance(error, aiohttp.ClientError | OSError) and not isinstance(error, TimeoutError):
        # Translators: completes "I could not join #General: ..."
        return message("Discord cannot be reached")
    return verbatim(str(error).removesuffix(".") or type(error).__name__)

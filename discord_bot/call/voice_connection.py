"""A guild's voice connection: made, replaced and left, one at a time."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from typing import Final

import discord

from discord_bot.call.own_moves import own_moves
from discord_bot.call.presence import VoiceChannel, clear_presence
from discord_bot.errors import DISCORD_FAILED, CouldNotConnect
from discord_bot.receive import AudioSink, ReceiveClient

log = logging.getLogger(__name__)

_CONFIRMED_S: Final = 2.0
_UNCONFIRMED_S: Final = 0.3
"""How long to wait for Discord's word that a call was left, where it can and where it cannot come;
it takes some 100 ms."""


class VoiceConnection:
    """Holds the voice client that is the guild's, if there is one. ``close`` is for good."""

    def __init__(self, client: discord.Client, connect_timeout_s: float) -> None:
        self.voice: ReceiveClient | None = None
        self._client = client
        self._timeout_s = connect_timeout_s
        self._lock = asyncio.Lock()
        self._latest: ReceiveClient | None = None
        """The voice client that was made last, whether or not it has come to connect."""
        self._attempt: asyncio.Task[ReceiveClient] | None = None
        self._closed = asyncio.Event()

    # -- how it stands -----------------------------------------------------------------------

    @property
    def busy(self) -> bool:
        """A connection is just being made or replaced."""
        return self._lock.locked()

    @property
    def healing(self) -> bool:
        """discord.py has lost the connection, and may be reconnecting by itself."""
        return self.voice is not None and not self.voice.is_connected()

    def wrong(self, now: float) -> str | None:
        """Why nothing can be heard, in words; None when all is well."""
        voice = self.voice
        if voice is None:
            return "I am not connected"
        if not voice.is_connected():
            return "the connection was lost"
        if voice not in self._client.voice_clients:
            return "Discord began a new session"
        return voice.deaf(now)

    def is_in(self, channel: VoiceChannel, now: float) -> bool:
        """Whether the call in ``channel`` is up and nothing is wrong with it."""
        there = self.voice is not None and self.voice.channel == channel
        return there and self.wrong(now) is None

    @property
    def put_out(self) -> bool:
        """Whether a member, not an outage, put the bot out of the channel."""
        return self._latest is not None and self._latest.put_out

    # -- made and left -----------------------------------------------------------------------

    async def connect(
        self, channel: VoiceChannel, sink: AudioSink, *, heard_within_s: float
    ) -> bool:
        """Be in the call in ``channel``; False if it was up already.

        Waits up to ``heard_within_s`` for the encryption group that lets the bot's words be heard.

        Raises:
            CouldNotConnect: Discord did not let us in, or `close` came in between.
        """
        async with self._lock:
            if self.is_in(channel, self._now()):
                return False
            await self._disconnect(channel.guild)
            self.voice = await self._try(channel)
            self.voice.listen(sink)
            if isinstance(channel, discord.StageChannel):
                await _take_the_stage(channel.guild)
            if not await self.voice.wait_until_heard(heard_within_s):
                log.warning("in guild %s the members cannot decrypt the bot yet", channel.guild.id)
        return True

    async def close(self, guild: discord.Guild) -> None:
        """Give up what is being tried, and leave."""
        self._closed.set()
        if self._attempt is not None:
            self._attempt.cancel()
            await asyncio.wait([self._attempt])
        await self._disconnect(guild)

    async def _try(self, channel: VoiceChannel) -> ReceiveClient:
        if self._closed.is_set():
            raise _sent_away(channel)
        attempt = self._attempt = asyncio.create_task(
            channel.connect(cls=self._make, timeout=self._timeout_s, reconnect=True),
            name=f"voice attempt {channel.guild.id}",
        )
        try:
            return await attempt
        except asyncio.CancelledError:
            if self._closed.is_set() and attempt.cancelled():
                raise _sent_away(channel) from None
            raise
        except DISCORD_FAILED as error:
            await self._disconnect(channel.guild)
            why = str(error).removesuffix(".") or type(error).__name__
            raise CouldNotConnect(f"I could not join {channel.mention}: {why}.") from error
        finally:
            self._attempt = None

    def _make(self, client: discord.Client, channel: discord.abc.Connectable) -> ReceiveClient:
        self._latest = ReceiveClient(client, channel)
        return self._latest

    async def _disconnect(self, guild: discord.Guild) -> None:
        voice = self.voice or guild.voice_client
        self.voice = None
        if voice is not None:
            # discord.py waits for Discord to confirm, which it never does for a client that
            # discord.py itself has given up, nor while the gateway is away.
            confirms = guild.voice_client is voice and not own_moves(self._client).away
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_CONFIRMED_S if confirms else _UNCONFIRMED_S):
                    await voice.disconnect(force=True)
        await clear_presence(self._client, guild)

    def _now(self) -> float:
        return asyncio.get_running_loop().time()


def _sent_away(channel: VoiceChannel) -> CouldNotConnect:
    return CouldNotConnect(f"I was sent away before I was in {channel.mention}.")


async def _take_the_stage(guild: discord.Guild) -> None:
    """In a stage channel, be a speaker, or ask to be one."""
    try:
        await guild.me.edit(suppress=False)
    except discord.Forbidden:
        await guild.me.request_to_speak()

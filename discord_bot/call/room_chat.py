"""Where the bot writes about one call: the voice channel's own chat, and its text channel."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import discord

from discord_bot.call.voice_channel import VoiceChannel
from discord_bot.errors import DISCORD_FAILED
from discord_bot.messages.posting import MISSING, post_in
from translations import Text

log = logging.getLogger(__name__)

TextChannel: TypeAlias = discord.abc.Messageable


@dataclass(frozen=True, slots=True)
class ToldIn:
    """Where a text was posted: in the voice channel's own chat, in another text channel."""

    room: bool
    text: bool

    def __bool__(self) -> bool:
        return self.room or self.text


class RoomChat:
    """Posts the texts of one call, in order.

    ``channel`` returns its voice channel, also after its end; ``language`` the one to write in.
    """

    def __init__(
        self,
        text: TextChannel,
        channel: Callable[[], VoiceChannel | None],
        language: Callable[[], str],
    ) -> None:
        self.text = text
        """The text channel: where the bot was called, and answers what it cannot say."""
        self._channel = channel
        self._language = language
        self._posting = asyncio.Lock()

    @property
    def text_id(self) -> int | None:
        return _id(self.text)

    async def post(self, text: Text) -> bool:
        """Post a text of any length in the text channel; False if Discord did not take it."""
        async with self._posting:
            return await self._post_in(self.text, text)

    async def tell(self, text: Text, *, answered_in: int | None = None) -> bool:
        """Tell those in the call: in the voice channel's chat, and in the text channel.

        A channel with the id ``answered_in`` knows it already. False if none took it.
        """
        channel = self._channel()
        places = [self.text] if channel is None else [channel, self.text]
        told = answered_in is not None
        async with self._posting:
            done = {answered_in}
            for place in places:
                if _id(place) is not None and _id(place) in done:
                    continue
                done.add(_id(place))
                told = await self._post_in(place, text) or told
        return told

    async def tell_of_listening(self, text: Text, view: Callable[[], discord.ui.View]) -> ToldIn:
        """Tell those in the call, in both places, with components below the text."""
        channel = self._channel()
        async with self._posting:
            room = channel is not None and await self._post_in(channel, text, view())
            same = channel is not None and channel.id == self.text_id
            other = not same and await self._post_in(self.text, text, view())
        return ToldIn(room, other)

    async def tell_in(self, channel: VoiceChannel, text: Text) -> bool:
        """Tell those in a channel that the call has left; False if Discord did not take it."""
        async with self._posting:
            return await self._post_in(channel, text)

    async def _post_in(
        self, place: TextChannel, text: Text, view: discord.ui.View | None = None
    ) -> bool:
        channel = self._channel()
        try:
            me = None if channel is None else channel.guild.me
            await post_in(place, me, text, self._language(), view=view or MISSING)
        except DISCORD_FAILED as error:
            log.warning("could not post to the text channel: %s", error)
            return False
        return True


def _id(place: object) -> int | None:
    found = getattr(place, "id", None)
    return found if isinstance(found, int) else None

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
Pointer: TypeAlias = Callable[[str], Text]
"""Makes the line that leads to a message, from the message's address."""


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
            return await self._post_in(self.text, text) is not None

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
                told = await self._post_in(place, text) is not None or told
        return told

    async def tell_of_listening(
        self, text: Text, view: Callable[[], discord.ui.View], pointer: Pointer | None
    ) -> ToldIn:
        """Tell those in the call in the voice channel's chat, with components below the text.

        The text channel gets the ``pointer`` to it; where that chat did not take the text, the
        whole of it.
        """
        channel = self._channel()
        async with self._posting:
            posted = None if channel is None else await self._post_in(channel, text, view())
            same = channel is not None and channel.id == self.text_id
            if same:
                return ToldIn(posted is not None, False)
            if posted is None:
                other = await self._post_in(self.text, text, view())
            elif pointer is not None:
                other = await self._post_in(self.text, pointer(posted.jump_url))
            else:
                other = None
        return ToldIn(posted is not None, other is not None)

    async def ask(self, text: Text, view: discord.ui.View) -> discord.Message | None:
        """Ask those in the call something, with buttons below: in the voice channel's chat, or else
        in the text channel. The message; None if none took it."""
        channel = self._channel()
        async with self._posting:
            posted = None if channel is None else await self._post_in(channel, text, view)
            same = channel is not None and channel.id == self.text_id
            return (
                posted if posted is not None or same else await self._post_in(self.text, text, view)
            )

    async def tell_in(self, channel: VoiceChannel, text: Text) -> bool:
        """Tell those in a channel that the call has left; False if Discord did not take it."""
        async with self._posting:
            return await self._post_in(channel, text) is not None

    async def _post_in(
        self, place: TextChannel, text: Text, view: discord.ui.View | None = None
    ) -> discord.Message | None:
        """The message; None if Discord did not take it."""
        channel = self._channel()
        try:
            me = None if channel is None else channel.guild.me
            return await post_in(place, me, text, self._language(), view=view or MISSING)
        except DISCORD_FAILED as error:
            log.warning("could not post to the text channel: %s", error)
            return None


def _id(place: object) -> int | None:
    found = getattr(place, "id", None)
    return found if isinstance(found, int) else None

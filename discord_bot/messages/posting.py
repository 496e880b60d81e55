"""Text of any length, written into Discord.

It goes out as several messages, in their order. More than a few of them would bury a channel: then
the first is written, with the whole as a file beside it. discord.py waits where Discord wants the
bot to be slower.
"""

from __future__ import annotations

import io
import logging
from collections.abc import Awaitable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final, Protocol

import aiohttp
import discord

from discord_bot.messages.message_parts import LIMIT, message_parts

log = logging.getLogger(__name__)

MOST_MESSAGES: Final = 5
"""A text that needs more of them is sent as a file, where the bot may send files."""
FILE_NAME: Final = "answer.md"
_IN_FILE: Final = f"\n-# The whole text is in {FILE_NAME}."


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that goes with a message."""

    name: str
    content: bytes


class Send(Protocol):
    """Sends one message, with files if there are any."""

    def __call__(self, text: str, files: Sequence[discord.File], /) -> Awaitable[object]: ...


async def post(
    send: Send, text: str, *, as_file: bool = False, attachment: Attachment | None = None
) -> None:
    """Send a text of any length; of white space alone nothing is sent. A long one may be sent
    ``as_file``. ``attachment`` goes with the first message.

    A message that Discord does not take does not keep back those behind it, unless Discord lets the
    bot write no more there at all.

    Raises:
        discord.DiscordException: that of the first message that was not taken, when all were tried.
    """
    files = [attachment] if attachment is not None else []
    if as_file and await _sent_as_file(send, text, files):
        return
    failed: discord.DiscordException | None = None
    for part in message_parts(text):
        try:
            await send(part, _opened(files))
        except (discord.Forbidden, discord.NotFound):
            raise
        except discord.DiscordException as error:
            log.warning("Discord did not take a part of a message: %s", error)
            failed = failed or error
        except (OSError, aiohttp.ClientError) as error:
            log.warning("a part of a message did not get to Discord: %r", error)
            failed = failed or discord.ClientException(f"Discord is out of reach: {error!r}")
        files = []
    if failed is not None:
        raise failed


async def post_in(channel: discord.abc.Messageable, me: discord.Member | None, text: str) -> None:
    """Send a text of any length into a server's channel, without mentioning members or roles.

    Raises:
        discord.DiscordException: as for `post`.
    """

    async def send(part: str, files: Sequence[discord.File]) -> None:
        await channel.send(part, files=files, allowed_mentions=discord.AllowedMentions.none())

    await post(send, text, as_file=_may_attach(channel, me))


def _may_attach(channel: discord.abc.Messageable, me: discord.Member | None) -> bool:
    if me is None or not isinstance(channel, discord.abc.GuildChannel | discord.Thread):
        return False
    try:
        return channel.permissions_for(me).attach_files
    except discord.ClientException:  # a thread whose channel is not known
        return False


async def _sent_as_file(send: Send, text: str, files: Sequence[Attachment]) -> bool:
    """Send a long text's beginning, and the whole as a file. False if it is not long, or Discord
    did not take the file."""
    if len(list(islice(message_parts(text), MOST_MESSAGES + 1))) <= MOST_MESSAGES:
        return False
    room = LIMIT - len(_IN_FILE)
    beginning = next(message_parts(text, first=room)) + _IN_FILE
    whole = Attachment(FILE_NAME, text.encode("utf-8", "replace"))
    try:
        await send(beginning, _opened([*files, whole]))
    except (discord.HTTPException, OSError, aiohttp.ClientError) as error:
        log.warning("Discord did not take %s: %r; sending messages", FILE_NAME, error)
        return False
    return True


def _opened(files: Sequence[Attachment]) -> list[discord.File]:
    """The files for one attempt to send them: discord.py reads and closes them."""
    return [discord.File(io.BytesIO(each.content), each.name) for each in files]

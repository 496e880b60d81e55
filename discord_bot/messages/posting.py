"""Posts text of any length to Discord.

A long text becomes several messages, in order. If it needs more than `MAX_MESSAGES`, only the
beginning is posted, with the whole text as a file. discord.py handles Discord's rate limits.
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

from discord_bot.languages import answer_language
from discord_bot.messages.message_parts import LIMIT, message_parts
from discord_bot.messages.shown_links import show_addresses
from translations import Text, message

log = logging.getLogger(__name__)

MISSING: Final = discord.utils.MISSING
MAX_MESSAGES: Final = 5
"""A text that needs more messages is sent as a file, where the bot may attach files."""
FILE_NAME: Final = "answer.md"


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file to attach to a message."""

    name: str
    content: bytes


class Send(Protocol):
    """Sends one message, with the given files."""

    def __call__(self, text: str, files: Sequence[discord.File], /) -> Awaitable[object]: ...


async def post(
    send: Send,
    text: Text,
    language: str,
    *,
    as_file: bool = False,
    attachment: Attachment | None = None,
) -> None:
    """Send a text of any length in a language; white space alone is not sent.

    A link that shows another address than its own is written out. A long text may be sent
    ``as_file``. ``attachment`` is sent with the first message. If Discord refuses one message, the
    others are still sent, unless the bot may no longer write there.

    Raises:
        discord.DiscordException: the error of the first refused message, after all were tried.
    """
    files = [attachment] if attachment is not None else []
    words = show_addresses(text.to(language))
    if as_file and await _sent_as_file(send, words, language, files):
        return
    failed: discord.DiscordException | None = None
    for part in message_parts(words):
        try:
            await send(part, _open_files(files))
        except (discord.Forbidden, discord.NotFound):
            raise
        except discord.DiscordException as error:
            log.warning("Discord did not take a part of a message: %s", error)
            failed = failed or error
        except (OSError, aiohttp.ClientError) as error:
            log.warning("a part of a message did not reach Discord: %r", error)
            failed = failed or discord.ClientException(f"Discord is out of reach: {error!r}")
        files = []
    if failed is not None:
        raise failed


async def post_in(
    channel: discord.abc.Messageable,
    me: discord.Member | None,
    text: Text,
    language: str,
    *,
    view: discord.ui.View = MISSING,
) -> discord.Message | None:
    """Send a text of any length to a server's channel, without pinging members or roles.

    ``view`` are components below it. Returns its first message; None for white space alone.

    Raises:
        discord.DiscordException: as for `post`.
    """
    below = Below(text.to(language), view)
    sent: list[discord.Message] = []

    async def send(part: str, files: Sequence[discord.File]) -> None:
        pings, parts = discord.AllowedMentions.none(), below.next()
        if parts is MISSING:
            sent.append(await channel.send(part, files=files, allowed_mentions=pings))
        else:
            sent.append(await channel.send(part, files=files, allowed_mentions=pings, view=parts))

    await post(send, text, language, as_file=_may_attach(channel, me))
    return sent[0] if sent else None


def _may_attach(channel: discord.abc.Messageable, me: discord.Member | None) -> bool:
    if me is None or not isinstance(channel, discord.abc.GuildChannel | discord.Thread):
        return False
    try:
        return channel.permissions_for(me).attach_files
    except discord.ClientException:  # a thread whose parent channel is unknown
        return False


async def _sent_as_file(send: Send, text: str, language: str, files: Sequence[Attachment]) -> bool:
    """Send the beginning of a long text, and the whole as a file.

    False if the text is not long, or if Discord refused the file.
    """
    if len(list(islice(message_parts(text), MAX_MESSAGES + 1))) <= MAX_MESSAGES:
        return False
    note = message("The whole text is in {file}.", file=FILE_NAME)
    in_file = f"\n-# {note.to(language)}"
    beginning = next(message_parts(text, first=LIMIT - len(in_file))) + in_file
    whole = Attachment(FILE_NAME, text.encode("utf-8", "replace"))
    try:
        await send(beginning, _open_files([*files, whole]))
    except (discord.HTTPException, OSError, aiohttp.ClientError) as error:
        log.warning("Discord did not take %s: %r; sending messages", FILE_NAME, error)
        return False
    return True


def _open_files(files: Sequence[Attachment]) -> list[discord.File]:
    """Open the files for one attempt: discord.py reads and closes them."""
    return [discord.File(io.BytesIO(each.content), each.name) for each in files]


async def answer(
    interaction: discord.Interaction,
    text: Text,
    *,
    ephemeral: bool = False,
    attachment: Attachment | None = None,
    view: discord.ui.View | None = None,
) -> None:
    """Answer a command, in the member's language if ``ephemeral``, else in the guild's.

    Also several times. ``attachment`` is sent with its first message, and the components of
    ``view`` stand below its last.

    Raises:
        discord.DiscordException: Discord refused the answer, or a part of it.
    """

    language = answer_language(interaction, private=ephemeral)
    below = Below(text.to(language), MISSING if view is None else view)

    async def send(part: str, files: Sequence[discord.File]) -> None:
        shown = below.next()
        if interaction.response.is_done():
            await interaction.followup.send(part, files=files, ephemeral=ephemeral, view=shown)
        else:
            await interaction.response.send_message(
                part, files=files, ephemeral=ephemeral, view=shown
            )

    as_file = interaction.app_permissions.attach_files
    await post(send, text, language, as_file=as_file, attachment=attachment)


class Below:
    """Components below the last message of a text."""

    def __init__(self, words: str, view: discord.ui.View) -> None:
        self._view = view
        self._left = 0 if view is MISSING else len(list(message_parts(words)))

    def next(self) -> discord.ui.View:
        """Those of the next message; MISSING for none."""
        self._left -= 1
        return self._view if self._left == 0 else MISSING

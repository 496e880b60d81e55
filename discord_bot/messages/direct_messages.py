"""Direct messages to members, who need not be in a call."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final, TypeAlias

import aiohttp
import discord

from discord_bot.errors import CouldNotWrite, DiscordAway
from discord_bot.messages.posting import MISSING, Attachment, Below, post
from translations import Text, language_of, message, verbatim

Member: TypeAlias = discord.Member
"""Lets callers find and write to members without importing discord."""
ButtonsIn: TypeAlias = Callable[[str], discord.ui.View]
"""Makes the components of a message in a language."""
_AWAY: Final = (discord.DiscordServerError, aiohttp.ClientError, TimeoutError, OSError)
"""What discord.py raises after its own attempts if Discord, or the way to it, fails."""


async def find_members(guild: discord.Guild, wanted: str) -> list[discord.Member]:
    """The members with this id or name.

    A member who was never in a call is found only by id: without a privileged intent Discord does
    not send the list of members.

    Raises:
        DiscordAway: Discord does not answer.
    """
    name = wanted.strip().casefold()
    if not name.isdecimal():
        return [member for member in guild.members if name in _names(member)]
    known = guild.get_member(int(name))
    if known is not None:
        return [known]
    try:
        return [await guild.fetch_member(int(name))]
    except _AWAY as error:
        raise _away(error) from error
    except discord.HTTPException:
        return []


async def write_to(
    member: discord.Member,
    words: str,
    attachment: Attachment | None = None,
    *,
    buttons: ButtonsIn | None = None,
) -> None:
    """Send an agent's words of any length to a member. ``buttons`` makes those below its last part,
    in a language.

    Raises:
        CouldNotWrite: the member takes no messages from the bot, or Discord refused this one.
        DiscordAway: Discord does not answer.
    """

    language = language_of(member.guild.preferred_locale.value)
    below = Below(words, MISSING if buttons is None else buttons(language))

    async def send(part: str, files: Sequence[discord.File]) -> None:
        pings, view = discord.AllowedMentions.none(), below.next()
        if view is MISSING:
            await member.send(part, files=files, allowed_mentions=pings, suppress_embeds=True)
        else:
            await member.send(
                part, files=files, allowed_mentions=pings, suppress_embeds=True, view=view
            )

    try:
        await post(send, verbatim(words), language, as_file=True, attachment=attachment)
    except discord.Forbidden as error:
        raise CouldNotWrite(
            message(
                "{name} takes no direct messages from members of {server}",
                name=member.display_name,
                server=member.guild.name,
            )
        ) from error
    except _AWAY as error:
        raise _away(error) from error
    except discord.HTTPException as error:
        raise CouldNotWrite(_refused(error)) from error


def _away(error: Exception) -> DiscordAway:
    return DiscordAway(_refused(error))


def _refused(error: Exception) -> Text:
    return message("Discord did not take the message: {error}", error=str(error) or repr(error))


def _names(member: discord.Member) -> set[str]:
    return {
        name.casefold()
        for name in (member.display_name, member.global_name, member.name)
        if name is not None
    }

"""/ignore and /unignore, the context menu, and the buttons of the notice: who is heard."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final, Protocol, TypeAlias

import discord
from discord import app_commands
from discord.ext import commands

from database.errors import ChangeNotKept
from database.writer import Kept
from discord_bot.bot import VoiceBot
from discord_bot.commands.access import offered, offered_menu
from discord_bot.commands.context import guild_of, member_of, name_of
from discord_bot.consent.buttons import choice_button
from discord_bot.consent.hearing import Unheard, not_heard
from discord_bot.consent.notice import excluded
from discord_bot.errors import NotAllowed
from discord_bot.languages import answer_language
from discord_bot.messages.posting import answer
from discord_bot.rights import is_manager
from translations import Text, message, sentences

_WHOM: Final = app_commands.describe(
    member="Whom; you, if you name no one. Others: only for those who manage the server.",
    everywhere="For you alone: in all servers, not only in this one.",
)


OthersChoice: TypeAlias = Callable[[VoiceBot, discord.Interaction, discord.Member], Awaitable[None]]
"""A choice for another member, by those who manage the server."""


class OwnChoice(Protocol):
    """A choice of the member who asks."""

    async def __call__(
        self, bot: VoiceBot, interaction: discord.Interaction, *, everywhere: bool
    ) -> None: ...


class IgnoreCog(commands.Cog):
    def __init__(self, bot: VoiceBot) -> None:
        self._bot = bot
        self._menu = app_commands.ContextMenu(name="Leave out of voice", callback=self._leave_out)
        offered_menu(self._menu)

    async def cog_load(self) -> None:
        self._bot.tree.add_command(self._menu)

    @app_commands.command(description="Keep the bot from hearing you.")
    @_WHOM
    @offered
    async def ignore(
        self,
        interaction: discord.Interaction,
        member: discord.Member | None = None,
        everywhere: bool = False,
    ) -> None:
        await self._choose(interaction, member, everywhere, leave_me_out, leave_out)

    @app_commands.command(description="Let the bot hear you again, or agree to be heard.")
    @_WHOM
    @offered
    async def unignore(
        self,
        interaction: discord.Interaction,
        member: discord.Member | None = None,
        everywhere: bool = False,
    ) -> None:
        await self._choose(interaction, member, everywhere, hear_me, readmit)

    async def _leave_out(self, interaction: discord.Interaction, member: discord.Member) -> None:
        await self._choose(interaction, member, False, leave_me_out, leave_out)

    async def _choose(
        self,
        interaction: discord.Interaction,
        member: discord.Member | None,
        everywhere: bool,
        own: OwnChoice,
        others: OthersChoice,
    ) -> None:
        """Carry out the choice of a member for themselves, or of a manager for another."""
        if member is None or member == interaction.user:
            await own(self._bot, interaction, everywhere=everywhere)
        else:
            await others(self._bot, interaction, member)


async def leave_me_out(
    bot: VoiceBot, interaction: discord.Interaction, *, everywhere: bool = False
) -> None:
    """Leave out the member who asks, at once."""
    guild, member = guild_of(interaction), member_of(interaction)
    before = bot.hearing.why_not(guild, member.id)
    kept = bot.hearing.leave_out(member.id, guild.id, everywhere=everywhere)
    if everywhere:
        text = message(
            "I do not hear you in any server from now on, and dropped what you were saying. "
            "`/unignore everywhere:True` undoes it."
        )
    elif before in (Unheard.LEFT_OUT, Unheard.EXCLUDED):
        text = not_heard(before)
    else:
        text = message(
            "I do not hear you in this server from now on, and dropped what you were saying. "
            "The button below, or `/unignore`, undoes it."
        )
    await _applied(bot, interaction, kept, text, heard=_undone_here(before, everywhere))


async def hear_me(
    bot: VoiceBot, interaction: discord.Interaction, *, everywhere: bool = False
) -> None:
    """Let the bot hear the member who asks, unless the server does not."""
    guild, member = guild_of(interaction), member_of(interaction)
    kept = bot.hearing.agree(member.id, guild.id, everywhere=everywhere)
    reason = bot.hearing.why_not(guild, member.id)
    if reason is not None:
        text = not_heard(reason)
    elif everywhere:
        text = message("I hear you in the calls of all our servers. `/ignore` leaves you out.")
    else:
        text = message("I hear you in the calls of this server. `/ignore` leaves you out.")
    await _applied(bot, interaction, kept, text, heard=True if reason is None else None)


async def leave_out(
    bot: VoiceBot, interaction: discord.Interaction, member: discord.Member
) -> None:
    """Leave out another member, for those who manage the server.

    Raises:
        NotAllowed: the asker does not manage it.
    """
    guild = _managed(bot, interaction)
    name = name_of(member)
    if member.bot:
        text = message("{name} is a bot: I hear only those that this server chose.", name=name)
        await answer(interaction, text, ephemeral=True)
        return
    reason = bot.hearing.why_not(guild, member.id)
    if reason in (Unheard.LEFT_OUT, Unheard.EXCLUDED):
        text = message("{name} is left out already.", name=name)
        await answer(interaction, text, ephemeral=True)
        return
    kept = bot.hearing.exclude(member.id, guild.id)
    text = message(
        "I do not hear {name} in this server from now on. `/unignore` undoes it.", name=name
    )
    await _applied(bot, interaction, kept, text)
    session = bot.sessions.get(guild.id)
    if session is not None and member.id in session.room.people:
        await session.tell(excluded(member.mention, name_of(member_of(interaction))))


async def readmit(bot: VoiceBot, interaction: discord.Interaction, member: discord.Member) -> None:
    """Undo `leave_out`. It does not undo what a member chose themselves.

    Raises:
        NotAllowed: the asker does not manage the server.
    """
    guild = _managed(bot, interaction)
    kept = bot.hearing.readmit(member.id, guild.id)
    reason, name = bot.hearing.why_not(guild, member.id), name_of(member)
    if reason is None:
        text = message("I hear {name} in the calls of this server.", name=name)
    elif reason is Unheard.NOT_LISTED:
        text = message("I still do not hear {name}: this server has chosen whom I hear.", name=name)
    else:
        text = message("I still do not hear {name}: only they can decide that.", name=name)
    await _applied(bot, interaction, kept, text)


def _managed(bot: VoiceBot, interaction: discord.Interaction) -> discord.Guild:
    guild, asker = guild_of(interaction), member_of(interaction)
    if is_manager(asker, bot.rights(guild.id)):
        return guild
    raise NotAllowed(
        message(
            "You can choose for yourself whether I hear you. For others, members can who may move "
            "members or manage this server."
        )
    )


def _undone_here(before: Unheard | None, everywhere: bool) -> bool | None:
    """False if a button for this server undoes that a member is left out."""
    return None if everywhere or before is Unheard.EXCLUDED else False


async def _applied(
    bot: VoiceBot,
    interaction: discord.Interaction,
    kept: Kept,
    text: Text,
    *,
    heard: bool | None = None,
) -> None:
    """Apply a choice that was made, then answer when it is on the disk. ``heard`` tells what the
    member chose for themselves: a button undoes it."""
    bot.hearing_changed()
    await interaction.response.defer(ephemeral=True, thinking=True)
    try:
        await kept
    except ChangeNotKept:
        text = sentences(
            text, message("But I could not write that down: it ends when I am restarted.")
        )
    language = answer_language(interaction, private=True)
    undo = None if heard is None else choice_button(language, heard=heard)
    await answer(interaction, text, ephemeral=True, view=undo)


async def setup(bot: VoiceBot) -> None:
    """Add it to the bot."""
    await bot.add_cog(IgnoreCog(bot))

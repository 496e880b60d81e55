"""/join: joins a voice channel."""

from __future__ import annotations

from typing import Final

import discord
from discord import app_commands
from discord.ext import commands

from discord_bot.bot import VoiceBot
from discord_bot.call.voice_channel import VoiceChannel, check_may_join
from discord_bot.commands.context import may_write, member_of, text_channel_of
from discord_bot.errors import NotInVoice
from discord_bot.messages.posting import answer

UNREACHABLE: Final = "my operator's log says why, and `/join` tries again."


class JoinCog(commands.Cog):
    def __init__(self, bot: VoiceBot) -> None:
        self._bot = bot

    @app_commands.command(description="Have the agent join your voice channel and listen.")
    @app_commands.describe(channel="The voice channel; yours, if you name none.")
    @app_commands.guild_only()
    async def join(
        self,
        interaction: discord.Interaction,
        channel: discord.VoiceChannel | discord.StageChannel | None = None,
    ) -> None:
        target = channel or _channel_of(member_of(interaction))
        text = text_channel_of(interaction)
        check_may_join(target)
        await interaction.response.defer(ephemeral=True)
        present = self._bot.sessions.get(target.guild.id)
        already = present is not None and present.is_in(target)
        session = await self._bot.join(target, text)
        persona = session.room.persona
        name = persona.name
        reply = (
            f"I am {'already ' if already else ''}in {target.mention}. Say “{name}” and ask. "
            f"`/agent` chooses who answers, `/sensitivity` how readily, `/leave` ends it."
        )
        if not may_write(interaction):
            reply += " I may not write in this channel, so what I cannot say aloud will be lost."
        if not await self._bot.agents.reach():
            reply += f" But I cannot reach {name} just now: {UNREACHABLE}"
        elif (other := self._bot.agents.answered_by(persona.agent)) != persona.agent:
            reply += f" OpenClaw has no agent `{persona.agent}`: `{other}` answers as {name}."
        await answer(interaction, reply, ephemeral=True)
        if not already:
            await session.announce_listening(target)


def _channel_of(member: discord.Member) -> VoiceChannel:
    if member.voice is None or member.voice.channel is None:
        raise NotInVoice("Join a voice channel first, or name one: `/join channel:`.")
    return member.voice.channel


async def setup(bot: VoiceBot) -> None:
    """Called by discord.py when the extension is loaded."""
    await bot.add_cog(JoinCog(bot))

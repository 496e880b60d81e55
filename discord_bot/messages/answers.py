"""Answers to commands, of any length."""

from __future__ import annotations

from collections.abc import Sequence

import discord

from discord_bot.messages.posting import post


async def answer(interaction: discord.Interaction, text: str, *, ephemeral: bool = False) -> None:
    """Answer a command, at first or once more.

    Raises:
        discord.DiscordException: Discord did not take the answer, or a part of it.
    """

    async def send(part: str, files: Sequence[discord.File]) -> None:
        if interaction.response.is_done():
            await interaction.followup.send(part, files=files, ephemeral=ephemeral)
        else:
            await interaction.response.send_message(part, files=files, ephemeral=ephemeral)

    await post(send, text, as_file=interaction.app_permissions.attach_files)

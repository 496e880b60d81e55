"""A bot on plain discord.py, as anyone would write it: nothing about it knows the simulator."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator

import aiohttp
import discord
import numpy as np
from discord import app_commands

from discord_bot.receive.opus import load_libopus
from pipeline.audio import Pcm16
from simulators.discord import DiscordSimulator, VoiceChannel


class Tape(discord.AudioSource):
    """Plays ``int16[n]``, 48 kHz mono."""

    def __init__(self, pcm: Pcm16) -> None:
        self._stereo = np.repeat(pcm, 2).tobytes()
        self._at = 0

    def read(self) -> bytes:
        frame = self._stereo[self._at : self._at + 3840]
        self._at += 3840
        return frame if len(frame) == 3840 else b""


class StockBot(discord.Client):
    def __init__(self, connector: aiohttp.BaseConnector) -> None:
        super().__init__(
            intents=discord.Intents(guilds=True, voice_states=True),
            connector=connector,
            guild_ready_timeout=0.05,
        )
        self.tree = app_commands.CommandTree(self)
        self.errors: list[Exception] = []
        self.tree.error(self._on_command_error)
        _add_commands(self.tree)

    async def setup_hook(self) -> None:
        await self.tree.sync()

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """Identify at once: there is no queue to respect on loopback."""

    async def _on_command_error(
        self, interaction: discord.Interaction, error: app_commands.AppCommandError
    ) -> None:
        self.errors.append(error)

    async def enter(self, channel: VoiceChannel) -> discord.VoiceClient:
        place = self.get_channel(channel.id)
        assert isinstance(place, discord.VoiceChannel | discord.StageChannel)
        return await place.connect(timeout=8.0)


def _add_commands(tree: app_commands.CommandTree[StockBot]) -> None:
    voice = app_commands.Group(name="voice", description="Voice", guild_only=True)

    @voice.command(description="Join your channel")
    async def join(interaction: discord.Interaction) -> None:
        await interaction.response.defer(ephemeral=True)
        member = interaction.user
        assert isinstance(member, discord.Member)
        assert member.voice is not None
        assert member.voice.channel is not None
        await member.voice.channel.connect(timeout=8.0)
        await interaction.followup.send(f"In {member.voice.channel.name}.")

    @tree.command(description="Choose an agent")
    async def agent(interaction: discord.Interaction, name: str, loud: bool = False) -> None:
        await interaction.response.send_message(f"{name} it is{'!' if loud else '.'}")
        await interaction.edit_original_response(content=f"{name} is here.")
        await interaction.followup.send("Say hello.", ephemeral=True)

    @agent.autocomplete("name")
    async def suggest(
        interaction: discord.Interaction, current: str
    ) -> list[app_commands.Choice[str]]:
        names = ("jarvis", "sage")
        return [app_commands.Choice(name=n.title(), value=n) for n in names if current in n]

    @tree.command(description="Only for managers")
    @app_commands.default_permissions(manage_guild=True)
    async def manage(interaction: discord.Interaction) -> None:
        await interaction.response.send_message("Managed.", ephemeral=True)

    tree.add_command(voice)


@contextlib.asynccontextmanager
async def stock_bot(sim: DiscordSimulator) -> AsyncIterator[StockBot]:
    """Logged in and ready; at the end it leaves its calls and closes."""
    load_libopus()
    bot = StockBot(sim.connector())
    running = asyncio.create_task(bot.start(sim.token))
    try:
        await sim.wait_for_bot()
        async with asyncio.timeout(5):
            await bot.wait_until_ready()
        yield bot
    finally:
        for client in list(bot.voice_clients):
            await client.disconnect(force=True)
        await bot.close()
        await running

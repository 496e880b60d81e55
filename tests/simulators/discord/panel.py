"""A bot on plain discord.py with buttons, menus, forms and context menus."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator

import aiohttp
import discord
from discord import app_commands

from simulators.discord import DiscordSimulator


class Choices(discord.ui.View):
    """Two buttons and menus of each kind, which say what was clicked or chosen."""

    def __init__(self) -> None:
        super().__init__(timeout=None)
        self.add_item(discord.ui.Button(label="Privacy", url="https://example.org/privacy"))

    @discord.ui.button(label="Leave me out", custom_id="leave-out", emoji="🙈")
    async def leave_out(
        self, interaction: discord.Interaction, button: discord.ui.Button[Choices]
    ) -> None:
        who = interaction.user.display_name
        await interaction.response.send_message(f"{who} is left out.", ephemeral=True)
        await interaction.followup.send("Change your mind with /unignore.", ephemeral=True)

    @discord.ui.button(label="Once", style=discord.ButtonStyle.primary)
    async def once(
        self, interaction: discord.Interaction, button: discord.ui.Button[Choices]
    ) -> None:
        button.disabled = True
        await interaction.response.edit_message(content="Clicked once.", view=self)

    @discord.ui.button(label="Slow", style=discord.ButtonStyle.secondary)
    async def slow(
        self, interaction: discord.Interaction, button: discord.ui.Button[Choices]
    ) -> None:
        await interaction.response.defer()
        await interaction.edit_original_response(content="Done at last.", view=None)
        await interaction.followup.send("A follow-up.")

    @discord.ui.select(
        placeholder="Which agents?",
        max_values=2,
        options=[
            discord.SelectOption(label="Jarvis", value="j", description="Knows the house"),
            discord.SelectOption(label="Sage", value="s"),
        ],
    )
    async def agents(
        self, interaction: discord.Interaction, select: discord.ui.Select[Choices]
    ) -> None:
        await interaction.response.send_message(", ".join(select.values))

    @discord.ui.select(cls=discord.ui.UserSelect, placeholder="Whom?")
    async def members(
        self, interaction: discord.Interaction, select: discord.ui.UserSelect[Choices]
    ) -> None:
        await interaction.response.send_message(select.values[0].display_name)

    @discord.ui.select(
        cls=discord.ui.ChannelSelect,
        placeholder="Where?",
        channel_types=[discord.ChannelType.voice],
    )
    async def places(
        self, interaction: discord.Interaction, select: discord.ui.ChannelSelect[Choices]
    ) -> None:
        await interaction.response.send_message(select.values[0].name)

    @discord.ui.select(cls=discord.ui.RoleSelect, placeholder="Which role?", min_values=0)
    async def roles(
        self, interaction: discord.Interaction, select: discord.ui.RoleSelect[Choices]
    ) -> None:
        await interaction.response.send_message(f"{[role.name for role in select.values]}")


class Prompt(discord.ui.Modal, title="Ask Jarvis"):
    """A form with a text, and a menu below a label."""

    question: discord.ui.TextInput[Prompt] = discord.ui.TextInput(
        label="Question", max_length=20, default="What is this?"
    )
    tone: discord.ui.Label[Prompt] = discord.ui.Label(
        text="Tone",
        component=discord.ui.Select(
            options=[discord.SelectOption(label="Calm"), discord.SelectOption(label="Bright")]
        ),
    )

    def __init__(self, about: str) -> None:
        super().__init__()
        self.about = about

    async def on_submit(self, interaction: discord.Interaction) -> None:
        assert isinstance(self.tone.component, discord.ui.Select)
        tone = self.tone.component.values[0]
        answer = f"{self.question.value} ({tone}, about {self.about!r})"
        await interaction.response.send_message(answer, ephemeral=True)


class PanelBot(discord.Client):
    def __init__(self, connector: aiohttp.BaseConnector) -> None:
        super().__init__(
            intents=discord.Intents(guilds=True, voice_states=True, guild_messages=True),
            connector=connector,
            guild_ready_timeout=0.05,
            allowed_mentions=discord.AllowedMentions.none(),
        )
        self.tree = app_commands.CommandTree(self)
        self.told: list[str] = []
        _add_commands(self.tree)

    async def setup_hook(self) -> None:
        await self.tree.set_translator(Words())
        await self.tree.sync()

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """Identify at once: there is no queue to respect on loopback."""

    async def on_message(self, message: discord.Message) -> None:
        self.told.append(f"message {message.content!r}")

    async def on_member_update(self, before: discord.Member, after: discord.Member) -> None:
        self.told.append(f"member {after.display_name}")

    async def on_raw_member_remove(self, payload: discord.RawMemberRemoveEvent) -> None:
        self.told.append(f"gone {payload.user.name}")

    async def on_thread_create(self, thread: discord.Thread) -> None:
        self.told.append(f"thread {thread.name}")

    async def on_thread_update(self, before: discord.Thread, after: discord.Thread) -> None:
        self.told.append(f"archived {after.archived}")

    async def on_guild_update(self, before: discord.Guild, after: discord.Guild) -> None:
        self.told.append(f"locale {after.preferred_locale}")

    async def on_stage_instance_create(self, stage: discord.StageInstance) -> None:
        self.told.append(f"stage {stage.topic}")


class Words(app_commands.Translator):
    """German for what the bot calls itself; nothing else."""

    async def translate(
        self,
        string: app_commands.locale_str,
        locale: discord.Locale,
        context: app_commands.TranslationContextTypes,
    ) -> str | None:
        if locale is not discord.Locale.german:
            return None
        return {
            "settings": "einstellungen",
            "Change the settings": "Die Einstellungen ändern",
            "value": "wert",
            "Leave out of voice": "Nicht zuhören",
        }.get(string.message)


def _add_commands(tree: app_commands.CommandTree[PanelBot]) -> None:
    @tree.command(description="Show the choices")
    async def panel(interaction: discord.Interaction, private: bool = False) -> None:
        await interaction.response.send_message("Choose.", view=Choices(), ephemeral=private)

    @tree.command(description="Change the settings")
    async def settings(interaction: discord.Interaction, value: str = "") -> None:
        words = f"{interaction.locale} in {interaction.guild_locale}: {value}"
        await interaction.response.send_message(words, ephemeral=True)

    @tree.command(description="Only for grown-ups", nsfw=True)
    async def grown(interaction: discord.Interaction) -> None:
        await interaction.response.send_message("Well.")

    @tree.context_menu(name="Leave out of voice")
    async def leave_out(interaction: discord.Interaction, member: discord.Member) -> None:
        await interaction.response.send_message(f"{member.display_name} is left out.")

    @tree.context_menu(name="Ask Jarvis about this")
    async def ask(interaction: discord.Interaction, message: discord.Message) -> None:
        await interaction.response.send_modal(Prompt(message.content))

    @tree.context_menu(name="Delete")
    @app_commands.default_permissions(manage_messages=True)
    async def delete(interaction: discord.Interaction, message: discord.Message) -> None:
        await interaction.response.send_message("Deleted.", ephemeral=True)


@contextlib.asynccontextmanager
async def panel_bot(sim: DiscordSimulator) -> AsyncIterator[PanelBot]:
    """Logged in and ready; it closes at the end."""
    bot = PanelBot(sim.connector())
    running = asyncio.create_task(bot.start(sim.token))
    try:
        await sim.wait_for_bot()
        async with asyncio.timeout(5):
            await bot.wait_until_ready()
        yield bot
    finally:
        await bot.close()
        await running

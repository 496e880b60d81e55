"""/settings: shows what the server chose, and changes it."""

from __future__ import annotations

from typing import Any, Final

import discord
from discord import app_commands
from discord.ext import commands

from database.errors import InvalidSetting
from database.guild_settings import GuildSettings
from database.setting_store import GuildSetting
from database.setting_values import guild_settings_info, setting_info
from discord_bot.bot import VoiceBot
from discord_bot.commands.access import limited, offered_group
from discord_bot.commands.agent import agent_called, agent_choices
from discord_bot.commands.context import guild_of, member_of, name_of, not_kept, tell_call
from discord_bot.commands.setting_choices import picked_choices, setting_choices, value_choices
from discord_bot.commands.setting_panel import SettingPanel
from discord_bot.consent.notice import TOLD_BY_NOTICE
from discord_bot.errors import NotPossible
from discord_bot.languages import answer_language
from discord_bot.messages.posting import answer
from discord_bot.rights import check_may_change, may_change
from discord_bot.setting_texts import (
    ABOUT,
    GROUPS,
    PICKED,
    TITLES,
    AgentNames,
    allowed_text,
    titled,
    value_text,
)
from discord_bot.setting_words import LONGEST, written_value
from translations import Text, bold, joined, lines, listing, message, sentences, small, verbatim

_LONGEST_SHOWN: Final = 60


@offered_group
class SettingsCog(
    commands.GroupCog,
    group_name="settings",
    description="What this server chose for the voice agent.",
):
    def __init__(self, bot: VoiceBot) -> None:
        self._bot = bot

    @app_commands.command(description="Show what this server chose, who did, and the defaults.")
    @app_commands.describe(setting="One setting, to see more of it and to change it by a menu.")
    @limited
    async def view(self, interaction: discord.Interaction, setting: str | None = None) -> None:
        guild = guild_of(interaction)
        if setting is None:
            settings = {each.info.name: each for each in self._bot.store.settings.view(guild.id)}
            chosen = self._bot.store.settings.of(guild.id)
            await answer(interaction, overview(settings, chosen, self._agent_name), ephemeral=True)
            return
        await self._show(interaction, _known(interaction, setting))

    @app_commands.command(name="set", description="Change a setting of this server.")
    @app_commands.describe(
        setting="The setting.", value="Its value; several are separated by commas."
    )
    @limited
    async def choose(
        self,
        interaction: discord.Interaction,
        setting: str,
        value: app_commands.Range[str, 1, LONGEST],
    ) -> None:
        name = _known(interaction, setting)
        self._check(interaction, name)
        if name == "agent":
            wanted: object = (await agent_called(self._bot, value)).agent
        else:
            try:
                language = answer_language(interaction, private=True)
                wanted = written_value(name, value, language)
            except InvalidSetting as error:
                raise _refused(name, value) from error
        await self.change(interaction, name, wanted)

    @app_commands.command(description="Set a setting back to its default.")
    @app_commands.describe(setting="The setting.")
    @limited
    async def reset(self, interaction: discord.Interaction, setting: str) -> None:
        await self.change(interaction, _known(interaction, setting), None)

    @view.autocomplete("setting")
    @choose.autocomplete("setting")
    @reset.autocomplete("setting")
    async def names(
        self, interaction: discord.Interaction, current: str
    ) -> list[app_commands.Choice[str]]:
        return setting_choices(current, answer_language(interaction, private=True))

    @choose.autocomplete("value")
    async def values(
        self, interaction: discord.Interaction, current: str
    ) -> list[app_commands.Choice[str]]:
        name = str(getattr(interaction.namespace, "setting", ""))
        if name not in guild_settings_info():
            return []
        if name == "agent":
            return await agent_choices(self._bot, current)
        language = answer_language(interaction, private=True)
        if name in PICKED:
            guild, member = guild_of(interaction), member_of(interaction)
            return picked_choices(name, current, guild, member, language)
        held = self._bot.store.settings.setting(interaction.guild_id or 0, name)
        return value_choices(held, current, language, self._agent_name)

    # -- for the panel too -------------------------------------------------------------------

    async def change(
        self, interaction: discord.Interaction, name: str, value: object | None
    ) -> None:
        """Set a setting, or with None reset it, and answer.

        Raises:
            NotAllowed: the member may not change it.
            NotPossible: the value is not allowed; the text says which are.
        """
        self._check(interaction, name)
        guild, member = guild_of(interaction), member_of(interaction)
        settings = self._bot.store.settings
        before, chosen = settings.setting(guild.id, name), settings.of(guild.id)
        try:
            if value is None:
                kept = settings.reset(guild.id, name, by=member.id)
            else:
                kept = settings.set(guild.id, name, value, by=member.id)
        except InvalidSetting as error:
            raise _refused(name, str(value)) from error
        saved = await not_kept(interaction, kept, ephemeral=True)
        after = settings.setting(guild.id, name)
        now = value_text(name, after.value, settings.of(guild.id), self._agent_name)
        if after.value == before.value:
            text = message("{setting} was that already: {value}.", setting=titled(name), value=now)
            await answer(interaction, sentences(text, saved), ephemeral=True)
            return
        text = message(
            "{setting}: now {value}, before {before}.",
            setting=titled(name),
            value=now,
            before=value_text(name, before.value, chosen, self._agent_name),
        )
        await answer(interaction, sentences(text, saved), ephemeral=True)
        if name in TOLD_BY_NOTICE:
            return
        told = message("{name} has set it: {text}", name=name_of(member), text=text)
        await tell_call(self._bot, interaction, told, answered=False)

    def _check(self, interaction: discord.Interaction, name: str) -> None:
        guild = guild_of(interaction)
        call, rights = self._bot.calls.call_in(guild), self._bot.rights(guild.id)
        check_may_change(member_of(interaction), setting_info(name).may_change, call, rights)

    async def _show(self, interaction: discord.Interaction, name: str) -> None:
        guild = guild_of(interaction)
        held = self._bot.store.settings.setting(guild.id, name)
        chosen = self._bot.store.settings.of(guild.id)
        shown = [
            _line(held, chosen, self._agent_name),
            ABOUT[name],
            small(message("Allowed: {allowed}.", allowed=allowed_text(held.info))),
        ]
        call, rights = self._bot.calls.call_in(guild), self._bot.rights(guild.id)
        member = member_of(interaction)
        if may_change(member, held.info.may_change, call, rights):
            language = answer_language(interaction, private=True)
            panel = SettingPanel(held, language, self._picked)
            await answer(interaction, lines(shown), ephemeral=True, view=panel)
            return
        shown.append(small(message("You cannot change it here.")))
        await answer(interaction, lines(shown), ephemeral=True)

    def _agent_name(self, agent: str) -> str:
        return self._bot.agents.persona(agent).name

    async def _picked(
        self, interaction: discord.Interaction, name: str, value: object | None
    ) -> None:
        await self.change(interaction, name, value)


def overview(
    settings: dict[str, GuildSetting], chosen: GuildSettings, agent_name: AgentNames
) -> Text:
    """All settings by group, with who chose what and when."""
    shown: list[Text] = []
    for group, names in GROUPS.items():
        shown.append(bold(group))
        shown += [
            joined((verbatim("-"), _line(settings[each], chosen, agent_name)), " ")
            for each in names
        ]
    shown.append(
        small(message("`/settings view` with a name explains it; `/settings set` changes it."))
    )
    return lines(shown)


def _line(held: GuildSetting, chosen: GuildSettings, agent_name: AgentNames) -> Text:
    name = held.info.name
    value = value_text(name, held.value, chosen, agent_name)
    line = message("{setting}: {value}", setting=TITLES[name], value=bold(value))
    if held.chosen is None:
        return line
    when = discord.utils.format_dt(held.chosen.at, "R")
    default = value_text(name, held.default, chosen, agent_name)
    if held.chosen.by is None:
        # Translators: {ago} is Discord's own "5 minutes ago".
        note = message("(default {default}; chosen {ago})", default=default, ago=when)
    else:
        # Translators: {ago} is Discord's own "5 minutes ago".
        note = message(
            "(default {default}; chosen by {member} {ago})",
            default=default,
            member=f"<@{held.chosen.by}>",
            ago=when,
        )
    return joined((line, note), " ")


def _known(interaction: discord.Interaction, name: str) -> str:
    """A setting by its name in the code, or by that in the member's language.

    Raises:
        NotPossible: there is no such setting; the text has those that are meant.
    """
    language = answer_language(interaction, private=True)
    wanted = name.strip().casefold()
    if (code := wanted.replace(" ", "_")) in guild_settings_info():
        return code
    for each, title in TITLES.items():
        if title.to(language).casefold() == wanted:
            return each
    raise NotPossible(
        message(
            "There is no setting “{name}”. There are: {names}.",
            name=discord.utils.escape_markdown(name[:_LONGEST_SHOWN]),
            names=listing(TITLES.values()),
        )
    )


def _refused(name: str, value: Any) -> NotPossible:
    shown = " ".join(str(value).split())[:_LONGEST_SHOWN]
    return NotPossible(
        message(
            "{setting} cannot be “{value}”. Allowed: {allowed}.",
            setting=titled(name),
            value=discord.utils.escape_markdown(shown),
            allowed=allowed_text(setting_info(name)),
        )
    )


async def setup(bot: VoiceBot) -> None:
    """Add it to the bot."""
    await bot.add_cog(SettingsCog(bot))

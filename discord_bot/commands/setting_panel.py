"""The menu and the button below one setting: picks a new value, or the default again."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, Final, TypeAlias

import discord

from database.guild_settings import MOST_IDS, GuildSettings
from database.setting_store import GuildSetting
from database.setting_values import parsed_value, shown_value
from discord_bot.commands.failures import answer_failure
from discord_bot.setting_texts import PICKED, PRESETS, mention_ids, value_text
from translations import message

Picked: TypeAlias = Callable[[discord.Interaction, str, object | None], Awaitable[None]]
"""Called with the setting's name and its new value; None for the default."""

_Kind = discord.SelectDefaultValueType
_OPEN_S: Final = 600.0
_MOST_PICKED: Final = min(25, MOST_IDS)
"""Discord's limit for the values of a menu."""
_LONGEST_LABEL: Final = 100
"""Discord's limit for the words of a choice."""


class SettingPanel(discord.ui.View):
    """The controls for one setting, in the language of the member who opened it."""

    def __init__(self, held: GuildSetting, language: str, picked: Picked) -> None:
        super().__init__(timeout=_OPEN_S)
        self._name = held.info.name
        self._picked = picked
        menu = _menu(held, language)
        if menu is not None:
            menu.callback = self._on_menu  # type: ignore[method-assign]
            self.add_item(menu)
        self._menu = menu
        label = message("Use the default").to(language)
        button: discord.ui.Button[SettingPanel] = discord.ui.Button(label=label)
        button.disabled = held.chosen is None
        button.callback = self._on_reset  # type: ignore[method-assign]
        self.add_item(button)

    async def _on_menu(self, interaction: discord.Interaction) -> None:
        values: list[Any] = list(getattr(self._menu, "values", []))
        if self._name in PICKED:
            wanted: object = mention_ids(values)
        else:
            wanted = parsed_value(self._name, str(values[0]))
        await self._picked(interaction, self._name, wanted)

    async def _on_reset(self, interaction: discord.Interaction) -> None:
        await self._picked(interaction, self._name, None)

    async def on_error(
        self, interaction: discord.Interaction, error: Exception, item: discord.ui.Item[Any], /
    ) -> None:
        await answer_failure(interaction, error)


def _label(name: str, value: Any, language: str) -> str:
    return value_text(name, value, GuildSettings(), str).to(language)[:_LONGEST_LABEL]


def _menu(held: GuildSetting, language: str) -> discord.ui.Item[SettingPanel] | None:
    """The menu for a setting with few values, or with channels, roles or members as values."""
    name = held.info.name
    if held.info.choices:
        now = shown_value(name, held.value)
        few = [
            discord.SelectOption(
                label=_label(name, each, language), value=each, default=each == now
            )
            for each in held.info.choices
        ]
        return discord.ui.Select(options=few)
    if name in PRESETS:
        numbers = sorted({*PRESETS[name], held.value, held.default})
        offered = [
            discord.SelectOption(
                label=_label(name, each, language),
                value=shown_value(name, each),
                default=each == held.value,
            )
            for each in numbers
        ]
        return discord.ui.Select(options=offered)
    kind = PICKED.get(name)
    if kind is None:
        return None
    hint = message("Choose; none clears the list").to(language)
    of = {"channels": _Kind.channel, "roles": _Kind.role, "members": _Kind.user}[kind]
    options: dict[str, Any] = {
        "placeholder": hint,
        "min_values": 0,
        "max_values": _MOST_PICKED,
        "default_values": [
            discord.SelectDefaultValue(id=each, type=of) for each in held.value[:_MOST_PICKED]
        ],
    }
    match kind:
        case "channels":
            voice = [discord.ChannelType.voice, discord.ChannelType.stage_voice]
            return discord.ui.ChannelSelect(channel_types=voice, **options)
        case "roles":
            return discord.ui.RoleSelect(**options)
        case "members":
            return discord.ui.UserSelect(**options)

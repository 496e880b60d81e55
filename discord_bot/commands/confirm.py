"""A button that does what cannot be undone, in the answer to the member who asked for it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, Final, TypeAlias

import discord

from discord_bot.commands.failures import answer_failure
from translations import Text

_OPEN_S: Final = 300.0

Confirmed: TypeAlias = Callable[[discord.Interaction], Awaitable[None]]


class ConfirmView(discord.ui.View):
    """One button with a label in the member's language; it works once."""

    def __init__(self, label: Text, language: str, confirmed: Confirmed) -> None:
        super().__init__(timeout=_OPEN_S)
        self._confirmed = confirmed
        button: discord.ui.Button[ConfirmView] = discord.ui.Button(
            label=label.to(language), style=discord.ButtonStyle.danger
        )
        button.callback = self._on_click  # type: ignore[method-assign]
        self.add_item(button)

    async def _on_click(self, interaction: discord.Interaction) -> None:
        self.stop()
        await self._confirmed(interaction)

    async def on_error(
        self, interaction: discord.Interaction, error: Exception, item: discord.ui.Item[Any], /
    ) -> None:
        await answer_failure(interaction, error)

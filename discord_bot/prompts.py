"""Questions of the bot with buttons below, which are found by their ids also after a restart.

An id is ``<kind>:<32 hex digits>:<number>``: the kind tells who answers
(`VoiceBot.button_handlers`), the digits which question it is, and the number which of its choices.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal, Self, TypeAlias

import discord

from discord_bot.commands.failures import answer_failure
from discord_bot.messages.posting import answer
from translations import Text, message

ButtonKind: TypeAlias = Literal["prompt", "acknowledge"]
ButtonHandler: TypeAlias = Callable[[discord.Interaction, str, int], Awaitable[None]]
"""Answers a click, by the question's id and the number of the choice."""

_TEMPLATE: Final = r"(?P<kind>prompt|acknowledge):(?P<id>[0-9a-f]{32}):(?P<number>[0-9]{1,2})"
_LONGEST_LABEL: Final = 80
CLOSED: Final = message("This question is no longer open.")


@dataclass(frozen=True, slots=True)
class PromptChoice:
    """One button."""

    label: Text
    style: discord.ButtonStyle = discord.ButtonStyle.secondary


class PromptButton(discord.ui.DynamicItem[discord.ui.Button[Any]], template=_TEMPLATE):
    """A button of any question, answered by the handler of its kind."""

    def __init__(
        self, custom_id: str, choice: PromptChoice | None = None, language: str = "en"
    ) -> None:
        label = "-" if choice is None else choice.label.to(language)[:_LONGEST_LABEL]
        style = discord.ButtonStyle.secondary if choice is None else choice.style
        super().__init__(discord.ui.Button(label=label, custom_id=custom_id, style=style))

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction, item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        return cls(match.string)

    async def callback(self, interaction: discord.Interaction) -> None:
        kind, ident, number = self.custom_id.split(":")
        handlers: dict[str, ButtonHandler] = getattr(interaction.client, "button_handlers", {})
        handler = handlers.get(kind)
        try:
            if handler is None:
                await answer(interaction, CLOSED, ephemeral=True)
            else:
                await handler(interaction, ident, int(number))
        except Exception as error:
            await answer_failure(interaction, error)


def buttons(
    kind: ButtonKind, ident: str, choices: Sequence[PromptChoice], language: str
) -> discord.ui.View:
    """The buttons of a question, one for each choice, in a language."""
    view = discord.ui.View(timeout=None)
    for number, choice in enumerate(choices):
        view.add_item(PromptButton(f"{kind}:{ident}:{number}", choice, language))
    view.stop()  # discord.py need not keep it: the ids are enough
    return view

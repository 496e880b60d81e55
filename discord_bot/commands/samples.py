"""Samples of agents' voices, as files in answers."""

from __future__ import annotations

from typing import Final

import discord

from discord_bot.agent_tools import AgentTools
from discord_bot.bot import VoiceBot
from discord_bot.errors import NotPossible
from discord_bot.languages import answer_language
from discord_bot.messages.posting import Attachment, answer
from discord_bot.messages.reasons import reason_text
from pipeline.errors import SpeechUnavailable
from pipeline.ports import Persona
from translations import Text, message, sentences, verbatim

SAMPLE_FILE: Final = "voice.ogg"
_LONGEST_ID: Final = 100


def tools_of(bot: VoiceBot) -> AgentTools:
    """
    Raises:
        NotPossible: the bot runs without agents and a speech server.
    """
    if bot.tools is None:
        raise NotPossible(message("I run without a speech server."))
    return bot.tools


def sample_words(persona: Persona) -> Text:
    """What an agent says to show its voice."""
    return message("Hello, I am {agent}. This is how I sound.", agent=persona.name)


async def sample_of(
    interaction: discord.Interaction, tools: AgentTools, persona: Persona
) -> Attachment:
    """A sentence in an agent's voice, as a file.

    Raises:
        NotPossible: the speech server gave no audio; the text says why.
    """
    words = sample_words(persona)
    language = answer_language(interaction, private=False)
    try:
        return Attachment(SAMPLE_FILE, await tools.sample(words.to(language), persona))
    except SpeechUnavailable as error:
        why = reason_text(error.reason) if error.reason else None
        raise NotPossible(
            sentences(message("I have no sound of the voice {voice}.",
                              voice=shown_voice(persona.voice.name)), why)
        ) from error  # fmt: skip


async def answer_with_sample(
    interaction: discord.Interaction,
    tools: AgentTools,
    persona: Persona,
    text: Text,
    view: discord.ui.View | None = None,
) -> None:
    """Answer one member with a text and a sample of an agent's voice, or with the text and why
    there is no sample. ``view`` are components below the sample."""
    try:
        sample = await sample_of(interaction, tools, persona)
    except NotPossible as error:
        await answer(interaction, sentences(text, error.text), ephemeral=True)
    else:
        await answer(interaction, text, ephemeral=True, attachment=sample, view=view)


def shown_voice(voice: str) -> Text:
    """The id of a voice, for a message."""
    clean = voice.replace("`", "'")[:_LONGEST_ID]
    # Translators: the voice of an agent, where none was chosen
    return verbatim(f"`{clean}`") if clean else message("that the speech server chooses")

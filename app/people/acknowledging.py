"""Acknowledging critical messages in the calls: by voice, and by a button on Discord."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from functools import partial
from typing import Final, Protocol

import discord

from app.people.prompts import NOT_YOURS, THANKS, Heard
from discord_bot.bot import VoiceBot
from discord_bot.messages.direct_messages import ButtonsIn
from discord_bot.messages.posting import answer
from discord_bot.prompts import CLOSED, PromptChoice, buttons
from discord_bot.rights import may_control
from discord_bot.voice_session import VoiceSession
from fleet.notify.messages import People
from fleet.notify.settings import DISCORD, UrgencyLevel
from pipeline.addressee.classifier import Decision
from pipeline.bystanders import ANSWERS_BOT
from pipeline.language.spoken_answers import is_acknowledged
from pipeline.language.utterance import ParsedUtterance
from pipeline.speaking.announcement import Urgency
from tasks import OwnedTasks
from translations import language_of, message, verbatim

log = logging.getLogger(__name__)

GOT_IT: Final = PromptChoice(message("I have got it"), discord.ButtonStyle.success)
# Translators: is said aloud; write Japanese in kana.
NOTED: Final = message("Thank you, I have noted that.")
_ANSWER_S: Final = 60.0
"""How long after a message "got it" is for it, also among several people."""


class TellingRooms(Protocol):
    """What is needed of `app.fleet.bot_node.BotRooms`."""

    async def write(self, member_id: str, text: str, buttons: ButtonsIn | None = None) -> None: ...

    def speak(self, guild_ids: Sequence[int], text: str, urgency: str) -> list[VoiceSession]: ...


class Acknowledging:
    """The open critical messages in the calls of the bot. `close` it before the bot."""

    def __init__(self, bot: VoiceBot, people: People, rooms: TellingRooms) -> None:
        self._bot = bot
        self._people = people
        self._rooms = rooms
        self._tasks = OwnedTasks(log)
        people.ways.write, people.ways.speak = self._write, self._speak
        bot.button_handlers["acknowledge"] = self._clicked
        bot.session_listeners.append(self._listen_in)
        for session in bot.sessions.values():
            self._listen_in(session)

    async def close(self) -> None:
        """End what is being written."""
        await self._tasks.aclose()

    async def _write(self, member_id: str, text: str, ident: str | None) -> None:
        below = None if ident is None else partial(buttons, "acknowledge", ident, (GOT_IT,))
        await self._rooms.write(member_id, text, below)

    def _speak(self, text: str, urgency: UrgencyLevel, ident: str | None) -> None:
        for session in self._rooms.speak(self._people.settings.speak_in, text, urgency):
            if ident is not None:
                language = self._bot.languages.of(session.guild)
                below = buttons("acknowledge", ident, (GOT_IT,), language)
                asking = session.ask(verbatim(discord.utils.escape_markdown(text)), below)
                self._tasks.spawn(asking, "write a critical message")

    async def _clicked(self, interaction: discord.Interaction, ident: str, _: int) -> None:
        member = interaction.user
        if not self._may_acknowledge(member):
            await answer(interaction, NOT_YOURS, ephemeral=True)
            return
        found = self._people.acknowledge(ident, by=member.display_name, how="by a button")
        await answer(interaction, CLOSED if found is None else THANKS, ephemeral=True)

    def _may_acknowledge(self, member: discord.User | discord.Member) -> bool:
        """A recipient of the settings; in a server also those who may control its call."""
        recipients = self._people.settings.recipients
        if any((each.channel, each.to) == (DISCORD, str(member.id)) for each in recipients):
            return True
        if not isinstance(member, discord.Member):
            return False
        session = self._bot.sessions.get(member.guild.id)
        channel = None if session is None else session.channel
        return channel is not None and may_control(
            member, channel, self._bot.rights(member.guild.id)
        )

    def _listen_in(self, session: VoiceSession) -> None:
        session.room.controls.listeners.add(
            _Ear(session, self._people, self._may_acknowledge, self._bot)
        )


class _Ear:
    """A `pipeline.bystanders.WordListener` of one call."""

    def __init__(
        self,
        session: VoiceSession,
        people: People,
        may_acknowledge: Callable[[discord.Member], bool],
        bot: VoiceBot,
    ) -> None:
        self._session = session
        self._people = people
        self._may_acknowledge = may_acknowledge
        self._bot = bot

    def wants(self, utterance: ParsedUtterance, decision: Decision) -> str | None:
        if not self._people.open or self._member(utterance.speaker_id) is None:
            return None
        heard = Heard.of(self._session, utterance, decision)
        if not is_acknowledged(heard.text, utterance.language_code):
            return None
        meant = heard.certain or bool(self._people.heard_lately(_ANSWER_S))
        return ANSWERS_BOT if meant else None

    def take(self, utterance: ParsedUtterance, decision: Decision) -> None:
        member = self._member(utterance.speaker_id)
        if member is None:
            return
        for each in self._people.heard_lately(_ANSWER_S) or self._people.open[:1]:
            self._people.acknowledge(each.id, by=member.display_name, how="by voice")
        language = language_of(utterance.language_code)
        self._session.room.say(NOTED.to(language), Urgency.NEXT, language=language)

    def _member(self, user_id: int) -> discord.Member | None:
        member = self._session.guild.get_member(user_id)
        return member if member is not None and self._may_acknowledge(member) else None

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
from discord_bot.voice_session import VoiceSession
from fleet.notify.messages import OpenMessage, People
from fleet.notify.settings import DISCORD
from fleet.urgency import UrgencyLevel
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
        """End what is being written. A bot that could not log in has another one after it."""
        await self._tasks.aclose()

    async def _write(self, member_id: str, text: str, ident: str | None) -> None:
        below = None if ident is None else partial(buttons, "acknowledge", ident, (GOT_IT,))
        await self._rooms.write(member_id, text, below)

    def _speak(self, text: str, urgency: UrgencyLevel, ident: str | None) -> list[int]:
        sessions = self._rooms.speak(self._people.settings.speak_in, text, urgency)
        if ident is not None:
            for session in sessions:
                language = self._bot.languages.of(session.guild)
                below = buttons("acknowledge", ident, (GOT_IT,), language)
                asking = session.ask(verbatim(discord.utils.escape_markdown(text)), below)
                self._tasks.spawn(asking, "write a critical message")
        return [session.guild.id for session in sessions]

    async def _clicked(self, interaction: discord.Interaction, ident: str, _: int) -> None:
        member = interaction.user
        if not self._may_acknowledge(member):
            await answer(interaction, NOT_YOURS, ephemeral=True)
            return
        found = self._people.acknowledge(ident, by=member.display_name, how="by a button")
        await answer(interaction, CLOSED if found is None else THANKS, ephemeral=True)

    def open_for(self, member: discord.Member) -> list[OpenMessage]:
        """The open messages that a member in a call may mean: those that the call has heard, and
        for a recipient all."""
        if self._is_recipient(member):
            return self._people.open
        if not self._may_acknowledge(member):
            return []
        return [each for each in self._people.open if member.guild.id in each.heard_in]

    def _is_recipient(self, member: discord.User | discord.Member) -> bool:
        recipients = self._people.settings.recipients
        return any((each.channel, each.to) == (DISCORD, str(member.id)) for each in recipients)

    def _may_acknowledge(self, member: discord.User | discord.Member) -> bool:
        """A recipient of the settings; in a server also those who may control its call."""
        if self._is_recipient(member):
            return True
        return isinstance(member, discord.Member) and self._bot.may_control_call(member)

    def _listen_in(self, session: VoiceSession) -> None:
        # First: who has taken a conversation over may acknowledge too.
        ear = _Ear(session, self._people, self.open_for)
        session.room.controls.listeners.add(ear, first=True)


class _Ear:
    """A `pipeline.bystanders.WordListener` of one call."""

    def __init__(
        self,
        session: VoiceSession,
        people: People,
        open_for: Callable[[discord.Member], list[OpenMessage]],
    ) -> None:
        self._session = session
        self._people = people
        self._open_for = open_for

    def wants(self, utterance: ParsedUtterance, decision: Decision) -> str | None:
        if not self._people.open or not self._meant(utterance.speaker_id):
            return None
        heard = Heard.of(self._session, utterance, decision)
        if not is_acknowledged(heard.text, utterance.language_code):
            return None
        meant = heard.certain or bool(self._lately(utterance.speaker_id))
        return ANSWERS_BOT if meant else None

    def take(self, utterance: ParsedUtterance, decision: Decision) -> None:
        member = self._session.guild.get_member(utterance.speaker_id)
        meant = self._lately(utterance.speaker_id) or self._meant(utterance.speaker_id)[:1]
        if member is None or not meant:
            return
        for each in meant:
            self._people.acknowledge(each.id, by=member.display_name, how="by voice")
        language = language_of(utterance.language_code)
        self._session.room.say(NOTED.to(language), Urgency.NEXT, language=language)

    def _meant(self, user_id: int) -> list[OpenMessage]:
        member = self._session.guild.get_member(user_id)
        return [] if member is None else self._open_for(member)

    def _lately(self, user_id: int) -> list[OpenMessage]:
        lately = {each.id for each in self._people.heard_lately(_ANSWER_S)}
        return [each for each in self._meant(user_id) if each.id in lately]

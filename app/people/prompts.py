"""Questions of the bot to the people in a call: spoken, written with buttons, answered by either.

One question of a room is open at a time, so a "yes" is certain; the others wait for it.
"""

from __future__ import annotations

import asyncio
import logging
import uuid
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

import discord

from discord_bot.bot import VoiceBot
from discord_bot.call.voice_channel import only_bots
from discord_bot.errors import DISCORD_FAILED
from discord_bot.messages.posting import answer
from discord_bot.prompts import CLOSED, PromptChoice, buttons
from discord_bot.voice_session import VoiceSession
from pipeline.addressee.classifier import Decision
from pipeline.bystanders import ANSWERS_BOT
from pipeline.language.utterance import ParsedUtterance
from pipeline.speaking.announcement import Urgency
from tasks import OwnedTasks
from translations import Text, language_of, lines, message, small, verbatim

log = logging.getLogger(__name__)

NOT_YOURS: Final = message("You cannot answer this question.")
NOT_IN_TIME: Final = message("It was not answered in time.")
THANKS: Final = message("Thank you.")

Value: TypeAlias = tuple[int, ...] | str
"""The numbers of the choices, or a person's own words."""


@dataclass(frozen=True, slots=True)
class Heard:
    """Words of a person in the room while a question is open."""

    utterance: ParsedUtterance
    alone: bool
    """No other person is in the channel, heard or not."""
    addressed: bool
    """The words were meant for the agent."""

    @classmethod
    def of(cls, session: VoiceSession, utterance: ParsedUtterance, decision: Decision) -> Heard:
        """Words in a call; ``decision`` is the room's own about them."""
        channel = session.channel
        there = set() if channel is None else set(channel.voice_states)
        alone = only_bots(session.guild, there - {utterance.speaker_id})
        return cls(utterance, alone, decision.addressed)

    @property
    def text(self) -> str:
        return self.utterance.text_without_call

    @property
    def certain(self) -> bool:
        """Whether a bare "yes" is for the bot: no other person could be meant."""
        return self.alone or self.utterance.mentions.agent is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt:
    """A question to a room."""

    spoken: Text
    written: Text
    choices: Sequence[PromptChoice]
    heard: Callable[[Heard], Value | None]
    """What words answer; None if they answer nothing. Called again for more words."""
    may_answer: Callable[[discord.Member], bool]
    told: Callable[[Value, Text], Text]
    """What is written below the question when it was answered, with the person's name."""


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer, and who gave it."""

    value: Value
    member: discord.Member
    how: Literal["voice", "button"]

    @property
    def by(self) -> str:
        """The person for an audit log."""
        return f"{self.member.display_name} ({self.member.id})"


class NoCall(Exception):
    """There is no call in which the people could be asked; the text says why."""


class RoomPrompts:
    """The open questions of all calls of the bot. `close` it before the bot."""

    def __init__(self, bot: VoiceBot) -> None:
        self._bot = bot
        self._locks: defaultdict[int, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._open: dict[str, _OpenPrompt] = {}
        self._tasks = OwnedTasks(log)
        bot.button_handlers["prompt"] = self._clicked

    async def ask(self, guild_id: int, prompt: Prompt) -> Answered:
        """Ask those in a guild's call, and wait for the first answer. A cancellation, for example
        by a timeout, closes the question.

        Raises:
            NoCall: there is no call, or Discord is out of reach.
        """
        self._session(guild_id)
        async with self._locks[guild_id]:
            session, ident = self._session(guild_id), uuid.uuid4().hex
            opened = _OpenPrompt(self._bot, session, prompt)
            self._open[ident] = opened
            session.room.controls.listeners.add(opened, first=True)
            writing = self._tasks.spawn(self._write(opened, ident), "write a question")
            try:
                opened.speak()
                return await opened.answered
            finally:
                del self._open[ident]
                session.room.controls.listeners.discard(opened)
                self._tasks.spawn(self._finish(opened, writing), "finish a question")

    async def close(self) -> None:
        """End what is being written."""
        await self._tasks.wait()
        await self._tasks.aclose()

    def _session(self, guild_id: int) -> VoiceSession:
        session = self._bot.sessions.get(guild_id)
        if session is None or session.over or not session.joined:
            raise NoCall("no call is running there")
        if (problem := session.problem()) is not None:
            raise NoCall(str(problem))
        return session

    async def _write(self, opened: _OpenPrompt, ident: str) -> discord.Message | None:
        language = self._bot.languages.of(opened.session.guild)
        view = buttons("prompt", ident, opened.prompt.choices, language)
        return await opened.session.ask(opened.prompt.written, view)

    async def _finish(
        self, opened: _OpenPrompt, writing: asyncio.Task[discord.Message | None]
    ) -> None:
        """Take the buttons away, and write what became of the question."""
        posted = await writing
        if posted is None:
            return
        language = self._bot.languages.of(opened.session.guild)
        text = lines((opened.prompt.written, small(opened.outcome))).to(language)
        try:
            await posted.edit(content=text, view=None)
        except DISCORD_FAILED as error:
            log.info("a question could not be closed: %s", error)

    async def _clicked(self, interaction: discord.Interaction, ident: str, number: int) -> None:
        opened, member = self._open.get(ident), interaction.user
        if opened is None or opened.answered.done() or number >= len(opened.prompt.choices):
            await answer(interaction, CLOSED, ephemeral=True)
        elif not isinstance(member, discord.Member) or not opened.prompt.may_answer(member):
            await answer(interaction, NOT_YOURS, ephemeral=True)
        else:
            opened.answer(Answered((number,), member, "button"))
            await answer(interaction, THANKS, ephemeral=True)


class _OpenPrompt:
    """One open question; a `pipeline.bystanders.WordListener`."""

    def __init__(self, bot: VoiceBot, session: VoiceSession, prompt: Prompt) -> None:
        self.session = session
        self.prompt = prompt
        self.answered: asyncio.Future[Answered] = asyncio.get_running_loop().create_future()
        self._bot = bot

    def speak(self) -> None:
        """Say it within the reply whose agent waits for it, or else before all that waits."""
        room = self.session.room
        turn = room.answering
        language = (turn.language if turn is not None else None) or self._bot.languages.of(
            self.session.guild
        )
        words = self.prompt.spoken.to(language_of(language))
        if not room.controls.interject(words):
            room.say(words, Urgency.NEXT, language=language_of(language))

    def answer(self, answered: Answered) -> None:
        if not self.answered.done():
            self.answered.set_result(answered)

    @property
    def outcome(self) -> Text:
        """What is written below the question at its end."""
        if not self.answered.done() or self.answered.cancelled():
            return NOT_IN_TIME
        given = self.answered.result()
        name = discord.utils.escape_markdown(given.member.display_name)
        return self.prompt.told(given.value, verbatim(name))

    def wants(self, utterance: ParsedUtterance, decision: Decision) -> str | None:
        found = not self.answered.done() and self._value(utterance, decision) is not None
        return ANSWERS_BOT if found else None

    def take(self, utterance: ParsedUtterance, decision: Decision) -> None:
        value, member = self._value(utterance, decision), self._member(utterance.speaker_id)
        if value is not None and member is not None:
            self.answer(Answered(value, member, "voice"))

    def _value(self, utterance: ParsedUtterance, decision: Decision) -> Value | None:
        member = self._member(utterance.speaker_id)
        if member is None or not self.prompt.may_answer(member):
            return None
        return self.prompt.heard(Heard.of(self.session, utterance, decision))

    def _member(self, user_id: int) -> discord.Member | None:
        return self.session.guild.get_member(user_id)

"""Questions of agents (``ask_user``) in the calls: read out, and answered by voice or a button."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Sequence
from typing import Final

import discord

from app.people.prompts import Heard, NoCall, Prompt, RoomPrompts, Value
from discord_bot.bot import VoiceBot
from discord_bot.prompts import PromptChoice
from openclaw_client.errors import OpenClawError
from openclaw_client.gateway import Gateway
from openclaw_client.node.authorization import allowed_guilds, requester_id
from openclaw_client.node.rooms import VoiceRooms
from openclaw_client.questions import Question, QuestionDesk, QuestionRecord
from openclaw_client.session_keys import SessionKind, session_origin
from openclaw_client.turn_text import clean_words
from pipeline.language.spoken_answers import chosen_options
from tasks import OwnedTasks
from translations import Text, bold, joined, lines, listing, message, sentences, verbatim

log = logging.getLogger(__name__)

SKIP: Final = PromptChoice(message("Skip"))
_MARK: Final = re.compile(r"\s*\([^()]{0,40}\)\s*$")
"""What OpenClaw has agents write behind an option: "(Recommended)"."""
_LONGEST: Final = 400
_LOOK_AGAIN_S: Final = 2.0
"""Between two looks for a call of the session."""
_MOST_OPTIONS: Final = 10
_EXTRA_WORDS: Final = 4
"""Words besides those of an option that an answer may have which is not certainly for the bot."""


class RoomQuestions:
    """Asks the questions of the sessions that belong to a running call; an
    `openclaw_client.questions.QuestionListener`. `close` it before the bot."""

    def __init__(
        self, bot: VoiceBot, gateway: Gateway, rooms: VoiceRooms, prompts: RoomPrompts
    ) -> None:
        self._bot = bot
        self._rooms = rooms
        self._prompts = prompts
        self._asking: dict[str, asyncio.Task[None]] = {}
        self._tasks = OwnedTasks(log)
        self._questions = QuestionDesk(gateway, self)

    async def close(self) -> None:
        """Withdraw what is being asked here; at the Gateway it stays open."""
        await self._questions.close()
        await self._tasks.aclose()

    def asked(self, record: QuestionRecord) -> None:
        if record.id in self._asking or record.left_s <= 0:
            return
        if session_origin(record.session_key).kind in (SessionKind.OWNERS, SessionKind.UNKNOWN):
            return
        task = self._tasks.spawn(self._ask(record), f"question {record.id}")
        self._asking[record.id] = task
        task.add_done_callback(lambda _: self._asking.pop(record.id, None))

    def ended(self, ident: str) -> None:
        if (task := self._asking.get(ident)) is not None:
            task.cancel()

    def only_open(self, idents: Sequence[str]) -> None:
        for ident in self._asking.keys() - set(idents):
            self.ended(ident)

    def _guild_of(self, session_key: str | None) -> int | None:
        """The guild in whose running call a session's question is asked."""
        allowed = {guild.id for guild in allowed_guilds(self._rooms, session_key)}
        calls = [room for room in self._rooms.rooms() if room.guild.id in allowed]
        calls.sort(key=lambda room: room.answering != session_key)
        return calls[0].guild.id if calls else None

    async def _ask(self, record: QuestionRecord) -> None:
        try:
            async with asyncio.timeout(record.left_s):
                answers = await self._answers(record)
            await self._questions.answer(record, answers)
        except TimeoutError:
            log.info("a question of %s was not answered in time", record.agent_id)
        except OpenClawError as error:
            log.warning("the answer to a question of %s did not count: %s", record.agent_id, error)

    async def _answers(self, record: QuestionRecord) -> dict[str, list[str]]:
        """The answers, none for a skipped question; waits for a call of the session, since after a
        restart the connection is there before the call."""
        while True:
            guild_id = self._guild_of(record.session_key)
            try:
                if guild_id is not None:
                    return await self._answers_in(guild_id, record)
            except NoCall as error:
                log.debug("a question of %s waits: %s", record.agent_id, error)
            await asyncio.sleep(_LOOK_AGAIN_S)

    async def _answers_in(self, guild_id: int, record: QuestionRecord) -> dict[str, list[str]]:
        answers: dict[str, list[str]] = {}
        for question in record.questions:
            answered = await self._prompts.ask(guild_id, self._prompt(guild_id, record, question))
            given = _labels(question, answered.value)
            if given is None:
                return {}
            answers[question.question_id] = given
        return answers

    def _prompt(self, guild_id: int, record: QuestionRecord, question: Question) -> Prompt:
        asks = verbatim(clean_words(question.question)[:_LONGEST])
        options = question.options[:_MOST_OPTIONS]
        labels = [_MARK.sub("", clean_words(each.label)) for each in options]
        said = message("The choices: {options}.", options=listing(labels)) if labels else None
        name = self._bot.agents.persona(record.agent_id).name if record.agent_id else "OpenClaw"
        heading = message("{agent} asks:", agent=name)
        details = [
            joined((verbatim("-"), bold(verbatim(label)), small_text(option.description)), " ")
            for label, option in zip(labels, options, strict=True)
        ]
        return Prompt(
            spoken=sentences(asks, said),
            written=lines((joined((heading, bold(asks)), " "), *details)),
            choices=(*(PromptChoice(verbatim(label), _BLUE) for label in labels), SKIP),
            heard=lambda heard: heard_answer(heard, labels, question),
            may_answer=lambda member: self._may_answer(guild_id, record, member),
            told=lambda value, by: _told(question, value, by),
        )

    def _may_answer(self, guild_id: int, record: QuestionRecord, member: discord.Member) -> bool:
        """The person of a personal session; else those who may control the call."""
        session = self._bot.sessions.get(guild_id)
        if session is None or session.channel is None or member.bot:
            return False
        person = requester_id(record.session_key)
        if person is not None:
            return member.id == person
        return self._bot.may_control_call(member)


_BLUE: Final = discord.ButtonStyle.primary


def heard_answer(heard: Heard, labels: Sequence[str], question: Question) -> Value | None:
    """What words answer: options, or where it is allowed a person's own words to the agent."""
    words = heard.utterance.words
    found = chosen_options(
        heard.text, labels, heard.utterance.language_code, several=question.multi_select
    )
    if found:
        named = sum(len(labels[number].split()) for number in found)
        if heard.certain or heard.addressed or len(words) <= named + _EXTRA_WORDS:
            return found
        return None
    if question.is_other and heard.addressed and words:
        return clean_words(heard.text)[:_LONGEST]
    return None


def small_text(text: str) -> Text:
    """An option's description, on one line."""
    return verbatim(clean_words(text)[:_LONGEST])


def _labels(question: Question, value: Value) -> list[str] | None:
    """The answer as the Gateway takes it; None for a skipped question."""
    if isinstance(value, str):
        return [value]
    options = question.options[:_MOST_OPTIONS]
    if any(number >= len(options) for number in value):
        return None
    return [options[number].label for number in value]


def _told(question: Question, value: Value, by: Text) -> Text:
    given = _labels(question, value)
    if given is None:
        return message("{name} has skipped it.", name=by)
    shown = discord.utils.escape_markdown(", ".join(map(clean_words, given)))
    return message("{name} has answered: {answer}", name=by, answer=shown)

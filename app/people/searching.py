"""A search of the web by voice, without a turn of the agent: "search the web for ...".

What was found is said, as words of the web, and is so in what the agent is told of the room with
its next turn. The links are posted.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from typing import Final

import discord

from app.services import Services
from discord_bot.bot import VoiceBot
from discord_bot.voice_session import VoiceSession
from openclaw_client import SpeakerRef
from openclaw_client.errors import OpenClawError
from openclaw_client.tools.arguments import WebSearch
from openclaw_client.tools.imported import ImportedTools, ToolError
from openclaw_client.tools.search_result import SearchFound, read_search
from pipeline.addressee.classifier import Decision
from pipeline.bystanders import ASKS_BOT
from pipeline.language.spoken_answers import searched_for
from pipeline.language.utterance import ParsedUtterance
from pipeline.speaking.announcement import Urgency
from tasks import OwnedTasks
from translations import Text, joined, language_of, lines, message, verbatim

log = logging.getLogger(__name__)

WEB: Final = "web search"
"""Who says what was found, in the transcript and for agents."""
_LONGEST_QUERY: Final = 300
# Translators: the texts of this file but "Found for" are said aloud; write Japanese in kana.
SEARCHING: Final = message("One moment, I am searching.")
NOTHING: Final = message("I have found nothing.")
FAILED: Final = message("The search did not work.")


class VoiceSearch:
    """Searches in all calls of the bot. `close` it before the bot."""

    def __init__(self, shared: Services, bot: VoiceBot, tools: ImportedTools) -> None:
        self._shared = shared
        self._bot = bot
        self._tools = tools
        self._tasks = OwnedTasks(log)
        bot.session_listeners.append(self._listen_in)
        for session in bot.sessions.values():
            self._listen_in(session)

    async def close(self) -> None:
        """End what is being searched."""
        await self._tasks.aclose()

    def _listen_in(self, session: VoiceSession) -> None:
        session.room.controls.listeners.add(_SearchEar(lambda *asked: self._begin(session, *asked)))

    def _begin(self, session: VoiceSession, utterance: ParsedUtterance, query: str) -> None:
        self._tasks.spawn(self._search(session, utterance, query), "search the web")

    async def _search(self, session: VoiceSession, utterance: ParsedUtterance, query: str) -> None:
        language = language_of(utterance.language_code)
        room = session.room
        room.say(SEARCHING.to(language), Urgency.NEXT, language=language)
        try:
            key = self._session_key(session, utterance.speaker_id)
            asked = WebSearch(query=query[:_LONGEST_QUERY], language=language)
            found = read_search(await self._tools.invoke(asked, key))
        except (OpenClawError, ValueError) as error:
            level = logging.WARNING if isinstance(error, ToolError) else logging.INFO
            log.log(level, "a search by voice failed: %s", error)
            found = SearchFound("", failure=str(error))
        if found.failure:
            room.say(FAILED.to(language), Urgency.NEXT, language=language)
            return
        words = found.spoken or NOTHING.to(language)
        web = replace(room.persona, agent=WEB, name=WEB, aliases=())
        room.say(words, Urgency.NEXT, persona=web, language=language)
        if found.links:
            await session.announce(links_text(query, found))

    def _session_key(self, session: VoiceSession, member_id: int) -> str:
        """The session of the member's turns, by which the Gateway knows the agent."""
        client = self._shared.gateway.get_or_create(session.guild.id)
        agent = self._bot.agents.answered_by(session.room.persona.agent)
        speaker = SpeakerRef(str(member_id), "")
        return client.session_key(agent, speaker, self._bot.text_channel_id(session.guild.id))


class _SearchEar:
    """A `pipeline.bystanders.WordListener` of one call."""

    def __init__(self, begin: Callable[[ParsedUtterance, str], None]) -> None:
        self._begin = begin

    def wants(self, utterance: ParsedUtterance, decision: Decision) -> str | None:
        found = decision.addressed and decision.command is None and self._query(utterance)
        return ASKS_BOT if found else None

    def take(self, utterance: ParsedUtterance, decision: Decision) -> None:
        if query := self._query(utterance):
            self._begin(utterance, query)

    def _query(self, utterance: ParsedUtterance) -> str | None:
        return searched_for(utterance.text_without_call, utterance.language_code)


def links_text(query: str, found: SearchFound) -> Text:
    """The links as a message of the call's text channel."""
    quoted = discord.utils.escape_markdown(query[:_LONGEST_QUERY])
    shown = [
        joined((verbatim("-"), verbatim(f"{discord.utils.escape_markdown(title)}: <{url}>")), " ")
        for title, url in found.links
    ]
    return lines((message("Found for “{query}”:", query=quoted), *shown))

"""Takeovers: a person speaks in the agent's place, by /takeover or by "let me do it".

The agent then answers no one in that call, whatever is said to it, and says nothing of its own
accord; commands such as "stop" and the bot's own questions go on. What the person said meanwhile
goes along with the next turns. A takeover outlives a restart, and ends with the call.
"""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Final

import discord
from pydantic import BaseModel, Field

from app.people.prompts import Heard
from discord_bot.bot import VoiceBot
from discord_bot.call.intents import Intent
from discord_bot.call.voice_channel import VoiceChannel
from discord_bot.voice_session import VoiceSession
from pipeline.addressee.classifier import Decision
from pipeline.agent_context import Takeover
from pipeline.bystanders import ASKS_BOT, TAKEN_OVER
from pipeline.language.spoken_answers import gives_back, takes_over
from pipeline.language.utterance import ParsedUtterance
from pipeline.ports import Speaker
from pipeline.speaking.announcement import Urgency
from state import StateFile
from translations import language_of, message

log = logging.getLogger(__name__)

STATE_FILE: Final = "takeovers.json"
# Translators: this and the next text are said aloud; write Japanese in kana.
TAKEN: Final = message("All right. I keep silent until you give it back.")
BACK: Final = message("I am listening again.")


class _Taken(BaseModel):
    """The member who speaks in the agent's place, by the guild's id."""

    by: dict[int, tuple[int, str]] = Field(default_factory=dict)


class Takeovers:
    """The takeovers in all calls of the bot. ``folder`` keeps them; None keeps none."""

    def __init__(self, bot: VoiceBot, folder: Path | None) -> None:
        self._bot = bot
        file = None if folder is None else folder / STATE_FILE
        self._state = StateFile(file, _Taken(), "which conversations people have taken over")
        bot.takeovers = self
        bot.session_listeners.append(self._listen_in)
        bot.calls.on_call_left.append(self._call_left)
        for session in bot.sessions.values():
            self._listen_in(session)

    def taken_by(self, guild_id: int) -> str | None:
        """The name of the person who speaks in the agent's place."""
        taken = self._state.value.by.get(guild_id)
        return None if taken is None else taken[1]

    def begin(self, session: VoiceSession, member: discord.Member) -> None:
        """The member takes over: what the agent says ends."""
        self._state.value.by[session.guild.id] = member.id, member.display_name
        self._state.save()
        controls = session.room.controls
        controls.takeover = Takeover(Speaker(member.id, member.display_name), session.now)
        controls.stop(member.id)
        log.info("guild %s: a member has taken over the conversation", session.guild.id)

    def end(self, session: VoiceSession) -> None:
        """The agent answers again."""
        self._forget(session.guild.id)
        taken = session.room.controls.takeover
        if taken is not None and taken.ended is None:
            session.room.controls.takeover = Takeover(taken.person, taken.began, session.now)
        log.info("guild %s: the conversation is given back", session.guild.id)

    def may(self, session: VoiceSession, user_id: int) -> discord.Member | None:
        """The member of that id, if they may control the call."""
        member = session.guild.get_member(user_id)
        return member if member is not None and self._bot.may_control_call(member) else None

    def _listen_in(self, session: VoiceSession) -> None:
        session.room.controls.listeners.add(_TakeoverEar(session, self))
        if (taken := self._state.value.by.get(session.guild.id)) is not None:
            session.room.controls.takeover = Takeover(Speaker(*taken), session.now)

    def _call_left(self, channel: VoiceChannel, intent: Intent) -> None:
        if intent.channel is None:  # else the call has moved
            self._forget(channel.guild.id)

    def _forget(self, guild_id: int) -> None:
        if self._state.value.by.pop(guild_id, None) is not None:
            self._state.save()


class _TakeoverEar:
    """A `pipeline.bystanders.WordListener` of one call."""

    def __init__(self, session: VoiceSession, takeovers: Takeovers) -> None:
        self._session = session
        self._takeovers = takeovers

    def wants(self, utterance: ParsedUtterance, decision: Decision) -> str | None:
        if self._changes(utterance, decision):
            return ASKS_BOT
        taken = self._takeovers.taken_by(self._session.guild.id) is not None
        # A doubted command passes the turn to another agent that may be called.
        for_agent = decision.addressed and (decision.command is None or decision.doubt is not None)
        return TAKEN_OVER if taken and for_agent else None

    def take(self, utterance: ParsedUtterance, decision: Decision) -> None:
        member = self._takeovers.may(self._session, utterance.speaker_id)
        if member is None or not self._changes(utterance, decision):
            return
        language = language_of(utterance.language_code)
        if self._takeovers.taken_by(self._session.guild.id) is None:
            self._takeovers.begin(self._session, member)
            self._session.room.say(TAKEN.to(language), Urgency.NEXT, language=language)
        else:
            self._takeovers.end(self._session)
            self._session.room.say(BACK.to(language), Urgency.NEXT, language=language)

    def _changes(self, utterance: ParsedUtterance, decision: Decision) -> bool:
        """Whether a person who may do that takes over, or gives the conversation back."""
        heard = Heard.of(self._session, utterance, decision)
        code = utterance.language_code
        if self._takeovers.taken_by(self._session.guild.id) is not None:
            asked = gives_back(heard.text, code)
        else:
            asked = (heard.addressed or heard.certain) and takes_over(heard.text, code)
        return asked and self._takeovers.may(self._session, utterance.speaker_id) is not None

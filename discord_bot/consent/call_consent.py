"""Consent in one call: who has been told that the bot listens, and who is heard.

Members are told in the voice channel's own chat; the call's text channel gets a line that leads
there. Where the bot may not write in that chat, the text channel gets the notice, and the bot says
so aloud as well. Members who could not be told are not heard, and the bot tries again. Members who
come later are told too, those who come within `BUNDLE_S` together. Where the server changes what
they were told, those in the call are told of the change, and the others when they come back.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import Final

import discord

from database.setting_store import SettingsChanged
from discord_bot.call.room_chat import Pointer, RoomChat
from discord_bot.call.transcript_place import thread_parent
from discord_bot.call.voice_channel import VoiceChannel
from discord_bot.consent import notice
from discord_bot.consent.buttons import notice_buttons
from discord_bot.consent.hearing import Hearing, Unheard, not_heard
from discord_bot.consent.notice import ListeningFacts
from pipeline.orchestrator import PipelineOrchestrator
from pipeline.speaking.announcement import AnnouncementResult, Urgency
from tasks import OwnedTasks
from translations import LANGUAGES, Text

log = logging.getLogger(__name__)

BUNDLE_S: Final = 2.0
"""Members who come within this time after a notice to a latecomer share the next one."""
RETRY_S: Final = 15.0
"""The time of the next attempt after no member could be told."""
_SPOKEN_WITHIN_S: Final = 20.0


class CallConsent:
    """One call's consent. ``channel`` returns its channel, or None when it has ended."""

    def __init__(
        self,
        hearing: Hearing,
        chat: RoomChat,
        room: PipelineOrchestrator,
        channel: Callable[[], VoiceChannel | None],
        language: Callable[[], str],
        tasks: OwnedTasks,
        *,
        recorded: bool,
        audible: Callable[[], bool],
        forget_words: Callable[[int], None],
    ) -> None:
        """``language`` is that of public messages. ``audible`` tells whether the members can hear
        the bot. ``forget_words(user_id)`` drops what a member said, when they are no longer
        heard."""
        self.told: set[int] = set()
        """The members who know that the bot listens."""
        self.told_in_writing: set[int] = set()
        """Those of them who could read that they are recorded."""
        self.told_of_transcript: set[int] = set()
        """Those of them who could read that their words are written down."""
        self.told_of_memory: set[int] = set()
        """Those of them who could read that agents keep their words."""
        self.heard_since: dict[int, datetime] = {}
        """Those in the channel who are heard, with when that began; within half a second."""
        self.heard: set[int] = set()
        """Those whose audio went to the conversation."""
        self._hearing = hearing
        self._chat = chat
        self._room = room
        self._channel = channel
        self._language = language
        self._tasks = tasks
        self._recorded = recorded
        self._audible = audible
        self._forget_words = forget_words
        self._clock = asyncio.get_running_loop().time
        self._announced_in: int | None = None
        """The channel whose members were told last."""
        self._failed = False
        self._telling = 0
        """Notices that are being given."""
        self._not_before = 0.0

    # -- who is heard ------------------------------------------------------------------------

    def hears(self, guild: discord.Guild, user_id: int) -> bool:
        """Whether a user is heard at this moment."""
        return self._hearing.admits(guild, user_id, self.told)

    def why_unheard(self, guild: discord.Guild, user_id: int) -> Text | None:
        """Why a member is not heard, as a sentence to them; None if they are."""
        reason = self._hearing.why_not(guild, user_id, self.told)
        return None if reason is None else not_heard(reason)

    def own_choice(self, guild: discord.Guild, user_id: int) -> bool:
        """Whether a member is not heard because they chose so, or have not agreed: a click of
        theirs changes it."""
        reason = self._hearing.why_not(guild, user_id, self.told)
        return reason in (Unheard.LEFT_OUT, Unheard.NOT_AGREED)

    @property
    def problem(self) -> Text | None:
        """That no member could be told, so that none is heard; None if all is well."""
        return notice.NOT_TOLD if self._failed else None

    def apply(self, guild: discord.Guild) -> None:
        """Drop what members said, even half a word, who are no longer heard."""
        for user_id in [each for each in self.heard if not self.hears(guild, each)]:
            self.heard.discard(user_id)
            self._forget_words(user_id)
        channel, now = self._channel(), datetime.now(UTC)
        present = self._people(channel) if channel is not None else set()
        before, heard = self.heard_since, {each for each in present if self.hears(guild, each)}
        self.heard_since = {each: before.get(each, now) for each in heard}

    # -- telling -----------------------------------------------------------------------------

    def announce(self, channel: VoiceChannel, *, back: bool = False) -> Coroutine[None, None, bool]:
        """Tell all in ``channel``; ``back`` after an absence. The result is False if no member
        could be told."""
        self._telling, self._announced_in = self._telling + 1, channel.id
        return self._announce(channel, back)

    async def _announce(self, channel: VoiceChannel, back: bool) -> bool:
        try:
            facts = self._facts(channel)
            aloud = facts.settings.notice_spoken and not back
            text = notice.listening(facts, back=back)
            pointer = partial(notice.pointer, facts, back=back)
            return await self._tell(channel, facts, text, None, aloud=aloud, pointer=pointer)
        finally:
            self._telling -= 1

    def settings_changed(
        self, change: SettingsChanged, agent_before: str, *, aloud: bool = False
    ) -> None:
        """Tell those in the call where what they were told no longer holds. Those who know it and
        are elsewhere are told when they come back.

        ``agent_before`` is the name of the agent before the change. Another agent is told
        ``aloud`` too, where the server wants spoken notices.
        """
        channel = self._channel()
        if channel is None or self._announced_in is None:
            return
        facts = self._facts(channel)
        new = change.new
        now = replace(facts, settings=new)
        before = replace(facts, settings=change.old, agent=agent_before)
        text = notice.changed(before, now, change.by)
        if text is None:
            return
        aloud = aloud and new.notice_spoken and now.agent != before.agent
        if not new.transcripts:
            self.told_of_transcript.clear()
        if not now.remembered:
            self.told_of_memory.clear()
        self.told &= self._people(channel)
        self._telling += 1
        told = self._tell_change(channel, now, text, aloud)
        self._tasks.spawn(told, "tell of other settings")

    async def _tell_change(
        self, channel: VoiceChannel, facts: ListeningFacts, text: Text, aloud: bool
    ) -> None:
        try:
            await self._tell(channel, facts, text, set(self.told), aloud=aloud)
        finally:
            self._telling -= 1

    def check(self) -> None:
        """Tell those who came later, and all where that has not been done. Call it only while the
        bot hears."""
        channel = self._channel()
        if channel is None or self._telling or self._clock() < self._not_before:
            return
        if self._announced_in != channel.id or self._failed:
            self._tasks.spawn(self.announce(channel), "tell that the agent listens")
        elif untold := self._untold(channel):
            self._telling += 1
            self._tasks.spawn(self._tell_latecomers(channel, untold), "tell of listening")

    async def _tell_latecomers(self, channel: VoiceChannel, untold: set[int]) -> None:
        try:
            facts = self._facts(channel)
            text = notice.latecomers(facts, [f"<@{each}>" for each in sorted(untold)])
            if await self._tell(channel, facts, text, untold, aloud=False):
                self._not_before = self._clock() + BUNDLE_S
        finally:
            self._telling -= 1

    async def _tell(
        self,
        channel: VoiceChannel,
        facts: ListeningFacts,
        text: Text,
        members: set[int] | None,
        *,
        aloud: bool,
        pointer: Pointer | None = None,
    ) -> bool:
        """Tell ``members``, or with None all who are there; ``aloud`` also where the chat has
        it. The text channel gets the ``pointer`` to it."""
        opt_in = facts.settings.require_opt_in
        present = self._people(channel) if members is None else members
        done = await self._chat.tell_of_listening(
            text,
            lambda: notice_buttons(self._language(), opt_in=opt_in),
            pointer,
        )
        if done:
            self.told |= present
            self.told_in_writing |= present
            kept_now = self._hearing.settings(channel.guild.id).transcripts
            if facts.settings.transcripts and kept_now:  # not switched off meanwhile
                self.told_of_transcript |= present
                if facts.remembered and self._facts(channel).remembered:
                    self.told_of_memory |= present
        said = None
        if (aloud or not done.room) and present and self._audible():
            words = notice.spoken(facts, in_chat=done.room, written=bool(done))
            language = self._spoken_language(facts)
            said = self._room.say(words.to(language), Urgency.NEXT, language=language)
        if not done and said is not None:
            result = None
            try:
                async with asyncio.timeout(_SPOKEN_WITHIN_S):
                    result = await said.wait()
            except TimeoutError:
                said.cancel()
            if result is AnnouncementResult.SPOKEN and self._audible():
                self.told |= self._people(channel) & present
                self._failed = False
                return True
        if not done and not self._failed:
            log.warning("guild %s: members cannot be told: they are not heard", channel.guild.id)
        self._failed = not done
        if self._failed:
            self._not_before = self._clock() + RETRY_S
        return bool(done)

    # -- internal ----------------------------------------------------------------------------

    def _facts(self, channel: VoiceChannel) -> ListeningFacts:
        text, agent = self._chat.text, self._room.persona.name
        return ListeningFacts(
            agent=agent,
            channel=channel.mention,
            text=getattr(text, "mention", channel.mention),
            written_in=(thread_parent(text, channel) or channel).mention,
            recorded=self._recorded,
            settings=self._hearing.settings(channel.guild.id),
            memory=self._hearing.memory_of(channel.guild.id),
        )

    def _spoken_language(self, facts: ListeningFacts) -> str:
        """The first language of the call that the bot writes, or else that of its messages."""
        spoken = (each for each in facts.settings.languages if each in LANGUAGES)
        return next(spoken, None) or self._language()

    def _people(self, channel: VoiceChannel) -> set[int]:
        """The humans in a channel. Users whom discord.py does not know count as humans."""
        members = {each: channel.guild.get_member(each) for each in channel.voice_states}
        return {user_id for user_id, member in members.items() if member is None or not member.bot}

    def _untold(self, channel: VoiceChannel) -> set[int]:
        """Those who have not been told, and whom nothing else keeps from being heard."""
        untold = self._people(channel) - self.told
        reasons = {each: self._hearing.why_not(channel.guild, each) for each in untold}
        return {each for each, why in reasons.items() if why in (None, Unheard.NOT_AGREED)}

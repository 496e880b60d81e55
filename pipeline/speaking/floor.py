"""The floor of a room: turns wait here for a reply, and one reply is spoken at a time.

A reply runs in a task of its own. Taking the floor from it means cancelling that task, which
silences the loudspeaker, closes the connection to the speech server and aborts the agent's run.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, Callable
from dataclasses import replace

from logs import FaultLog, Place, placed
from pipeline.events import Observer, QuestionSent, QuestionWithdrawn
from pipeline.latency import TurnLatency
from pipeline.ports import Agent, AgentDelta, AgentTurn, NameResolver, Persona
from pipeline.settings import PipelineSettings
from pipeline.speaking import notices
from pipeline.speaking.active_reply import ActiveReply
from pipeline.speaking.interruption import InterruptionHandler
from pipeline.speaking.reply import Reply, ReplyState, ReplyVoice
from pipeline.speaking.reply_report import FinishedReply, ReplyReporter
from pipeline.speaking.sentence_speaker import PlaybackHistory
from pipeline.speaking.text_normalization import SentenceCutter
from pipeline.speaking.turn_queue import (
    EarlyQuestion,
    OnEnd,
    QueuedTurn,
    ReplyRequest,
    TurnQueue,
)
from pipeline.transcript import SpokenReply, Transcript, spoken_reply

log = logging.getLogger(__name__)


class CannedReply:
    """An `Agent` that answers any turn with ``words()``, called when the turn is served."""

    def __init__(self, words: Callable[[], str]) -> None:
        self._words = words

    async def reply(self, turn: AgentTurn) -> AsyncGenerator[AgentDelta, None]:
        yield AgentDelta(self._words())


class Floor:
    """Serves turns one after the other. `run` is its only task; the owner cancels it."""

    def __init__(
        self,
        settings: PipelineSettings,
        agent: Agent,
        voice: ReplyVoice,
        transcript: Transcript,
        clock: Callable[[], float],
        emit: Observer,
        place: str = "",
        names: NameResolver | None = None,
    ) -> None:
        """``place`` is what the log calls the room."""
        self.playback_history = PlaybackHistory()
        self._settings = settings
        self._agent = agent
        self._voice = voice
        self._clock = clock
        self._emit = emit
        self._place = place
        self._names = names
        self._report = ReplyReporter(transcript, voice.trouble, voice.stand_in, clock, emit)
        self._faults = FaultLog(log)
        self._queue = TurnQueue()
        self._queued_count = 0
        self._turn_queued = asyncio.Event()
        self._speaking: dict[int, float] = {}
        """The members who speak at this moment, and since when."""
        self._active: ActiveReply | None = None
        self._early: QueuedTurn | None = None
        """The turn whose question was sent early, until that is settled."""

    @property
    def reply(self) -> Reply | None:
        """The reply that is being prepared or spoken, unless its question was only sent early."""
        active = self._active
        return None if active is None or active.queued.early is not None else active.reply

    @property
    def declinable_reply(self) -> Reply | None:
        """The reply that is being prepared to a turn that is probably not for the agent."""
        declinable = self._active is not None and self._active.may_be_declined
        return self.reply if declinable else None

    @property
    def certain_reply(self) -> Reply | None:
        """The reply that is being prepared or spoken, unless it is a declinable one."""
        return None if self.declinable_reply is not None else self.reply

    def is_free_for(self, speaker: int) -> bool:
        """Whether nothing is prepared, spoken, offered or waiting, but this member's turn."""
        early, active = self._early, self._active
        others = [each for each in self._queue if each is not early]
        own = early is None or early.turn.speaker.id == speaker
        idle = active is None or active.queued is early
        return own and idle and not others and self.continuation_offered_to is None

    @property
    def answering(self) -> AgentTurn | None:
        """The turn that the agent is being asked, or that is being answered; also an early one."""
        return None if self._active is None else self._active.queued.turn

    @property
    def waiting(self) -> int:
        """How many turns wait for their reply to begin."""
        return len(self._queue)

    @property
    def answer_audible(self) -> bool:
        """Whether listeners have heard any of the answer of the active reply."""
        return self._active is not None and self._active.interruption.answer_audible

    def spoken_so_far(self) -> SpokenReply | None:
        """The active reply as a line of the transcript, if listeners have heard any of it."""
        if self._active is None or not self._active.interruption.answer_audible:
            return None
        reply = self._active.reply
        played_ms = reply.playback.played_ms if reply.playback is not None else 0.0
        return spoken_reply(
            reply.persona.agent,
            reply.turn.speaker,
            reply.outcome.sentences,
            played_ms,
            self._clock(),
        )

    @property
    def last_reply(self) -> FinishedReply | None:
        """The last reply that has ended and can be repeated."""
        return self._report.last_reply

    @property
    def continuation_offered_to(self) -> int | None:
        """The id of the member who was just asked "Shall I go on?"."""
        reply = self.certain_reply
        if reply is not None:
            return reply.turn.speaker.id if reply.offer_audible else None
        last, open_s = self.last_reply, self._settings.reply.offer_open_s
        if last is None or not last.offering or self._clock() - last.at > open_s:
            return None
        return last.speaker

    def decline_continuation(self) -> None:
        """The offered rest is not wanted. "Go on", with the agent's name, still brings it."""
        if self.reply is not None:
            self.reply.decline_continuation()
            self.stop()
        elif self.last_reply is not None:
            self._report.last_reply = replace(self.last_reply, offering=False)

    # -- requests ---------------------------------------------------------------------------

    def generate_reply(self, turn: AgentTurn, persona: Persona, latency: TurnLatency) -> None:
        """Queue a member's turn; the room's agents answer it.

        What a speaker adds before listeners hear the answer joins their turn.
        """
        queued = self._new(turn, persona, latency, self._agent)
        if not self._join_active(queued):
            self._enqueue(queued)

    def ask_early(
        self, turn: AgentTurn, persona: Persona, latency: TurnLatency, *, doubted: bool = False
    ) -> bool:
        """Ask the agent about a turn that is probably over, and make no sound for it yet.

        `confirm_early` or `withdraw_early` settles it; a ``doubted`` one is withdrawn for the turn
        of another speaker. False if the floor is not free: a turn that waits gains nothing by it.
        """
        busy = self._active is not None and not self._active.stopping
        if busy or self._queue or self._early is not None:
            return False
        new = self._new(turn, persona, latency, self._agent)
        self._early = queued = replace(new, early=EarlyQuestion(doubted))
        self._queue.put_first(queued)
        self._turn_queued.set()
        return True

    def confirm_early(self, turn: AgentTurn) -> bool:
        """The turn is over as it was sent early: its answer may sound. False if it was not sent."""
        queued = self._early
        if queued is None or queued.early is None:
            return False
        asked = queued.turn
        if (asked.speaker.id, asked.agent, asked.text) != (turn.speaker.id, turn.agent, turn.text):
            return False
        queued.request.latency.mark("confirmed", self._clock())
        queued.early.confirm()
        self._early = queued.early = None
        return True

    def withdraw_early(self, speaker: int) -> None:
        """The member's turn is not over, or not for the agent: abort the question without a trace.

        Does nothing if no question of theirs was sent early.
        """
        queued = self._early
        if queued is None or queued.early is None or queued.turn.speaker.id != speaker:
            return
        self._early = None
        self._queue.remove(queued)
        if self._active is not None and self._active.queued is queued:
            self._active.discarded = True
            self._active.stop()
            agent, asker = queued.turn.agent, queued.turn.speaker
            log.info("a question that was sent early is withdrawn: not over, or not for the agent")
            self._emit(QuestionWithdrawn(agent, asker, self._clock()))
        queued.early.withdraw()

    def say(
        self,
        words: Callable[[], str],
        turn: AgentTurn,
        persona: Persona,
        latency: TurnLatency,
        *,
        repeatable: bool = True,
        first: bool = False,
        on_end: OnEnd | None = None,
    ) -> None:
        """Queue ``words()``, called when ``turn`` is served; no agent is asked.

        ``first`` puts it before all waiting turns. With ``repeatable`` it becomes `last_reply`.
        With ``on_end`` it is an announcement: no member is told that it waits or was dropped.
        """
        queued = replace(
            self._new(turn, persona, latency, CannedReply(words)),
            repeatable=repeatable,
            joinable=False,
            acknowledged=on_end is not None,
            on_end=on_end,
        )
        if first:
            self._queue.put_first(queued)
            self._turn_queued.set()
        else:
            self._enqueue(queued)

    def interject(self, words: str) -> bool:
        """Say ``words`` next in the reply that an agent still writes; False without one."""
        active = self._active
        if active is None or active.stopping or not active.reply.is_read:
            return False
        active.reply.interject(words, soon=True)
        return True

    def drop_waiting(self, speaker: int) -> None:
        """Drop the waiting turns of a member."""
        self._queue.drop(speaker)

    def stop(self) -> None:
        """End the active reply, if any."""
        if self._active is not None:
            self._active.stop()

    def _new(
        self, turn: AgentTurn, persona: Persona, latency: TurnLatency, agent: Agent
    ) -> QueuedTurn:
        self._queued_count += 1
        request = ReplyRequest(turn, persona, agent, latency)
        return QueuedTurn(request, self._clock(), number=self._queued_count)

    def _enqueue(self, queued: QueuedTurn) -> None:
        reply = self.reply
        if queued.on_end is None and reply is not None and reply.state is ReplyState.OFFERING:
            self.stop()
        if self._early is not None and self._early.gives_way_to(queued):
            self.withdraw_early(self._early.turn.speaker.id)
        dropped = self._queue.put(queued)
        if dropped is not None:
            self._report_dropped(dropped)
        if (active := self._active) is not None and active.gives_way_to(queued):
            active.discarded = True
            active.stop()
            self._report.declined(active.queued.turn, "gave way")
        self._turn_queued.set()

    def _join_active(self, more: QueuedTurn) -> bool:
        """Ask the active reply's turn again with ``more`` added, if nothing of it was heard."""
        active = self._active
        if active is None or active.interruption.answer_audible or active.stopping:
            return False
        joined = active.queued.joined_by(more)
        if joined is None:
            return False
        self._report.joined(joined, more.since)
        active.discarded = True
        self._queue.put_first(joined)
        active.stop()
        return True

    def _report_dropped(self, dropped: QueuedTurn) -> None:
        if dropped.on_end is not None:
            dropped.on_end(None, "", False)
            return
        notice = notices.too_much(dropped.turn.language)
        if self._active is not None:
            self._active.reply.interject(notice)
        self._report.failed(
            dropped.turn, "too many turns were waiting, so this one was dropped", notice
        )

    # -- speech over the active reply -------------------------------------------------------

    def speech_began(self, speaker: int, at: float, *, sure: bool = True) -> None:
        """A member speaks since ``at``; not ``sure``: it may be an echo of the reply."""
        self._speaking.setdefault(speaker, at)
        if self._active is not None:
            self._active.interruption.speech_began(speaker, at, sure=sure)

    def speech_ended(self, speaker: int, at: float) -> None:
        self._speaking.pop(speaker, None)
        if self._active is not None:
            self._active.interruption.speech_ended(speaker, at)

    def decided(self, speaker: int, *, interrupts: bool, final: bool = True) -> None:
        """It is known whether this speaker's words interrupt the active reply.

        ``final`` is False for a decision on the first part of a turn.
        """
        if self._active is not None:
            self._active.interruption.decided(speaker, interrupts=interrupts, final=final)

    def dismissed(self, speaker: int) -> None:
        """This speaker's audio is no reason to duck."""
        self._speaking.pop(speaker, None)
        if self._active is not None:
            self._active.interruption.dismissed(speaker)

    def tick(self, now: float) -> None:
        """Follow the playback and apply the timeouts; called every 20 ms."""
        if (active := self._active) is None:
            return
        reply = active.reply
        if reply.playback is not None:
            self.playback_history.tick(now, reply.playback.played_ms, active.interruption.gain_db)
            first_sent_at = reply.playback.first_sent_at
            if first_sent_at is not None and reply.request.latency.at("first_frame") is None:
                self._report.audible(reply, first_sent_at, self._place_of(active.queued))
            for text in reply.take_begun_sentences():
                self._report.sentence_began(reply.persona, text, now)
        active.interruption.tick(now)
        self._acknowledge_waiting(active, now)

    def _acknowledge_waiting(self, active: ActiveReply, now: float) -> None:
        """Tell a member that their turn will come, while nothing else is being said."""
        reply, after_s = active.reply, self._settings.reply.acknowledge_after_s
        if not after_s or reply.has_answer or reply.unplayed_ms > 0:
            return
        if active.queued.early is not None:
            return
        if not active.interruption.clear:
            return
        for position, queued in enumerate(self._queue):
            speaker = queued.turn.speaker
            known = queued.acknowledged or speaker.id == reply.turn.speaker.id
            if not known and now - queued.since >= after_s:
                queued.acknowledged = True
                reply.interject(
                    notices.your_turn(speaker.name, queued.turn.language, next_one=position == 0)
                )
                return

    # -- serving turns ----------------------------------------------------------------------

    async def run(self) -> None:
        """Serve turns until cancelled."""
        while True:
            while not self._queue:
                self._turn_queued.clear()
                await self._turn_queued.wait()
            try:
                queued = self._queue.take()
                # Everything that the reply starts is logged with its turn, also in the client.
                with placed(self._place_of(queued)):
                    await self._serve(queued)
            except Exception as error:
                self._faults.tell(
                    logging.ERROR, "answering a turn failed; the next one is answered", error=error
                )

    async def _serve(self, queued: QueuedTurn) -> None:
        self.playback_history.reply_began()
        reply = self._make_reply(queued)
        queued.acknowledged = True
        queued.request.latency.mark("agent_asked", self._clock())
        interruption = InterruptionHandler(
            reply, self._settings.barge_in, self._speaking, self._clock, self._emit, self.stop
        )
        task = asyncio.create_task(reply.run(), name=f"reply of {reply.persona.agent}")
        self._active = active = ActiveReply(queued, reply, task, interruption)
        early = queued.early
        if queued.joinable:
            asker, asked = queued.turn.speaker, self._clock()
            self._emit(QuestionSent(queued.turn.agent, asker, early is not None, asked))
        try:
            await asyncio.wait({task})
            if early is not None:
                # What became of it is reported when it is certain that it was a question.
                await early.settled.wait()
        finally:
            # The room may be closing: a reply does not outlive its room.
            active.stop()
            await asyncio.gather(task, return_exceptions=True)
            self._active = None
            if not active.discarded and queued.early is None:
                error = None if task.cancelled() else task.exception()
                interrupted = task.cancelled()
                heard = self._report.ended(reply, queued, error, interrupted=interrupted)
                if queued.on_end is not None:
                    queued.on_end(reply.outcome, heard, interrupted)

    def _make_reply(self, queued: QueuedTurn) -> Reply:
        settings, turn, persona = self._settings.reply, queued.turn, queued.request.persona
        if queued.on_end is not None:
            # An announcement has no speaker who could be asked whether to go on.
            settings = settings.model_copy(update={"offer_rest_after_s": 0.0})
        interjections = []
        after_s = settings.acknowledge_after_s
        waited = self._clock() - queued.since >= after_s
        if after_s and waited and queued.joinable and not queued.acknowledged:
            # They waited through another reply without a notice that theirs will come.
            words = notices.your_turn(turn.speaker.name, turn.language, next_one=True)
            interjections.append((after_s, words))
        return Reply(
            queued.request,
            self._voice,
            SentenceCutter(self._settings.speech_text, turn.language, self._names),
            settings,
            self._clock,
            interjections=interjections,
            on_sentence=lambda _: self._report.sentence_fed(persona),
            on_audio=self.playback_history.feed,
            may_sound=None if queued.early is None else queued.early.confirmed,
        )

    def _place_of(self, queued: QueuedTurn) -> Place:
        """The room, the turn and the agent, for the log; no word of what was said."""
        number, speaker, agent = queued.number, queued.turn.speaker.id, queued.turn.agent
        words = f"turn {number} of speaker {speaker}, agent {agent}"
        return Place(words, turn=number, speaker=speaker, agent=agent).within(self._place)

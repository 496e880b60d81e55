"""The room's floor: turns wait for an answer here, one answer is given at a time, and speech over
it is dealt with.

A reply runs in a task of its own. Taking the floor from it is cancelling that task: it silences
the loudspeaker, cuts the speech server off and aborts the agent's run upstream.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import replace

from logs import FaultLog, placed
from pipeline.errors import AgentError
from pipeline.events import (
    Observer,
    ReplyBegan,
    ReplyDeclined,
    ReplyEnded,
    ReplyFailed,
    SentenceSpoken,
    TextLeftOut,
    TurnExtended,
    Unspoken,
    VoiceReplaced,
)
from pipeline.latency import TurnLatency
from pipeline.ports import Agent, AgentTurn, NameResolver, Persona, Playback
from pipeline.settings import PipelineSettings
from pipeline.speaking import notices
from pipeline.speaking.canned_reply import PastReply, said_of
from pipeline.speaking.overlap import Overlap
from pipeline.speaking.playback_history import PlaybackHistory
from pipeline.speaking.reply import Reply, ReplyVoice
from pipeline.speaking.text_normalization import SentenceCutter
from pipeline.speaking.turn_queue import OnEnd, QueuedTurn, TurnQueue
from pipeline.speaking.voice_trouble import VoiceTrouble
from pipeline.transcript import Transcript

log = logging.getLogger(__name__)


class Floor:
    """Answers turns one after the other. `run` is its only task; the owner cancels it."""

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
        self.played = PlaybackHistory()
        """What has sounded of the replies."""
        self._settings = settings
        self._agent = agent
        self._voice = voice
        self._voice_trouble = VoiceTrouble(voice.trouble)
        self._transcript = transcript
        self._clock = clock
        self._emit = emit
        self._place = place
        self._faults = FaultLog(log)
        self._asked = 0
        self._names = names
        self._queue = TurnQueue()
        self._arrived = asyncio.Event()
        self._speaking: dict[int, float] = {}
        """Who speaks at this moment, and since when."""
        self._current: QueuedTurn | None = None
        self._reply: Reply | None = None
        self._task: asyncio.Task[None] | None = None
        self._over: Overlap | None = None
        self._joined = False
        """The reply ends because its turn is asked again, with more."""
        self._said: PastReply | None = None

    @property
    def reply(self) -> Reply | None:
        """The reply that is being prepared or spoken."""
        return self._reply

    @property
    def waiting(self) -> int:
        """How many turns wait for their answer to begin."""
        return len(self._queue)

    @property
    def sounding(self) -> bool:
        """Whether something of the answer has been heard."""
        return self._over is not None and self._over.begun

    @property
    def said(self) -> PastReply | None:
        """The last reply that is over and not passing."""
        return self._said

    @property
    def offered_to(self) -> int | None:
        """Who was just asked "Shall I go on?", by id."""
        reply, said = self._reply, self._said
        if reply is not None:
            return reply.turn.speaker.id if reply.offer_heard else None
        open_s = self._settings.reply.offer_open_s
        if said is None or not said.offered or self._clock() - said.at > open_s:
            return None
        return said.speaker

    def decline_offer(self) -> None:
        """The rest of the answer is not wanted now; it can still be asked for by its name."""
        if self._reply is not None:
            self._reply.offered = False
            self.stop()
        elif self._said is not None:
            self._said = replace(self._said, offered=False)

    def ask(
        self,
        turn: AgentTurn,
        persona: Persona,
        latency: TurnLatency,
        *,
        agent: Agent | None = None,
        passing: bool = False,
        first: bool = False,
        on_end: OnEnd | None = None,
    ) -> None:
        """Have a turn answered in its turn, by the room's agents or by ``agent``; ``first`` lets it
        go before all that wait.

        What a speaker adds before the answer to them has begun joins their turn. A ``passing``
        answer, such as a confirmation, leaves the one before it in `said`. With ``on_end`` it is
        nobody's question: nobody is told that it waits, and whoever gave it that it was dropped.
        """
        self._asked += 1
        waiting = QueuedTurn(
            turn,
            persona,
            latency,
            agent or self._agent,
            self._clock(),
            passing=passing,
            joinable=agent is None and not passing,
            acknowledged=on_end is not None,
            on_end=on_end,
            number=self._asked,
        )
        if first:
            self._queue.put_first(waiting)
            self._arrived.set()
            return
        if self._ask_again_with(waiting):
            return
        if on_end is None and self._reply is not None and self._reply.offered:
            self.stop()
        dropped = self._queue.put(waiting)
        if dropped is not None:
            self._tell_of_dropped(dropped)
        self._arrived.set()

    def withdraw(self, speaker: int) -> None:
        """Drop what somebody has asked and was not begun to be answered."""
        self._queue.withdraw(speaker)

    def stop(self) -> None:
        """End the reply that is being given, if any."""
        # Only once: a second cancellation would break into the clearing up after the first.
        if self._task is not None and not self._task.cancelling():
            self._task.cancel()
        if self._over is not None:
            self._over.close()

    # -- what people do meanwhile -----------------------------------------------------------

    def speech_began(self, speaker: int, at: float) -> None:
        self._speaking.setdefault(speaker, at)
        if self._over is not None:
            self._over.speech_began(speaker, at)

    def speech_ended(self, speaker: int, at: float) -> None:
        self._speaking.pop(speaker, None)
        if self._over is not None:
            self._over.speech_ended(speaker, at)

    def decided(self, speaker: int, *, interrupts: bool, final: bool = True) -> None:
        """It is known what was said over the reply; ``final`` says that it was a whole turn."""
        if self._over is not None:
            self._over.decided(speaker, interrupts=interrupts, final=final)

    def dismissed(self, speaker: int) -> None:
        """What somebody sends is no reason for a reply to give way."""
        self._speaking.pop(speaker, None)
        if self._over is not None:
            self._over.dismissed(speaker)

    def tick(self, now: float) -> None:
        """Called every 20 ms: notices the first sound of a reply, and lets overlaps ripen."""
        reply, over, current = self._reply, self._over, self._current
        if reply is None or over is None or current is None:
            return
        if reply.playback is not None:
            self.played.tick(now, reply.playback.played_ms)
        first_sent_at = None if reply.playback is None else reply.playback.first_sent_at
        if first_sent_at is not None and reply.latency.at("first_frame") is None:
            reply.latency.mark("first_frame", first_sent_at)
            if reply.latency.stages_ms():
                log.info("%s: %s", self._place_of(current), reply.latency)
            self._emit(
                ReplyBegan(reply.persona.agent, reply.turn.speaker, reply.latency, first_sent_at)
            )
        over.tick(now)
        self._acknowledge(reply, over, now)

    def _acknowledge(self, reply: Reply, over: Overlap, now: float) -> None:
        """While nothing else is being said, tell those who wait that their turn will come."""
        after_s = self._settings.reply.acknowledge_after_s
        if not after_s or reply.written or reply.left_ms > 0 or not over.clear:
            return
        for place, waiting in enumerate(self._queue):
            speaker = waiting.turn.speaker
            known = waiting.acknowledged or speaker.id == reply.turn.speaker.id
            if not known and now - waiting.since >= after_s:
                waiting.acknowledged = True
                reply.interject(
                    notices.your_turn(speaker.name, waiting.turn.language, next_one=place == 0)
                )
                return

    # -- answering --------------------------------------------------------------------------

    async def run(self) -> None:
        """Answer turns until cancelled."""
        while True:
            while not self._queue:
                self._arrived.clear()
                await self._arrived.wait()
            try:
                waiting = self._queue.take()
                # All that the answer starts, at the Gateway's client too, is logged as of its turn.
                with placed(self._place_of(waiting)):
                    await self._answer(waiting)
            except Exception as error:
                self._faults.tell(
                    logging.ERROR, "answering a turn failed; the next one is answered", error=error
                )

    async def _answer(self, waiting: QueuedTurn) -> None:
        self._current, self._joined = waiting, False
        self.played.reply_began()
        self._reply = reply = self._make_reply(waiting)
        waiting.acknowledged = True
        self._over = Overlap(
            reply, self._settings.barge_in, self._speaking, self._clock, self._emit, self.stop
        )
        waiting.latency.mark("agent_asked", self._clock())
        self._task = task = asyncio.create_task(
            reply.run(), name=f"reply of {waiting.persona.agent}"
        )
        try:
            await asyncio.wait({task})
        finally:
            # Also when the room closes: a reply does not outlive its room.
            self.stop()
            await asyncio.gather(task, return_exceptions=True)
            self._current = self._reply = self._task = self._over = None
            if not self._joined:
                heard = self._conclude(reply, task, waiting)
                if waiting.on_end is not None:
                    waiting.on_end(reply.outcome, heard, task.cancelled())

    def _make_reply(self, waiting: QueuedTurn) -> Reply:
        settings, turn = self._settings.reply, waiting.turn
        if waiting.on_end is not None:
            # There is nobody to ask whether they want the rest.
            settings = settings.model_copy(update={"offer_rest_after_s": 0.0})
        asides = []
        after_s = settings.acknowledge_after_s
        waited = self._clock() - waiting.since >= after_s
        if after_s and waited and waiting.joinable and not waiting.acknowledged:
            # Their answer is not there yet, and nobody has told them that it is coming.
            words = notices.your_turn(turn.speaker.name, turn.language, next_one=True)
            asides.append((after_s, words))
        return Reply(
            turn,
            waiting.persona,
            waiting.agent,
            self._voice,
            SentenceCutter(self._settings.speech_text, turn.language, self._names),
            waiting.latency,
            self._clock,
            lambda text: self._sentence_spoken(waiting.persona, text),
            settings=settings,
            asides=asides,
            on_open=self._opened,
            on_audio=self.played.feed,
        )

    def _place_of(self, waiting: QueuedTurn) -> str:
        """Of which room and turn the log tells; without a word of what was said."""
        turn = f"turn {waiting.number} of speaker {waiting.turn.speaker.id}"
        parts = (self._place, turn, f"agent {waiting.turn.agent}")
        return ", ".join(part for part in parts if part)

    def _sentence_spoken(self, persona: Persona, text: str) -> None:
        now = self._clock()
        if reason := self._voice_trouble.news(persona.voice):
            self._emit(VoiceReplaced(persona.agent, reason, now))
        self._emit(SentenceSpoken(persona.agent, text, now))

    def _opened(self, playback: Playback) -> None:
        if self._over is not None:
            self._over.opened(playback)

    def _ask_again_with(self, more: QueuedTurn) -> bool:
        """Have the turn that is being answered asked again, with more of its speaker's words."""
        if self._task is None or self._current is None or self.sounding:
            return False
        if self._task.cancelling():
            return False
        joined = self._current.joined_by(more)
        if joined is None:
            return False
        log.info("what was added to a turn is asked together with it")
        self._emit(
            TurnExtended(joined.turn.agent, joined.turn.speaker, joined.turn.text, more.since)
        )
        self._joined = True
        self._queue.put_first(joined)
        self.stop()
        return True

    def _tell_of_dropped(self, dropped: QueuedTurn) -> None:
        if dropped.on_end is not None:
            dropped.on_end(None, "", False)
            return
        notice = notices.too_much(dropped.turn.language)
        if self._reply is not None:
            self._reply.interject(notice)
        self._failed(dropped.turn, "more was asked than can wait for one voice", notice)

    def _conclude(self, reply: Reply, task: asyncio.Task[None], waiting: QueuedTurn) -> str:
        """Tell what became of a reply, and keep it; what of it was heard."""
        outcome, agent, speaker = reply.outcome, reply.persona.agent, reply.turn.speaker
        failure: BaseException | None = outcome.failure
        if failure is None and not task.cancelled():
            failure = task.exception()
        if failure is not None:
            foreseen = isinstance(failure, AgentError)
            why = str(failure) if foreseen else repr(failure)
            self._failed(reply.turn, why, outcome.notice, None if foreseen else failure)
        now = self._clock()
        played_ms = reply.playback.played_ms if reply.playback is not None else 0.0
        silent = outcome.silent and waiting.joinable
        if silent:
            log.info("%s chose to say nothing", agent)
            self._emit(ReplyDeclined(agent, speaker, now))
        heard = self._transcript.add_reply(agent, speaker, outcome.sentences, played_ms, now)
        if not (waiting.passing or silent):
            self._said = said_of(reply, played_ms, now)
        if outcome.unspoken:
            text = " ".join(outcome.unspoken)
            self._emit(Unspoken(agent, text, outcome.unspoken_why, now, outcome.unspoken_reason))
        if reply.left_out:
            self._emit(TextLeftOut(agent, "\n\n".join(reply.left_out), now))
        self._emit(ReplyEnded(agent, speaker, outcome.text, heard, task.cancelled(), now))
        return heard

    def _failed(
        self, turn: AgentTurn, why: str, notice: str = "", unforeseen: BaseException | None = None
    ) -> None:
        level = logging.WARNING if unforeseen is None else logging.ERROR
        log.log(level, "%s did not answer a turn: %s", turn.agent, why, exc_info=unforeseen)
        self._emit(ReplyFailed(turn.agent, turn.speaker, why, notice, self._clock()))

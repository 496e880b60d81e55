"""The room's floor: turns wait for an answer here, one answer is given at a time, and speech over
it is dealt with.

A reply runs in a task of its own. Taking the floor from it is cancelling that task: it silences
the loudspeaker, cuts the speech server off and aborts the agent's run upstream.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeAlias

from pipeline.barge_in import Action, BargeIn
from pipeline.errors import AgentError
from pipeline.events import (
    Failed,
    Observer,
    ReplyBegan,
    ReplyDucked,
    ReplyEnded,
    ReplyResumed,
    SentenceSpoken,
    Unspoken,
)
from pipeline.latency import TurnLatency
from pipeline.ports import Agent, AgentTurn, Persona, Playback
from pipeline.recital import SaidReply
from pipeline.reply import Outcome, Reply, ReplyVoice
from pipeline.settings import PipelineSettings
from pipeline.speech_text import SentenceCutter
from pipeline.transcript import Transcript, word_start_ms

log = logging.getLogger(__name__)

MAX_WAITING: Final = 8
"""More turns than this cannot sensibly wait for one voice; the oldest waiting one is dropped."""

OnEnd: TypeAlias = Callable[[Outcome | None, str], None]
"""Told how an answer ended, and what of it was heard; None: it was never begun."""


def _nobody(outcome: Outcome | None, heard: str) -> None:
    """Most answers have nobody to tell but the observers."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A turn that waits for its answer, and who is to give it."""

    turn: AgentTurn
    persona: Persona
    latency: TurnLatency
    agent: Agent
    passing: bool
    """The answer is not worth repeating."""
    on_end: OnEnd


class Answering:
    """Answers turns one after the other. `run` is its only task; the owner cancels it."""

    def __init__(
        self,
        settings: PipelineSettings,
        agent: Agent,
        voice: ReplyVoice,
        transcript: Transcript,
        clock: Callable[[], float],
        emit: Observer,
    ) -> None:
        self._settings = settings
        self._agent = agent
        self._voice = voice
        self._transcript = transcript
        self._clock = clock
        self._emit = emit
        self._waiting: deque[Waiting] = deque()
        self._arrived = asyncio.Event()
        self._reply: Reply | None = None
        self._task: asyncio.Task[None] | None = None
        self._barge_in: BargeIn | None = None
        self._said: SaidReply | None = None

    @property
    def reply(self) -> Reply | None:
        """The reply that is being prepared or spoken."""
        return self._reply

    @property
    def waiting(self) -> int:
        """How many turns wait for their answer to begin."""
        return len(self._waiting)

    @property
    def sounding(self) -> bool:
        """Whether something of the reply has been heard."""
        return self._barge_in is not None

    @property
    def said(self) -> SaidReply | None:
        """The last reply that is over and not passing."""
        return self._said

    def ask(
        self,
        turn: AgentTurn,
        persona: Persona,
        latency: TurnLatency,
        *,
        agent: Agent | None = None,
        passing: bool = False,
        first: bool = False,
        on_end: OnEnd = _nobody,
    ) -> None:
        """Have a turn answered when those before it are, by the room's agents or by ``agent``;
        ``first`` lets it go before those that wait.

        A ``passing`` answer, such as a confirmation, leaves the one before it in `said`.
        """
        if len(self._waiting) >= MAX_WAITING:
            why = f"more than {MAX_WAITING} turns were waiting"
            dropped = self._waiting.popleft()
            self._failed(dropped.turn, why)
            dropped.on_end(None, "")
        waiting = Waiting(turn, persona, latency, agent or self._agent, passing, on_end)
        if first:
            self._waiting.appendleft(waiting)
        else:
            self._waiting.append(waiting)
        self._arrived.set()

    def withdraw(self, speaker: int) -> None:
        """Drop what somebody has asked and was not begun to be answered."""
        self._waiting = deque(each for each in self._waiting if each.turn.speaker.id != speaker)

    def stop(self) -> None:
        """End the reply that is being given, if any."""
        # Only once: a second cancellation would break into the clearing up after the first.
        if self._task is not None and not self._task.cancelling():
            self._task.cancel()

    def speech_began(self, speaker: int, at: float) -> None:
        if self._barge_in is not None:
            self._act(self._barge_in.speech_started(speaker, at))

    def speech_ended(self, speaker: int, at: float) -> None:
        if self._barge_in is not None:
            self._barge_in.speech_ended(speaker, at)

    def decided(self, speaker: int, *, interrupts: bool) -> None:
        """It is known what was said over the reply."""
        if self._barge_in is not None:
            self._act(self._barge_in.decided(speaker, interrupts=interrupts))

    def tick(self, now: float) -> None:
        """Called every 20 ms: notices the first sound of a reply, and lets overlaps ripen."""
        reply = self._reply
        if reply is None or reply.playback is None:
            return
        if self._barge_in is None:
            first_sent_at = reply.playback.first_sent_at
            if first_sent_at is None:
                return
            self._barge_in = BargeIn(self._settings.barge_in)
            reply.latency.mark("first_frame", first_sent_at)
            if reply.latency.stages_ms():
                log.info("%s", reply.latency)
            self._emit(
                ReplyBegan(reply.persona.agent, reply.turn.speaker, reply.latency, first_sent_at)
            )
        self._act(self._barge_in.tick(now))

    async def run(self) -> None:
        """Answer turns until cancelled."""
        while True:
            while not self._waiting:
                self._arrived.clear()
                await self._arrived.wait()
            try:
                await self._answer(self._waiting.popleft())
            except Exception:
                log.exception("answering a turn failed; the next one is answered")

    async def _answer(self, waiting: Waiting) -> None:
        reply = Reply(
            waiting.turn,
            waiting.persona,
            waiting.agent,
            self._voice,
            SentenceCutter(self._settings.speech_text, waiting.turn.language),
            waiting.latency,
            self._clock,
            lambda text: self._emit(SentenceSpoken(waiting.persona.agent, text, self._clock())),
            one_moment_after_s=self._settings.reply.one_moment_after_s,
        )
        self._reply = reply
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
            self._reply = self._task = self._barge_in = None
            heard = self._conclude(reply, task, passing=waiting.passing)
            waiting.on_end(reply.outcome, heard)

    def _conclude(self, reply: Reply, task: asyncio.Task[None], *, passing: bool) -> str:
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
        heard = self._transcript.add_reply(agent, speaker, outcome.sentences, played_ms, now)
        if not passing:
            self._said = _said(reply, heard, now)
        if outcome.unspoken:
            text = " ".join(outcome.unspoken)
            self._emit(Unspoken(agent, text, outcome.unspoken_why, now))
        self._emit(ReplyEnded(agent, speaker, outcome.text, heard, task.cancelled(), now))
        return heard

    def _failed(
        self, turn: AgentTurn, why: str, notice: str = "", unforeseen: BaseException | None = None
    ) -> None:
        level = logging.WARNING if unforeseen is None else logging.ERROR
        log.log(level, "%s did not answer a turn: %s", turn.agent, why, exc_info=unforeseen)
        self._emit(Failed(turn.agent, turn.speaker, why, notice, self._clock()))

    def _act(self, actions: list[Action]) -> None:
        playback = self._reply.playback if self._reply is not None else None
        if playback is None:
            return
        for action in actions:
            match action:
                case Action.DUCK:
                    playback.duck()
                    self._emit(ReplyDucked(held=False, at=self._clock()))
                case Action.HOLD:
                    playback.hold()
                    self._emit(ReplyDucked(held=True, at=self._clock()))
                case Action.RESUME:
                    playback.resume(self._rewind_ms(playback))
                    self._emit(ReplyResumed(self._clock()))
                case Action.STOP:
                    self.stop()

    def _rewind_ms(self, playback: Playback) -> float:
        """Back to the start of the word that was cut, at least as far as the settings say."""
        played_ms = playback.played_ms
        sentences = self._reply.outcome.sentences if self._reply is not None else []
        to_word_ms = played_ms - word_start_ms(sentences, played_ms)
        return min(played_ms, max(to_word_ms, self._settings.barge_in.rewind_ms))


def _said(reply: Reply, heard: str, at: float) -> SaidReply:
    spoken = " ".join(sentence.text for sentence in reply.outcome.sentences)
    text = " ".join((spoken, *reply.unsaid())).strip()
    return SaidReply(reply.persona, text, text.removeprefix(heard).strip(), at)

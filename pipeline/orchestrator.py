"""One room's conversation: the only place that knows all of it, and the owner of its tasks.

Speakers' audio goes in, each through its own `Listener`; what they say is judged here, and what
was meant for the agent goes to `Answering`. Nothing downstream calls back up: listeners and
replies report to the room, and the room decides.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from typing import Any, Final, TypeVar

from pipeline.answering import Answering
from pipeline.audio import Pcm16
from pipeline.called_names import agent_names
from pipeline.control import Order, command_in
from pipeline.errors import PipelineError
from pipeline.events import Heard, NotUnderstood, Observer, RoomEvent, SpeechBegan
from pipeline.listener import Listener, Utterance
from pipeline.ports import Agent, AgentTurn, Persona, Speaker
from pipeline.relevance import Decision, judge
from pipeline.relevance import Utterance as Words
from pipeline.reply import ReplyVoice
from pipeline.room_state import room_state
from pipeline.settings import Level, PipelineSettings
from pipeline.speech_models import SpeechModels
from pipeline.transcript import Transcript

log = logging.getLogger(__name__)

T = TypeVar("T")

CONTEXT_LINES: Final = 12
"""How much of what was said before goes to the agent with a turn."""


class PipelineOrchestrator:
    """One room's conversation. `start` it in a running event loop, `aclose` it at the end.

    Every time is on ``clock``, in seconds; the audio's arrival times must be on the same.
    """

    def __init__(
        self,
        *,
        settings: PipelineSettings,
        models: SpeechModels,
        agent: Agent,
        voice: ReplyVoice,
        personas: dict[str, Persona],
        persona: str,
        clock: Callable[[], float],
        observer: Observer,
    ) -> None:
        self.sensitivity: Level = settings.relevance.level
        self.transcript = Transcript()
        self._personas = personas
        self._persona = personas[persona]
        self._settings = settings
        self._models = models
        self._clock = clock
        self._observer = observer
        self._answering = Answering(settings, agent, voice, self.transcript, clock, self._emit)
        self.names = agent_names(personas.values(), settings.relevance.name_threshold)
        self._listeners: dict[int, Listener] = {}
        self._overheard: set[int] = set()
        """Who was transcribed in mid-turn over a reply; it is done once a turn."""
        self._stopped_by: set[int] = set()
        """Whose present turn has ended a reply."""
        self._tasks: set[asyncio.Task[Any]] = set()
        self._end_ticks: Callable[[], None] | None = None

    # -- the room as its owner sees it ------------------------------------------------------

    @property
    def persona(self) -> Persona:
        """The agent that answers here."""
        return self._persona

    def use_agent(self, agent: str) -> None:
        """Have another agent answer from the next turn on. KeyError for one that is not known."""
        self._persona = self._personas[agent]

    def name_of(self, agent: str) -> str:
        """The name that people call an agent by."""
        return self._personas[agent].name

    @property
    def people(self) -> set[int]:
        """The ids of those who can be heard."""
        return set(self._listeners)

    def start(self) -> None:
        self._end_ticks = self._models.hearing.on_tick(self._tick)
        self.spawn(self._answering.run(), "answering")

    async def aclose(self) -> None:
        """Fall silent, stop listening, end every task of the room."""
        if self._end_ticks is not None:
            self._end_ticks()
        for listener in self._listeners.values():
            listener.close()
        self._listeners.clear()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def person_joined(self, speaker: Speaker) -> None:
        """Somebody can be heard from now on; known already, only their name is taken anew."""
        if speaker.id in self._listeners:
            self._listeners[speaker.id].speaker = speaker
            return
        self._listeners[speaker.id] = Listener(
            speaker, self, self._models, self._settings, self._clock
        )

    def person_left(self, speaker_id: int) -> None:
        listener = self._listeners.pop(speaker_id, None)
        if listener is not None:
            listener.close()
            self._overheard.discard(speaker_id)
            self._answering.decided(speaker_id, interrupts=False)

    def hear(self, speaker_id: int, pcm: Pcm16, at: float, *, end_of_talk: bool = False) -> None:
        """Take 16 kHz mono audio, ``int16[n]``, of somebody who joined; others are not heard."""
        listener = self._listeners.get(speaker_id)
        if listener is not None:
            listener.hear(pcm, at, end_of_talk=end_of_talk)

    # -- what the listeners report ----------------------------------------------------------

    def speech_began(self, speaker: Speaker, at: float) -> None:
        self._overheard.discard(speaker.id)
        self._stopped_by.discard(speaker.id)
        self._answering.speech_began(speaker.id, at)
        self._emit(SpeechBegan(speaker, at))

    def speech_ended(self, speaker: Speaker, at: float) -> None:
        self._answering.speech_ended(speaker.id, at)

    def speech_resumed(self, speaker: Speaker, at: float) -> None:
        self._answering.speech_began(speaker.id, at)

    def overheard(self, utterance: Utterance, *, pausing: bool) -> None:
        """Half a sentence can take the floor; only a pause gives it back: more may be coming."""
        if self._answering.reply is None:
            return
        interrupts = self._interrupts(utterance, self._judge(utterance))
        if interrupts:
            self._stopped_by.add(utterance.speaker.id)
        if interrupts or pausing:
            self._answering.decided(utterance.speaker.id, interrupts=interrupts)

    def understood(self, utterance: Utterance) -> None:
        speaker, text = utterance.speaker, utterance.transcription.text
        decision = self._judge(utterance)
        utterance.latency.mark("judged", self._clock())
        self._emit(Heard(speaker, text, decision.addressed, decision.reasons, self._clock()))
        interrupts = self._interrupts(utterance, decision)
        if self._answering.reply is not None and interrupts:
            self._stopped_by.add(speaker.id)
        self._answering.decided(speaker.id, interrupts=interrupts)
        context = "\n".join(self.transcript.context_lines(CONTEXT_LINES))
        self.transcript.add_speech(speaker, text, self._clock(), addressed_to=decision.to)
        if speaker.id in self._stopped_by and self._is_stop(utterance):
            self._answering.stop()  # also one that has not begun to sound
        elif decision.addressed:
            turn = AgentTurn(
                self._persona.agent, text, speaker, context, utterance.transcription.language
            )
            self._answering.ask(turn, self._persona, utterance.latency)

    def not_understood(self, speaker: Speaker, why: str) -> None:
        self._answering.decided(speaker.id, interrupts=False)
        self._emit(NotUnderstood(speaker, why, self._clock()))

    def spawn(self, work: Coroutine[Any, Any, T], name: str) -> asyncio.Task[T]:
        task = asyncio.create_task(work, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._done)
        return task

    # -- deciding ---------------------------------------------------------------------------

    def _tick(self, now: float) -> None:
        self._answering.tick(now)
        if self._answering.reply is None:
            return
        after_s = self._settings.barge_in.overhear_after_ms / 1000
        for listener in self._listeners.values():
            speaker = listener.speaker.id
            if (
                listener.speaking
                and speaker not in self._overheard
                and now - listener.speech_start >= after_s
            ):
                self._overheard.add(speaker)
                listener.overhear()

    def _judge(self, utterance: Utterance) -> Decision:
        reply = self._answering.reply
        state = room_state(
            self.transcript,
            utterance.began,
            agent=self._persona,
            agents=self._personas.values(),
            people=[listener.speaker for listener in self._listeners.values()],
            replying_to=reply.turn.speaker if reply is not None else None,
        )
        words = Words(
            utterance.speaker, utterance.transcription.text, utterance.transcription.language
        )
        return judge(words, state, self.sensitivity, self._settings.relevance)

    def _interrupts(self, utterance: Utterance, decision: Decision) -> bool:
        """Does this take the floor from a reply? A bare "stop" does, whoever says it."""
        return decision.addressed or self._is_stop(utterance)

    def _is_stop(self, utterance: Utterance) -> bool:
        words = utterance.transcription
        command = command_in(words.text, words.language, self.names)
        return command is not None and command.order is Order.STOP

    def _emit(self, event: RoomEvent) -> None:
        try:
            self._observer(event)
        except Exception:
            log.exception("an observer failed on %s; the room goes on", type(event).__name__)

    def _done(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        error = None if task.cancelled() else task.exception()
        if error is not None and not isinstance(error, PipelineError):
            log.error("the task %r failed", task.get_name(), exc_info=error)

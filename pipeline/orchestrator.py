"""One room's conversation: the only place that knows all of it, and the owner of its tasks.

Speakers' audio goes in, each through its own `AudioRecognition`; what they say is judged here, and
what was meant for the agent goes to `Floor`. Nothing downstream calls back up: listeners and
replies report to the room, and the room decides.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import replace
from typing import Any, Final, TypeVar

from logs import FaultLog, placed
from pipeline.addressee.classifier import Utterance as Words
from pipeline.addressee.decide import Addressed, address
from pipeline.addressee.room_state import RoomState, room_state
from pipeline.addressee.second_opinion import SecondOpinion
from pipeline.audio import Pcm16
from pipeline.echo.guard import ECHO, EchoGuard
from pipeline.errors import PipelineError
from pipeline.events import (
    AgentChosen,
    Heard,
    NotUnderstood,
    Observer,
    PartialHeard,
    RoomEvent,
    SpeechBegan,
)
from pipeline.inference.speech_models import SpeechModels
from pipeline.language.mentions import agent_names, name_hints
from pipeline.language.names import NameFinder
from pipeline.language.voice_commands import TAKES_FLOOR
from pipeline.listening.audio_recognition import AudioRecognition, FinalTranscript
from pipeline.ports import AddresseeOracle, Agent, AgentTurn, NameResolver, Persona, Speaker
from pipeline.settings import Level, PipelineSettings
from pipeline.speaking.announcement import Announcement, Announcements, Urgency
from pipeline.speaking.command_handler import CommandHandler
from pipeline.speaking.floor import Floor
from pipeline.speaking.reply import Reply, ReplyVoice
from pipeline.speaking.room_names import RoomNames
from pipeline.transcript import Speech, Transcript
from tasks import OwnedTasks

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
        personas: Mapping[str, Persona],
        persona: Persona,
        clock: Callable[[], float],
        observer: Observer,
        oracle: AddresseeOracle | None = None,
        place: str = "",
        names: NameResolver | None = None,
    ) -> None:
        """``place`` is what the log calls the room, such as ``guild 42``; ``names`` knows whom the
        marks in an agent's text mean, besides the people here."""
        self._place = place
        self.sensitivity: Level = settings.relevance.level
        self.transcript = Transcript()
        self._personas = {**personas, persona.agent: persona}
        self._persona = persona
        self._settings = settings
        self._models = models
        self._clock = clock
        self._observer = observer
        self._mentioned = RoomNames(names)
        self._answering = Floor(
            settings, agent, voice, self.transcript, clock, self._emit, place, self._mentioned
        )
        self._sayings = Announcements(self._answering)
        self._echo = EchoGuard(
            settings.barge_in.echo_likeness,
            self._answering,
            lambda speaker, start, end: self._listeners[speaker].audio(start, end),
            lambda speaker, at: self._listeners[speaker].skip_to(at),
        )
        self._control = CommandHandler(
            settings.control,
            self._answering,
            voice.loudspeaker,
            self._personas,
            self._agent_chosen,
            clock,
        )
        self.names = self._agent_names()
        self._second_opinion = SecondOpinion(settings.relevance.second_opinion, oracle)
        self._listeners: dict[int, AudioRecognition] = {}
        self._overheard: set[int] = set()
        """Who was transcribed in mid-turn over a reply; it is done once a turn."""
        self._taken_from: dict[int, Reply] = {}
        """From which reply somebody's present turn took the floor before it was over."""
        self._tasks = OwnedTasks(log, expected=(PipelineError,), place=place)
        self._faults = FaultLog(log)
        self._end_ticks: Callable[[], None] | None = None

    # -- the room as its owner sees it ------------------------------------------------------

    @property
    def persona(self) -> Persona:
        """The agent that answers here."""
        return self._persona

    def use_agent(self, persona: Persona) -> None:
        """Have another agent answer from the next turn on, and know it by its names."""
        if self._personas.get(persona.agent) != persona:
            self._personas[persona.agent] = persona
            self.names = self._agent_names()
        self._persona = persona

    def name_of(self, agent: str) -> str:
        """The name that people call an agent by; its id where the room never had it."""
        persona = self._personas.get(agent)
        return agent if persona is None else persona.name

    @property
    def hotwords(self) -> str | None:
        """The names of the agents and of those present, as speech to text is to expect them."""
        if not self._settings.stt.expect_names:
            return None
        return name_hints(
            self._personas.values(), (listener.speaker for listener in self._listeners.values())
        )

    @property
    def people(self) -> set[int]:
        """The ids of those who can be heard."""
        return set(self._listeners)

    @property
    def present(self) -> list[Speaker]:
        """Those who can be heard."""
        return [listener.speaker for listener in self._listeners.values()]

    @property
    def answering(self) -> AgentTurn | None:
        """The turn that is being answered."""
        reply = self._answering.reply
        return None if reply is None else reply.turn

    @property
    def waiting(self) -> int:
        """How many turns wait for their answer to begin."""
        return self._answering.waiting

    def say(
        self,
        text: str,
        urgency: Urgency = Urgency.WAIT,
        *,
        persona: Persona | None = None,
        language: str | None = None,
    ) -> Announcement:
        """Have an agent, by default the room's own, say something that nobody has asked for."""
        return self._sayings.say(text, persona or self._persona, urgency, language)

    def start(self) -> None:
        with placed(self._place):
            self._end_ticks = self._models.hearing.on_tick(self._tick)
        self.spawn(self._answering.run(), "answering")

    async def aclose(self) -> None:
        """Fall silent, stop listening, end every task of the room."""
        if self._end_ticks is not None:
            self._end_ticks()
        for listener in self._listeners.values():
            listener.close()
        self._listeners.clear()
        await self._tasks.aclose()
        self._sayings.close()

    def person_joined(self, speaker: Speaker) -> None:
        """Somebody can be heard from now on; known already, only their name is taken anew."""
        self._mentioned.add(speaker)
        if speaker.id in self._listeners:
            self._listeners[speaker.id].speaker = speaker
            return
        with placed(self._place):
            self._listeners[speaker.id] = AudioRecognition(
                speaker, self, self._models, self._settings, self._clock
            )

    def person_left(self, speaker_id: int) -> None:
        listener = self._listeners.pop(speaker_id, None)
        if listener is not None:
            listener.close()
            self._overheard.discard(speaker_id)
            self._taken_from.pop(speaker_id, None)
            self._echo.left(speaker_id)

    def hear(self, speaker_id: int, pcm: Pcm16, at: float, *, end_of_talk: bool = False) -> None:
        """Take 16 kHz mono audio, ``int16[n]``, of somebody who joined; others are not heard."""
        listener = self._listeners.get(speaker_id)
        if listener is not None:
            listener.hear(pcm, at, end_of_talk=end_of_talk)

    # -- what the listeners report ----------------------------------------------------------

    def speech_began(self, speaker: Speaker, at: float) -> None:
        self._overheard.discard(speaker.id)
        self._taken_from.pop(speaker.id, None)
        self._echo.speech_began(speaker.id, at, self._clock())
        self._emit(SpeechBegan(speaker, at))

    def speech_ended(self, speaker: Speaker, at: float) -> None:
        self._echo.speech_ended(speaker.id, at)

    def speech_resumed(self, speaker: Speaker, at: float) -> None:
        self._echo.speech_began(speaker.id, at, self._clock())

    def overheard(self, utterance: FinalTranscript, *, pausing: bool) -> None:
        """Half a sentence can take the floor; only a pause gives it back: more may be coming."""
        words = utterance.transcription.text
        if words:
            self._emit(PartialHeard(utterance.speaker, words, utterance.settled, self._clock()))
        reply = self._answering.reply
        own = self._without_echo(utterance, final=False)
        if reply is None or own is None:
            return
        utterance = own
        interrupts = _takes_floor(self._decide(utterance))
        if interrupts:
            # The first counts: the one after it has not been heard yet.
            self._taken_from.setdefault(utterance.speaker.id, reply)
        if interrupts or pausing:
            self._answering.decided(utterance.speaker.id, interrupts=interrupts, final=False)

    def understood(self, utterance: FinalTranscript) -> None:
        own = self._without_echo(utterance, final=True)
        if own is None:
            self._heard_echo(utterance)
            return
        utterance = own
        speaker, words = utterance.speaker, utterance.transcription
        addressed = self._decide(utterance)
        over = self._taken_from.pop(speaker.id, None) or self._answering.reply
        context = "\n".join(self.transcript.context_lines(CONTEXT_LINES))
        line = self.transcript.add_speech(
            speaker, words.text, self._clock(), addressed_to=addressed.decision.to
        )
        turn = AgentTurn(
            self._persona.agent,
            words.text,
            speaker,
            context,
            words.language,
            present=tuple(person.name for person in self.present),
            said_at=self._clock(),
        )
        # What is said over a reply is decided at once: the reply waits for it.
        if over is None and self._second_opinion.is_wanted(addressed.decision):
            asking = self._ask_agent_too(utterance, addressed, turn, line)
            self.spawn(asking, f"second opinion on {speaker.id}")
        else:
            self._act_on(utterance, addressed, turn, over)
        # After what joins the turn that is being answered has ended its reply: it must not sound.
        self._answering.decided(speaker.id, interrupts=_takes_floor(addressed))

    async def _ask_agent_too(
        self, utterance: FinalTranscript, addressed: Addressed, turn: AgentTurn, line: Speech
    ) -> None:
        decision = await self._second_opinion.on(addressed.decision, turn)
        self.transcript.readdress(line, decision.to)
        self._act_on(utterance, Addressed(None, decision), turn, None)

    def _act_on(
        self, utterance: FinalTranscript, addressed: Addressed, turn: AgentTurn, over: Reply | None
    ) -> None:
        speaker, decision = utterance.speaker, addressed.decision
        utterance.latency.mark("judged", self._clock())
        why = "; ".join(decision.reasons)
        verdict = "for the agent" if decision.addressed else "left alone"
        log.debug("%s said %r: %s: %s", speaker.name, turn.text, verdict, why)
        self._emit(Heard(speaker, turn.text, decision.addressed, decision.reasons, self._clock()))
        if addressed.command is not None:
            self._control.obey(addressed.command, turn, utterance.latency, over)
        elif decision.addressed:
            self._answering.ask(turn, self._personas[turn.agent], utterance.latency)

    def not_understood(self, speaker: Speaker, why: str) -> None:
        log.debug("%s was not understood: %s", speaker.name, why)
        self._answering.decided(speaker.id, interrupts=False)
        self._emit(NotUnderstood(speaker, why, self._clock()))

    def spawn(self, work: Coroutine[Any, Any, T], name: str) -> asyncio.Task[T]:
        return self._tasks.spawn(work, name)

    # -- the bot's own voice ----------------------------------------------------------------

    def _without_echo(self, utterance: FinalTranscript, *, final: bool) -> FinalTranscript | None:
        """What somebody said besides what they sent of the bot's own voice; None for nothing."""
        words = utterance.transcription
        own = self._echo.own_words(
            utterance.speaker.id, words.text, utterance.began, self._clock(), final=final
        )
        if own == words.text:
            return utterance
        return replace(utterance, transcription=replace(words, text=own)) if own else None

    def _heard_echo(self, utterance: FinalTranscript) -> None:
        speaker, text = utterance.speaker, utterance.transcription.text
        log.debug("%s sent %r: %s", speaker.name, text, ECHO)
        self._answering.decided(speaker.id, interrupts=False)
        self._emit(Heard(speaker, text, False, (ECHO,), self._clock()))

    # -- deciding ---------------------------------------------------------------------------

    def _tick(self, now: float) -> None:
        self._answering.tick(now)
        self._echo.tick(now)
        if self._answering.reply is None:
            return
        after_s = self._settings.barge_in.overhear_after_ms / 1000
        for listener in self._listeners.values():
            speaker = listener.speaker.id
            if (
                listener.speaking
                and speaker not in self._overheard
                and not self._echo.echoing(speaker)
                and now - listener.speech_start >= after_s
            ):
                self._overheard.add(speaker)
                listener.overhear()

    def _decide(self, utterance: FinalTranscript) -> Addressed:
        words = utterance.transcription
        return address(
            Words(utterance.speaker, words.text, words.language),
            self._state(utterance),
            self.names,
            self._control.can,
            self.sensitivity,
            self._settings.relevance,
        )

    def _state(self, utterance: FinalTranscript) -> RoomState:
        reply = self._answering.reply
        return room_state(
            self.transcript,
            utterance.began,
            agent=self._persona,
            agents=self._personas.values(),
            people=self.present,
            replying_to=reply.turn.speaker if reply is not None else None,
            offered_to=self._answering.offered_to,
        )

    def _agent_names(self) -> NameFinder:
        return agent_names(self._personas.values(), self._settings.relevance.name_threshold)

    def _agent_chosen(self, agent: str, turn: AgentTurn) -> None:
        self.use_agent(self._personas[agent])
        self._emit(AgentChosen(agent, turn.speaker, self._clock()))

    def _emit(self, event: RoomEvent) -> None:
        try:
            self._observer(event)
        except Exception as error:
            kind = type(event).__name__
            self._faults.tell(
                logging.ERROR, "an observer failed on %s; the room goes on", kind, error=error
            )


def _takes_floor(addressed: Addressed) -> bool:
    """Does this take the floor from a reply? What is meant for the agent does, but for an order
    that leaves the reply as it is."""
    if addressed.command is None:
        return addressed.decision.addressed
    return addressed.command.order in TAKES_FLOOR

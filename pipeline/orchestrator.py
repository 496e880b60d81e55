"""One room's conversation: it connects the parts, routes the transcripts and owns the tasks.

The audio of each speaker goes through an `AudioRecognition`, which reports the transcripts here. An
utterance is decided on (`addressee.decide`). Turns for the agent go to `Floor`, and voice commands
to `CommandHandler`. The parts do not call each other: they report to the room, and it decides.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import replace
from typing import Any, TypeVar

from logs import FaultLog, placed, spoken
from pipeline.addressee.classifier import Decision
from pipeline.addressee.context import room_state
from pipeline.addressee.reason_class import reason_class
from pipeline.addressee.second_opinion import SecondOpinion, doubt_of
from pipeline.audio import Pcm16
from pipeline.echo.guard import ECHO, EchoGuard
from pipeline.errors import PipelineError
from pipeline.events import (
    AgentSwitched,
    PartialTranscribed,
    ReplyEnded,
    RoomEvent,
    SpeechBegan,
    SpeechEnded,
    SpeechPaused,
    TurnDecided,
    TurnRejected,
)
from pipeline.inference.expected_names import NO_NAMES, ExpectedNames
from pipeline.inference.speech_models import SpeechModels
from pipeline.language.acting import acts
from pipeline.language.utterance import ParsedUtterance
from pipeline.language.voice_commands import CommandKind
from pipeline.listening.audio_recognition import FinalTranscript
from pipeline.listening.open_calls import ONLY_CALLS, OpenCalls
from pipeline.participants import Participants, RoomSpeakers
from pipeline.ports import AgentTurn, Persona, Speaker
from pipeline.room_controls import RoomControls
from pipeline.room_decisions import RoomDecisions
from pipeline.room_ports import RoomPorts
from pipeline.settings import Level, PipelineSettings
from pipeline.speaking.announcement import Announcement, Announcements, Urgency
from pipeline.speaking.command_handler import CommandHandler, asked_turn
from pipeline.speaking.floor import Floor
from pipeline.speaking.reply import Reply
from pipeline.speaking.text_normalization import RoomNames
from pipeline.stand_ins import StandIns
from pipeline.transcript import Speech, Transcript
from tasks import OwnedTasks

log = logging.getLogger(__name__)

T = TypeVar("T")


class PipelineOrchestrator:
    """One room's conversation. `start` it in a running event loop, `aclose` it at the end.

    Every time is on ``clock``, in seconds; the audio's arrival times must be on the same.
    """

    def __init__(
        self,
        *,
        settings: PipelineSettings,
        models: SpeechModels,
        ports: RoomPorts,
        personas: Mapping[str, Persona],
        persona: Persona,
        clock: Callable[[], float],
        place: str = "",
    ) -> None:
        """``personas`` are the agents by id, ``persona`` the current one. ``place`` is what the log
        calls the room, such as ``guild 42``."""
        self._place = place
        self.sensitivity: Level = settings.relevance.level
        self.transcript = Transcript()
        self._participants = Participants(
            personas.values(), persona, settings.relevance.name_threshold
        )
        self._settings = settings
        self._models = models
        self._clock = clock
        self.stand_ins = StandIns(ports.voice, models, self._participants, clock)
        self._observer = self.stand_ins.reporting(ports.observer)
        self._context_of_others = ports.context_of_others
        names = self._names = RoomNames(ports.names)
        self._floor = Floor(
            settings, ports.agent, ports.voice, self.transcript, clock, self._emit, place, names
        )
        self._announcements = Announcements(self._floor)
        self._speakers = RoomSpeakers(self, models, settings, clock)
        self._echo = EchoGuard(
            settings.barge_in.echo_likeness,
            self._floor,
            self._speakers.audio,
            self._speakers.skip_to,
            stops=lambda speaker, words: self.parse(speaker, words, None).asks_for_silence,
            calls=lambda speaker, words: self.parse(speaker, words, None).calls_exactly,
        )
        self._commands = CommandHandler(
            settings.control,
            self._floor,
            ports.voice.loudspeaker,
            self._participants.personas,
            self._agent_chosen,
            clock,
        )
        self.controls = RoomControls(
            self._floor, self._commands, self._speakers, self._participants, self.transcript
        )
        self._calls = OpenCalls()
        self._decisions = RoomDecisions(
            settings.relevance,
            lambda: self.sensitivity,
            self.transcript,
            self._participants,
            self._floor,
            self._commands,
            self.controls.listeners,
        )
        self._second_opinion = SecondOpinion(settings.relevance.second_opinion, ports.oracle)
        self._tasks = OwnedTasks(log, expected=(PipelineError,), place=place)
        self._faults = FaultLog(log)
        self._end_ticks: Callable[[], None] | None = None

    # -- the room as its owner sees it ------------------------------------------------------

    @property
    def persona(self) -> Persona:
        """The agent that answers here."""
        return self._participants.persona

    def use_agent(self, persona: Persona) -> None:
        """Have another agent answer from the next turn on, and know it by its names."""
        self._participants.use_agent(persona)

    def name_of(self, agent: str) -> str:
        """The name that people call an agent by; its id if the room never had it."""
        return self._participants.name_of(agent)

    @property
    def people(self) -> set[int]:
        """The ids of the people who can be heard."""
        return self._speakers.ids

    @property
    def present(self) -> list[Speaker]:
        """The people who can be heard."""
        return self._participants.people

    @property
    def answering(self) -> AgentTurn | None:
        """The turn that is being answered."""
        return self._floor.answering

    @property
    def waiting(self) -> int:
        """How many turns wait for their answer to begin."""
        return self._floor.waiting

    def say(
        self,
        text: str,
        urgency: Urgency = Urgency.WAIT,
        *,
        persona: Persona | None = None,
        language: str | None = None,
    ) -> Announcement:
        """Have an agent, by default the current one, make an announcement."""
        spoken_by = self._participants.voiced(persona or self.persona)
        return self._announcements.say(text, spoken_by, urgency, language)

    def start(self) -> None:
        with placed(self._place):
            self._end_ticks = self._models.audio_input.on_tick(self._tick)
        self.spawn(self._floor.run(), "answering")

    async def aclose(self) -> None:
        """End the reply, the recognition and every task of the room."""
        if self._end_ticks is not None:
            self._end_ticks()
        self._speakers.close()
        await self._tasks.aclose()
        self._announcements.close()

    def person_joined(self, speaker: Speaker) -> None:
        """Start the recognition for a person; for one who is here already, take the new name."""
        self._names.add(speaker)
        self._participants.add(speaker)
        with placed(self._place):
            self._speakers.add(speaker)

    def person_left(self, speaker_id: int) -> None:
        """Stop the recognition for a person; an unfinished turn is dropped."""
        if speaker_id in self._speakers.ids:
            self._speakers.remove(speaker_id)
            self._participants.remove(speaker_id)
            self._echo.speaker_left(speaker_id)
            self._calls.forget(speaker_id)
            self.transcript.drop_unfinished(speaker_id)

    def forget_words(self, speaker_id: int) -> None:
        """Drop a person's unfinished turn, their waiting questions, and what they said and were
        answered. Who is still here joins again."""
        self._floor.drop_waiting(speaker_id)
        self.person_left(speaker_id)
        self.transcript.forget(speaker_id)

    def hear(self, speaker_id: int, pcm: Pcm16, at: float, *, end_of_talk: bool = False) -> None:
        """Take 16 kHz mono audio, ``int16[n]``; that of people who did not join is dropped."""
        self._speakers.hear(speaker_id, pcm, at, end_of_talk=end_of_talk)

    # -- what the recognition asks and reports ----------------------------------------------

    @property
    def expected_names(self) -> ExpectedNames:
        """The names of the agents and people here, if speech to text is to expect them, and
        whether a reply is sounding that words may stop."""
        names = self._participants.expected_names if self._settings.stt.expect_names else NO_NAMES
        return replace(names, stops=self._floor.answer_audible)

    def is_in_exchange(self, speaker_id: int) -> bool:
        reply = self._floor.certain_reply
        speaker = None if reply is None else reply.turn.speaker
        last = room_state(self.transcript, self._clock(), replying_to=speaker).last_reply
        within_s = self._settings.relevance.follow_up_s
        return last is not None and last.to_id == speaker_id and last.ago_s <= within_s

    def parse(self, speaker_id: int, text: str, language: str | None) -> ParsedUtterance:
        return self._participants.parse(speaker_id, text, language)

    def speech_began(self, speaker: Speaker, at: float) -> None:
        self._speakers.begin_turn(speaker.id)
        self.transcript.drop_unfinished(speaker.id)
        self._echo.speech_began(speaker.id, at, self._clock())
        self._emit(SpeechBegan(speaker, at))

    def speech_paused(self, speaker: Speaker, at: float) -> None:
        self._emit(SpeechPaused(speaker, at))

    def speech_ended(self, speaker: Speaker, at: float, why: str) -> None:
        self._echo.speech_ended(speaker.id, at)
        self._emit(SpeechEnded(speaker, why, at))

    def speech_resumed(self, speaker: Speaker, at: float) -> None:
        self._echo.speech_began(speaker.id, at, self._clock())

    def on_partial_transcript(self, transcript: FinalTranscript, *, pausing: bool) -> None:
        """Words alone can interrupt a reply; only a pause lets it resume, since more may follow."""
        words = transcript.transcription.text
        if words:
            self._emit(
                PartialTranscribed(transcript.speaker, words, transcript.committed, self._clock())
            )
        own = self._echo.without_echo(transcript, self._clock(), final=False)
        reply = self._floor.reply
        if own is None or (reply is None and not pausing):
            return
        speaker, utterance = own.speaker.id, self._parse(self._calls.completed(own))
        decision = self._decisions.of_words(utterance, own.began)
        if pausing and words:
            said = Speech(own.speaker, utterance, self._clock(), decision.addressee)
            self.transcript.note_unfinished(said, own.began)
        interrupts = decision.interrupts and self._speakers.interrupt(speaker, reply)
        if reply is not None and (interrupts or pausing):
            self._floor.decided(speaker, interrupts=interrupts, final=False)

    def on_provisional_transcript(self, transcript: FinalTranscript) -> None:
        """Ask the agent early, where the turn is for it by the rules. Nothing is reported yet.

        What may act waits for a second opinion.
        """
        own = self._echo.without_echo(transcript, self._clock(), final=False)
        if own is None:
            return
        utterance = self._parse(self._calls.completed(own))
        if self._why_left_alone(own) is not None:
            return
        over = self._speakers.interrupted_by(own.speaker.id) or self._floor.reply
        leave = self._may_decline(over) and self._floor.is_free_for(own.speaker.id)
        decision = self._decisions.of_turn(utterance, own, may_leave_to_agent=leave)
        turn = self._turn(own.speaker, utterance, decision, over)
        asked = asked_turn(turn, decision.command)
        unsure = self._second_opinion.is_wanted(decision)
        if decision.addressed and asked is not None and not (unsure and acts(utterance)):
            own.latency.mark("judged", self._clock())
            persona = self._participants.personas[asked.agent]
            doubted = unsure or turn.is_unlikely
            self._floor.ask_early(asked, persona, own.latency, doubted=doubted)

    def on_provisional_withdrawn(self, speaker: Speaker) -> None:
        self._floor.withdraw_early(speaker.id)

    def on_final_transcript(self, transcript: FinalTranscript) -> None:
        own = self._echo.without_echo(transcript, self._clock(), final=True)
        if own is None:
            self._floor.withdraw_early(transcript.speaker.id)
            self._heard_echo(transcript)
            return
        speaker = own.speaker
        if (why := self._why_left_alone(own)) is not None:
            self._leave_alone(own, why)
            return
        own = self._calls.completed(own)
        self._calls.close(speaker.id)
        utterance = self._parse(own)
        current = self._floor.reply
        over = self._speakers.take_interrupted(speaker.id) or current
        leave = self._may_decline(over) and self._floor.is_free_for(own.speaker.id)
        decision = self._decisions.of_turn(utterance, own, may_leave_to_agent=leave)
        turn = self._turn(speaker, utterance, decision, over)
        line = self.transcript.add_speech(
            speaker, utterance, self._clock(), addressed_to=decision.addressee
        )
        # What is said over a reply is decided at once: the reply waits for it.
        # A question that was sent early goes on meanwhile, and makes no sound before the opinion.
        if over is None and self._second_opinion.is_wanted(decision):
            if not decision.addressed:
                self._floor.withdraw_early(speaker.id)
            asking = self._ask_agent_too(own, decision, turn, line)
            self.spawn(asking, f"second opinion on {speaker.id}")
        else:
            self._act_on(own, decision, turn, over)
            self.controls.listeners.take(utterance, decision)
        # Last: an addition to the turn being answered ends its reply, which must not resume.
        self._floor.decided(speaker.id, interrupts=decision.interrupts and over is current)

    def _why_left_alone(self, said: FinalTranscript) -> str | None:
        over_reply = self._floor.answer_audible
        return self._calls.why_left_alone(said, self._parse(said), over_reply=over_reply)

    def _leave_alone(self, said: FinalTranscript, why: str) -> None:
        """A name alone over a reply leaves the floor open: the reply is silent until the next
        words or for a while, and then goes on."""
        speaker, text = said.speaker, said.transcription.text
        if why == ONLY_CALLS:
            self._calls.add(said, self._clock())
            self._floor.decided(speaker.id, interrupts=True, final=False)
            self._floor.speech_ended(speaker.id, said.latency.at("speech_end") or self._clock())
        log.debug("%s said %s: %s", speaker.name, spoken(text), why)
        self._emit(TurnDecided(speaker, text, False, (why,), self._clock()))

    def _may_decline(self, over: Reply | None) -> bool:
        """Whether the agent may decline a turn that was said over this reply. It need not if it is
        asked beforehand, and what ends a reply has to be answered."""
        ends_none = over is None or over is self._floor.declinable_reply
        asked = self._second_opinion.enabled
        return self._settings.relevance.may_decline and ends_none and not asked

    def _turn(
        self, speaker: Speaker, utterance: ParsedUtterance, decision: Decision, over: Reply | None
    ) -> AgentTurn:
        cut_off = self._floor.spoken_so_far() if decision.interrupts else None
        return AgentTurn(
            self.persona.agent,
            utterance.text,
            speaker,
            self.controls.context_for(speaker, cut_off, others=self._context_of_others()),
            utterance.language_code,
            present=tuple(self.present),
            said_at=self._clock(),
            by_name=utterance.calls_agent,
            doubt=doubt_of(decision) if self._may_decline(over) else None,
        )

    async def _ask_agent_too(
        self, transcript: FinalTranscript, decision: Decision, turn: AgentTurn, line: Speech
    ) -> None:
        decision = await self._second_opinion.ask(decision, turn)
        decision = self._decisions.limited(turn.speaker.id, turn.text, decision, transcript.began)
        self.transcript.correct_addressee(line, decision.addressee)
        self._act_on(transcript, decision, turn, None)

    def _act_on(
        self, transcript: FinalTranscript, decision: Decision, turn: AgentTurn, over: Reply | None
    ) -> None:
        speaker, latency = transcript.speaker, transcript.latency
        latency.mark("judged", self._clock())
        self._decisions.taken(speaker.id, turn.text, decision, transcript.began)
        why = spoken("; ".join(decision.reasons), instead=reason_class(decision.reasons))
        verdict = "for the agent" if decision.addressed else "left alone"
        log.debug("%s said %s: %s: %s", speaker.name, spoken(turn.text), verdict, why)
        at, sure = self._clock(), decision.probability
        self._emit(TurnDecided(speaker, turn.text, decision.addressed, decision.reasons, at, sure))
        asked = asked_turn(turn, decision.command)
        if decision.addressed and asked is not None and self._floor.confirm_early(asked):
            return
        self._floor.withdraw_early(speaker.id)
        if decision.command is not None:
            if over is not None and decision.command.kind is CommandKind.STOP:
                self._calls.stopped(speaker.id, self._clock())
            self._commands.execute(decision.command, turn, latency, over)
        elif decision.addressed:
            self._floor.generate_reply(turn, self._participants.personas[turn.agent], latency)

    def not_understood(self, speaker: Speaker, why: str) -> None:
        log.debug("%s: no transcript: %s", speaker.name, why)
        self.transcript.drop_unfinished(speaker.id)
        self._floor.withdraw_early(speaker.id)
        self._floor.decided(speaker.id, interrupts=False)
        self._emit(TurnRejected(speaker, why, self._clock()))

    def spawn(self, work: Coroutine[Any, Any, T], name: str) -> asyncio.Task[T]:
        return self._tasks.spawn(work, name)

    # -- the bot's own voice ----------------------------------------------------------------

    def _heard_echo(self, transcript: FinalTranscript) -> None:
        speaker, text = transcript.speaker, transcript.transcription.text
        log.debug("%s sent %s: %s", speaker.name, spoken(text), ECHO)
        self.transcript.drop_unfinished(speaker.id)
        self._floor.decided(speaker.id, interrupts=False)
        self._emit(TurnDecided(speaker, text, False, (ECHO,), self._clock()))

    # -- deciding ---------------------------------------------------------------------------

    def _tick(self, now: float) -> None:
        self._floor.tick(now)
        self._echo.tick(now)
        if self._floor.reply is not None:
            self._speakers.request_partials(now, self._echo.echoing)

    def _parse(self, transcript: FinalTranscript) -> ParsedUtterance:
        words = transcript.transcription
        return self.parse(transcript.speaker.id, words.text, words.language)

    def _agent_chosen(self, agent: str, turn: AgentTurn) -> None:
        self.use_agent(self._participants.personas[agent])
        self._emit(AgentSwitched(agent, turn.speaker, self._clock()))

    def _emit(self, event: RoomEvent) -> None:
        if isinstance(event, ReplyEnded):
            self._decisions.answered(event.text, event.at)
        try:
            self._observer(event)
        except Exception as error:
            kind = type(event).__name__
            self._faults.tell(
                logging.ERROR, "an observer failed on %s; the room goes on", kind, error=error
            )

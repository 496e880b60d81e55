"""One speaker's ear: from frames of audio to a turn that was understood.

Transcription starts at the first look at a pause, beside the turn model: the words are the second
witness of whether the turn is over, and the turn's text if it is. If speech goes on they are thrown
away.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine, Hashable
from dataclasses import dataclass, replace
from typing import Any, Protocol, TypeVar

from pipeline.audio import HEARD_RATE, Pcm16
from pipeline.errors import PipelineError, Superseded
from pipeline.hearing import Microphone
from pipeline.latency import TurnLatency
from pipeline.names import NameFinder
from pipeline.ports import Speaker
from pipeline.settings import PipelineSettings
from pipeline.speech_models import SpeechModels
from pipeline.spoken_language import SpokenLanguage
from pipeline.transcriber import Transcription
from pipeline.turn_taking import (
    Paused,
    Phase,
    Resumed,
    SpeechStarted,
    TurnEnded,
    TurnEvent,
    TurnTaking,
)
from pipeline.word_witness import Ending, ending_of

log = logging.getLogger(__name__)

T = TypeVar("T")
MEMORY_MARGIN_S = 5.0


@dataclass(frozen=True, slots=True)
class Utterance:
    """A turn as it was understood, or a part of one that is still going on."""

    speaker: Speaker
    transcription: Transcription
    began: float
    """When the speaker began, in the room's seconds."""
    latency: TurnLatency


class ListenerRoom(Protocol):
    """What a listener tells its room, and what it asks of it."""

    names: NameFinder
    """The agents that may be called here."""

    @property
    def hotwords(self) -> str | None:
        """Names that are likely to be said here."""
        ...

    def speech_began(self, speaker: Speaker, at: float) -> None: ...

    def speech_resumed(self, speaker: Speaker, at: float) -> None: ...

    def speech_ended(self, speaker: Speaker, at: float) -> None: ...

    def overheard(self, utterance: Utterance, *, pausing: bool) -> None:
        """Words of a turn that is not over: enough to decide on a barge-in, not to answer.

        At a pause there may be none, which is enough too.
        """

    def understood(self, utterance: Utterance) -> None:
        """A turn is over and these were its words."""

    def not_understood(self, speaker: Speaker, why: str) -> None: ...

    def spawn(self, work: Coroutine[Any, Any, T], name: str) -> asyncio.Task[T]:
        """Run a task that the room owns."""
        ...


class Listener:
    """One speaker in one room."""

    def __init__(
        self,
        speaker: Speaker,
        room: ListenerRoom,
        models: SpeechModels,
        settings: PipelineSettings,
        clock: Callable[[], float],
    ) -> None:
        self.speaker = speaker
        self._language = SpokenLanguage(settings.stt.language)
        self._room = room
        self._models = models
        self._settings = settings
        self._clock = clock
        self._turns = TurnTaking(settings.vad, settings.turn)
        self._hypothesis: asyncio.Task[Transcription] | None = None
        self._pause_seen: float | None = None
        self._key = (id(room), speaker.id)
        self._microphone: Microphone = models.hearing.microphone(
            self._on_voice, settings.turn.max_turn_s + MEMORY_MARGIN_S
        )

    @property
    def speaking(self) -> bool:
        return self._turns.phase is not Phase.QUIET

    @property
    def speech_start(self) -> float:
        """When the present turn began, in the room's seconds."""
        return self._turns.speech_start

    def hear(self, pcm: Pcm16, at: float, *, end_of_talk: bool = False) -> None:
        """Take 16 kHz mono audio, ``int16[n]``, that came at ``at`` on the room's clock."""
        self._microphone.push(pcm, at, end_of_talk=end_of_talk)

    def overhear(self) -> None:
        """Transcribe what was said so far of a turn that is going on."""
        began = self.speech_start
        audio = self._audio_of(began, self._clock())
        self._room.spawn(self._overhear(audio, began), f"overhear {self.speaker.id}")

    def close(self) -> None:
        """The speaker left; a turn that is going on is dropped."""
        self._models.hearing.close(self._microphone)
        self._turns.give_up(self._clock())
        self._forget_hypothesis()

    def _on_voice(self, probability: float, start: float, end: float) -> None:
        self._act(self._turns.voice(probability, start, end))

    def _act(self, events: list[TurnEvent]) -> None:
        for event in events:
            match event:
                case SpeechStarted(at):
                    self._microphone.busy = True
                    self._room.speech_began(self.speaker, at)
                case Paused():
                    self._look(event)
                case Resumed(at):
                    self._forget_hypothesis()
                    self._room.speech_resumed(self.speaker, at)
                case TurnEnded():
                    self._ended(event)

    def _look(self, pause: Paused) -> None:
        audio = self._audio_of(pause.speech_start, pause.at)
        if pause.look == 0:
            self._pause_seen = self._clock()
            self._hypothesis = self._transcribe(audio, pause.pause)
            self._room.spawn(
                self._hear_words(self._hypothesis, pause), f"pause of {self.speaker.id}"
            )
        self._room.spawn(self._ask_turn_model(pause, audio), f"turn {self.speaker.id}")

    async def _ask_turn_model(self, pause: Paused, audio: Pcm16) -> None:
        try:
            probability = await self._models.turn_probability(self._key, audio)
        except Superseded:
            return
        seen = (pause.look, probability)
        self._act(self._turns.verdict(pause.pause, self._clock(), model=seen))

    def _ended(self, turn: TurnEnded) -> None:
        log.debug("turn of %s ended: %s", self.speaker.id, turn.reason)
        self._microphone.busy = False
        latency = TurnLatency()
        latency.mark("speech_end", turn.speech_end)
        latency.mark("pause_seen", min(self._pause_seen or turn.model_at, turn.model_at))
        latency.mark("turn_decided", turn.model_at)
        hypothesis = self._hypothesis or self._transcribe(
            self._audio_of(turn.speech_start, turn.at), turn.pause
        )
        self._hypothesis, self._pause_seen = None, None
        self._room.speech_ended(self.speaker, turn.at)
        self._room.spawn(
            self._understand(hypothesis, turn.speech_start, latency),
            f"understand {self.speaker.id}",
        )

    async def _hear_words(self, words: asyncio.Task[Transcription], pause: Paused) -> None:
        """Take the words at a pause as a witness, and pass them on while nobody knows its end."""
        try:
            transcription = await asyncio.shield(words)
        except (Exception, asyncio.CancelledError):
            # What it means for the turn is for `_understand` to say.
            self._act(self._turns.verdict(pause.pause, self._clock(), words=Ending.UNKNOWN))
            return
        ending = self._ending(transcription)
        self._act(self._turns.verdict(pause.pause, self._clock(), words=ending))
        if self._hypothesis is words:
            self._pass_on(transcription, pause.speech_start, pausing=True)

    def _ending(self, words: Transcription) -> Ending:
        if words.rejected is not None:
            return Ending.UNSURE
        return ending_of(words.text, words.language, self._room.names)

    async def _understand(
        self, words: asyncio.Task[Transcription], began: float, latency: TurnLatency
    ) -> None:
        try:
            transcription = await words
        except Exception as error:
            # One that nobody foresaw is logged by the room, as the end of the task that raised it.
            foreseen = isinstance(error, PipelineError)
            self._room.not_understood(self.speaker, str(error) if foreseen else repr(error))
            return
        latency.mark("transcribed", self._clock())
        if transcription.rejected is not None or not transcription.text:
            why = transcription.rejected or "no words in it"
            self._room.not_understood(self.speaker, why)
            return
        self._language.heard(transcription)
        self._room.understood(Utterance(self.speaker, transcription, began, latency))

    async def _overhear(self, audio: Pcm16, began: float) -> None:
        try:
            transcription = await self._words_in(audio, self._key, final=False)
        except PipelineError:
            return
        self._pass_on(transcription, began, pausing=False)

    def _pass_on(self, transcription: Transcription, began: float, *, pausing: bool) -> None:
        """Report the words of a turn, unless it is over by now, and perhaps another has begun.

        At a pause it is reported too that there are none.
        """
        if transcription.rejected is not None:
            transcription = replace(transcription, text="")
        going_on = self.speaking and self.speech_start == began
        if going_on and (transcription.text or pausing):
            utterance = Utterance(self.speaker, transcription, began, TurnLatency())
            self._room.overheard(utterance, pausing=pausing)

    def _transcribe(self, audio: Pcm16, pause: int) -> asyncio.Task[Transcription]:
        # A key of its own for each turn: one turn's words never give way to the next one's.
        work = self._words_in(audio, (*self._key, pause), final=True)
        return self._room.spawn(work, f"transcribe {self.speaker.id}")

    async def _words_in(self, audio: Pcm16, key: Hashable, *, final: bool) -> Transcription:
        return await self._models.transcribe(
            key,
            audio,
            language=self._language.expected(audio.size * 1000 / HEARD_RATE),
            hotwords=self._room.hotwords,
            final=final,
        )

    def _audio_of(self, speech_start: float, end: float) -> Pcm16:
        return self._microphone.audio(speech_start - self._settings.turn.pre_roll_ms / 1000, end)

    def _forget_hypothesis(self) -> None:
        if self._hypothesis is not None:
            self._hypothesis.cancel()
            self._hypothesis = None

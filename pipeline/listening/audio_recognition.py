"""One speaker's ear: from frames of audio to a turn that was understood.

At each look at a pause the turn model is asked whether the turn is over. At the first its words are
sought as well (turn_words.py): they are the second witness, and the turn's text if it is over.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final, Protocol

import numpy as np

from pipeline.audio import HEARD_RATE, Pcm16
from pipeline.errors import PipelineError, Superseded
from pipeline.inference.speech_models import SpeechModels
from pipeline.inference.whisper import Transcription
from pipeline.latency import TurnLatency
from pipeline.listening.endpointing import (
    Endpointing,
    Paused,
    Phase,
    Resumed,
    SpeechStarted,
    TurnEnded,
    TurnEvent,
)
from pipeline.listening.streaming_transcription import (
    Hypothesis,
    StreamingTranscription,
    TranscriptionRoom,
)
from pipeline.listening.text_endpoint import Completeness
from pipeline.ports import Speaker
from pipeline.settings import PipelineSettings

log = logging.getLogger(__name__)

MEMORY_MARGIN_S: Final = 5.0
LED_SILENCE: Final = 104 * HEARD_RATE // 1000
"""Put on what is asked ahead of its look. The first look of the settings then hears 224 ms of
silence; the turn model learned with 200 (Pipecat's ``stop_secs``), and takes less for a pause."""


@dataclass(frozen=True, slots=True)
class FinalTranscript:
    """A turn as it was understood, or a part of one that is still going on."""

    speaker: Speaker
    transcription: Transcription
    began: float
    """When the speaker began, in the room's seconds."""
    latency: TurnLatency
    settled: str = ""
    """The first words of a part, which the next part will not correct."""


class RecognitionRoom(TranscriptionRoom, Protocol):
    """What a listener tells its room, and what it asks of it."""

    def speech_began(self, speaker: Speaker, at: float) -> None: ...

    def speech_resumed(self, speaker: Speaker, at: float) -> None: ...

    def speech_ended(self, speaker: Speaker, at: float) -> None: ...

    def on_partial_transcript(self, utterance: FinalTranscript, *, pausing: bool) -> None:
        """Words of a turn that is not over: enough to decide on a barge-in, not to answer.

        At a pause there may be none, which is enough too.
        """

    def on_final_transcript(self, utterance: FinalTranscript) -> None:
        """A turn is over and these were its words."""

    def not_understood(self, speaker: Speaker, why: str) -> None: ...


class AudioRecognition:
    """One speaker in one room."""

    def __init__(
        self,
        speaker: Speaker,
        room: RecognitionRoom,
        models: SpeechModels,
        settings: PipelineSettings,
        clock: Callable[[], float],
    ) -> None:
        self.speaker = speaker
        self._room = room
        self._models = models
        self._settings = settings
        self._clock = clock
        self._turns = Endpointing(settings.vad, settings.turn)
        self._looks: set[asyncio.Task[None]] = set()
        self._audio_from = 0.0
        self._last_turn_end = float("-inf")
        self._pause_seen: float | None = None
        self._microphone = models.hearing.microphone(
            self._on_voice, settings.turn.max_turn_s + MEMORY_MARGIN_S
        )
        self._words = StreamingTranscription(
            speaker.id, room, models, settings.stt, self._microphone, self._overheard
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

    def audio(self, start: float, end: float) -> Pcm16:
        """What was heard from ``start`` to ``end``, ``int16[n]``, as far as it is remembered."""
        return self._microphone.audio(start, end)

    def overhear(self) -> None:
        """Transcribe what was said so far of a turn that is going on; at a pause that is done."""
        self._words.find_partial(self._clock())

    def skip_to(self, at: float) -> None:
        """What was heard before ``at`` of a turn that is going on is not the speaker's.

        At a pause everything stays as it is: the turn may be over.
        """
        if self._turns.phase is Phase.SPEAKING and at > self._audio_from:
            self._turns.begin_at(at)
            self._audio_from = at
            self._words.forget()
            self._words.begin(at, at)

    def close(self) -> None:
        """The speaker left; a turn that is going on is dropped."""
        self._models.hearing.close(self._microphone)
        self._turns.give_up(self._clock())
        self._forget_looks()
        self._words.forget()

    def _on_voice(self, probability: float, start: float, end: float) -> None:
        self._act(self._turns.voice(probability, start, end))
        if self._turns.phase is Phase.SPEAKING and self._words.partial_is_due(end):
            self._words.find_partial(end)

    def _act(self, events: list[TurnEvent]) -> None:
        for event in events:
            match event:
                case SpeechStarted(at):
                    self._began(at)
                case Paused():
                    self._look(event)
                case Resumed(at):
                    self._forget_looks()
                    self._words.resume(at)
                    self._room.speech_resumed(self.speaker, at)
                case TurnEnded():
                    self._ended(event)

    def _began(self, at: float) -> None:
        self._microphone.busy = True
        # With what came before the first voiced chunk, but with nothing of the turn before.
        pre_roll_s = self._settings.turn.pre_roll_ms / 1000
        self._audio_from = max(at - pre_roll_s, self._last_turn_end)
        self._words.begin(self._audio_from, at)
        self._room.speech_began(self.speaker, at)

    def _look(self, pause: Paused) -> None:
        if pause.look == 0:
            self._pause_seen = self._clock()
            hypothesis = self._words.look(pause)
            self._room.spawn(self._hear_words(hypothesis, pause), f"pause of {self.speaker.id}")
        audio = self._microphone.audio(self._audio_from, pause.at)
        look = self._room.spawn(self._ask_turn_model(pause, audio), f"turn {self.speaker.id}")
        self._looks.add(look)
        look.add_done_callback(self._looks.discard)

    async def _ask_turn_model(self, pause: Paused, audio: Pcm16) -> None:
        turn = self._settings.turn
        probability = 0.0
        # A look that ends the turn whatever the model says need not ask it.
        if turn.looks[pause.look].threshold > 0:
            key = (id(self._room), self.speaker.id)
            if turn.lead_ms:
                audio = more_silence(audio, LED_SILENCE)
            try:
                probability = await self._models.turn_probability(key, audio)
            except Superseded:
                return
        early_s = pause.due - self._clock()
        self._models.hearing.verdict_lags_ms.append(max(0.0, -early_s * 1000))
        if early_s > 0:
            await asyncio.sleep(early_s)
        seen = (pause.look, probability)
        self._act(self._turns.verdict(pause.pause, self._clock(), model=seen))

    def _ended(self, turn: TurnEnded) -> None:
        log.debug("turn of %s ended: %s", self.speaker.id, turn.reason)
        self._microphone.busy = False
        self._forget_looks()
        latency = TurnLatency()
        latency.mark("speech_end", turn.speech_end)
        latency.mark("pause_seen", min(self._pause_seen or turn.model_at, turn.model_at))
        latency.mark("turn_decided", turn.model_at)
        hypothesis = self._words.end(turn)
        self._pause_seen = None
        self._last_turn_end = turn.speech_end
        self._room.speech_ended(self.speaker, turn.at)
        self._room.spawn(
            self._understand(hypothesis, turn.speech_start, latency),
            f"understand {self.speaker.id}",
        )

    async def _hear_words(self, hypothesis: Hypothesis, pause: Paused) -> None:
        """Take the words at a pause as a witness, and pass them on while nobody knows its end."""
        try:
            words = await hypothesis.whole()
        except (Exception, asyncio.CancelledError):
            # What it means for the turn is for `_understand` to say.
            self._act(self._turns.verdict(pause.pause, self._clock(), words=Completeness.UNKNOWN))
            return
        ending = self._words.ending(words)
        self._act(self._turns.verdict(pause.pause, self._clock(), words=ending))
        if self._words.is_last(hypothesis):
            self._pass_on(words, hypothesis.before.text, pausing=True)

    async def _understand(self, hypothesis: Hypothesis, began: float, latency: TurnLatency) -> None:
        try:
            transcription = await hypothesis.whole()
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
        self._words.language.heard(transcription)
        self._room.on_final_transcript(FinalTranscript(self.speaker, transcription, began, latency))

    def _overheard(self, words: Transcription, settled: str) -> None:
        self._pass_on(words, settled, pausing=False)

    def _pass_on(self, words: Transcription, settled: str, *, pausing: bool) -> None:
        """Report the words of the turn that is going on; at a pause also that there are none."""
        if words.rejected is not None:
            words = replace(words, text="")
        if self.speaking and (words.text or pausing):
            began = self.speech_start
            utterance = FinalTranscript(self.speaker, words, began, TurnLatency(), settled)
            self._room.on_partial_transcript(utterance, pausing=pausing)

    def _forget_looks(self) -> None:
        """Their pause is over: what still waits for the turn model would only delay others."""
        current = asyncio.current_task()
        for look in self._looks:
            if look is not current:
                look.cancel()


def more_silence(audio: Pcm16, samples: int) -> Pcm16:
    """``int16[n]`` that ends in silence, as if that had lasted longer.

    Mirrored, because the turn model hears a step in the noise: of 360 pauses in synthetic voices,
    none on which it was clear was judged otherwise than with the silence itself.
    """
    return np.concatenate([audio, audio[audio.size - min(samples, audio.size) :][::-1]])

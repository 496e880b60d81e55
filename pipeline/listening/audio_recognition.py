"""Recognition of one speaker: from audio frames to the transcript of a turn.

The walk of a frame through a speaker's recognition:

    push_audio ─► SpeakerStream (audio_input.py) ─► a 32 ms chunk, scored by the VAD
      ─► Endpointing ─► PauseSeen: the turn model and StreamingTranscription are asked
                    ─► TurnSent: the transcript so far is reported as provisional
                    ─► Reopened: the provisional transcript is withdrawn
                    ─► TurnEnded: the transcript of the last pause is the turn's

The words at a pause serve twice: they tell endpointing whether the turn is over, and they are the
turn's text if it is. A turn that is reopened is transcribed as a whole at its next pause.
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
from pipeline.inference.transcription import Transcription
from pipeline.language.utterance import ParsedUtterance
from pipeline.latency import TurnLatency
from pipeline.listening.completion_features import has_sentence_end
from pipeline.listening.endpoint_rule import SHORTEST_MS, EndpointRule
from pipeline.listening.endpointing import (
    Endpointing,
    PauseBegan,
    PauseSeen,
    Phase,
    Reopened,
    Resumed,
    SpeechStarted,
    TurnEnded,
    TurnEvent,
    TurnSent,
)
from pipeline.listening.speaker_language import CallLanguage, SpeakerLanguage
from pipeline.listening.streaming_transcription import (
    Hypothesis,
    StreamingTranscription,
    TranscriptionRoom,
)
from pipeline.ports import Speaker
from pipeline.settings import PipelineSettings

log = logging.getLogger(__name__)

MEMORY_MARGIN_S: Final = 5.0
PREFETCH_SILENCE: Final = 168 * HEARD_RATE // 1000
"""Samples of silence added to the audio for the turn model, which is asked early.

With the default settings it then has 232 ms of silence. It was trained with 200 (Pipecat's
``stop_secs``), and takes less for a pause.
"""
_MIRRORED: Final = 64 * HEARD_RATE // 1000
"""Samples that are silence when the turn model is asked."""


@dataclass(frozen=True, slots=True)
class FinalTranscript:
    """The transcript of a turn, or the transcript so far of a turn that goes on."""

    speaker: Speaker
    transcription: Transcription
    began: float
    """When the speaker began, in the room's seconds."""
    latency: TurnLatency
    committed: str = ""
    """The first words of a partial transcript, which the next one will not change."""

    @property
    def spoken_ms(self) -> float | None:
        """From the first to the last sound of a turn that is over, with its pauses."""
        ended = self.latency.at("speech_end")
        return None if ended is None else (ended - self.began) * 1000


class RecognitionRoom(TranscriptionRoom, Protocol):
    """What a recognition reports to its room, and what it asks of it."""

    def speech_began(self, speaker: Speaker, at: float) -> None: ...

    def speech_resumed(self, speaker: Speaker, at: float) -> None: ...

    def speech_paused(self, speaker: Speaker, at: float) -> None:
        """A pause is long enough to be checked for the end of the turn."""

    def speech_ended(self, speaker: Speaker, at: float, why: str) -> None:
        """The turn is over; ``why`` is for operators."""

    def on_partial_transcript(self, utterance: FinalTranscript, *, pausing: bool) -> None:
        """Take the words so far of a turn that goes on: enough to decide on an interruption.

        At a pause the words may be empty, which decides too.
        """

    def on_provisional_transcript(self, utterance: FinalTranscript) -> None:
        """Take the words of a turn that is probably over: nothing may sound for it yet.

        `on_provisional_withdrawn` or `on_final_transcript` with the same words follows.
        """

    def on_provisional_withdrawn(self, speaker: Speaker) -> None:
        """The speaker went on, or left: the turn of the provisional transcript is not over."""

    def on_final_transcript(self, utterance: FinalTranscript) -> None:
        """Take the words of a turn that is over."""

    def not_understood(self, speaker: Speaker, why: str) -> None:
        """Take note that a turn ended without usable words."""


class AudioRecognition:
    """One speaker in one room. Times are seconds on ``clock``."""

    def __init__(
        self,
        speaker: Speaker,
        room: RecognitionRoom,
        models: SpeechModels,
        settings: PipelineSettings,
        clock: Callable[[], float],
        language: CallLanguage | None = None,
        rule: EndpointRule | None = None,
    ) -> None:
        """``language`` is that of the call, which its speakers share; ``rule`` replaces the bot's
        own rule for the ends of turns."""
        self.speaker = speaker
        self._room = room
        self._models = models
        self._settings = settings
        self._clock = clock
        self._endpointing = Endpointing(settings.vad, settings.turn, rule)
        self._look: asyncio.Task[None] | None = None
        """It asks the turn model about the present pause."""
        self._turn_audio_start = 0.0
        self._last_turn_end = float("-inf")
        self._latency = TurnLatency()
        """That of the turn that the present pause may end."""
        self._provisional = False
        """The room has a provisional transcript of the present turn."""
        self._stream = models.audio_input.open_stream(
            self._on_probability, settings.turn.max_turn_s + MEMORY_MARGIN_S
        )
        self._transcription = StreamingTranscription(
            speaker.id,
            room,
            models,
            settings.stt,
            self._stream,
            self._on_partial,
            SpeakerLanguage(language or CallLanguage(settings.stt)),
        )

    @property
    def speaking(self) -> bool:
        return self._endpointing.phase is not Phase.QUIET

    @property
    def speech_start(self) -> float:
        """When the present turn began, in the room's seconds."""
        return self._endpointing.speech_start

    def push_audio(self, pcm: Pcm16, at: float, *, end_of_talk: bool = False) -> None:
        """Take 16 kHz mono audio, ``int16[n]``, that arrived at ``at`` on the room's clock."""
        self._stream.push(pcm, at, end_of_talk=end_of_talk)

    def audio(self, start: float, end: float) -> Pcm16:
        """The audio from ``start`` to ``end``, ``int16[n]``, as far as it is in memory."""
        return self._stream.audio(start, end)

    def transcribe_partial(self) -> None:
        """Transcribe the words so far of a turn that goes on; a pause is transcribed anyway."""
        self._transcription.start_partial(self._clock(), over_reply=True)

    def skip_to(self, at: float) -> None:
        """Drop the audio before ``at`` from the present turn: it is not the speaker's.

        Does nothing in a pause, because the turn may be over.
        """
        if self._endpointing.phase is Phase.SPEAKING and at > self._turn_audio_start:
            self._endpointing.begin_at(at)
            self._turn_audio_start = at
            self._transcription.cancel()
            self._transcription.begin(at, at)

    def close(self) -> None:
        """Stop: the speaker left. Drops a turn that goes on."""
        self._models.audio_input.close_stream(self._stream)
        self._endpointing.give_up(self._clock())
        self._withdraw()
        self._cancel_look()
        self._transcription.cancel()

    def _on_probability(self, probability: float, start: float, end: float) -> None:
        self._handle(self._endpointing.add_chunk(probability, start, end))
        if self._endpointing.phase is Phase.SPEAKING and self._transcription.partial_is_due(end):
            self._transcription.start_partial(end)

    def _handle(self, events: list[TurnEvent]) -> None:
        for event in events:
            match event:
                case SpeechStarted(at):
                    self._on_speech_started(at)
                case PauseBegan(pause, at):
                    self._transcription.encode_ahead(pause, at)
                case PauseSeen():
                    self._on_pause(event)
                case Resumed(at):
                    self._go_on(at)
                case TurnSent():
                    self._send(event)
                case Reopened(at):
                    self._withdraw()
                    self._go_on(at)
                case TurnEnded():
                    self._on_turn_ended(event)

    def _on_speech_started(self, at: float) -> None:
        self._stream.in_turn = True
        # Includes the audio before the first voiced chunk, but nothing of the turn before.
        pre_roll_s = self._settings.turn.pre_roll_ms / 1000
        self._turn_audio_start = max(at - pre_roll_s, self._last_turn_end)
        self._transcription.begin(self._turn_audio_start, at)
        self._room.speech_began(self.speaker, at)

    def _on_pause(self, seen: PauseSeen) -> None:
        self._latency = TurnLatency()
        self._latency.mark("pause_seen", self._clock())
        self._room.speech_paused(self.speaker, seen.at)
        hypothesis = self._transcription.start_hypothesis(seen)
        self._room.spawn(self._check_words(hypothesis, seen), f"pause of {self.speaker.id}")
        audio = self._stream.audio(self._turn_audio_start, seen.at)
        self._look = self._room.spawn(self._check_sound(seen, audio), f"turn {self.speaker.id}")

    def _go_on(self, at: float) -> None:
        self._latency = TurnLatency()
        self._cancel_look()
        self._transcription.resume(at)
        self._room.speech_resumed(self.speaker, at)

    async def _check_sound(self, seen: PauseSeen, audio: Pcm16) -> None:
        """Ask the turn model whether the turn sounds finished."""
        key = (id(self._room), self.speaker.id)
        try:
            probability = await self._models.turn_probability(
                key, extend_silence(audio, PREFETCH_SILENCE)
            )
        except Superseded:
            return
        now = self._clock()
        due = seen.speech_end + SHORTEST_MS / 1000
        self._models.audio_input.check_lags_ms.append(max(0.0, now - due) * 1000)
        self._handle(self._endpointing.on_turn_probability(seen.pause, probability, now))

    async def _check_words(self, hypothesis: Hypothesis, seen: PauseSeen) -> None:
        """Tell endpointing the words at a pause, and report them while the turn is open.

        Then the language model is asked about them. Words that are sure do not wait for it.
        """
        try:
            transcription = await hypothesis.whole()
        except (Exception, asyncio.CancelledError):
            return  # `_finish` reports the failure of a turn.
        now, utterance = self._clock(), self._transcription.parse(transcription)
        if self._transcription.is_current(hypothesis):
            self._latency.mark("transcribed", now)
        events: list[TurnEvent] = []
        if utterance is not None:
            closing = transcription.closing
            events = self._endpointing.on_words(seen.pause, utterance, closing, now)
        # The words first: they may end the reply over which a turn that is sent early was said.
        if self._transcription.is_current(hypothesis):
            self._report_partial(transcription, hypothesis.before.text, pausing=True)
        self._handle(events)
        if utterance is not None and has_sentence_end(utterance):
            await self._check_ending(utterance, seen)

    async def _check_ending(self, utterance: ParsedUtterance, seen: PauseSeen) -> None:
        """Ask the language model whether the words at a pause end a sentence."""
        key = (id(self._room), self.speaker.id)
        try:
            ending = await self._models.text_ending(key, utterance.text)
        except Superseded:
            return
        if ending is not None:
            now = self._clock()
            self._handle(self._endpointing.on_text_ending(seen.pause, utterance, ending, now))

    def _send(self, sent: TurnSent) -> None:
        """Report the words so far as provisional, if there are any."""
        words = self._transcription.known
        if words is None or words.rejected is not None or not words.text:
            return
        self._provisional = True
        self._latency.mark("speech_end", sent.speech_end)
        self._latency.mark("turn_decided", sent.at)
        self._room.on_provisional_transcript(
            FinalTranscript(self.speaker, words, self.speech_start, self._latency)
        )

    def _withdraw(self) -> None:
        if self._provisional:
            self._provisional = False
            self._room.on_provisional_withdrawn(self.speaker)

    def _on_turn_ended(self, turn: TurnEnded) -> None:
        log.debug("turn of %s ended: %s", self.speaker.id, turn.reason)
        self._stream.in_turn = False
        self._provisional = False
        self._cancel_look()
        latency, self._latency = self._latency, TurnLatency()
        latency.mark("speech_end", turn.speech_end)
        latency.mark("pause_seen", turn.at)
        latency.mark("turn_decided", turn.at)
        hypothesis = self._transcription.end(turn)
        self._last_turn_end = turn.speech_end
        self._room.speech_ended(self.speaker, turn.at, turn.reason)
        self._room.spawn(
            self._finish(hypothesis, turn.speech_start, latency), f"understand {self.speaker.id}"
        )

    async def _finish(self, hypothesis: Hypothesis, began: float, latency: TurnLatency) -> None:
        """Report the transcript of a turn that is over, or why there is none."""
        try:
            transcription = await hypothesis.whole()
        except Exception as error:
            # The room logs an unforeseen error when the task that raised it ends.
            foreseen = isinstance(error, PipelineError)
            self._room.not_understood(self.speaker, str(error) if foreseen else repr(error))
            return
        latency.mark("transcribed", self._clock())
        if transcription.rejected is not None or not transcription.text:
            why = transcription.rejected or "no words in it"
            self._room.not_understood(self.speaker, why)
            return
        self._transcription.language.learn(transcription)
        self._room.on_final_transcript(FinalTranscript(self.speaker, transcription, began, latency))

    def _on_partial(self, transcription: Transcription, committed: str) -> None:
        self._report_partial(transcription, committed, pausing=False)

    def _report_partial(
        self, transcription: Transcription, committed: str, *, pausing: bool
    ) -> None:
        """Report the words of a turn that goes on; at a pause also that there are none."""
        if transcription.rejected is not None:
            transcription = replace(transcription, text="")
        if self.speaking and (transcription.text or pausing):
            began = self.speech_start
            partial = FinalTranscript(self.speaker, transcription, began, TurnLatency(), committed)
            self._room.on_partial_transcript(partial, pausing=pausing)

    def _cancel_look(self) -> None:
        """Cancel the look at a pause that is over, which would only delay other speakers'."""
        look, self._look = self._look, None
        if look is not None and look is not asyncio.current_task():
            look.cancel()


def extend_silence(audio: Pcm16, samples: int) -> Pcm16:
    """Lengthen the silence at the end of ``int16[n]`` by mirroring its last 64 ms again and again.

    Mirrored, because the turn model reacts to a step in the noise; no more than that, because the
    speech before it would sound like speech that goes on.
    """
    silence = audio[-_MIRRORED:]
    if not silence.size:
        return audio
    count = -(-samples // silence.size)
    mirrored = [silence[::-1] if index % 2 == 0 else silence for index in range(count)]
    return np.concatenate([audio, *mirrored])[: audio.size + samples]

"""Finding one speaker's words, turn after turn: at its pauses, in between, and at its end.

Transcription starts when a pause begins, because it may be the end. If speech goes on, the words
up to there are settled when there is enough of them (wording.py), and thrown away else.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Hashable
from dataclasses import dataclass
from typing import Any, Final, Protocol, TypeVar

from pipeline.audio import HEARD_RATE, Pcm16
from pipeline.errors import PipelineError
from pipeline.inference.smart_turn import WINDOW
from pipeline.inference.speech_models import SpeechModels
from pipeline.inference.whisper import Transcription
from pipeline.language.utterance import ParsedUtterance
from pipeline.language.vocative import MAX_UTTERANCE_CHARS
from pipeline.listening.audio_input import SpeakerStream
from pipeline.listening.committed_transcript import CommittedTranscript
from pipeline.listening.endpointing import Paused, TurnEnded
from pipeline.listening.speaker_language import SpeakerLanguage
from pipeline.listening.text_endpoint import Completeness, completeness
from pipeline.settings import SttSettings

T = TypeVar("T")

_TURN_MODEL_S: Final = WINDOW / HEARD_RATE


class TranscriptionRoom(Protocol):
    """What is asked of the room."""

    @property
    def hotwords(self) -> str | None:
        """Names that are likely to be said here."""
        ...

    def parse(self, speaker_id: int, text: str, language: str | None) -> ParsedUtterance:
        """The analysis of a speaker's words; ``language`` is an ISO code."""
        ...

    def spawn(self, work: Coroutine[Any, Any, T], name: str) -> asyncio.Task[T]:
        """Run a task that the room owns."""
        ...


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """The words up to a pause, being found: those ``before`` are settled, ``rest`` finds the rest.

    ``speech_end`` is where the pause begins, in the room's seconds.
    """

    before: CommittedTranscript
    rest: asyncio.Task[Transcription]
    speech_end: float

    async def whole(self) -> Transcription:
        """All words of the turn. Giving up to wait for them does not stop the search.

        Raises:
            PipelineError: they were not found.
            CancelledError: they are not wanted any more.
        """
        return self.before.whole(await asyncio.shield(self.rest))


class StreamingTranscription:
    """One speaker's words. Times are seconds on the room's clock."""

    def __init__(
        self,
        speaker: int,
        room: TranscriptionRoom,
        models: SpeechModels,
        settings: SttSettings,
        microphone: SpeakerStream,
        on_partial: Callable[[Transcription, str], None],
    ) -> None:
        self.language = SpeakerLanguage(settings.language)
        self._speaker = speaker
        self._key = (id(room), speaker)
        self._room = room
        self._models = models
        self._settings = settings
        self._microphone = microphone
        self._on_partial = on_partial
        self._wording = CommittedTranscript(0.0)
        self._last: Hypothesis | None = None
        self._settling: Hypothesis | None = None
        self._partial: asyncio.Task[None] | None = None
        self._partial_at = 0.0

    def begin(self, since: float, at: float) -> None:
        """A turn has begun at ``at``; ``since`` is where its audio begins."""
        self._wording = CommittedTranscript(since)
        self._partial_at = at

    def look(self, pause: Paused) -> Hypothesis:
        """Find the words up to a pause that has just begun."""
        self._drop_partial()
        self._partial_at = pause.at
        self._last = self._hypothesis(pause.pause, pause.speech_end, pause.at)
        return self._last

    def is_last(self, hypothesis: Hypothesis) -> bool:
        """Whether the pause that it belongs to is still going on."""
        return self._last is hypothesis

    def resume(self, at: float) -> None:
        """Speech goes on after the pause: its words are settled, or forgotten."""
        hypothesis, self._last = self._last, None
        if hypothesis is None:
            return
        settings, stopped = self._settings, hypothesis.speech_end
        enough = stopped - hypothesis.before.since >= settings.settle_after_s
        if not enough or (at - stopped) * 1000 < settings.settle_pause_ms:
            hypothesis.rest.cancel()
            return
        self._settling = hypothesis
        until = (stopped + at) / 2
        self._room.spawn(self._settle(hypothesis, until, at), f"settle {self._speaker}")

    def end(self, turn: TurnEnded) -> Hypothesis:
        """All words of a turn that is over."""
        final = self._last or self._hypothesis(turn.pause, turn.speech_end, turn.at)
        self._last = None
        self.forget()
        return final

    def forget(self) -> None:
        """What is still being found is not wanted any more."""
        self._drop_partial()
        for hypothesis in (self._last, self._settling):
            if hypothesis is not None:
                hypothesis.rest.cancel()
        self._last = self._settling = None

    def partial_is_due(self, now: float) -> bool:
        interval_s = self._settings.partial_interval_s
        return interval_s > 0 and now - self._partial_at >= interval_s

    def find_partial(self, until: float) -> None:
        """Find the words so far of a turn that is going on; at a pause they are sought already."""
        if self._last is None:
            self._partial_at = until
            self._drop_partial()
            audio = self._microphone.audio(self._wording.since, until)
            self._partial = self._room.spawn(
                self._find_partial(self._wording, audio), f"overhear {self._speaker}"
            )

    def ending(self, words: Transcription) -> Completeness:
        """Whether these words look like all that there is to come."""
        if words.rejected is not None:
            return Completeness.UNSURE
        last_words = words.text[-MAX_UTTERANCE_CHARS:]
        return completeness(self._room.parse(self._speaker, last_words, words.language))

    def _hypothesis(self, pause: int, speech_end: float, until: float) -> Hypothesis:
        # A key of its own for each pause: one turn's words never give way to the next one's.
        audio = self._microphone.audio(self._wording.since, until)
        work = self._find(self._wording, audio, (*self._key, pause), final=True)
        rest = self._room.spawn(work, f"transcribe {self._speaker}")
        return Hypothesis(self._wording, rest, speech_end)

    async def _settle(self, hypothesis: Hypothesis, until: float, at: float) -> None:
        try:
            part = await hypothesis.rest
        except PipelineError:
            return
        # An open clause is understood better together with what follows.
        usable = part.rejected is None and part.text and self.ending(part) is not Completeness.OPEN
        if usable and self._wording is hypothesis.before:
            self._wording = hypothesis.before.settle(part, until)
            self._microphone.forget(min(until, at - _TURN_MODEL_S))

    async def _find_partial(self, before: CommittedTranscript, audio: Pcm16) -> None:
        try:
            rest = await self._find(before, audio, self._key, final=False)
        except PipelineError:
            return
        self._on_partial(before.whole(rest), before.text)

    async def _find(
        self, before: CommittedTranscript, audio: Pcm16, key: Hashable, *, final: bool
    ) -> Transcription:
        expected = self.language.expected(audio.size * 1000 / HEARD_RATE)
        return await self._models.transcribe(
            key,
            audio,
            language=before.parts[-1].language if before.parts else expected,
            hotwords=self._room.hotwords,
            final=final,
        )

    def _drop_partial(self) -> None:
        if self._partial is not None:
            self._partial.cancel()
            self._partial = None

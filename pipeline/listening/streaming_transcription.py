"""Transcription of one speaker, turn after turn: at pauses, in between, and at a turn's end.

Transcription starts when a pause begins, because the pause may be the end of the turn. If speech
goes on, the words up to the pause are committed when there are enough of them, else dropped.

A `CommittedTranscript` keeps the words up to a pause, and only the audio after it is transcribed
from then on. At the end of a turn of half a minute, Whisper has the last few seconds left to do.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Hashable
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any, Final, Protocol, Self, TypeVar

from pipeline.audio import HEARD_RATE, Pcm16
from pipeline.errors import PipelineError, Superseded
from pipeline.inference.expected_names import ExpectedNames
from pipeline.inference.job_queue import Priority
from pipeline.inference.smart_turn import WINDOW
from pipeline.inference.speech_models import EncodedAhead, SpeechModels
from pipeline.inference.transcription import Transcription
from pipeline.language.utterance import Completeness, ParsedUtterance
from pipeline.language.vocative import MAX_UTTERANCE_CHARS
from pipeline.listening.audio_input import SpeakerStream
from pipeline.listening.endpointing import PauseSeen, TurnEnded
from pipeline.listening.speaker_language import ExpectedLanguage, SpeakerLanguage
from pipeline.settings import SttSettings

T = TypeVar("T")

_LEAST_SPARE: Final = 0.1
"""Under full load partial transcripts come at a tenth of their rate, as far as there is time."""
_TURN_MODEL_S: Final = WINDOW / HEARD_RATE


@dataclass(frozen=True, slots=True)
class CommittedTranscript:
    """The words of a turn that no later transcription changes, in parts.

    ``since`` is where the uncommitted rest begins, in the caller's seconds. Each transcription of
    the rest keeps the value that it started from.
    """

    since: float
    parts: tuple[Transcription, ...] = ()

    @property
    def text(self) -> str:
        return " ".join(part.text for part in self.parts)

    def commit(self, part: Transcription, until: float) -> Self:
        """The same with one more part; the rest begins at ``until``."""
        return replace(self, since=until, parts=(*self.parts, part))

    def whole(self, rest: Transcription) -> Transcription:
        """The whole turn, given its rest. A rest without words leaves the committed parts."""
        if not self.parts:
            return rest
        used = self.parts if rest.rejected or not rest.text else (*self.parts, rest)
        detected = [part for part in used if not part.language_given]
        surest = max(
            detected or used, key=lambda part: part.duration_ms * part.language_probability
        )
        total_ms = sum(part.duration_ms for part in used)
        logprobs = sum(part.avg_logprob * part.duration_ms for part in used)
        return Transcription(
            text=" ".join(part.text for part in used),
            language=surest.language,
            no_speech_prob=min(part.no_speech_prob for part in used),
            avg_logprob=logprobs / max(total_ms, 1.0),
            duration_ms=total_ms,
            took_ms=sum(part.took_ms for part in used),
            language_probability=surest.language_probability,
            language_given=surest.language_given,
            closing=used[-1].closing,
            may_call=next((part.may_call for part in used if part.may_call), ""),
        )


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """The words up to a pause, in transcription: ``before`` is committed, ``rest`` is under way.

    ``speech_end`` is where the pause begins, in the room's seconds.
    """

    before: CommittedTranscript
    rest: asyncio.Task[Transcription]
    speech_end: float

    async def whole(self) -> Transcription:
        """All words of the turn. Cancelling this does not cancel the transcription.

        Raises:
            PipelineError: the transcription failed.
            CancelledError: the transcription was cancelled.
        """
        return self.before.whole(await asyncio.shield(self.rest))

    @property
    def known(self) -> Transcription | None:
        """All words of the turn; None if they are not known yet, or the transcription failed."""
        rest = self.rest
        if not rest.done() or rest.cancelled() or rest.exception() is not None:
            return None
        return self.before.whole(rest.result())


@dataclass(frozen=True, slots=True)
class _Ahead:
    """The audio of a turn, encoded when a pause began: that behind ``before``."""

    pause: int
    before: CommittedTranscript
    encoded: EncodedAhead
    task: asyncio.Task[None]


class TranscriptionRoom(Protocol):
    """What a transcription asks of its room."""

    @property
    def expected_names(self) -> ExpectedNames:
        """Names that are likely to be said here."""
        ...

    def is_in_exchange(self, speaker_id: int) -> bool:
        """Whether the speaker talks to an agent at present: their words come first."""
        ...

    def parse(self, speaker_id: int, text: str, language: str | None) -> ParsedUtterance:
        """The analysis of a speaker's words; ``language`` is an ISO code."""
        ...

    def spawn(self, work: Coroutine[Any, Any, T], name: str) -> asyncio.Task[T]:
        """Run a task that the room owns."""
        ...


class StreamingTranscription:
    """One speaker's words. Times are seconds on the room's clock."""

    def __init__(
        self,
        speaker: int,
        room: TranscriptionRoom,
        models: SpeechModels,
        settings: SttSettings,
        stream: SpeakerStream,
        on_partial: Callable[[Transcription, str], None],
        language: SpeakerLanguage,
    ) -> None:
        """``on_partial`` gets the words so far of a turn that goes on, and the committed ones."""
        self.language = language
        self._speaker = speaker
        self._key = (id(room), speaker)
        self._room = room
        self._models = models
        self._settings = settings
        self._stream = stream
        self._on_partial = on_partial
        self._committed = CommittedTranscript(0.0)
        self._current: Hypothesis | None = None
        """The words up to the present pause."""
        self._committing: Hypothesis | None = None
        """The words up to a pause that is over, to be committed when they are known."""
        self._ahead: _Ahead | None = None
        self._partial: asyncio.Task[None] | None = None
        self._partial_at = 0.0
        self._calls_agent = False
        """The words so far of the present turn have the name of an agent."""

    def begin(self, since: float, at: float) -> None:
        """Begin a turn at ``at``; ``since`` is where its audio begins."""
        self._committed = CommittedTranscript(since)
        self._partial_at = at
        self._calls_agent = False

    def encode_ahead(self, pause: int, until: float) -> None:
        """Encode the audio up to ``until``, where a pause begins, if speech to text has a free
        thread. The words of the pause wait for it.
        """
        self._cancel_ahead()
        audio, encoded = self._stream.audio(self._committed.since, until), EncodedAhead()
        work = self._encode_ahead(pause, audio, encoded)
        task = self._room.spawn(work, f"encode {self._speaker}")
        self._ahead = _Ahead(pause, self._committed, encoded, task)

    def start_hypothesis(self, seen: PauseSeen) -> Hypothesis:
        """Start to transcribe the words up to a pause that has just begun."""
        self._cancel_partial()
        self._partial_at = seen.at
        self._current = self._hypothesis(seen.pause, seen.speech_end, seen.at)
        return self._current

    @property
    def known(self) -> Transcription | None:
        """The words of the whole turn up to the present pause; None while they are not known."""
        return None if self._current is None else self._current.known

    def is_current(self, hypothesis: Hypothesis) -> bool:
        """Whether the hypothesis is that of the present pause."""
        return self._current is hypothesis

    def resume(self, at: float) -> None:
        """Go on after a pause: commit its words, or drop them if there are too few."""
        hypothesis, self._current = self._current, None
        if hypothesis is None:
            return
        settings, stopped = self._settings, hypothesis.speech_end
        enough = stopped - hypothesis.before.since >= settings.settle_after_s
        if not enough or (at - stopped) * 1000 < settings.settle_pause_ms:
            hypothesis.rest.cancel()
            return
        self._committing = hypothesis
        until = (stopped + at) / 2
        self._room.spawn(self._commit(hypothesis, until, at), f"commit {self._speaker}")

    def end(self, turn: TurnEnded) -> Hypothesis:
        """All words of a turn that is over."""
        final = self._current or self._hypothesis(turn.pause, turn.speech_end, turn.at)
        self._current = None
        self.cancel()
        return final

    def cancel(self) -> None:
        """Cancel every transcription that is under way."""
        self._cancel_partial()
        self._cancel_ahead()
        for hypothesis in (self._current, self._committing):
            if hypothesis is not None:
                hypothesis.rest.cancel()
        self._current = self._committing = None

    def partial_is_due(self, now: float) -> bool:
        interval_s = self._settings.partial_interval_s / max(_LEAST_SPARE, self._spare)
        return interval_s > 0 and now - self._partial_at >= interval_s

    @property
    def _spare(self) -> float:
        """The share of speech to text that is free: partials come less often under load."""
        return 1.0 - self._models.words_load

    def start_partial(self, until: float, *, over_reply: bool = False) -> None:
        """Start to transcribe the words so far of a turn that goes on, unless at a pause.

        Those of speech ``over_reply`` are not for observers only: they may end the reply.
        """
        if self._current is None:
            self._partial_at = until
            self._cancel_partial()
            audio = self._stream.audio(self._committed.since, until)
            self._partial = self._room.spawn(
                self._transcribe_partial(
                    self._committed,
                    audio,
                    Priority.INTERRUPTION if over_reply else Priority.PARTIAL,
                ),
                f"partial {self._speaker}",
            )

    def parse(self, transcription: Transcription) -> ParsedUtterance | None:
        """The analysis of the last words, which tell whether the turn is over; None without."""
        if transcription.rejected is not None or not transcription.text:
            return None
        last_words = transcription.text[-MAX_UTTERANCE_CHARS:]
        parsed = self._room.parse(self._speaker, last_words, transcription.language)
        self._calls_agent = self._calls_agent or parsed.calls_agent
        return parsed

    def _hypothesis(self, pause: int, speech_end: float, until: float) -> Hypothesis:
        # A key per pause: the words of one turn are never superseded by those of the next.
        audio = self._stream.audio(self._committed.since, until)
        priority = Priority.ADDRESSED if self._is_addressing else Priority.FINAL
        ahead, known = None, self._ahead
        if known is not None and known.pause == pause and known.before is self._committed:
            ahead = known.encoded
        key = (*self._key, pause)
        work = self._transcribe(self._committed, audio, key, priority, ahead)
        rest = self._room.spawn(work, f"transcribe {self._speaker}")
        return Hypothesis(self._committed, rest, speech_end)

    @property
    def _is_addressing(self) -> bool:
        return self._calls_agent or self._room.is_in_exchange(self._speaker)

    async def _commit(self, hypothesis: Hypothesis, until: float, at: float) -> None:
        try:
            part = await hypothesis.rest
        except PipelineError:
            return
        # An open clause is transcribed better together with its continuation.
        utterance = self.parse(part)
        usable = utterance is not None and utterance.completeness is not Completeness.OPEN
        if usable and self._committed is hypothesis.before:
            self._committed = hypothesis.before.commit(part, until)
            self._stream.drop_before(min(until, at - _TURN_MODEL_S))

    async def _transcribe_partial(
        self, before: CommittedTranscript, audio: Pcm16, priority: Priority
    ) -> None:
        try:
            rest = await self._transcribe(before, audio, self._key, priority)
        except PipelineError:
            return
        words = before.whole(rest)
        if words.rejected is None:
            self.parse(words)
        self._on_partial(words, before.text)

    async def _transcribe(
        self,
        before: CommittedTranscript,
        audio: Pcm16,
        key: Hashable,
        priority: Priority,
        ahead: EncodedAhead | None = None,
    ) -> Transcription:
        expected = self._expected_language(before, audio)
        return await self._models.transcribe(
            key,
            audio,
            language=expected.code,
            among=expected.among,
            usual=expected.usual,
            sure=expected.sure,
            names=self._room.expected_names,
            final=priority >= Priority.FINAL,
            priority=priority,
            ahead=ahead,
        )

    async def _encode_ahead(self, pause: int, audio: Pcm16, encoded: EncodedAhead) -> None:
        expected = self._expected_language(self._committed, audio)
        with suppress(Superseded):
            await self._models.encode_ahead(
                (*self._key, pause),
                audio,
                encoded,
                language=expected.code,
                among=expected.among,
            )

    def _expected_language(self, before: CommittedTranscript, audio: Pcm16) -> ExpectedLanguage:
        expected = self.language.expected(audio.size * 1000 / HEARD_RATE)
        return expected.after(before.parts[-1]) if before.parts else expected

    def _cancel_ahead(self) -> None:
        if self._ahead is not None:
            self._ahead.task.cancel()
            self._ahead = None

    def _cancel_partial(self) -> None:
        if self._partial is not None:
            self._partial.cancel()
            self._partial = None

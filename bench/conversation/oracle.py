"""The models in virtual time: the real turn model, and words from an oracle.

The oracle knows no more than a transcriber: it returns the words within the given audio, after the
time that a transcription takes.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Hashable, Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Final, Protocol

from bench.conversation.rendering import Word
from pipeline.audio import HEARD_RATE, Pcm16, Samples, to_samples
from pipeline.errors import Superseded
from pipeline.inference.expected_names import NO_NAMES, ExpectedNames
from pipeline.inference.job_queue import Priority
from pipeline.inference.speech_models import EncodedAhead, SpeechModels, TurnModel
from pipeline.inference.transcription import Transcription
from pipeline.language.dialogue_act import dialogue_act
from pipeline.language.lexicons import ENGLISH
from pipeline.listening.audio_input import AudioInput

_LOOK_FOR: Final = HEARD_RATE // 20
_FILLERS: Final = frozenset(("um", "uh", "er", "erm", "uhm", "hmm"))
_MARKS: Final = ".,?!"


class TranscriptStyle(Enum):
    """How the oracle writes a transcript."""

    WHISPER = "as Whisper writes"
    """Without "um" and "uh", and every text with a closing mark, complete or not."""
    SPOKEN = "as spoken"
    """Every word, with the marks that the scene has; none where a clause is open."""
    NOTHING = "no words"
    """Speech to text fails."""


class SpeakerAudio(Protocol):
    """The audio that one speaker has sent so far, and its words."""

    @property
    def sent(self) -> bytes:
        """``int16[n]``, 16 kHz."""
        ...

    def words_between(self, start: int, end: int) -> Iterable[Word]:
        """The words that lie at least half between two samples, in order."""
        ...


@dataclass(frozen=True, slots=True)
class RecordedStream:
    """The audio of a speaker, known in advance."""

    audio: Pcm16
    words: tuple[Word, ...]
    sent: bytes

    def words_between(self, start: int, end: int) -> Iterable[Word]:
        return within(self.words, start, end)


def within(words: Iterable[Word], start: int, end: int) -> list[Word]:
    """Those that lie at least half between two samples."""
    return [word for word in words if start <= (word.start + word.end) / 2 <= end]


class CachedTurnModel:
    """The turn model, with its answers cached by audio."""

    def __init__(self, model: TurnModel) -> None:
        self._model = model
        self._known: dict[bytes, float] = {}

    def probability(self, audio: Samples) -> float:
        key = audio.tobytes()
        if key not in self._known:
            self._known[key] = self._model.probability(audio)
        return self._known[key]


class OracleModels(SpeechModels):
    """Speech models without threads; an endpoint check takes ``turn_ms`` of the virtual clock, a
    transcription ``stt_ms``."""

    def __init__(
        self,
        audio_input: AudioInput,
        turn: TurnModel,
        streams: Sequence[SpeakerAudio],
        writing: TranscriptStyle,
        *,
        turn_ms: float,
        stt_ms: float,
    ) -> None:
        self.audio_input = audio_input
        self._turn = turn
        self._streams = streams
        self._writing = writing
        self._turn_ms = turn_ms
        self._stt_ms = stt_ms

    async def turn_probability(self, key: Hashable, audio: Pcm16) -> float:
        await asyncio.sleep(self._turn_ms / 1000)
        return self._turn.probability(to_samples(audio))

    async def transcribe(
        self,
        key: Hashable,
        audio: Pcm16,
        *,
        language: str | None,
        among: Collection[str] = (),
        usual: str | None = None,
        sure: float | None = None,
        names: ExpectedNames = NO_NAMES,
        priority: Priority | None = None,
        final: bool,
        ahead: EncodedAhead | None = None,
    ) -> Transcription:
        text = written(self._heard(audio), self._writing)
        await asyncio.sleep(self._stt_ms / 1000)
        if self._writing is TranscriptStyle.NOTHING:
            raise Superseded("speech to text is not available")
        rejected = None if text else "no words in it"
        return Transcription(text, "en", 0.0, -0.1, audio.size / 16, self._stt_ms, rejected)

    def _heard(self, audio: Pcm16) -> list[str]:
        for stream in self._streams:
            end = end_of(audio, stream.sent)
            if end is not None:
                return [word.text for word in stream.words_between(end - audio.size, end)]
        return []


def end_of(audio: Pcm16, sent: bytes) -> int | None:
    """The sample after the place in ``sent`` where ``audio`` comes from; None where it does not."""
    last = audio[-_LOOK_FOR:].tobytes()
    place = sent.rfind(last)
    while place > 0 and place % 2:
        place = sent.rfind(last, 0, place + len(last) - 1)
    return None if place < 0 or not last else (place + len(last)) // 2


def written(words: Sequence[str], writing: TranscriptStyle) -> str:
    """The transcript of words; empty for none."""
    if writing is TranscriptStyle.NOTHING:
        return ""
    if writing is TranscriptStyle.SPOKEN:
        return " ".join(words)
    text = " ".join(_without_fillers(words)).rstrip(",")
    if not text or text[-1] in _MARKS:
        return text
    sentence = text.replace("?", ".").rpartition(".")[2]
    asks = any(
        dialogue_act(part, ENGLISH).question for part in (sentence, sentence.partition(",")[2])
    )
    return f"{text}{'?' if asks else '.'}"


def _without_fillers(words: Sequence[str]) -> list[str]:
    bare = [word.strip(_MARKS).lower() for word in words]
    after = (*bare[1:], "") if bare else ()
    return [
        word
        for word, plain, then in zip(words, bare, after, strict=True)
        if plain not in _FILLERS or (plain, then) == ("uh", "huh")
    ]

"""The models that listen, loaded once for all requests: voice activity, end of turn, Whisper.

They are the bot's own, with its settings for speech to text and turns. A file is heard in parts
with speech (`speech_parts`), one job of Whisper's queue each, so that requests take turns.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import AsyncGenerator, Callable, Collection, Generator, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import BinaryIO, Final, Protocol, Self

from models.errors import ModelError
from models.published import FileModel
from models.registry import SILERO_VAD, SMART_TURN, SMOLLM2
from models.settings import ModelsSettings
from models.store import ModelStore
from pipeline.audio import HEARD_RATE, Samples
from pipeline.errors import ModelUnavailable, PipelineError
from pipeline.inference.decoding_choices import NO_CHOICES, DecodingChoices
from pipeline.inference.devices import usable_settings, whisper_size
from pipeline.inference.expected_names import NO_NAMES, ExpectedNames
from pipeline.inference.language_model import LanguageModel
from pipeline.inference.model_worker import ModelWorker
from pipeline.inference.silero_vad import SileroVad, VadStream
from pipeline.inference.smart_turn import SmartTurn
from pipeline.inference.speech_models import SpeechModels
from pipeline.inference.timed_text import TimedSegment, TimedWord, moved
from pipeline.inference.transcription import Transcription
from pipeline.inference.whisper import load_transcriber
from pipeline.listening.audio_input import AudioInput
from pipeline.settings import PipelineSettings, SttSettings
from server.errors import ListeningUnavailable, MediaTooLong
from server.transcription.media import read_media
from server.transcription.settings import TranscriptionSettings
from server.transcription.speech_parts import SpeechPart, speech_parts

log = logging.getLogger(__name__)

MOST_READERS: Final = 2
"""Files that are decoded at once. Decoding is some fifty times as fast as Whisper on a CPU."""
_TURN_QUEUE: Final = 32
_TEXT_QUEUE: Final = 16


@dataclass(frozen=True, slots=True)
class HeardPart:
    """The words of one part of a file. Times are seconds since the file's begin.

    ``text`` is empty where the audio had no words. ``duration_s`` is the audio so far.
    """

    text: str
    language: str
    segments: tuple[TimedSegment, ...]
    duration_s: float


class WholeSpeechToText(Protocol):
    """Speech to text with all that a file may need; `Transcriber` is one."""

    @property
    def device(self) -> str: ...

    @property
    def compute_type(self) -> str: ...

    @property
    def languages(self) -> tuple[str, ...]: ...

    def transcribe(
        self,
        audio: Samples,
        *,
        language: str | None = None,
        among: Collection[str] = (),
        usual: str | None = None,
        sure: float | None = None,
        names: ExpectedNames = NO_NAMES,
        fallback: bool = True,
        choices: DecodingChoices = NO_CHOICES,
    ) -> Transcription: ...


class ListeningModels:
    """The models, and their queues. Used from one event loop.

    ``at_once`` is how many transcriptions run at once.
    """

    def __init__(
        self,
        stt: WholeSpeechToText,
        turn: SmartTurn,
        vad: SileroVad,
        text: LanguageModel | None = None,
        *,
        name: str,
        pipeline: PipelineSettings,
        settings: TranscriptionSettings,
        at_once: int = 1,
    ) -> None:
        self.name = name
        self.pipeline = pipeline
        self.settings = settings
        self._stt = stt
        self._turn = turn
        self._vad = vad
        self._one_step = threading.Lock()
        """The voice activity model takes one thread at a time."""
        self._sure = pipeline.stt.language_threshold
        self._readers = ThreadPoolExecutor(MOST_READERS, thread_name_prefix="read audio")
        self._words = ModelWorker(
            "speech to text", threads=at_once, limit=pipeline.stt.queue_limit, sparing=True
        )
        self._turns = ModelWorker("turn", limit=_TURN_QUEUE)
        self._text = text
        self._texts = ModelWorker("language model", limit=_TEXT_QUEUE)

    @property
    def device(self) -> str:
        """Where Whisper runs, and how: ``cpu, int8``."""
        return f"{self._stt.device}, {self._stt.compute_type}"

    @property
    def languages(self) -> tuple[str, ...]:
        """The ISO codes of the languages that the model knows."""
        return self._stt.languages

    def live_models(self, clock: Callable[[], float]) -> SpeechModels:
        """The models for one live stream, whose time is ``clock``; the caller ticks its input."""
        audio_input = AudioInput(self, clock)
        return SpeechModels(
            audio_input,
            self._turn,
            self._turns,
            self._stt,
            self._words,
            text=self._text,
            text_worker=self._texts,
        )

    async def hear(
        self,
        file: BinaryIO,
        *,
        language: str | None = None,
        among: Collection[str] = (),
        choices: DecodingChoices = NO_CHOICES,
    ) -> AsyncGenerator[HeardPart, None]:
        """The words of ``file``, a part at a time; the last one has no words.

        Without a ``language`` the first part decides on it, ``among`` these if there are any.
        Closing the generator stops after the present part.

        Raises:
            UnreadableMedia: the file has no audio that can be read.
            MediaTooLong: it is longer than the settings allow.
            Superseded: too many requests wait for the model.
        """
        heard = self.hear_pieces(read_media(file), language=language, among=among, choices=choices)
        async with aclosing(heard):
            async for part in heard:
                yield part

    async def hear_pieces(
        self,
        pieces: Iterable[Samples],
        *,
        language: str | None = None,
        among: Collection[str] = (),
        choices: DecodingChoices = NO_CHOICES,
    ) -> AsyncGenerator[HeardPart, None]:
        """The same for 16 kHz mono ``float32[n]`` pieces, which are read in another thread."""
        reader = _Reader(self._parts(pieces), self._readers)
        try:
            async for found in reader:
                samples = found if isinstance(found, int) else found.start + found.audio.size
                if samples > self.settings.longest_s * HEARD_RATE:
                    raise MediaTooLong(
                        f"the audio is longer than {self.settings.longest_s} s: cut it into parts, "
                        "or raise server.transcription.longest_s"
                    )
                if isinstance(found, int):
                    yield HeardPart("", language or "", (), samples / HEARD_RATE)
                    continue
                work = partial(
                    self._stt.transcribe,
                    found.audio,
                    language=language,
                    among=among,
                    choices=choices,
                )
                heard = await self._words.run((id(reader), found.start), work)
                if heard.rejected is None and heard.language_probability >= self._sure:
                    language = language or heard.language
                yield _placed(heard, found)
        finally:
            await reader.close()

    def _parts(self, pieces: Iterable[Samples]) -> Generator[SpeechPart | int, None, None]:
        stream = self.open()

        def probability(chunk: Samples) -> float:
            [rated] = self.step([(stream, chunk)])
            return rated

        yield (yield from speech_parts(pieces, probability, self.pipeline.vad))

    def open(self) -> VadStream:
        """A stream for `step`."""
        return self._vad.open()

    def step(self, batch: Sequence[tuple[VadStream, Samples]]) -> list[float]:
        """`SileroVad.step`, for any thread."""
        with self._one_step:
            return self._vad.step(batch)

    def close(self) -> None:
        """Stop after the jobs that run; blocks until then."""
        self._readers.shutdown(cancel_futures=True)
        self._words.close()
        self._turns.close()
        self._texts.close()


def open_listening(
    pipeline: PipelineSettings, models: ModelsSettings, settings: TranscriptionSettings
) -> ListeningModels:
    """Load the models that the settings name; nothing is downloaded. Takes a second or two.

    Raises:
        ListeningUnavailable: one is not on this machine, or does not load; the text has what to do.
    """
    try:
        store = ModelStore(models)
        whisper = load_transcriber(pipeline.stt, partial(whisper_folder, store))
        listening = listening_with(
            whisper, whisper_name(pipeline.stt), store, pipeline, settings, whisper.at_once
        )
    except (ModelError, PipelineError) as error:
        raise ListeningUnavailable(f"speech to text is not available: {error}") from error
    log.info("speech to text: %s on %s", listening.name, listening.device)
    return listening


def listening_with(
    stt: WholeSpeechToText,
    name: str,
    store: ModelStore,
    pipeline: PipelineSettings,
    settings: TranscriptionSettings,
    at_once: int = 1,
) -> ListeningModels:
    """``stt``, called ``name``, with the small models of ``store`` that find speech and turns.

    The language model is left out where it is not on this machine, or does not load.

    Raises:
        ListeningUnavailable: one is not on this machine; the text has what to do.
    """
    return ListeningModels(
        stt,
        SmartTurn(_file(store, SMART_TURN)),
        SileroVad(_file(store, SILERO_VAD)),
        _language_model(store) if pipeline.turn.language_model else None,
        name=name,
        pipeline=pipeline,
        settings=settings,
        at_once=at_once,
    )


def _language_model(store: ModelStore) -> LanguageModel | None:
    if (found := store.find(SMOLLM2)) is None:
        return None
    try:
        return LanguageModel(found.path)
    except ModelUnavailable as error:
        log.warning("ends of turns are judged without a language model: %s", error)
        return None


def whisper_name(settings: SttSettings) -> str:
    """What requests call the Whisper of ``settings`` on this machine."""
    return Path(whisper_size(usable_settings(settings)[0])).name


def whisper_folder(store: ModelStore, size: str) -> Path:
    """The folder of a size of Whisper.

    Raises:
        ListeningUnavailable: it is not on this machine; the text has what to do.
    """
    if (found := store.whisper.find(size)) is None:
        raise ListeningUnavailable(
            f"speech to text is not available: the Whisper model {size} is not on this machine; "
            f"`python run.py models fetch {size}` fetches it"
        )
    return found.path


def _file(store: ModelStore, model: FileModel) -> Path:
    if (found := store.find(model)) is None:
        raise ListeningUnavailable(
            f"speech to text is not available: the model {model.name} is not on this machine; "
            f"`python run.py models fetch {model.name}` fetches it"
        )
    return found.path


def _placed(heard: Transcription, part: SpeechPart) -> HeardPart:
    """The transcription of a part, with times since the begin of the file."""
    used = heard.segments if heard.rejected is None else ()
    return HeardPart(
        heard.text if heard.rejected is None else "",
        heard.language,
        tuple(_placed_segment(segment, part) for segment in used),
        (part.start + part.audio.size) / HEARD_RATE,
    )


def _placed_segment(segment: TimedSegment, part: SpeechPart) -> TimedSegment:
    """Without the silence around it, which Whisper counts to what follows."""
    start, end = part.spoken_span(segment.start, segment.end)
    words = []
    for word in segment.words:
        begins, ends = part.word_span(word.start, word.end)
        begins = min(max(begins, start), end)
        words.append(moved(TimedWord(word.text, begins, max(begins, min(ends, end))), part.start_s))
    return replace(segment, start=start + part.start_s, end=end + part.start_s, words=tuple(words))


class _Reader:
    """Reads a file's parts in the readers' threads, one at a time."""

    def __init__(
        self, parts: Generator[SpeechPart | int, None, None], threads: ThreadPoolExecutor
    ) -> None:
        self._parts = parts
        self._threads = threads
        self._pending: asyncio.Future[SpeechPart | int | None] | None = None

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> SpeechPart | int:
        loop = asyncio.get_running_loop()
        self._pending = loop.run_in_executor(self._threads, next, self._parts, None)
        found = await asyncio.shield(self._pending)
        if found is None:
            raise StopAsyncIteration
        return found

    async def close(self) -> None:
        """Close the generator when the part that is being read is there."""
        if self._pending is not None:
            await asyncio.wait([self._pending])
            if not self._pending.cancelled():
                self._pending.exception()  # retrieved, so that asyncio does not log it
        self._parts.close()

"""Kokoro as an engine: early first sound, even pauses, and short phrases kept ready.

A text is synthesised by sentences, and the first sentence in slices. That needs the statistics of
the voice, which take some seconds of work in the background: soon after the start for the voices
that are named, else after the first request. Until then, and on a GPU, the first part is the
first clause, and each part is computed as a whole. The model's own silence around a part (0.25 to
0.5 s) is replaced by the pause of the mark at its end.
"""

from __future__ import annotations

import logging
import re
import threading
from collections import OrderedDict
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent import futures
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Final, TypeVar

import numpy as np

from server.engines.engine import ListedVoice, SpokenText
from server.engines.kokoro import (
    KOKORO_RATE,
    LANGUAGES,
    KokoroModel,
    pronounced,
    tokens_of,
)
from server.engines.kokoro_slices import sliced_sound
from server.engines.kokoro_statistics import CALIBRATION_TEXTS, VoiceStatistics, statistics_of
from server.engines.neural import PieceTrimmer, SynthesisWorker, as_pcm, without_silence
from server.errors import EngineUnavailable, TtsError

T = TypeVar("T")

log = logging.getLogger(__name__)

_SENTENCE: Final = re.compile(r".*?[.!?…]+[\"”)]*(?: |$)|.+$", re.DOTALL)
_CLAUSE: Final = re.compile(r".{10,60}?[,;:—]+ (?=.{12})", re.DOTALL)
"""A first clause that is worth a part of its own, and a rest that is."""
_LEAD_MS: Final = 10.0
_CLAUSE_PAUSE_MS: Final = 140.0
_SENTENCE_PAUSE_MS: Final = 260.0
_SLOWEST, _FASTEST = 0.5, 2.0

_LONGEST_FIRST: Final = 160
"""Phonemes. The part before the slices takes 1.6 ms of a core for each; of a longer sentence the
first clause is spoken first."""

_START_S: Final = 5.0
"""The process has other work when it starts, so the preparation begins later."""
_PHRASE_CHARS: Final = 60
"""Texts up to this length are kept; longer ones are rarely said twice."""
_KEPT_BYTES: Final = 24_000_000
"""About eight minutes of speech."""


class KokoroVoices:
    """The voices in Kokoro's folder under the ids ``kokoro:<voice>``.

    The voices of ``prepared`` are prepared in the background soon after the start, or with ``wait``
    before the constructor returns; others after they are first used. A prepared voice begins to
    speak sooner, and has the texts of ``stock`` ready. Without ``stock``, no voice is prepared.

    Raises:
        EngineUnavailable: the folder has no model or no voice, or the model does not load.
    """

    prefix: Final = "kokoro"
    label: Final = "Kokoro"

    def __init__(
        self,
        folder: Path,
        *,
        threads: int = 1,
        gpu: bool = False,
        stock: Sequence[str] | None = None,
        prepared: Sequence[str] = (),
        wait: bool = False,
    ) -> None:
        self._worker = SynthesisWorker("kokoro")
        try:
            self._model = self._worker.run(lambda: KokoroModel(folder, threads=threads, gpu=gpu))
        except EngineUnavailable:
            self._worker.close()
            raise
        self._phrases = KeptPhrases(_KEPT_BYTES)
        self._prepares = stock is not None and self._model.in_slices
        self._stock_texts = tuple(stock or ())
        self._stock: dict[tuple[str, ...], bytes] = {}
        self._statistics: dict[str, VoiceStatistics] = {}
        self._background = futures.ThreadPoolExecutor(1, thread_name_prefix="kokoro-prepare")
        self._begun: set[str] = set()
        self._closed = False
        self._requests = 0
        self._idle = threading.Condition()
        if not wait and prepared:
            self._background.submit(self._wait_for_the_start)
        self._prepare_later(*prepared)
        if wait:
            self._background.submit(lambda: None).result()

    def voices(self) -> tuple[ListedVoice, ...]:
        """All voices, the English ones first."""
        names = sorted(self._model.voices, key=lambda name: (name[:1] not in "ab", name))
        return tuple(
            ListedVoice(
                f"{self.prefix}:{name}",
                name.partition("_")[2].title() or name,
                LANGUAGES.get(name[:1], LANGUAGES["a"])[1],
            )
            for name in names
        )

    def speak(self, text: str, voice: str, speed: float) -> SpokenText:
        """See `VoiceEngine.speak`; ``speed`` is limited to 0.5 to 2."""
        self._model.check(voice)
        limited = min(max(speed, _SLOWEST), _FASTEST)
        return SpokenText(KOKORO_RATE, self._stream(text, voice, limited), limited)

    def close(self) -> None:
        """See `VoiceEngine.close`."""
        self._closed = True
        with self._idle:
            self._idle.notify_all()
        self._worker.close()
        self._background.shutdown(cancel_futures=True)

    def _stream(self, text: str, voice: str, speed: float) -> Generator[bytes, None, None]:
        key = _key(text, voice, speed)
        kept = self._stock.get(key) or self._phrases.get(key)
        if kept is not None:
            yield kept
            return
        chunks: list[bytes] = []
        parts = self._parts(text, voice, speed, self._statistics.get(voice))
        with self._request():
            for chunk in self._worker.stream(parts):
                chunks.append(chunk)
                yield chunk
        if len(text) <= _PHRASE_CHARS:
            self._phrases.keep(key, b"".join(chunks))
        self._prepare_later(voice)

    def _parts(
        self, text: str, voice: str, speed: float, statistics: VoiceStatistics | None
    ) -> Generator[bytes, None, None]:
        longest = _LONGEST_FIRST if statistics else 0
        for number, part in enumerate(parts_of(pronounced(text, voice), longest)):
            pause = _CLAUSE_PAUSE_MS if part[-1] in ",;:—" else _SENTENCE_PAUSE_MS
            tokens = tokens_of(part)
            if number == 0 and statistics and len(tokens) == 1:
                yield from self._sliced(tokens[0], voice, speed, statistics, pause / speed)
                continue
            pieces = [self._model.run(each, voice, speed) for each in tokens]
            if pieces:
                audio = without_silence(
                    np.concatenate(pieces), KOKORO_RATE, lead_ms=_LEAD_MS, tail_ms=pause / speed
                )
                yield as_pcm(audio)

    def _sliced(
        self,
        tokens: Sequence[int],
        voice: str,
        speed: float,
        statistics: VoiceStatistics,
        tail_ms: float,
    ) -> Generator[bytes, None, None]:
        frames = self._model.frames(tokens, voice, speed)
        trimmer = PieceTrimmer(KOKORO_RATE, lead_ms=_LEAD_MS, tail_ms=tail_ms)
        for piece in sliced_sound(self._model, frames, statistics):
            if (audio := trimmer.add(piece)).size:
                yield as_pcm(audio)
        if (audio := trimmer.end()).size:
            yield as_pcm(audio)

    def _prepare_later(self, *voices: str) -> None:
        """Prepare voices in the background, each once."""
        if self._closed or not self._prepares:
            return
        new = [each for each in voices if each in self._model.voices and each not in self._begun]
        self._begun.update(new)
        with suppress(RuntimeError):  # closed meanwhile
            for work in (self._calibrate, self._keep_stock):
                for voice in new:
                    self._background.submit(self._prepared, work, voice)

    @contextmanager
    def _request(self) -> Iterator[None]:
        with self._idle:
            self._requests += 1
        try:
            yield
        finally:
            with self._idle:
                self._requests -= 1
                self._idle.notify_all()

    def _wait_for_the_start(self) -> None:
        with self._idle:
            self._idle.wait_for(lambda: self._closed, _START_S)

    def _run_when_idle(self, work: Callable[[], T]) -> T:
        """The result of ``work``, which begins when no request is served."""
        with self._idle:
            self._idle.wait_for(lambda: self._closed or not self._requests)
        return self._worker.run(work)

    def _prepared(self, work: Callable[[str], None], voice: str) -> None:
        try:
            work(voice)
        except TtsError as error:
            if not self._closed:
                log.warning("the voice %s stays slow to begin: %s", voice, error)
        except Exception:
            log.exception("the voice %s stays slow to begin", voice)

    def _calibrate(self, voice: str) -> None:
        found = [
            self._run_when_idle(partial(statistics_of, self._model, text, voice))
            for text in CALIBRATION_TEXTS
        ]
        frames, statistics = zip(*found, strict=True)
        self._statistics[voice] = VoiceStatistics(frames, statistics)

    def _keep_stock(self, voice: str) -> None:
        for text in self._stock_texts:
            parts = self._parts(text, voice, 1.0, None)
            self._stock[_key(text, voice, 1.0)] = self._run_when_idle(partial(b"".join, parts))


class KeptPhrases:
    """The audio of the last phrases, up to ``limit`` bytes; the oldest are dropped first."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._bytes = 0
        self._audio: OrderedDict[tuple[str, ...], bytes] = OrderedDict()

    def get(self, key: tuple[str, ...]) -> bytes | None:
        """The audio of a phrase, which counts as used now."""
        audio = self._audio.pop(key, None)
        if audio is not None:
            self._audio[key] = audio
        return audio

    def keep(self, key: tuple[str, ...], audio: bytes) -> None:
        """Keep a phrase; one that is longer than all the room is not kept."""
        if len(audio) > self._limit:
            return
        self._bytes += len(audio) - len(self._audio.pop(key, b""))
        self._audio[key] = audio
        while self._bytes > self._limit:
            self._bytes -= len(self._audio.popitem(last=False)[1])


def parts_of(spoken: str, longest_first: int = 0) -> list[str]:
    """Phonemes in the parts that are synthesised one after the other: the sentences.

    Of a first sentence above ``longest_first`` phonemes, the first clause is a part of its own.
    """
    sentences = [found.strip() for found in _SENTENCE.findall(spoken) if found.strip()]
    if not sentences or len(sentences[0]) <= longest_first:
        return sentences
    if clause := _CLAUSE.match(sentences[0]):
        end = clause.end()
        sentences[:1] = [sentences[0][:end].strip(), sentences[0][end:]]
    return sentences


def _key(text: str, voice: str, speed: float) -> tuple[str, ...]:
    return text, voice, f"{speed:.2f}"

"""Long audio in parts with speech in them, of 30 s at most: what Whisper hears at a time.

Silence and noise between the parts are left out, as in a conversation: Whisper makes up words for
them. A part ends at a long pause. If none comes, it ends at a shorter one, or where it is quietest.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

from pipeline.audio import HEARD_RATE, Samples
from pipeline.inference.long_audio import quietest
from pipeline.inference.silero_vad import CHUNK
from pipeline.settings import VadSettings

_MARGIN: Final = 10
"""Chunks kept before and after speech: 320 ms."""
_LONG_PAUSE: Final = 62
"""Chunks: 2 s."""
_SHORT_PAUSE: Final = 10
"""Chunks: 320 ms, longer than the gaps between words."""
_LONG_ENOUGH: Final = 20 * HEARD_RATE // CHUNK
"""Chunks from which on a short pause ends a part."""
_LONGEST: Final = 29 * HEARD_RATE // CHUNK
_SEARCHED: Final = 9 * HEARD_RATE // CHUNK
"""Chunks at the end of the longest part in which a pause is searched."""
_LEAST_VOICED: Final = 3
"""Chunks: a click of 64 ms is no speech."""
_PAUSE_IN_A_WORD: Final = 5
"""Chunks: the longest pause inside a word is 160 ms."""
_REST_AFTER: Final = 30 * HEARD_RATE // CHUNK


@dataclass(frozen=True, slots=True)
class SpeechPart:
    """A stretch of audio with speech: 16 kHz ``float32[n]`` that begins at sample ``start``.

    ``voiced`` says for each chunk of 32 ms whether the voice activity model heard speech.
    """

    start: int
    audio: Samples
    voiced: tuple[bool, ...]

    @property
    def start_s(self) -> float:
        return self.start / HEARD_RATE

    def spoken_span(self, start_s: float, end_s: float) -> tuple[float, float]:
        """The times from ``start_s`` to ``end_s`` without the silence at both ends.

        Seconds in the part. A span without speech is returned as it is.
        """
        heard = self._heard(start_s, end_s)
        return self._within(heard[0], heard[-1], start_s, end_s) if heard else (start_s, end_s)

    def word_span(self, start_s: float, end_s: float) -> tuple[float, float]:
        """The same for a word, without what comes before a pause in it.

        Whisper's attention finds the end of a word, and begins a word at the end of the last one.
        """
        heard = self._heard(start_s, end_s)
        if not heard:
            return start_s, end_s
        first = heard[-1]
        for index in reversed(heard):
            if first - index > _PAUSE_IN_A_WORD:
                break
            first = index
        return self._within(first, heard[-1], start_s, end_s)

    def _heard(self, start_s: float, end_s: float) -> list[int]:
        first, last = (round(each * HEARD_RATE / CHUNK) for each in (start_s, end_s))
        return [index for index in range(first, min(last, len(self.voiced))) if self.voiced[index]]

    @staticmethod
    def _within(first: int, last: int, start_s: float, end_s: float) -> tuple[float, float]:
        begins, ends = first * CHUNK / HEARD_RATE, (last + 1) * CHUNK / HEARD_RATE
        return max(start_s, begins), min(end_s, ends)


class PartCutter:
    """Cuts a stream of chunks, ``float32[512]``, into parts. Sans-I/O."""

    def __init__(self, vad: VadSettings) -> None:
        self._vad = vad
        self._chunks: list[Samples] = []
        self._voiced: list[bool] = []
        self._begin = 0
        """The chunk with which the kept ones begin."""
        self._speaking = False
        self._silence = 0
        """Chunks since the last voiced one."""

    def feed(self, chunk: Samples, probability: float) -> SpeechPart | None:
        """Take the next chunk with its probability of speech; the part that it ends, if it does."""
        bound = self._vad.stop_threshold if self._speaking else self._vad.start_threshold
        voiced = probability >= bound
        self._chunks.append(chunk)
        self._voiced.append(voiced)
        self._silence = 0 if voiced else self._silence + 1
        if not self._speaking:
            self._speaking = voiced
            if not voiced:
                self._drop(len(self._chunks) - _MARGIN)
            return None
        if self._silence >= _LONG_PAUSE:
            return self._cut(len(self._chunks) - self._silence + _MARGIN)
        length = len(self._chunks)
        if length >= _LONG_ENOUGH and self._silence >= _SHORT_PAUSE:
            return self._cut(length - self._silence // 2)
        return self._cut(self._best_place()) if length >= _LONGEST else None

    def finish(self) -> SpeechPart | None:
        """The part that the end of the audio ends."""
        if not self._speaking:
            return None
        return self._cut(len(self._chunks) - max(0, self._silence - _MARGIN))

    def _best_place(self) -> int:
        """The middle of the longest pause near the end, or else the quietest place."""
        first = len(self._chunks) - _SEARCHED
        longest, middle, run = 1, 0, 0
        for index in range(first, len(self._chunks)):
            run = 0 if self._voiced[index] else run + 1
            if run > longest:
                longest, middle = run, index - run // 2
        if middle:
            return middle
        tail = np.concatenate(self._chunks[first:])
        return first + quietest(tail) // CHUNK

    def _cut(self, end: int) -> SpeechPart | None:
        """End the part before the chunk ``end``; what follows begins the next one."""
        audio, voiced = np.concatenate(self._chunks[:end]), tuple(self._voiced[:end])
        start = self._begin * CHUNK
        self._drop(end)
        self._speaking = any(self._voiced)
        if not self._speaking:
            self._drop(len(self._chunks) - _MARGIN)
        if sum(voiced) < _LEAST_VOICED:
            return None
        return SpeechPart(start, audio, voiced)

    def _drop(self, count: int) -> None:
        if count > 0:
            del self._chunks[:count]
            del self._voiced[:count]
            self._begin += count


def speech_parts(
    pieces: Iterable[Samples], probability: Callable[[Samples], float], vad: VadSettings
) -> Generator[SpeechPart | int, None, int]:
    """The parts of 16 kHz ``float32[n]`` pieces; returns the number of samples.

    ``probability`` rates each chunk. After 30 s without a part, the number of samples so far is
    yielded, so that the caller can do something else.
    """
    cutter, samples, since = PartCutter(vad), 0, 0
    for chunk, size in _chunks(pieces):
        samples += size
        since += 1
        part = cutter.feed(chunk, probability(chunk))
        if part is not None:
            yield part
        elif since >= _REST_AFTER:
            yield samples
        else:
            continue
        since = 0
    if (part := cutter.finish()) is not None:
        yield part
    return samples


def _chunks(pieces: Iterable[Samples]) -> Iterator[tuple[Samples, int]]:
    """Chunks of the model's length with their samples; the last one is filled with silence."""
    rest = np.zeros(0, np.float32)
    for piece in pieces:
        rest = np.concatenate([rest, piece])
        whole = rest.size // CHUNK * CHUNK
        for at in range(0, whole, CHUNK):
            yield rest[at : at + CHUNK], CHUNK
        rest = rest[whole:]
    if rest.size:
        yield np.pad(rest, (0, CHUNK - rest.size)), rest.size

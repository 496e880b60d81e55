"""Where the words of known speech border on each other, by Whisper's cross-attention.

The method is that of faster-whisper's word timestamps (`WhisperModel.find_alignment`), with the
text given. A border is moved to the quietest place within 90 ms.
"""

from __future__ import annotations

import os
from itertools import pairwise
from typing import Final

import numpy as np
from faster_whisper import WhisperModel
from faster_whisper.tokenizer import Tokenizer

from bench.conversation.known_results import KnownResults, digest
from pipeline.audio import HEARD_RATE, Samples

_FRAME: Final = HEARD_RATE // 100
_SHORTEST_FRAMES: Final = 1000
_MARGIN_FRAMES: Final = 256
_LONGEST_FRAMES: Final = 3000
_NEAR: Final = 90 * HEARD_RATE // 1000
_SMOOTH: Final = HEARD_RATE // 100


class WordAligner:
    """Whisper as an aligner; loaded when audio comes that it has not aligned before."""

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self._path = str(path)
        self._known = KnownResults("alignment")
        self._model: WhisperModel | None = None

    def borders(self, audio: Samples, text: str) -> tuple[int, ...]:
        """The samples between each two words of ``text``, spoken in ``float32[n]`` of 16 kHz."""
        words = text.split()
        if len(words) < 2:
            return ()
        key = digest(audio, text)
        ends = self._known.get(key)
        if ends is None:
            ends = self._word_ends(audio, text, words)
            self._known.put(key, ends)
        found = [_quietest(audio, round(end * HEARD_RATE)) for end in ends]
        return tuple(int(each) for each in np.maximum.accumulate(found))

    def _word_ends(self, audio: Samples, text: str, words: list[str]) -> list[float]:
        """The seconds between the words.

        Letters divide the time where Whisper does not split the text into the same words.
        """
        if self._model is None:
            self._model = WhisperModel(
                self._path, device="cpu", compute_type="int8", cpu_threads=1, local_files_only=True
            )
        model = self._model
        tokenizer = Tokenizer(
            model.hf_tokenizer, model.model.is_multilingual, task="transcribe", language="en"
        )
        used = audio.size // _FRAME
        frames = min(max(_SHORTEST_FRAMES, used + _MARGIN_FRAMES), _LONGEST_FRAMES)
        padded = np.pad(audio, (0, max(0, frames * _FRAME - audio.size)))
        features = np.ascontiguousarray(model.feature_extractor(padded)[:, :frames])
        (aligned,) = model.find_alignment(
            tokenizer, [tokenizer.encode(f" {text}")], model.encode(features), min(used, frames)
        )
        spoken = [each for each in aligned if any(map(str.isalnum, each["word"]))]
        if len(spoken) == len(words):
            return [float(one["end"] + after["start"]) / 2 for one, after in pairwise(spoken)]
        shares = np.cumsum([len(word) + 1 for word in words])[:-1] / (len(text) + 1)
        near = np.array([float(each["end"]) for each in spoken])
        seconds = audio.size / HEARD_RATE
        return [float(near[np.argmin(np.abs(near - share * seconds))]) for share in shares]


def _quietest(audio: Samples, at: int) -> int:
    first, last = max(0, at - _NEAR), min(audio.size, at + _NEAR)
    if last - first <= _SMOOTH:
        return min(at, audio.size)
    power = np.convolve(np.square(audio[first:last]), np.ones(_SMOOTH) / _SMOOTH, "same")
    return first + int(np.argmin(power))

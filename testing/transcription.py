"""Transcription of what a member heard, sentence by sentence, and comparison with the text."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

import av
import numpy as np
from numpy.typing import NDArray

from pipeline.audio import HEARD_RATE, SPOKEN_RATE, Pcm16, Samples, to_samples
from pipeline.inference.speech_models import SpeechToText

PAUSE_MS: Final = 250
"""Silence that separates two sentences: shorter than between sentences, longer than at a comma."""
_STEP: Final = SPOKEN_RATE // 100
_LOUD: Final = 220
_MARGIN: Final = SPOKEN_RATE // 10


def parts(pcm: Pcm16, pause_ms: int = PAUSE_MS) -> list[Pcm16]:
    """The parts between the pauses of 48 kHz ``int16[n]``, with 0.1 s of margin on both sides."""
    steps = pcm.size // _STEP
    if steps == 0:
        return []
    peaks = np.abs(pcm[: steps * _STEP].astype(np.int32)).reshape(steps, _STEP).max(axis=1)
    loud = np.flatnonzero(peaks >= _LOUD)
    if loud.size == 0:
        return []
    breaks = np.flatnonzero(np.diff(loud) > pause_ms // 10) + 1
    return [
        pcm[max(0, group[0] * _STEP - _MARGIN) : (group[-1] + 1) * _STEP + _MARGIN]
        for group in np.split(loud, breaks)
    ]


def to_16k(pcm: Pcm16) -> Samples:
    """48 kHz ``int16[n]`` to 16 kHz ``float32[m]``."""
    resampler = av.AudioResampler(format="s16", layout="mono", rate=HEARD_RATE)
    frame = av.AudioFrame.from_ndarray(pcm[np.newaxis], format="s16", layout="mono")
    frame.rate = SPOKEN_RATE
    out = [*resampler.resample(frame), *resampler.resample(None)]
    blocks: list[NDArray[np.int16]] = [block.to_ndarray()[0].astype(np.int16) for block in out]
    return to_samples(np.concatenate(blocks))


def transcribe(pcm: Pcm16, stt: SpeechToText) -> list[str]:
    """The sentences in 48 kHz ``int16[n]``; blocks for the time of the transcription."""
    texts = (stt.transcribe(to_16k(part), language="en").text for part in parts(pcm))
    return [text for text in texts if text]


def words(text: str) -> list[str]:
    """Lower-case words without punctuation, for comparing."""
    return re.findall(r"\w+", text.lower())


def missing(expected: Iterable[str], heard: Iterable[str]) -> list[str]:
    """The sentences of ``expected`` that are not in ``heard``, word for word and in order."""
    left = [words(text) for text in heard]
    lost = []
    for sentence in expected:
        if words(sentence) in left:
            del left[: left.index(words(sentence)) + 1]
        else:
            lost.append(sentence)
    return lost


def word_errors(said: str, heard: str) -> int:
    """Words to insert, delete or replace between two texts, by `words` (Levenshtein distance)."""
    expected, found = words(said), words(heard)
    row = list(range(len(found) + 1))
    for number, word in enumerate(expected, 1):
        before, row[0] = row[0], number
        for place, other in enumerate(found, 1):
            cost = min(row[place] + 1, row[place - 1] + 1, before + (word != other))
            before, row[place] = row[place], cost
    return row[-1]

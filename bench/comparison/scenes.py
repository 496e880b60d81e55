"""The audio for load and barge-in, and its ground truth.

Neural voices (Kokoro's test voices) speak it, so that it is reproducible and the ends of speech are
known. ``--audio`` uses recordings instead.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeAlias

import av
import numpy as np

from bench.comparison.protocol import RATE
from bench.conversation.clips import clip
from bench.conversation.turn_taking.neural import VOICES
from bench.conversation.turn_taking.scenes import load
from configuration.unique_keys import load_yaml
from pipeline.audio import Pcm16, Samples

SCENES: Final = Path(__file__).with_name("scenes.yaml")
DENSE_S: Final = 1.0
"""Silence after a turn, short for many verdicts."""
_TURNS: Final = 16
_SPEECH_DB: Final = -23.0
_NOISE_DB: Final = -65.0
_AUDIBLE_DB: Final = -40.0
"""Speech begins and ends where 10 ms windows are above this, below the loudest of them."""
_SILENT_DB: Final = 20.0
"""In dB above one step of 16 bits: a recording that is nowhere louder is silent."""
_ONSET_DB: Final = -30.0
"""A barge-in begins with three windows in a row above this."""
_WINDOW: Final = RATE // 100
_SHORTEST_PAUSE_S: Final = 0.3
"""Shorter gaps in recordings are part of the speech."""
_LEAD_IN_S: Final = 4.0
"""Reply before the first interruption: LiveKit ignores its first 3 s (echo warm-up)."""


class NoSpeech(ValueError):
    """A recording without speech; the text names it."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Speech from ``start`` to ``end``, in samples of the track; ``last`` of its turn or not."""

    start: int
    end: int
    last: bool


@dataclass(frozen=True, slots=True)
class Track:
    """Audio, ``int16[n]`` at 16 kHz, and the positions of its speech."""

    pcm: Pcm16
    stretches: tuple[Stretch, ...]

    @property
    def seconds(self) -> float:
        return self.pcm.size / RATE


@dataclass(frozen=True, slots=True)
class Interruptions:
    """Audio of a speaker who interrupts replies. Times are seconds from its start."""

    pcm: Pcm16
    replies: tuple[float, ...]
    """When each reply starts."""
    onsets: tuple[float, ...]
    """When the speech over it starts."""


Speak: TypeAlias = Callable[[str, str], Samples]
"""Text and voice to speech, ``float32[n]`` at 16 kHz; `bench.conversation.clips.clip`."""


def conversation(speak: Speak = clip) -> Track:
    """Turns of the test scenes, spoken whole, each in the next voice, `DENSE_S` apart.

    Raises:
        MissingClip: Kokoro's weights are not on this machine.
    """
    voices = VOICES["test"]
    alone = [scene for scene in load("test") if len(scene.turns) == 1]
    return _track(
        (
            _pcm(speak(scene.turns[0].text, voices[scene.number % len(voices)]))
            for scene in alone[:: max(1, len(alone) // _TURNS)]
        ),
        DENSE_S,
    )


def interruptions(count: int, speak: Speak = clip) -> Interruptions:
    """``count`` interruptions of replies, after an uninterrupted reply.

    Raises:
        MissingClip: Kokoro's weights are not on this machine.
    """
    said = itertools.cycle(zip(_interruptions(), VOICES["test"], strict=False))
    parts: list[Pcm16] = [_quiet(_LEAD_IN_S)]
    at = _LEAD_IN_S
    replies, onsets = [0.0], []
    for number, (text, voice) in enumerate(itertools.islice(said, count)):
        speech = _pcm(speak(text, voice))
        # The clocks of input and playback have no fixed offset: use all offsets in turn.
        before_s, after_s = 1.2 + 0.007 * number, 0.8
        replies.append(at)
        onsets.append(at + before_s + onset(speech) / RATE)
        parts += [_quiet(before_s), speech, _quiet(after_s)]
        at += before_s + speech.size / RATE + after_s
    return Interruptions(_with_noise(np.concatenate(parts)), tuple(replies), tuple(onsets))


def recordings(files: Iterable[Path], between_s: float = DENSE_S) -> Track:
    """Each file as one turn: every gap of 0.3 s and more in it is a pause inside it.

    Raises:
        NoSpeech: a file is silent or holds no audio.
    """

    def heard(file: Path) -> Pcm16:
        audio = decode(file)
        if not speech_in(audio):
            raise NoSpeech(f"{file} holds no speech: give a recording of speech")
        return audio

    return _track(map(heard, files), between_s)


def speech_in(pcm: Pcm16) -> list[tuple[int, int]]:
    """Where there is speech in a recording, in samples; gaps under 0.3 s count as speech."""
    levels = _levels(pcm)
    if not levels.size or levels.max() < _SILENT_DB:
        return []
    audible = np.flatnonzero(levels > levels.max() + _AUDIBLE_DB)
    found: list[tuple[int, int]] = []
    for window in audible.tolist():
        start = int(window) * _WINDOW
        if found and start - found[-1][1] < _SHORTEST_PAUSE_S * RATE:
            found[-1] = (found[-1][0], start + _WINDOW)
        else:
            found.append((start, start + _WINDOW))
    return found


def onset(pcm: Pcm16) -> int:
    """The sample at which speech is audible: three 10 ms windows in a row near its level."""
    levels = _levels(pcm)
    loud = levels > levels.max() + _ONSET_DB
    runs = np.flatnonzero(loud[:-2] & loud[1:-1] & loud[2:])
    return int(runs[0]) * _WINDOW


def decode(file: Path) -> Pcm16:
    """Any audio file as 16 kHz mono."""
    resampler = av.AudioResampler("s16", "mono", RATE)
    with av.open(str(file)) as container:
        frames = [
            part.to_ndarray()[0]
            for frame in container.decode(audio=0)
            for part in resampler.resample(frame)
        ]
    frames += [part.to_ndarray()[0] for part in resampler.resample(None)]
    return np.concatenate(frames).astype(np.int16)


def _interruptions() -> list[str]:
    found: list[str] = load_yaml(SCENES.read_text(encoding="utf-8"))["interruptions"]
    return found


def _track(turns: Iterable[Pcm16], between_s: float) -> Track:
    pcm: list[Pcm16] = []
    stretches: list[Stretch] = []
    at = 0
    for turn in turns:
        audio = _at_level(turn)
        found = speech_in(audio)
        for number, (start, end) in enumerate(found, 1):
            stretches.append(Stretch(at + start, at + end, number == len(found)))
        end = found[-1][1]
        pcm += [audio[:end], _quiet(between_s)]
        at += end + pcm[-1].size
    return Track(_with_noise(np.concatenate(pcm)), tuple(stretches))


def _pcm(speech: Samples) -> Pcm16:
    return _at_level(np.clip(speech * 32768, -32768, 32767).astype(np.int16))


def _at_level(pcm: Pcm16) -> Pcm16:
    rms = math.sqrt(float(np.mean(np.square(pcm.astype(np.float64)))))
    gain = 32768 * 10 ** (_SPEECH_DB / 20) / max(rms, 1.0)
    louder: Pcm16 = np.clip(pcm * gain, -32768, 32767).astype(np.int16)
    return louder


def _levels(pcm: Pcm16) -> Any:
    """RMS of each 10 ms, in dB."""
    windows = pcm[: pcm.size // _WINDOW * _WINDOW].reshape(-1, _WINDOW).astype(np.float64)
    return 10 * np.log10(np.mean(np.square(windows), axis=1) + 1e-3)


def _quiet(seconds: float) -> Pcm16:
    return np.zeros(int(seconds * RATE), np.int16)


def _with_noise(pcm: Pcm16) -> Pcm16:
    """Add the noise of a room, which is never digitally silent."""
    noise = np.random.default_rng(0).normal(0, 32768 * 10 ** (_NOISE_DB / 20), pcm.size)
    return np.clip(pcm + noise, -32768, 32767).astype(np.int16)

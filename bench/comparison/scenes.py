"""The audio that every system gets, and its ground truth.

The project's espeak-ng renders it in several voices, so that it is reproducible and the ends of
speech are known. No two renderings are equal, so every system of a run gets the same one. Speech
before a pause is spoken as the first part of a sentence, with a comma after it, the last part as
its end. ``--audio`` uses recordings instead.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

import av
import numpy as np
import yaml

from bench.comparison.protocol import RATE
from pipeline.audio import Pcm16
from server.engines.espeak import EspeakEngine, EspeakVoice

SCENES: Final = Path(__file__).with_name("scenes.yaml")
VOICES: Final = (
    EspeakVoice("en-gb-x-rp", "m3", 165, 45),
    EspeakVoice("en-us", "f2", 175, 55),
    EspeakVoice("en-gb-scotland", "m1", 160, 40),
    EspeakVoice("en-us", "m7", 180, 50),
    EspeakVoice("en-gb", "f4", 170, 60),
    EspeakVoice("en-us-nyc", "m5", 170, 35),
)
PAUSES_S: Final = (0.6, 0.4, 0.8, 0.5, 1.0, 0.7)
"""Pauses inside turns, in turn: typical lengths of hesitations."""
BETWEEN_S: Final = 4.0
"""Silence after a turn, for every system's timeout: the longest is 3.2 s."""
DENSE_S: Final = 1.0
"""Silence after a turn where verdicts alone are measured, as many as possible."""
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

    def turns(self) -> list[tuple[Stretch, ...]]:
        """The stretches of each turn."""
        turns: list[list[Stretch]] = [[]]
        for stretch in self.stretches:
            turns[-1].append(stretch)
            if stretch.last:
                turns.append([])
        return [tuple(turn) for turn in turns if turn]


@dataclass(frozen=True, slots=True)
class Interruptions:
    """Audio of a speaker who interrupts replies. Times are seconds from its start."""

    pcm: Pcm16
    replies: tuple[float, ...]
    """When each reply starts."""
    onsets: tuple[float, ...]
    """When the speech over it starts."""


def conversation(
    between_s: float = BETWEEN_S, which: Literal["turns", "open_turns"] = "turns"
) -> Track:
    """All turns of one kind in the scenes, each in the next voice, ``between_s`` apart."""
    turns = _scenes()[which]
    pauses = itertools.cycle(PAUSES_S)
    spoken: list[list[tuple[Pcm16, float]]] = []
    with EspeakEngine() as engine:
        for turn, voice in zip(turns, itertools.cycle(VOICES), strict=False):
            *begun, last = _stretches(turn)
            parts = [(render(engine, text, voice), next(pauses)) for text in begun]
            spoken.append([*parts, (render(engine, last, voice), between_s)])
    return _join(spoken)


def interruptions(count: int) -> Interruptions:
    """``count`` interruptions of replies, after an uninterrupted reply."""
    texts = itertools.cycle(_scenes()["interruptions"])
    parts: list[Pcm16] = [_quiet(_LEAD_IN_S)]
    at = _LEAD_IN_S
    replies, onsets = [0.0], []
    with EspeakEngine() as engine:
        for number, voice in zip(range(count), itertools.cycle(VOICES), strict=False):
            speech = render(engine, next(texts), voice)
            # The clocks of input and playback have no fixed offset: use all offsets in turn.
            before_s, after_s = 1.2 + 0.007 * number, 0.8
            replies.append(at)
            onsets.append(at + before_s + onset(speech) / RATE)
            parts += [_quiet(before_s), speech, _quiet(after_s)]
            at += before_s + speech.size / RATE + after_s
    return Interruptions(_with_noise(np.concatenate(parts)), tuple(replies), tuple(onsets))


def recordings(files: Iterable[Path], between_s: float = BETWEEN_S) -> Track:
    """Each file as one turn: every gap of 0.3 s and more in it is a pause inside it.

    Raises:
        NoSpeech: a file is silent or holds no audio.
    """
    pcm: list[Pcm16] = []
    stretches: list[Stretch] = []
    at = 0
    for file in files:
        audio = _at_level(decode(file))
        found = speech_in(audio)
        if not found:
            raise NoSpeech(f"{file} holds no speech: give a recording of speech")
        for number, (start, end) in enumerate(found, 1):
            stretches.append(Stretch(at + start, at + end, number == len(found)))
        end = found[-1][1]
        pcm += [audio[:end], _quiet(between_s)]
        at += end + pcm[-1].size
    return Track(_with_noise(np.concatenate(pcm)), tuple(stretches))


def render(engine: EspeakEngine, text: str, voice: EspeakVoice) -> Pcm16:
    """``text`` without the silence around it, at the level of all speech here."""
    audio = b"".join(engine.synthesize(text, voice))
    resampled = _resample(np.frombuffer(audio, np.int16), engine.rate)
    levels = _levels(resampled)
    audible = np.flatnonzero(levels > levels.max() + _AUDIBLE_DB)
    return _at_level(resampled[audible[0] * _WINDOW : (audible[-1] + 1) * _WINDOW])


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


def _scenes() -> Any:
    return yaml.safe_load(SCENES.read_text(encoding="utf-8"))


def _stretches(turn: str) -> list[str]:
    """A turn cut at its pauses, as texts to be spoken."""
    return [text if text[-1] in ".?!" else f"{text}," for text in turn.split(" / ")]


def _join(turns: list[list[tuple[Pcm16, float]]]) -> Track:
    parts: list[Pcm16] = []
    stretches: list[Stretch] = []
    at = 0
    for turn in turns:
        for number, (speech, pause_s) in enumerate(turn, 1):
            stretches.append(Stretch(at, at + speech.size, number == len(turn)))
            parts += [speech, _quiet(pause_s)]
            at += speech.size + parts[-1].size
    return Track(_with_noise(np.concatenate(parts)), tuple(stretches))


def _resample(pcm: Pcm16, rate: int) -> Pcm16:
    resampler = av.AudioResampler("s16", "mono", RATE)
    frame = av.AudioFrame.from_ndarray(pcm[np.newaxis], "s16", "mono")
    frame.sample_rate = rate
    parts = [*resampler.resample(frame), *resampler.resample(None)]
    return np.concatenate([part.to_ndarray()[0] for part in parts]).astype(np.int16)


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

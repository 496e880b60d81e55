"""Kokoro's voices as Whisper hears them, and how soon they begin: ``python -m bench.voices``.

Each voice speaks the 40 sentences of ``voices.txt``, as a whole and in slices (with ``--whole``,
only as a whole). Printed are the word errors of Whisper on both; the median work until the first
sound; the distance between both sounds, and how large the steps of the samples at the seams are.
The work is CPU time of one thread, because machines are shared.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, Final, TypeVar

import numpy as np
from numpy.typing import NDArray

from bench.conversation.rendering import SPEECH_LEVEL_DB, at_level, resampled, trimmed
from bench.report import add_json_argument, write_json
from bench.speech.ears import Ours
from bench.speech.scoring import plain, word_errors
from models.errors import ModelError
from models.store import ModelStore
from server.engines.kokoro import KOKORO_RATE, KokoroModel, kokoro_folder, pronounced, tokens_of
from server.engines.kokoro_graph import FRAME_SAMPLES
from server.engines.kokoro_slices import sliced_sound
from server.engines.kokoro_statistics import CALIBRATION_TEXTS, VoiceStatistics, statistics_of
from server.errors import TtsError
from settings import load_settings

T = TypeVar("T")

SENTENCES_FILE: Final = Path(__file__).with_name("voices.txt")
CANDIDATES: Final = (
    *("bm_george", "bm_lewis", "bm_daniel", "bm_fable", "am_michael", "am_fenrir", "am_onyx"),
    *("af_heart", "af_bella", "af_sarah", "bf_emma", "bf_isabella", "bf_alice"),
)
"""Voices that suit the two agents: deep and male, or calm and female."""
_WINDOW, _HOP = 1024, 256
_AUDIBLE_DB: Final = 40
_NEAR: Final = 1200
"""Samples beside a seam whose steps are compared with its own: 50 ms."""


@dataclass(slots=True)
class VoiceScore:
    """What was measured of one voice; ``distances_db`` and ``seams`` are one for each sentence."""

    words: int = 0
    errors: int = 0
    errors_sliced: int = 0
    whole_ms: list[float] = field(default_factory=list)
    first_ms: list[float] = field(default_factory=list)
    distances_db: list[float] = field(default_factory=list)
    levels_db: list[float] = field(default_factory=list)
    seams: list[float] = field(default_factory=list)

    def report(self) -> dict[str, Any]:
        """The numbers of the voice."""
        found: dict[str, Any] = {
            "words": self.words,
            "wer": round(self.errors / self.words, 4),
            "whole_cpu_ms": round(statistics.median(self.whole_ms)),
        }
        if self.first_ms:
            found |= {
                "wer_sliced": round(self.errors_sliced / self.words, 4),
                "first_cpu_ms": round(statistics.median(self.first_ms)),
                "distance_db": round(statistics.median(self.distances_db), 2),
                "level_db": round(statistics.median(self.levels_db), 2),
                "seam_steps": round(statistics.median(self.seams), 2) if self.seams else None,
                "seam_steps_most": round(max(self.seams), 2) if self.seams else None,
            }
        return found


def band_levels(audio: NDArray[np.float32]) -> NDArray[np.float64]:
    """``float64[frames, 64]``: the level of 64 bands of 187 Hz in dB, every 11 ms."""
    frames = np.lib.stride_tricks.sliding_window_view(audio, _WINDOW)[::_HOP]
    power = np.abs(np.fft.rfft(frames * np.hanning(_WINDOW))[:, : _WINDOW // 2]) ** 2
    levels: NDArray[np.float64] = 10 * np.log10(power.reshape(len(frames), 64, -1).mean(2) + 1e-5)
    return levels


def distance_db(one: NDArray[np.float32], other: NDArray[np.float32]) -> tuple[float, float]:
    """How far the bands of two sounds of the same length differ, and how much louder the second is.

    Both are means in dB over the time at which the first is audible.
    """
    first, second = band_levels(one), band_levels(other)
    loud = first.mean(1) > first.mean(1).max() - _AUDIBLE_DB
    difference = (second - first)[loud]
    return float(np.abs(difference).mean()), float(difference.mean())


def seam_step(audio: NDArray[np.float32], seam: int) -> float:
    """The largest step between samples at a seam, as a share of those within 50 ms (99 %)."""
    steps = np.abs(np.diff(audio))
    near = np.quantile(steps[max(0, seam - _NEAR) : seam + _NEAR], 0.99)
    return float(steps[max(0, seam - 2) : seam + 2].max() / max(near, 1e-6))


def measure(
    model: KokoroModel, ear: Ours, voice: str, sentences: list[str], *, sliced: bool
) -> VoiceScore:
    """All sentences in one voice."""
    score = VoiceScore()
    prepared = None
    if sliced:
        found = [statistics_of(model, text, voice) for text in CALIBRATION_TEXTS]
        lengths, arrays = zip(*found, strict=True)
        prepared = VoiceStatistics(lengths, arrays)
    for text in sentences:
        said = plain(text)
        score.words += len(said)
        tokens = tokens_of(pronounced(text, voice))[0]
        frames, frames_ms = _timed(partial(model.frames, tokens, voice, 1.0))
        (whole, _), sound_ms = _timed(partial(model.sound, frames))
        score.whole_ms.append(frames_ms + sound_ms)
        score.errors += word_errors(said, plain(_heard(ear, whole)))
        if prepared is None:
            continue
        sound = sliced_sound(model, frames, prepared, clock=lambda: 0.0)
        first, first_ms = _timed(partial(next, sound))
        score.first_ms.append(frames_ms + first_ms)
        silence = np.zeros(frames.silent * FRAME_SAMPLES, np.float32)
        pieces = [silence, first, *sound]
        joined = np.concatenate(pieces)
        score.errors_sliced += word_errors(said, plain(_heard(ear, joined)))
        distance, level = distance_db(whole, joined)
        score.distances_db.append(distance)
        score.levels_db.append(level)
        seams = np.cumsum([each.size for each in pieces])[1:-1]
        score.seams += [seam_step(joined, int(each)) for each in seams]
    return score


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--voices", default=",".join(CANDIDATES), metavar="NAMES")
    parser.add_argument("--whole", action="store_true", help="without slices, in half the time")
    parser.add_argument("--every", type=int, default=1, metavar="N", help="every n-th sentence")
    add_json_argument(parser)
    arguments = parser.parse_args()
    settings = load_settings()
    sentences = SENTENCES_FILE.read_text(encoding="utf-8").splitlines()[:: arguments.every]
    numbers: dict[str, Any] = {}
    try:
        stt = settings.pipeline.stt.model_copy(update={"threads": 1, "device": "cpu"})
        ear = Ours(ModelStore(settings.models).whisper_path("base"), stt)
        model = KokoroModel(kokoro_folder(settings.models.dir))
        for voice in arguments.voices.split(","):
            score = measure(model, ear, voice, sentences, sliced=not arguments.whole)
            numbers[voice] = score.report()
            print(voice, numbers[voice], flush=True)
            write_json(arguments.json, "voices", {"sentences": len(sentences), "voices": numbers})
    except (ModelError, TtsError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _heard(ear: Ours, audio: NDArray[np.float32]) -> str:
    pcm = (np.clip(audio, -1, 1) * 32767).astype(np.int16)
    return ear.hear(at_level(trimmed(resampled(pcm, KOKORO_RATE)), SPEECH_LEVEL_DB)).text


def _timed(work: Callable[[], T]) -> tuple[T, float]:
    """The result of ``work``, and its CPU time in ms."""
    started = time.process_time()
    result = work()
    return result, (time.process_time() - started) * 1000


if __name__ == "__main__":
    sys.exit(main())

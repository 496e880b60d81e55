"""Scores from the adapters' output and the ground truth. No I/O.

There are two lags. *After the VAD's stop*: from the due time of the 20 ms frame that made the
silence long enough for the turn model to the verdict; the machine and the code cause it. *After the
end of speech*: from the last audible sample to the verdict; a listener waits at least that long,
silence included.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from bench.comparison.protocol import RATE, Sound, TurnVerdict
from bench.comparison.scenes import Stretch, Track
from bench.comparison.tone import TONE_DB

_ASKED_WITHIN_S = 0.8
"""A verdict belongs to the last end of speech within this time before it."""
_QUIETER_DB = 6.0
_INAUDIBLE_DB = -50.0
_SILENCE_S = 0.2
"""A reply that is silent for this long has stopped; a shorter gap is a late frame."""


@dataclass(frozen=True, slots=True)
class Spread:
    """Statistics of some times in ms."""

    count: int
    p50: float
    p95: float
    worst: float


@dataclass(frozen=True, slots=True)
class BargeInScore:
    """How soon a reply stops for an interruption."""

    trials: int
    not_silenced: int
    quieter_ms: Spread | None
    """From the onset of speech to the reply 6 dB softer or silent."""
    silent_ms: Spread | None
    """From the onset of speech to the end of the reply's last audible frame."""


def percentile(values: Sequence[float], percent: float) -> float:
    """By the nearest rank: a value that was really measured. ValueError when there is none."""
    if not values:
        raise ValueError("no values, so no percentile of them")
    ordered = sorted(values)
    return ordered[max(1, math.ceil(len(ordered) * percent / 100)) - 1]


def spread(values: Sequence[float]) -> Spread | None:
    """None when nothing was measured."""
    if not values:
        return None
    return Spread(
        len(values),
        round(statistics.median(values), 1),
        round(percentile(values, 95), 1),
        round(max(values), 1),
    )


def slope(points: Sequence[tuple[float, float]]) -> float | None:
    """Slope of the line of best fit through ``(x, y)`` points; None for fewer than two x."""
    if len({x for x, _ in points}) < 2:
        return None
    xs, ys = zip(*points, strict=True)
    return statistics.linear_regression(xs, ys).slope


def heard(track: Track, start: int, seconds: float) -> list[Stretch]:
    """The stretches that a speaker speaks whole who begins at sample ``start`` of the track and
    goes round it, in samples since their beginning."""
    until = int(seconds * RATE)
    rounds = range(until // track.pcm.size + 2)
    shifted = (
        Stretch(
            stretch.start - start + turn * track.pcm.size,
            stretch.end - start + turn * track.pcm.size,
            stretch.last,
        )
        for turn in rounds
        for stretch in track.stretches
    )
    return [stretch for stretch in shifted if stretch.start >= 0 and stretch.end <= until]


def lags_after_stop(verdicts: Sequence[TurnVerdict]) -> list[float]:
    """In ms, of the first verdict on each silence."""
    return [(verdict.at_s - verdict.due_s) * 1000 for verdict in verdicts if verdict.first]


def lags_after_speech(verdicts: Sequence[TurnVerdict], stretches: Sequence[Stretch]) -> list[float]:
    """In ms, of one speaker's first verdicts; one on a silence that is no end of a stretch, such as
    a stop inside a word, has none."""
    ends = [stretch.end / RATE for stretch in stretches]
    lags = []
    for verdict in verdicts:
        before = [end for end in ends if verdict.due_s - _ASKED_WITHIN_S <= end <= verdict.due_s]
        if verdict.first and before:
            lags.append((verdict.at_s - max(before)) * 1000)
    return lags


def score_barge_in(sounds: Sequence[Sound], onsets: Sequence[float]) -> BargeInScore:
    """``onsets`` are the starts of speech over replies, in seconds of the sounds."""
    quieter, silent = [], []
    for onset in onsets:
        end = silent_at(sounds, onset)
        softer = next(
            (
                sound.at_s
                for sound in sounds
                if sound.at_s >= onset and sound.db < TONE_DB - _QUIETER_DB
            ),
            math.inf,
        )
        if end is not None:
            silent.append((end - onset) * 1000)
            quieter.append((min(softer, end) - onset) * 1000)
    return BargeInScore(len(onsets), len(onsets) - len(silent), spread(quieter), spread(silent))


def silent_at(sounds: Sequence[Sound], onset: float) -> float | None:
    """When a reply that sounds at ``onset`` is first silent for 0.2 s; None if it did not sound,
    or did not fall silent."""
    audible = [sound for sound in sounds if sound.db > _INAUDIBLE_DB]
    ends = [sound.at_s + sound.ms / 1000 for sound in audible]
    if not any(sound.at_s <= onset <= end for sound, end in zip(audible, ends, strict=True)):
        return None
    for number, end in enumerate(ends):
        if end < onset:
            continue
        following = audible[number + 1].at_s if number + 1 < len(audible) else math.inf
        if following - end >= _SILENCE_S:
            return end
    return None

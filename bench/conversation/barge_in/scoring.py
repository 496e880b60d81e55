"""Scores of a barge-in scene: reaction times, and right or wrong."""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from bench.conversation.barge_in.scenario import SceneResult
from bench.conversation.barge_in.scenes import BargeInScene
from pipeline.language.vocative import plain_words

WRONG: Final = (
    "stopped", "kept talking", "stuttered", "stayed quiet", "asked", "not asked", "misheard",
    "no reply",
)  # fmt: skip
"""Errors: it wrongly stopped; it wrongly continued; it was held repeatedly; it did not resume; it
asked the agent what was not for it; it did not ask it, or for another person; it asked with fewer
than half of the words; there was no reply to speak over."""
_ENOUGH_WORDS: Final = 0.5


@dataclass(frozen=True, slots=True)
class JudgedBargeIn:
    """One scene. Times in ms, None if the event did not happen: from the first audible sample to
    the reply ducked, held and stopped, and from the end of the last sound to its resumption.
    ``wrong`` is one of `WRONG`, or empty."""

    kind: str
    duck_ms: float | None
    silence_ms: float | None
    resume_ms: float | None
    stop_ms: float | None
    wrong: str


def judge(scene: BargeInScene, played: SceneResult) -> JudgedBargeIn:
    """Judge a scene by the commands to its loudspeaker.

    If speech began before the reply, the reply's first sound is the onset.
    """
    onset = max(0.0, min((start for start, _ in played.sounds), default=0.0))
    last = max((end for _, end in played.sounds), default=math.inf)
    heard = [(order, at) for order, at in played.orders if at >= onset]
    duck = _first(heard, "duck", "hold", "cut")
    silence = _first(heard, "hold", "cut")
    cut = _first(heard, "cut")
    resumed = [at for order, at in heard if order == "resume" and at >= last]
    before_end = duck is not None and duck < last
    resume = resumed[-1] if resumed and before_end and cut is None else None
    return JudgedBargeIn(
        scene.kind,
        _ms(duck, onset),
        _ms(silence, onset),
        _ms(resume, last),
        _ms(cut, onset),
        _wrong(scene, cut, heard, played),
    )


def _wrong(
    scene: BargeInScene,
    cut: float | None,
    heard: Sequence[tuple[str, float]],
    played: SceneResult,
) -> str:
    if not played.began:
        return "no reply"
    if scene.wants != "continue":
        return "kept talking" if cut is None else _wrongly_asked(scene, played)
    if cut is not None:
        return "stopped"
    if played.asked:
        return "asked"
    holds = sum(order == "hold" for order, _ in heard)
    if holds > len(scene.parts) + 1:
        return "stuttered"
    return "stayed quiet" if heard and heard[-1][0] in ("duck", "hold") else ""


def _wrongly_asked(scene: BargeInScene, played: SceneResult) -> str:
    asked = played.asked
    if scene.wants == "answer" and not asked and played.repeated:
        return ""
    if scene.wants == "stop":
        return "asked" if asked else ""
    texts = [text for speaker, text in asked if speaker == scene.asks]
    if not texts or len(texts) < len(asked):
        return "not asked"
    said, heard = (set(plain_words(text)) for text in (scene.words, " ".join(texts)))
    return "" if len(said & heard) >= _ENOUGH_WORDS * len(said) else "misheard"


def _first(heard: Iterable[tuple[str, float]], *orders: str) -> float | None:
    return next((at for order, at in heard if order in orders), None)


def _ms(at: float | None, since: float) -> float | None:
    return None if at is None else (at - since) * 1000


@dataclass(frozen=True, slots=True)
class MedianAndWorst:
    """Statistics of a time: number of values, median and worst, in ms."""

    count: int
    median: float
    worst: float


def spread(times: Iterable[float | None]) -> MedianAndWorst | None:
    """None without any value."""
    taken = [time for time in times if time is not None]
    return MedianAndWorst(len(taken), statistics.median(taken), max(taken)) if taken else None

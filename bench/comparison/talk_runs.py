"""Runs every system on a talk, two at a time: on a virtual clock they do not disturb each other."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from bench.comparison.protocol import (
    RATE,
    Cost,
    Job,
    Line,
    Transcribed,
    TurnEnd,
    VoiceNoticed,
    of_kind,
)
from bench.comparison.results import TalkOfSystem, TalkResult
from bench.comparison.talk_score import Heard, score_talk
from bench.comparison.talks import Talk, track_of

_AT_ONCE: Final = 2


@dataclass(frozen=True, slots=True)
class TalkSystem:
    """A rule to find the ends of turns."""

    label: str
    adapter: str
    silence_ms: float | None = None


TALK_SYSTEMS: Final = (
    TalkSystem("openclaw-voice", "ours"),
    TalkSystem("silence of 0.8 s", "ours", 800.0),
    TalkSystem("Pipecat", "pipecat"),
    TalkSystem("LiveKit local", "livekit"),
)


class TalkRuns:
    """``converse`` runs one adapter on a job, and ``say`` prints each step."""

    def __init__(
        self,
        folder: Path,
        converse: Callable[[str, Job], Sequence[Line]],
        say: Callable[[str], None],
        systems: Sequence[TalkSystem] = TALK_SYSTEMS,
    ) -> None:
        self._folder = folder
        self._converse = converse
        self._say = say
        self._systems = systems
        self.failures: list[str] = []

    def run(self, talk: Talk) -> TalkResult:
        """All systems on one talk; one that fails is reported and left out."""
        track, starts, lengths = track_of(talk)
        file = self._folder / f"{talk.name.replace(' ', '-')}.npy"
        np.save(file, track)
        self._say(f"{talk.name}: where {talk.turns} turns end")

        def measure(system: TalkSystem) -> TalkOfSystem | None:
            job = Job(
                "talk",
                str(file),
                starts,
                track.size / RATE,
                lengths=lengths,
                transcriber=sys.executable,
                silence_ms=system.silence_ms,
            )
            try:
                return result_of(system.label, talk, self._converse(system.adapter, job))
            except RuntimeError as error:
                self.failures.append(f"{system.label}, {talk.name}: {error}")
                return None

        with ThreadPoolExecutor(_AT_ONCE) as pool:
            found = list(pool.map(measure, self._systems))
        return TalkResult(talk.name, tuple(one for one in found if one is not None))


def result_of(label: str, talk: Talk, lines: Sequence[Line]) -> TalkOfSystem:
    """The result of one system from its lines."""
    ends: list[TurnEnd] = of_kind(lines, TurnEnd)
    voices: list[VoiceNoticed] = of_kind(lines, VoiceNoticed)
    (cost,) = of_kind(lines, Cost)
    (words,) = of_kind(lines, Transcribed)
    audio_s = sum(each.samples for each in talk.speakers) / RATE
    score = score_talk(
        [
            Heard(
                speaker.turns,
                [end for end in ends if end.speaker == number],
                [voice for voice in voices if voice.speaker == number],
            )
            for number, speaker in enumerate(talk.speakers)
        ]
    )
    return TalkOfSystem(label, score, round(cost.cpu_ms, 1), round(words.cpu_ms / audio_s, 1))

"""Runs every system on the same audio, in turn, each run in its own process."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Final

import numpy as np

from bench.comparison import scenes
from bench.comparison.environment import ROOT, rivals_python
from bench.comparison.protocol import (
    RATE,
    About,
    BadLine,
    Cost,
    Job,
    Line,
    Sound,
    TurnEnd,
    TurnVerdict,
    of_kind,
    parse_all,
)
from bench.comparison.results import AtCount, Results, SystemResult
from bench.comparison.scenes import Track
from bench.comparison.score import (
    BargeInScore,
    TurnScore,
    heard,
    lags_after_speech,
    lags_after_stop,
    score_barge_in,
    score_turns,
    slope,
    spread,
)
from bench.report import machine, now
from pipeline.audio import Pcm16

_THREADS: Final = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")
_START_S: Final = 90.0
"""Time for importing and loading: some seconds for a rival, more on a busy machine."""
_FEEDING_S: Final = 5.0
_TURN_SPEAKERS: Final = 6
"""Number of speakers that share the scored turns: few, so that the CPU suffices."""


class AdapterFailed(RuntimeError):
    """An adapter gave no result; the text says which, and the end of its output."""


@dataclass(frozen=True, slots=True)
class Contender:
    """A system in one set-up."""

    key: str
    adapter: str
    label: str
    one_thread: bool
    """Whether BLAS and OpenMP use one thread."""
    counts: tuple[int, ...] | None = None
    """The numbers of speakers it is run with; None for all."""
    whole: bool = True
    """Whether turns and barge-in are scored too; threads do not change them."""


CONTENDERS: Final = (
    Contender("ours", "ours", "openclaw-voice", one_thread=True),
    Contender("pipecat", "pipecat", "Pipecat", one_thread=False),
    Contender("livekit", "livekit", "LiveKit local", one_thread=False),
    Contender("pipecat-1", "pipecat", "Pipecat, BLAS 1", True, (1, 10), whole=False),
    Contender("livekit-1", "livekit", "LiveKit local, BLAS 1", True, (1, 10), whole=False),
)


@dataclass(frozen=True, slots=True)
class RunPlan:
    """The extent of a run. The defaults take some ten minutes."""

    speakers: tuple[int, ...] = (1, 5, 10, 20)
    seconds: float = 12.0
    """Audio of each run; with one speaker it is twice as much, for as many verdicts."""
    interruptions: int = 6
    turns: bool = True
    audio: tuple[Path, ...] = ()
    """Recordings to take the place of the scenes."""
    contenders: tuple[Contender, ...] = CONTENDERS


@dataclass(slots=True)
class _Found:
    """The results of one contender so far."""

    versions: dict[str, str] = field(default_factory=dict)
    counts: list[AtCount] = field(default_factory=list)
    turns: TurnScore | None = None
    open_turns: TurnScore | None = None
    barge_in: BargeInScore | None = None


class Comparison:
    """One run of the whole plan; ``say`` prints each step."""

    def __init__(self, plan: RunPlan, say: Callable[[str], None]) -> None:
        self._plan = plan
        self._say = say
        self._found = {contender.key: _Found() for contender in plan.contenders}
        self.failures: list[str] = []

    def run(self, folder: Path) -> Results:
        """Run all; ``folder`` is for the audio that the adapters read."""
        load = os.getloadavg()[0]
        self._folder = folder
        self._at_counts()
        if self._plan.turns:
            self._turns(self._audio(scenes.BETWEEN_S), words=False)
        if self._plan.turns and not self._plan.audio:
            self._turns(scenes.conversation(which="open_turns"), words=True)
        if self._plan.interruptions:
            self._barge_in()
        files = ", ".join(file.name for file in self._plan.audio)
        audio = files or f"bench/comparison/scenes.yaml in {len(scenes.VOICES)} espeak-ng voices"
        systems = tuple(self._result(contender) for contender in self._plan.contenders)
        return Results(now(), machine(), round(load, 2), audio, systems)

    def _at_counts(self) -> None:
        track = self._audio(scenes.DENSE_S)
        file = self._save(track.pcm)
        for speakers in self._plan.speakers:
            starts = tuple(track.pcm.size * number // speakers for number in range(speakers))
            seconds = self._plan.seconds * (2 if speakers == 1 else 1)
            job = Job("turns", file, starts, seconds)
            feeding_ms = self._feeding(Job("turns", file, starts, min(seconds, _FEEDING_S)))
            for contender in self._plan.contenders:
                if contender.counts is None or speakers in contender.counts:
                    what = f"{contender.label}, {speakers} speaking at once"
                    self.attempt(what, partial(self._at_count, contender, job, track, feeding_ms))

    def _feeding(self, job: Job) -> float:
        """CPU of the harness alone, ms per audio-second and speaker."""
        lines = converse("nothing", job, one_thread=True)
        return float(of_kind(lines, Cost)[0].cpu_ms)

    def _at_count(self, contender: Contender, job: Job, track: Track, feeding_ms: float) -> None:
        lines = converse(contender.adapter, job, one_thread=contender.one_thread)
        cost: Cost = of_kind(lines, Cost)[0]
        after_speech: list[float] = []
        verdicts: list[TurnVerdict] = of_kind(lines, TurnVerdict)
        for speaker, start in enumerate(job.starts):
            theirs = [verdict for verdict in verdicts if verdict.speaker == speaker]
            after_speech += lags_after_speech(theirs, heard(track, start, job.seconds))
        found = self._found[contender.key]
        found.versions = of_kind(lines, About)[0].versions
        found.counts.append(
            AtCount(
                len(job.starts),
                round(cost.vad_cpu_ms, 3),
                round(max(0.0, cost.cpu_ms - feeding_ms), 2),
                round(cost.memory_mb, 1),
                spread(lags_after_stop(verdicts)),
                spread(after_speech),
            )
        )

    def _turns(self, track: Track, *, words: bool) -> None:
        turns = track.turns()
        # Each speaker starts at a turn, and all get the same number of turns.
        share = max(1, -(-len(turns) // _TURN_SPEAKERS))
        starts = tuple(turn[0].start for turn in turns[::share])
        ends = (*starts[1:], track.pcm.size)
        seconds = max(end - start for start, end in zip(starts, ends, strict=True)) / RATE
        job = Job("turns", self._save(track.pcm), starts, seconds, words=words)
        spoken = [
            Track(track.pcm, tuple(heard(track, start, (end - start) / RATE))).turns()
            for start, end in zip(starts, ends, strict=True)
        ]
        for contender in self._plan.contenders:
            if contender.whole:
                what = f"{contender.label}, where {'open ' if words else ''}turns end"
                self.attempt(what, partial(self._score_turns, contender, job, spoken))

    def _score_turns(
        self, contender: Contender, job: Job, spoken: Sequence[Sequence[tuple[scenes.Stretch, ...]]]
    ) -> None:
        lines = converse(contender.adapter, job, one_thread=contender.one_thread)
        ends: list[TurnEnd] = of_kind(lines, TurnEnd)
        speakers = [
            ([end for end in ends if end.speaker == number], turns)
            for number, turns in enumerate(spoken)
        ]
        score = score_turns(speakers, scenes.BETWEEN_S)
        if job.words:
            self._found[contender.key].open_turns = score
        else:
            self._found[contender.key].turns = score

    def _barge_in(self) -> None:
        scene = scenes.interruptions(self._plan.interruptions)
        seconds = scene.pcm.size / RATE
        job = Job("barge_in", self._save(scene.pcm), (0,), seconds, scene.replies)
        for contender in self._plan.contenders:
            if contender.whole:
                what = f"{contender.label}, spoken over"
                self.attempt(what, partial(self._score_barge_in, contender, job, scene.onsets))

    def _score_barge_in(self, contender: Contender, job: Job, onsets: Sequence[float]) -> None:
        lines = converse(contender.adapter, job, one_thread=contender.one_thread)
        sounds: list[Sound] = of_kind(lines, Sound)
        self._found[contender.key].barge_in = score_barge_in(sounds, onsets)

    def _result(self, contender: Contender) -> SystemResult:
        found = self._found[contender.key]
        each = slope([(count.speakers, count.memory_mb) for count in found.counts])
        return SystemResult(
            contender.label,
            found.versions,
            tuple(found.counts),
            None if each is None else round(each, 2),
            found.turns,
            found.open_turns,
            found.barge_in,
        )

    def _audio(self, between_s: float) -> Track:
        if self._plan.audio:
            return scenes.recordings(self._plan.audio, between_s)
        return scenes.conversation(between_s)

    def _save(self, pcm: Pcm16) -> str:
        file = self._folder / f"{len(list(self._folder.iterdir()))}.npy"
        np.save(file, pcm)
        return str(file)

    def attempt(self, what: str, work: Callable[[], None]) -> None:
        """Measure a contender; one that fails is reported and left out."""
        self._say(what)
        try:
            work()
        except AdapterFailed as error:
            self.failures.append(f"{what}: {error}")
            self._say(f"FAILED: {error}")


def compare(plan: RunPlan, say: Callable[[str], None]) -> tuple[Results, list[str]]:
    """The results, and what failed.

    Raises:
        NoEnvironment: the rivals could not be installed.
        NoSpeech: a recording of the plan is silent.
        AdapterFailed: the feeding alone failed.
    """
    rivals_python()
    with tempfile.TemporaryDirectory(prefix="comparison-") as folder:
        comparison = Comparison(plan, say)
        return comparison.run(Path(folder)), comparison.failures


def converse(adapter: str, job: Job, *, one_thread: bool) -> list[Line]:
    """Run one adapter on a job, to its end.

    Raises:
        AdapterFailed: it ran out of time, failed, or printed an invalid line.
    """
    ours = adapter in ("ours", "nothing")
    python = Path(sys.executable) if ours else rivals_python()
    environment = {name: value for name, value in os.environ.items() if name not in _THREADS}
    environment |= dict.fromkeys(_THREADS, "1") if one_thread else {}
    try:
        ran = subprocess.run(
            [str(python), "-m", f"bench.comparison.adapters.{adapter}"],
            input=job.to_json(),
            text=True,
            capture_output=True,
            cwd=ROOT,
            env=environment | {"PYTHONPATH": str(ROOT)},
            timeout=4 * job.seconds + _START_S,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise AdapterFailed(f"it was not done after {error.timeout:.0f} s") from error
    if ran.returncode != 0:
        last = " | ".join(ran.stderr.strip().splitlines()[-3:])
        raise AdapterFailed(f"it ended with status {ran.returncode}: {last}")
    try:
        return parse_all(ran.stdout)
    except BadLine as error:
        raise AdapterFailed(str(error)) from error

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
from bench.comparison.environment import ROOT, systems_python
from bench.comparison.protocol import (
    RATE,
    About,
    BadLine,
    Cost,
    Job,
    Line,
    Sound,
    TurnVerdict,
    of_kind,
    parse_all,
)
from bench.comparison.results import AtCount, Results, SystemResult, TalkResult
from bench.comparison.scenes import Track
from bench.comparison.score import (
    BargeInScore,
    heard,
    lags_after_speech,
    lags_after_stop,
    score_barge_in,
    slope,
    spread,
)
from bench.comparison.talk_runs import TalkRuns
from bench.comparison.talks import files, talks
from bench.conversation.clips import MissingClip
from bench.recordings import RecordingsUnusable
from bench.report import machine, now
from models.errors import NotFetched
from pipeline.audio import Pcm16

_THREADS: Final = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")
_START_S: Final = 90.0
"""Time for importing and loading: some seconds, more on a busy machine."""
_SLOWEST: Final = 4.0
"""A talk in virtual time takes at most so much longer than its audio, on a slow machine."""
_FEEDING_S: Final = 5.0


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
    """Whether barge-in is scored too; threads do not change it."""


CONTENDERS: Final = (
    Contender("ours", "ours", "openclaw-voice", one_thread=True),
    Contender("pipecat", "pipecat", "Pipecat", one_thread=False),
    Contender("livekit", "livekit", "LiveKit local", one_thread=False),
    Contender("pipecat-1", "pipecat", "Pipecat, BLAS 1", True, (1, 10), whole=False),
    Contender("livekit-1", "livekit", "LiveKit local, BLAS 1", True, (1, 10), whole=False),
)


@dataclass(frozen=True, slots=True)
class RunPlan:
    """The extent of a run. The defaults take some twenty minutes."""

    speakers: tuple[int, ...] = (1, 5, 10, 20)
    seconds: float = 12.0
    """Audio of each run; with one speaker it is twice as much, for as many verdicts."""
    interruptions: int = 6
    talk_turns: int | None = None
    """The most turns of each set in which the ends of turns are looked for; None for all, 0 to
    leave it out."""
    recordings: Path | None = None
    """A folder of recordings of people in place of the public ones."""
    audio: tuple[Path, ...] = ()
    """Recordings to take the place of the scenes."""
    contenders: tuple[Contender, ...] = CONTENDERS


@dataclass(slots=True)
class _Found:
    """The results of one contender so far."""

    versions: dict[str, str] = field(default_factory=dict)
    counts: list[AtCount] = field(default_factory=list)
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
        if self._plan.interruptions:
            self._barge_in()
        found, talk_audio = self._talks(folder)
        names = ", ".join(file.name for file in self._plan.audio)
        audio = names or "turn-taking test scenes in Kokoro's test voices"
        systems = tuple(self._result(contender) for contender in self._plan.contenders)
        return Results(now(), machine(), round(load, 2), audio, systems, found, talk_audio)

    def _talks(self, folder: Path) -> tuple[tuple[TalkResult, ...], str]:
        """Where turns end, on every set that can be had; with the audio in words."""
        plan = self._plan
        if plan.talk_turns == 0:
            return (), ""
        try:
            if plan.audio:
                sets = [files(plan.audio)]
            else:
                sets = talks(plan.recordings, plan.talk_turns, self._say)
        except (RecordingsUnusable, MissingClip, NotFetched) as error:
            self.failures.append(f"where turns end: {error}")
            return (), ""
        runs = TalkRuns(folder, partial(converse, one_thread=True), self._say)
        found = tuple(runs.run(talk) for talk in sets)
        self.failures += runs.failures
        return found, "; ".join(
            f"{talk.name}: {talk.turns} turns with {talk.pauses} pauses" for talk in sets
        )

    def _at_counts(self) -> None:
        track = self._audio()
        file = self._save(track.pcm)
        for speakers in self._plan.speakers:
            starts = tuple(track.pcm.size * number // speakers for number in range(speakers))
            seconds = self._plan.seconds * (2 if speakers == 1 else 1)
            job = Job("load", file, starts, seconds)
            feeding_ms = self._feeding(Job("load", file, starts, min(seconds, _FEEDING_S)))
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
            found.barge_in,
        )

    def _audio(self) -> Track:
        if self._plan.audio:
            return scenes.recordings(self._plan.audio)
        return scenes.conversation()

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
        NoEnvironment: the compared systems could not be installed.
        NoSpeech: a recording of the plan is silent.
        MissingClip: a clip of Kokoro is missing, and its weights are not on this machine.
        AdapterFailed: the feeding alone failed.
    """
    systems_python()
    with tempfile.TemporaryDirectory(prefix="comparison-") as folder:
        comparison = Comparison(plan, say)
        return comparison.run(Path(folder)), comparison.failures


def converse(adapter: str, job: Job, *, one_thread: bool) -> list[Line]:
    """Run one adapter on a job, to its end.

    Raises:
        AdapterFailed: it ran out of time, failed, or printed an invalid line.
    """
    ours = adapter in ("ours", "nothing")
    python = Path(sys.executable) if ours else systems_python()
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
            timeout=job.seconds * _SLOWEST + _START_S,
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

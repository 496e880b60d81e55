"""Runs every system in the same way: feeds frames at their due times, and measures the cost.

Runs in the environment of the compared systems too: the standard library and numpy alone.
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, Protocol

import numpy as np

from bench.comparison.clock import VirtualClock
from bench.comparison.protocol import (
    FRAME,
    FRAME_S,
    RATE,
    About,
    Cost,
    Job,
    Line,
    Sound,
    TurnEnd,
    TurnVerdict,
    VoiceNoticed,
    to_line,
)
from bench.comparison.word_client import Words

_PHASES: Final = 4
"""Speakers' packets do not arrive at once: they are spread over this many moments of the 20 ms, few
enough that feeding them stays cheap."""
_VAD_SECONDS: Final = 10.0
"""Audio of each speaker for the cost of voice activity alone."""
_SETTLE_S: Final = 0.5


class System(Protocol):
    """A system to measure. Every method runs on the event loop."""

    async def open(self, job: Job, report: Report) -> None:
        """Load the models and prepare for the job's speakers."""
        ...

    def hear(self, speaker: int, frame: int, pcm: Any) -> None:
        """Take frame number ``frame`` of a speaker, ``int16[320]``, at its due time."""
        ...

    async def close(self) -> None: ...

    async def open_voice(self, speakers: int) -> None:
        """Prepare for `detect_voice`: voice activity alone."""
        ...

    async def detect_voice(self, steps: Iterator[list[Any]]) -> None:
        """Run voice activity over all ``steps``, each a frame of every speaker, without pauses."""
        ...

    def versions(self) -> dict[str, str]: ...


class Interruptible(System, Protocol):
    """A system that also speaks."""

    async def open_conversation(self, report: Report) -> None:
        """Prepare for one speaker and a reply that can be interrupted."""
        ...

    async def reply(self) -> None:
        """Start a reply that continues until it is interrupted or another one starts."""
        ...

    async def close_conversation(self) -> None: ...

    async def open_talk(self, speaker: int, job: Job, report: Report, words: Words) -> None:
        """Prepare for one speaker; ``words`` is the speech to text."""
        ...

    def hear_talk(self, pcm: Any) -> None:
        """Take the next frame of the speaker, ``int16[320]``."""
        ...

    async def close_talk(self) -> None: ...


class Report:
    """Collects the events of a system with their times."""

    def __init__(self, origins: tuple[float, ...] = (0.0,)) -> None:
        self.lines: list[Line] = []
        self._origins = origins

    def start(self, origins: tuple[float, ...]) -> None:
        """Take the times (``time.monotonic``) of each speaker's first sample."""
        self._origins = origins

    def now(self, speaker: int) -> float:
        """Seconds since the speaker's first sample."""
        return time.monotonic() - self._origins[speaker]

    def since(self, speaker: int, at: float) -> float:
        """A time of the monotonic clock as seconds since the speaker's first sample."""
        return at - self._origins[speaker]

    def verdict(
        self, speaker: int, due_s: float, probability: float, *, complete: bool, first: bool = True
    ) -> None:
        """The turn model has answered; ``due_s`` is the end of the audio that caused the check."""
        # The due time is that of the 20 ms frame with the end.
        frames = np.ceil((due_s - 0.001) / FRAME_S)
        due = float(frames) * FRAME_S
        self.lines.append(
            TurnVerdict(speaker, due, self.now(speaker), float(probability), complete, first)
        )

    def turn_end(
        self,
        speaker: int,
        at_s: float | None = None,
        asked_s: float | None = None,
        *,
        voiced_early: bool = False,
    ) -> None:
        """The turn is over at ``at_s``, by default now; the agent was asked then, or before."""
        at = self.now(speaker) if at_s is None else at_s
        self.lines.append(TurnEnd(speaker, at, at if asked_s is None else asked_s, voiced_early))

    def voice(self, speaker: int) -> None:
        """The system notices now that the person speaks."""
        self.lines.append(VoiceNoticed(speaker, self.now(speaker)))

    def sound(self, pcm: Any, rate: int) -> None:
        """A frame of the reply, ``int16[n]``, goes out now."""
        level = float(np.sqrt(np.mean(np.square(pcm.astype(np.float64))))) if pcm.size else 0.0
        db = 20 * np.log10(max(level, 1e-3) / 32768)
        self.lines.append(Sound(self.now(0), pcm.size * 1000 / rate, float(db)))


def main(system: Interruptible) -> None:
    """Do the job on standard input with ``system``; print its lines."""
    job = Job.from_json(sys.stdin.read())
    # Standard output is for the protocol: what a library prints must go elsewhere.
    out, sys.stdout = sys.stdout, sys.stderr
    run = in_virtual_time if job.task == "talk" else _in_real_time
    lines = run(system, job)
    for line in lines:
        print(to_line(line), file=out)
    out.flush()


def _in_real_time(system: Interruptible, job: Job) -> list[Line]:
    return asyncio.run(_run(system, job))


def in_virtual_time(system: Interruptible, job: Job) -> list[Line]:
    """Play a talk to ``system`` faster than real time; returns its lines."""
    clock = VirtualClock()
    clock.set_clocks()
    try:
        with asyncio.Runner(loop_factory=lambda: clock) as runner:
            return runner.run(_talk(system, job))
    finally:
        clock.reset_clocks()


async def _talk(system: Interruptible, job: Job) -> list[Line]:
    """Every speaker of the job, one after the other, each in a conversation of their own."""
    track = np.load(job.track)
    count = len(job.starts)
    report = Report((0.0,) * count)
    words = Words(job.transcriber)
    spent_s = 0.0
    for speaker, (start, length) in enumerate(zip(job.starts, job.lengths, strict=True)):
        await system.open_talk(speaker, job, report, words)
        begin = time.monotonic()
        report.start((begin,) * count)
        before = time.process_time()
        for number in range(length // FRAME):
            due = begin + (number + 1) * FRAME_S
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            system.hear_talk(frame_of(track, start, number))
        await asyncio.sleep(_SETTLE_S)
        spent_s += time.process_time() - before
        await system.close_talk()
    audio_s = sum(job.lengths) / RATE
    asked = words.close()
    cost = Cost(0.0, spent_s * 1000 / audio_s, _memory_mb())
    return [About(system.versions()), *report.lines, cost, asked]


async def _run(system: Interruptible, job: Job) -> list[Line]:
    track = np.load(job.track)
    report = Report()
    if job.task == "barge_in":
        await system.open_conversation(report)
        replies = asyncio.create_task(_reply(system, job))
        await _feed(system, job, track, report)
        await replies
        await system.close_conversation()
        return [About(system.versions()), *report.lines]
    await system.open(job, report)
    before = time.process_time()
    await _feed(system, job, track, report)
    spent_s = time.process_time() - before
    # Late verdicts count too, and so does their cost.
    await asyncio.sleep(_SETTLE_S)
    memory_mb = _memory_mb()
    await system.close()
    audio_s = job.seconds * len(job.starts)
    cost = Cost(await _voice_cost(system, job, track), spent_s * 1000 / audio_s, memory_mb)
    return [About(system.versions()), *report.lines, cost]


async def _voice_cost(system: System, job: Job, track: Any) -> float:
    """CPU time of voice activity alone, ms per audio-second and speaker."""
    seconds = min(_VAD_SECONDS, job.seconds)
    count = int(seconds / FRAME_S)
    steps = ([frame_of(track, start, number) for start in job.starts] for number in range(count))
    await system.open_voice(len(job.starts))
    before = time.process_time()
    await system.detect_voice(steps)
    return (time.process_time() - before) * 1000 / (seconds * len(job.starts))


async def _feed(system: System, job: Job, track: Any, report: Report) -> None:
    """Feed every frame of every speaker at its due time."""
    begin = time.monotonic() + 0.05
    phases = [FRAME_S * (number % _PHASES) / _PHASES for number in range(len(job.starts))]
    report.start(tuple(begin + phase for phase in phases))
    groups: dict[float, list[int]] = {}
    for speaker, phase in enumerate(phases):
        groups.setdefault(phase, []).append(speaker)
    for number in range(int(job.seconds / FRAME_S)):
        for phase, speakers in groups.items():
            due = begin + phase + (number + 1) * FRAME_S
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            for speaker in speakers:
                system.hear(speaker, number, frame_of(track, job.starts[speaker], number))


def frame_of(track: Any, start: int, number: int) -> Any:
    at = (start + number * FRAME) % track.size
    frame = track[at : at + FRAME]
    return frame if frame.size == FRAME else np.concatenate((frame, track[: FRAME - frame.size]))


async def _reply(system: Interruptible, job: Job) -> None:
    begin = time.monotonic()
    for reply in job.replies:
        await asyncio.sleep(max(0.0, begin + reply - time.monotonic()))
        await system.reply()


def _memory_mb() -> float:
    """The process's resident set: unlike shares of it, it does not depend on what else runs."""
    for line in Path("/proc/self/smaps_rollup").read_text(encoding="ascii").splitlines():
        if line.startswith("Rss:"):
            return int(line.split()[1]) / 1024
    raise OSError("/proc/self/smaps_rollup has no line Rss")

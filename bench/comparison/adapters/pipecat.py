"""Pipecat: SileroVADAnalyzer and LocalSmartTurnAnalyzerV3 with their defaults.

One pair a speaker, as in its pipelines, which have one user each. A turn is over when the analyzer
says so, or after its own 3 s of silence; Pipecat's strategy (`TurnAnalyzerUserTurnStopStrategy`)
would then still wait for a transcript. For barge-in the whole pipeline runs: transport in, user
aggregator, transport out.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from importlib.metadata import version
from typing import Any

from loguru import logger  # type: ignore[import-not-found]
from pipecat.audio.turn.base_turn_analyzer import (  # type: ignore[import-not-found]
    EndOfTurnState,
)
from pipecat.audio.turn.smart_turn.local_smart_turn_v3 import (  # type: ignore[import-not-found]
    LocalSmartTurnAnalyzerV3,
)
from pipecat.audio.vad.silero import SileroVADAnalyzer  # type: ignore[import-not-found]
from pipecat.audio.vad.vad_analyzer import VADState  # type: ignore[import-not-found]

from bench.comparison.adapters.pipecat_call import PipecatCall
from bench.comparison.adapters.pipecat_talk import PipecatTalk
from bench.comparison.harness import Report, main
from bench.comparison.protocol import FRAME_S, RATE, Job


class _User:
    """One speaker's analyzers, and the queue before them."""

    def __init__(self, speaker: int, report: Report) -> None:
        self._speaker = speaker
        self._report = report
        self._vad = SileroVADAnalyzer(sample_rate=RATE)
        self._vad.set_sample_rate(RATE)
        self._turn = LocalSmartTurnAnalyzerV3(sample_rate=RATE)
        self._turn.set_sample_rate(RATE)
        self.frames: asyncio.Queue[tuple[int, bytes]] = asyncio.Queue()
        self._speaking = False

    async def run(self) -> None:
        while True:
            number, audio = await self.frames.get()
            await self._hear(number, audio)

    async def _hear(self, number: int, audio: bytes) -> None:
        state = await self._vad.analyze_audio(audio)
        if state is VADState.SPEAKING and not self._speaking:
            self._speaking = True
            self._turn.update_vad_start_secs(self._vad.params.start_secs)
        stopped = state is VADState.QUIET and self._speaking
        self._speaking = self._speaking and not stopped
        if self._turn.append_audio(audio, self._speaking) is EndOfTurnState.COMPLETE:
            self._report.turn_end(self._speaker)
        if stopped:
            verdict, metrics = await self._turn.analyze_end_of_turn()
            complete = verdict is EndOfTurnState.COMPLETE
            self._report.verdict(
                self._speaker,
                (number + 1) * FRAME_S,
                metrics.probability if metrics is not None else 0.0,
                complete=complete,
            )
            if complete:
                self._report.turn_end(self._speaker)

    async def close(self) -> None:
        await self._vad.cleanup()
        await self._turn.cleanup()


class Pipecat(PipecatCall, PipecatTalk):
    def __init__(self) -> None:
        super().__init__()
        self._users: list[_User] = []
        self._tasks: list[asyncio.Task[None]] = []
        self._detectors: list[Any] = []

    async def open(self, job: Job, report: Report) -> None:
        self._users = [_User(speaker, report) for speaker in range(len(job.starts))]
        self._tasks = [asyncio.create_task(user.run()) for user in self._users]

    def hear(self, speaker: int, frame: int, pcm: Any) -> None:
        if self._users:
            self._users[speaker].frames.put_nowait((frame, pcm.tobytes()))
        else:
            self.hear_in_call(pcm)

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for user in self._users:
            await user.close()

    async def open_voice(self, speakers: int) -> None:
        self._detectors = [SileroVADAnalyzer(sample_rate=RATE) for _ in range(speakers)]
        for detector in self._detectors:
            detector.set_sample_rate(RATE)

    async def detect_voice(self, steps: Iterator[list[Any]]) -> None:
        for step in steps:
            for detector, pcm in zip(self._detectors, step, strict=True):
                await detector.analyze_audio(pcm.tobytes())

    def versions(self) -> dict[str, str]:
        names = ("pipecat-ai", "onnxruntime", "numpy")
        return {name: version(name) for name in names}


if __name__ == "__main__":
    logger.remove()
    main(Pipecat())

"""LiveKit Agents: its local VAD and the local turn detector v1-mini, with their defaults.

What decides is a copy in small of `AudioRecognition` (livekit-agents 1.8): at 200 ms of silence the
detector is asked; 250 ms end the speech; an answer above its threshold for English ends the turn
0.3 s after the last speech, one below it after 2.5 s. LiveKit's better detector (v1) and its
adaptive interruption are cloud services and are not here.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator
from importlib.metadata import version
from typing import Any

from livekit.agents import inference, vad  # type: ignore[import-not-found]
from livekit.agents.inference.eot.base import (  # type: ignore[import-not-found]
    MIN_SILENCE_DURATION_MS,
)
from livekit.agents.voice.turn import (  # type: ignore[import-not-found]
    _STREAMING_ENDPOINTING_DEFAULTS as ENDPOINTING,
)

from bench.comparison.adapters.livekit_call import LiveKitCall
from bench.comparison.adapters.livekit_talk import LiveKitTalk, audio_frame
from bench.comparison.harness import Report, main
from bench.comparison.protocol import RATE, Job


class _User:
    """One speaker's streams, and what is decided from them."""

    def __init__(self, speaker: int, report: Report, voice: Any, detector: Any) -> None:
        self._speaker = speaker
        self._report = report
        self._voice = voice.stream()
        self._turn = detector.stream()
        self._prediction: asyncio.Future[Any] | None = None
        self._speaking = False
        self._ending: asyncio.Task[None] | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    def hear(self, pcm: Any) -> None:
        frame = audio_frame(pcm)
        self._voice.push_frame(frame)
        self._turn.push_audio(frame)

    async def run(self) -> None:
        async for event in self._voice:
            match event.type:
                case vad.VADEventType.START_OF_SPEECH:
                    self._speaking = True
                    self._forget()
                case vad.VADEventType.INFERENCE_DONE:
                    self._inferred(event)
                case vad.VADEventType.END_OF_SPEECH:
                    self._speaking = False
                    ended = self._report.now(self._speaker) - event.silence_duration
                    self._ending = self._spawn(self._end(ended - event.inference_duration))

    def _inferred(self, event: Any) -> None:
        if event.raw_accumulated_speech > 0 and self._speaking and self._prediction is not None:
            self._turn.cancel_inference()
            self._prediction = None
        long_enough = event.raw_accumulated_silence >= MIN_SILENCE_DURATION_MS / 1000
        if long_enough and self._speaking and self._prediction is None:
            self._prediction = self._turn.predict()
            self._spawn(self._report_verdict(self._prediction, event.samples_index / RATE))

    async def _report_verdict(self, prediction: asyncio.Future[Any], due_s: float) -> None:
        answer = await prediction
        # One that was called off is answered with 0 and without a duration.
        if answer.inference_duration is not None:
            probability = answer.end_of_turn_probability
            complete = probability >= await self._turn.unlikely_threshold(None)
            self._report.verdict(self._speaker, due_s, probability, complete=complete)

    async def _end(self, last_spoken_s: float) -> None:
        delay_s = ENDPOINTING["min_delay"]
        if self._prediction is not None:
            # Not awaited itself: being cancelled here must not call off the prediction.
            await asyncio.wait([prediction := self._prediction])
            answer = prediction.result()
            if answer.end_of_turn_probability < await self._turn.unlikely_threshold(None):
                delay_s = ENDPOINTING["max_delay"]
        await asyncio.sleep(last_spoken_s + delay_s - self._report.now(self._speaker))
        self._report.turn_end(self._speaker)
        self._turn.flush(reason="turn committed")
        self._prediction = None

    def _forget(self) -> None:
        self._turn.cancel_inference()
        self._prediction = None
        if self._ending is not None:
            self._ending.cancel()

    def _spawn(self, work: Any) -> asyncio.Task[None]:
        task: asyncio.Task[None] = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def close(self) -> None:
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._voice.aclose()
        await self._turn.aclose()


class LiveKit(LiveKitCall, LiveKitTalk):
    def __init__(self) -> None:
        super().__init__()
        self._users: list[_User] = []
        self._tasks: list[asyncio.Task[None]] = []
        self._detectors: list[Any] = []

    async def open(self, job: Job, report: Report) -> None:
        voice, detector = inference.VAD(), inference.TurnDetector(version="v1-mini")
        self._users = [
            _User(speaker, report, voice, detector) for speaker in range(len(job.starts))
        ]
        self._tasks = [asyncio.create_task(user.run()) for user in self._users]

    def hear(self, speaker: int, frame: int, pcm: Any) -> None:
        if self._users:
            self._users[speaker].hear(pcm)
        else:
            self.hear_in_call(audio_frame(pcm))

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for user in self._users:
            await user.close()

    async def open_voice(self, speakers: int) -> None:
        voice = inference.VAD()
        self._detectors = [voice.stream() for _ in range(speakers)]

    async def detect_voice(self, steps: Iterator[list[Any]]) -> None:
        readers = [asyncio.create_task(_drain(detector)) for detector in self._detectors]
        for step in steps:
            for detector, pcm in zip(self._detectors, step, strict=True):
                detector.push_frame(audio_frame(pcm))
            await asyncio.sleep(0)
        for detector in self._detectors:
            detector.end_input()
        await asyncio.gather(*readers)

    def versions(self) -> dict[str, str]:
        names = ("livekit-agents", "livekit-local-inference", "numpy")
        return {name: version(name) for name in names}


async def _drain(detector: Any) -> None:
    async for _ in detector:
        pass


if __name__ == "__main__":
    logging.basicConfig(level=logging.WARNING)
    main(LiveKit())

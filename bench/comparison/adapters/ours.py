"""openclaw-voice: its recognitions, audio input and turn model, connected as in the bot."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Hashable, Iterator
from importlib.metadata import version
from typing import Any

from bench.comparison.adapters.ours_call import OursCall
from bench.comparison.adapters.ours_room import SETTINGS, Room, load_models, load_vad
from bench.comparison.adapters.ours_talk import OursTalk
from bench.comparison.harness import Report, main
from bench.comparison.protocol import FRAME_S, RATE, Job
from pipeline.listening.audio_input import AudioInput, SpeakerStream
from pipeline.listening.audio_recognition import PREFETCH_SILENCE, AudioRecognition
from pipeline.listening.endpoint_rule import SHORTEST_MS
from pipeline.ports import Speaker


class _Room(Room):
    """Reports when its speaker's turns end."""

    def __init__(self, number: int, report: Report) -> None:
        super().__init__()
        self._number = number
        self._report = report
        self.checks = 0
        """Answered endpoint checks of the present silence."""
        self.silences = 0

    def speech_began(self, speaker: Speaker, at: float) -> None:
        self.checks = 0
        self.silences += 1

    def speech_resumed(self, speaker: Speaker, at: float) -> None:
        self.checks = 0
        self.silences += 1

    def speech_ended(self, speaker: Speaker, at: float, why: str) -> None:
        self._report.turn_end(self._number)


class Ours(OursCall, OursTalk):
    def __init__(self) -> None:
        super().__init__()
        self._rooms: list[_Room] = []
        self._recognitions: list[AudioRecognition] = []
        self._streams: list[SpeakerStream] = []

    async def open(self, job: Job, report: Report) -> None:
        self._report = report
        self._models = load_models()
        self._models.on_verdict = self._on_verdict
        self._rooms = [_Room(number, report) for number in range(len(job.starts))]
        self._recognitions = [
            AudioRecognition(
                Speaker(number, f"speaker {number}"), room, self._models, SETTINGS, time.monotonic
            )
            for number, room in enumerate(self._rooms)
        ]
        self._models.audio_input.start()

    def hear(self, speaker: int, frame: int, pcm: Any) -> None:
        if self._recognitions:
            self._recognitions[speaker].push_audio(pcm, time.monotonic())
        else:
            self.hear_in_call(pcm)

    async def close(self) -> None:
        await self._models.aclose()
        for room in self._rooms:
            await room.aclose()

    async def open_voice(self, speakers: int) -> None:
        self._audio_input = AudioInput(load_vad(), time.monotonic)
        self._streams = [
            self._audio_input.open_stream(lambda *_: None, SETTINGS.turn.max_turn_s)
            for _ in range(speakers)
        ]

    async def detect_voice(self, steps: Iterator[list[Any]]) -> None:
        for number, step in enumerate(steps, 1):
            now = number * FRAME_S
            for stream, pcm in zip(self._streams, step, strict=True):
                stream.push(pcm, now)
            self._audio_input.tick(now)

    def versions(self) -> dict[str, str]:
        return {name: version(name) for name in ("onnxruntime", "numpy")}

    def _on_verdict(self, key: Hashable, samples: int, probability: float) -> None:
        assert isinstance(key, tuple)
        number = key[1]
        room, recognition = self._rooms[number], self._recognitions[number]
        turn, first, silence = SETTINGS.turn, room.checks == 0, room.silences
        # The model gets the turn with its pre-roll, and is asked before the silence is complete;
        # its answer counts from that time on.
        spoke_s = self._report.since(number, recognition.speech_start)
        heard_s = (samples - PREFETCH_SILENCE) / RATE
        lead_s = (SHORTEST_MS - turn.look_after_ms) / 1000
        full_s = max(0.0, spoke_s - turn.pre_roll_ms / 1000) + heard_s + lead_s
        room.checks += 1

        def report() -> None:
            if room.silences == silence:
                self._report.verdict(
                    number,
                    full_s,
                    probability,
                    complete=probability >= 0.5,
                    first=first,
                )

        early_s = full_s - self._report.since(number, time.monotonic())
        asyncio.get_running_loop().call_later(max(0.0, early_s), report)


if __name__ == "__main__":
    main(Ours())

"""openclaw-voice: its own listeners, ear and turn model, wired as the bot wires them."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Hashable, Iterator
from importlib.metadata import version
from typing import Any

from bench.comparison.adapters.ours_call import OursCall
from bench.comparison.adapters.ours_room import SETTINGS, Room, load_models, load_vad
from bench.comparison.harness import Report, main
from bench.comparison.protocol import FRAME_S, RATE, Job
from pipeline.listening.audio_input import AudioInput, SpeakerStream
from pipeline.listening.audio_recognition import PREFETCH_SILENCE, AudioRecognition
from pipeline.ports import Speaker


class _Room(Room):
    """Reports when its speaker's turns end."""

    def __init__(self, number: int, report: Report) -> None:
        super().__init__()
        self._number = number
        self._report = report
        self.looks = 0
        """Looks at the present silence that were answered."""
        self.silences = 0

    def speech_began(self, speaker: Speaker, at: float) -> None:
        self.looks = 0
        self.silences += 1

    def speech_resumed(self, speaker: Speaker, at: float) -> None:
        self.looks = 0
        self.silences += 1

    def speech_ended(self, speaker: Speaker, at: float) -> None:
        self._report.turn_end(self._number)


class Ours(OursCall):
    def __init__(self) -> None:
        super().__init__()
        self._rooms: list[_Room] = []
        self._listeners: list[AudioRecognition] = []
        self._microphones: list[SpeakerStream] = []

    async def open(self, job: Job, report: Report) -> None:
        self._report = report
        self._models = load_models(words=job.words)
        self._models.on_verdict = self._on_verdict
        self._rooms = [_Room(number, report) for number in range(len(job.starts))]
        self._listeners = [
            AudioRecognition(
                Speaker(number, f"speaker {number}"), room, self._models, SETTINGS, time.monotonic
            )
            for number, room in enumerate(self._rooms)
        ]
        self._models.audio_input.start()

    def hear(self, speaker: int, frame: int, pcm: Any) -> None:
        if self._listeners:
            self._listeners[speaker].push_audio(pcm, time.monotonic())
        else:
            self.hear_in_call(pcm)

    async def close(self) -> None:
        await self._models.aclose()
        for room in self._rooms:
            await room.aclose()

    async def open_voice(self, speakers: int) -> None:
        self._ear = AudioInput(load_vad(), time.monotonic)
        self._microphones = [
            self._ear.open_stream(lambda *_: None, SETTINGS.turn.max_turn_s)
            for _ in range(speakers)
        ]

    async def detect_voice(self, steps: Iterator[list[Any]]) -> None:
        for number, step in enumerate(steps, 1):
            now = number * FRAME_S
            for microphone, pcm in zip(self._microphones, step, strict=True):
                microphone.push(pcm, now)
            self._ear.tick(now)

    def versions(self) -> dict[str, str]:
        return {name: version(name) for name in ("onnxruntime", "numpy")}

    def _on_verdict(self, key: Hashable, samples: int, probability: float) -> None:
        assert isinstance(key, tuple)
        number = key[1]
        room, listener = self._rooms[number], self._listeners[number]
        turn, first, silence = SETTINGS.turn, room.looks == 0, room.silences
        # The model is given the turn with what came before it, as far as that was heard, and is
        # asked before the silence is full: only then does its answer count.
        spoke_s = self._report.since(number, listener.speech_start)
        heard_s = (samples - (PREFETCH_SILENCE if turn.lead_ms else 0)) / RATE
        full_s = max(0.0, spoke_s - turn.pre_roll_ms / 1000) + heard_s + turn.lead_ms / 1000
        look = turn.looks[min(room.looks, len(turn.looks) - 1)]
        room.looks += 1

        def report() -> None:
            if room.silences == silence:
                self._report.verdict(
                    number,
                    full_s,
                    probability,
                    complete=probability >= look.threshold,
                    first=first,
                )

        early_s = full_s - self._report.since(number, time.monotonic())
        asyncio.get_running_loop().call_later(max(0.0, early_s), report)


if __name__ == "__main__":
    main(Ours())

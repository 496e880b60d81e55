"""A call with one user on the bot's audio input, interruption and playback: for barge-in.

Words decide whether a held reply stops or resumes. The measured times are earlier: how soon the
reply is ducked, and how soon held, at the 20 ms clock of the playback.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable
from typing import Any, Literal

import discord
import numpy as np

from bench.comparison.adapters.ours_room import SETTINGS, Room, load_models
from bench.comparison.harness import Report
from bench.comparison.protocol import FRAME_S
from bench.comparison.tone import TONE_RATE, tone
from discord_bot.playback.source import DiscordLoudspeaker, ReplySource
from pipeline.listening.audio_recognition import AudioRecognition
from pipeline.ports import Speaker
from pipeline.speaking.interruption import Interruption, InterruptionAction


class _Player:
    """In place of a Discord voice connection: reads a frame every 20 ms, in a thread, and reports
    it."""

    def __init__(self, report: Report) -> None:
        self._report = report
        self._loop = asyncio.get_running_loop()
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def play(
        self,
        source: discord.AudioSource,
        *,
        after: Callable[[Exception | None], None],
        application: Literal["voip"],
        bitrate: int,
        signal_type: Literal["voice"],
    ) -> None:
        self._stop = threading.Event()
        self._thread = threading.Thread(
            target=self._run, args=(source, after, self._stop), daemon=True
        )
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()
        if self._thread is not None:
            self._thread.join()

    def _run(
        self,
        source: discord.AudioSource,
        after: Callable[[Exception | None], None],
        stop: threading.Event,
    ) -> None:
        due = time.monotonic()
        while not stop.is_set() and (frame := source.read()):
            # Left and right are the same.
            self._report.sound(np.frombuffer(frame, np.int16)[::2], TONE_RATE)
            due += FRAME_S
            time.sleep(max(0.0, due - time.monotonic()))
        after(None)


class OursCall(Room):
    """One user and one bot whose replies are a tone."""

    _interruption: Interruption | None = None
    _source: ReplySource | None = None

    async def open_conversation(self, report: Report) -> None:
        self._models = load_models()
        self._player = _Player(report)
        self._loudspeaker = DiscordLoudspeaker(lambda: self._player)
        self._listener = AudioRecognition(
            Speaker(0, "user"), self, self._models, SETTINGS, time.monotonic
        )
        self._models.audio_input.on_tick(self._tick)
        self._models.audio_input.start()

    def hear_in_call(self, pcm: Any) -> None:
        self._listener.push_audio(pcm, time.monotonic())

    async def reply(self) -> None:
        if self._source is not None:
            self._source.cut()
            await self._source.wait_finished()
        self._interruption = Interruption(SETTINGS.barge_in)
        self._source = self._loudspeaker.open()
        self._source.feed(tone())
        self._source.end()

    async def close_conversation(self) -> None:
        self._player.stop()
        await self._models.aclose()
        await self.aclose()

    def speech_began(self, speaker: Speaker, at: float) -> None:
        if self._interruption is not None:
            self._act(self._interruption.speech_began(speaker.id, at))

    def speech_ended(self, speaker: Speaker, at: float, why: str) -> None:
        if self._interruption is not None:
            self._interruption.speech_ended(speaker.id, at)

    def _tick(self, now: float) -> None:
        if self._interruption is not None:
            self._act(self._interruption.tick(now))

    def _act(self, actions: list[InterruptionAction]) -> None:
        source = self._source
        if source is None:
            return
        for action in actions:
            match action:
                case InterruptionAction.DUCK:
                    source.duck()
                case InterruptionAction.HOLD:
                    source.hold()
                case InterruptionAction.RESUME:
                    source.resume(SETTINGS.barge_in.rewind_ms)
                case InterruptionAction.STOP:
                    source.cut()

"""One person and the bot's recognition: where turns end.

The agent is asked when a turn is sent, often before it is over. Its first sentence is synthesised
at once, and sounds when the turn is over. Speech of the person withdraws it.
"""

from __future__ import annotations

import asyncio
from typing import Any

from bench.comparison.adapters.ours_room import (
    SETTINGS,
    Room,
    load_text_model,
    load_turn_model,
    load_vad,
)
from bench.comparison.harness import Report
from bench.comparison.protocol import FRAME_S, STT_S, TEXT_S, TURN_S, Job
from bench.comparison.word_client import Words
from bench.conversation.heard import FixedOptions
from pipeline.audio import Samples
from pipeline.inference.closing_marks import ClosingMarks
from pipeline.inference.timed_models import TimedModels
from pipeline.inference.transcription import Transcription
from pipeline.listening.audio_input import AudioInput
from pipeline.listening.audio_recognition import AudioRecognition, FinalTranscript
from pipeline.listening.endpoint_rule import FixedSilence
from pipeline.ports import Speaker


class _Talker(Room):
    """Reports when its speaker's turns end, and when the agent was asked."""

    def __init__(self, number: int, report: Report) -> None:
        super().__init__()
        self._number = number
        self._report = report
        self._asked_s: float | None = None
        self._last_end_s = 0.0

    def speech_began(self, speaker: Speaker, at: float) -> None:
        self._report.voice(self._number)

    def speech_resumed(self, speaker: Speaker, at: float) -> None:
        self._report.voice(self._number)

    def on_provisional_transcript(self, utterance: FinalTranscript) -> None:
        self._asked_s = self._report.now(self._number)

    def on_provisional_withdrawn(self, speaker: Speaker) -> None:
        self._asked_s = None
        self._report.voice(self._number)

    def speech_ended(self, speaker: Speaker, at: float, why: str) -> None:
        self._last_end_s = self._report.now(self._number)

    def on_final_transcript(self, utterance: FinalTranscript) -> None:
        now = self._report.now(self._number)
        asked_s = now if self._asked_s is None else self._asked_s
        self._asked_s = None
        self._report.turn_end(self._number, self._last_end_s, asked_s, voiced_early=True)


class _Transcriber:
    """The words of the shared process, as a transcription."""

    def __init__(self, words: Words) -> None:
        self._words = words

    def transcribe(self, audio: Samples) -> Transcription:
        found = self._words.now((audio * 32768).astype("int16").tobytes())
        closing = found.pop("closing")
        return Transcription(**found, closing=ClosingMarks(**closing) if closing else None)


class OursTalk:
    """One person at a time."""

    async def open_talk(self, speaker: int, job: Job, report: Report, words: Words) -> None:
        clock = asyncio.get_running_loop().time
        self._talk_input = AudioInput(load_vad(), clock)
        models = TimedModels(
            self._talk_input,
            load_turn_model(),
            FixedOptions(_Transcriber(words)),
            turn_s=TURN_S,
            transcription_s=STT_S,
            text=load_text_model(),
            text_s=TEXT_S,
        )
        self._talk_clock = clock
        self._talker = _Talker(speaker, report)
        self._talk_listener = AudioRecognition(
            Speaker(speaker, f"speaker {speaker}"),
            self._talker,
            models,
            SETTINGS,
            clock,
            rule=None if job.silence_ms is None else FixedSilence(job.silence_ms),
        )
        self._talk_input.start()
        # Packets arrive between two ticks of the audio input: half a frame before one, on average.
        await asyncio.sleep(FRAME_S / 2)

    def hear_talk(self, pcm: Any) -> None:
        self._talk_listener.push_audio(pcm, self._talk_clock())

    async def close_talk(self) -> None:
        self._talk_listener.close()
        await self._talker.aclose()
        await self._talk_input.aclose()

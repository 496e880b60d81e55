"""Typed words as a turn: they enter the conversation where speech to text would report them."""

from __future__ import annotations

from typing import Final

from pipeline.inference.transcription import Transcription
from pipeline.latency import TurnLatency
from pipeline.listening.audio_recognition import FinalTranscript
from pipeline.ports import Speaker
from pipeline.transcript import USUAL_PACE_MS

LONGEST_TYPED: Final = 1_000
"""Characters: some two minutes of speech."""


def typed_turn(
    speaker: Speaker, text: str, now: float, language: str = "en"
) -> FinalTranscript | None:
    """The words as a turn that ends ``now``, in the room's seconds; None if there are none."""
    words = " ".join(text[:LONGEST_TYPED].split())
    if not words:
        return None
    length_ms = len(words) * USUAL_PACE_MS
    latency = TurnLatency()
    for mark in ("speech_end", "pause_seen", "turn_decided", "transcribed"):
        latency.mark(mark, now)
    transcription = Transcription(words, language, 0.0, 0.0, length_ms, 0.0)
    return FinalTranscript(speaker, transcription, now - length_ms / 1000, latency)

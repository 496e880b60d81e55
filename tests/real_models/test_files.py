"""Files for the speech server's transcription: long audio, the times of words, noise."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest

from bench.speech.noises import noises
from bench.speech.scoring import plain, word_errors
from models.registry import SILERO_VAD
from pipeline.audio import HEARD_RATE, Samples
from pipeline.inference.decoding_choices import DecodingChoices
from pipeline.inference.silero_vad import SileroVad
from pipeline.inference.smart_turn import SmartTurn
from pipeline.inference.whisper import Transcriber
from pipeline.settings import PipelineSettings
from server.transcription.listening_models import HeardPart, ListeningModels
from server.transcription.settings import TranscriptionSettings
from tests.real_models.conftest import WHISPER
from tests.real_models.lines import NAMED, Line

PAUSE_S = 0.7
MOST_ERRORS = 0.1
MOST_OFF_S = 0.3
"""How far the times of the first words of lines are from where the lines begin."""


@pytest.fixture(scope="module")
def listening(
    weights: dict[str, Path], transcriber: Transcriber, turn_model: SmartTurn
) -> Iterator[ListeningModels]:
    opened = ListeningModels(
        transcriber,
        turn_model,
        SileroVad(weights[SILERO_VAD.name]),
        name=WHISPER,
        pipeline=PipelineSettings(),
        settings=TranscriptionSettings(),
    )
    yield opened
    opened.close()


def heard(listening: ListeningModels, audio: Samples) -> list[HeardPart]:
    async def hear() -> list[HeardPart]:
        parts = listening.hear_pieces([audio], language="en", choices=DecodingChoices(words=True))
        return [part async for part in parts]

    return asyncio.run(hear())


def one_after_the_other(lines: Sequence[Line]) -> tuple[Samples, list[float]]:
    """The lines in a quiet room, and when each of them begins, in seconds."""
    parts: list[Samples] = []
    begins: list[float] = []
    for line in lines:
        parts.append(np.zeros(round(PAUSE_S * HEARD_RATE), np.float32))
        begins.append(sum(part.size for part in parts) / HEARD_RATE)
        parts.append(line.audio())
    audio = np.concatenate([*parts, np.zeros(HEARD_RATE, np.float32)])
    noise = np.random.default_rng(1).normal(0, 5e-4, audio.size)
    return audio + noise.astype(np.float32), begins


def test_long_speech_is_heard_and_its_words_are_where_they_were_said(
    listening: ListeningModels,
) -> None:
    lines = (*NAMED, *NAMED[:4])
    audio, begins = one_after_the_other(lines)
    assert audio.size > 30 * HEARD_RATE
    parts = heard(listening, audio)
    assert sum(bool(part.text) for part in parts) >= 2
    said, text = " ".join(line.text for line in lines), " ".join(part.text for part in parts)
    errors = word_errors(plain(said), plain(text)) / len(plain(said))
    assert errors <= MOST_ERRORS, text
    words = [word for part in parts for segment in part.segments for word in segment.words]
    assert [word.text for word in words] == text.split()
    starts = np.array([word.start for word in words])
    off = [float(np.min(np.abs(starts - begin))) for begin in begins]
    assert np.median(off) <= MOST_OFF_S / 2, off
    assert max(off) <= MOST_OFF_S, off


def test_noise_between_speech_has_no_words(listening: ListeningModels) -> None:
    tried = [audio for _, audio in noises() if audio.size <= 3 * HEARD_RATE][::3]
    gap = np.zeros(HEARD_RATE // 2, np.float32)
    audio = np.concatenate([part for noise in tried for part in (noise, gap)])
    assert [part.text for part in heard(listening, audio) if part.text] == []

"""Scenes made audible: words in their places, no silence before the speech."""

from __future__ import annotations

import numpy as np

from bench.conversation.noises import NOISES, noise
from bench.conversation.rendering import (
    NOISE_FLOOR,
    SPEECH_LEVEL_DB,
    VOICES,
    Renderer,
    mixed,
    silences,
    trimmed,
    words_in,
)
from pipeline.audio import HEARD_RATE, level_db
from server.engines.espeak import EspeakEngine


def test_every_voice_speaks_from_the_first_sample_at_one_level() -> None:
    with EspeakEngine() as engine:
        renderer = Renderer(engine)
        for voice in VOICES:
            piece = renderer.piece("What time is it", voice)
            pcm = (piece.audio * 32767).astype(np.int16)
            assert abs(level_db(pcm) - SPEECH_LEVEL_DB) < 1.0
            assert [word.text for word in piece.words] == ["What", "time", "is", "it"]
            assert piece.words[-1].end <= piece.audio.size
            assert renderer.piece("What time is it", voice) is piece


def test_words_do_not_lie_in_a_silence() -> None:
    half = np.arange(1600)
    first, second = words_in("one two", np.concatenate([half, half + 16_000]))
    assert (first.start, first.end) == (0, 1600)
    assert (second.start, second.end) == (16_000, 17_600)


def test_trimming_keeps_what_is_heard_and_the_silences_within() -> None:
    tone = np.sin(np.arange(1600) * 0.3).astype(np.float32)
    quiet = np.zeros(4000, np.float32)
    audio = trimmed(np.concatenate([quiet, tone, quiet, tone, quiet]))
    assert audio.size == 2 * 1600 + 4000
    assert silences(audio, 200) == [(1600, 5600)]
    assert silences(audio, 260) == []


def test_what_is_mixed_lies_over_a_quiet_that_never_repeats() -> None:
    stream = mixed(HEARD_RATE, [(8000, np.full(16_000, 0.5, np.float32))], seed=1)
    assert stream.size == HEARD_RATE
    assert abs(stream[:8000]).max() < 10 * NOISE_FLOOR * 32768
    assert stream[8000:].min() > 16_000
    assert stream.tobytes().count(stream[100:140].tobytes()) == 1


def test_noises_are_as_loud_as_speech() -> None:
    for name in NOISES:
        level = level_db((noise(name) * 32767).astype(np.int16))
        # The peaks of short clicks are cut off.
        assert abs(level - SPEECH_LEVEL_DB) < (3.0 if name == "clicks" else 1.0)

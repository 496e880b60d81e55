"""The real models and a real voice, for tests that run them."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import TypeAlias

import av
import numpy as np
import pytest

from models.settings import ModelsSettings
from models.store import ModelStore
from pipeline.audio import HEARD_RATE, Pcm16, Samples
from server.engines.espeak import EspeakEngine, EspeakVoice
from testing.fresh_process import in_a_fresh_process

Say: TypeAlias = Callable[..., Samples]


@pytest.fixture(scope="session")
def silero_path() -> Path:
    """The op15 weights in the silero-vad wheel."""
    package = importlib.util.find_spec("silero_vad")
    assert package is not None
    assert package.origin is not None
    return Path(package.origin).parent / "data" / "silero_vad_16k_op15.onnx"


@pytest.fixture(scope="session")
def smart_turn_path() -> Path:
    """From the store of models; fetched first if it is not there."""
    return ModelStore(ModelsSettings()).path("smart-turn")


@pytest.fixture(scope="session")
def whisper_path() -> Path:
    """The tiny Whisper of the project, which knows the sentences of models/fixture/phrases.txt."""
    return Path(__file__).parents[2] / "models" / "fixture" / "whisper"


@pytest.fixture(scope="session")
def say() -> Say:
    """``say(text, voice=EspeakVoice())``: the words as ``float32[n]`` at 16 kHz, the same whatever
    was said before.

    A quiet noise lies over it, as over every microphone.
    """

    @cache
    def spoken(text: str, voice: EspeakVoice | None = None) -> Samples:
        samples = in_a_fresh_process(rendered, text, voice or EspeakVoice())
        noise = np.random.default_rng(len(text)).normal(0, 5e-4, samples.size)
        return (samples + noise).astype(np.float32)

    return spoken


def rendered(text: str, voice: EspeakVoice) -> Samples:
    """The words in espeak's voice, ``float32[n]`` at 16 kHz."""
    with EspeakEngine() as engine:
        return resample(
            np.frombuffer(b"".join(engine.synthesize(text, voice)), np.int16), engine.rate
        )


def resample(pcm: Pcm16, rate: int) -> Samples:
    """``int16[n]`` at any rate to ``float32[n]`` at 16 kHz."""
    return at_rate(pcm, rate, HEARD_RATE).astype(np.float32) / np.float32(32768)


def at_rate(pcm: Pcm16, rate: int, wanted: int) -> Pcm16:
    """``int16[n]`` from one rate to another, mono."""
    frame = av.AudioFrame.from_ndarray(pcm[np.newaxis], "s16", "mono")
    frame.sample_rate = rate
    resampler = av.AudioResampler("s16", "mono", wanted)
    frames = resampler.resample(frame) + resampler.resample(None)
    joined: Pcm16 = np.concatenate([part.to_ndarray()[0] for part in frames])
    return joined


def with_silence(samples: Samples, before_ms: int, after_ms: int) -> Samples:
    """Quiet noise before and after, as from an open microphone."""
    before, after = (HEARD_RATE * ms // 1000 for ms in (before_ms, after_ms))
    padded = np.pad(samples, (before, after))
    noise = np.random.default_rng(samples.size).normal(0, 5e-4, padded.size)
    return (padded + noise).astype(np.float32)

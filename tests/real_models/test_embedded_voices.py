"""Kokoro and Piper with their real weights: the faster form of Kokoro's model sounds like the
original one, and speech has a natural length and level.

The suite is skipped without the weights, and fails without them where the variable ``CI`` is set.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

import numpy as np
import pytest

from models.registry import KOKORO, PIPER_JOE
from models.store import ModelStore
from server.engines.choice import open_voices
from server.engines.fast_convolutions import has_exact_products
from server.engines.kokoro import KOKORO_RATE, KokoroModel, pronounced, tokens_of
from server.engines.kokoro_graph import FRAME_SAMPLES
from server.engines.kokoro_slices import sliced_sound
from server.engines.kokoro_statistics import CALIBRATION_TEXTS, VoiceStatistics, statistics_of
from server.engines.named_voices import AGENT_VOICES
from server.engines.voices import EmbeddedVoices
from server.settings import ServerSettings
from settings import load_settings

pytestmark = [pytest.mark.timeout(240)]

TEXTS = ("Sure, let me look.", "What would you like to know about it?")
MOST_DB = 2.5
"""Root mean square of the distance in bands of a twelfth of the spectrum; 0.9 to 1.3 measured."""

MOST_SLICED_DB = 6.0
MOST_LEVEL_DB = 3.0
"""The same distance of slices whose statistics are estimated, and how much louder they may be."""


@pytest.fixture(scope="module")
def store() -> ModelStore:
    found = ModelStore(load_settings().models.model_copy(update={"offline": True}))
    missing = [model.name for model in (KOKORO, PIPER_JOE) if found.find(model) is None]
    if missing:
        reason = f"`python run.py models fetch {' '.join(missing)}` fetches the weights"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    return found


@pytest.fixture(scope="module")
def voices(store: ModelStore) -> Iterator[EmbeddedVoices]:
    opened = open_voices(ServerSettings(), load_settings().models)
    yield opened
    opened.close()


def bands(audio: np.ndarray) -> np.ndarray:
    """``float32[frames, 64]``: the level of 64 bands of 187 Hz, in dB, every 21 ms."""
    frames = np.lib.stride_tricks.sliding_window_view(audio, 1024)[::512] * np.hanning(1024)
    power = np.abs(np.fft.rfft(frames)[:, :512]) ** 2
    return np.asarray(10 * np.log10(power.reshape(len(frames), 64, 8).mean(2) + 1e-4))


def test_the_faster_form_sounds_like_the_original(
    store: ModelStore, voices: EmbeddedVoices, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = store.place_of(KOKORO)
    if not has_exact_products():
        pytest.skip("this CPU runs the original form")
    fast = KokoroModel(folder)
    monkeypatch.setattr("server.engines.kokoro.has_exact_products", lambda: False)
    original = KokoroModel(folder)
    for agent, text in zip(AGENT_VOICES, TEXTS, strict=True):
        (new,) = fast.speak(text, agent.neural["kokoro"])
        (old,) = original.speak(text, agent.neural["kokoro"])
        assert new.size == old.size
        difference = bands(new) - bands(old)
        spoken = bands(old).mean(1) > bands(old).mean(1).max() - 35
        assert np.sqrt((difference[spoken] ** 2).mean()) < MOST_DB, (agent.id, text)


def test_slices_sound_like_the_whole(store: ModelStore) -> None:
    model = KokoroModel(store.place_of(KOKORO))
    text, voice = TEXTS[-1], AGENT_VOICES[-1].neural["kokoro"]
    frames, arrays = zip(
        *(statistics_of(model, each, voice) for each in CALIBRATION_TEXTS), strict=True
    )
    (tokens,) = tokens_of(pronounced(text, voice))
    made = model.frames(tokens, voice, 1.0)
    whole, _ = model.sound(made)
    statistics = VoiceStatistics(frames, arrays)
    pieces = list(sliced_sound(model, made, statistics, clock=lambda: 0.0))
    assert len(pieces) > 1
    before = made.silent * FRAME_SAMPLES
    assert np.abs(whole[:before]).max() < 0.003, "speech begins after the silent frames"
    difference = bands(np.concatenate(pieces)) - bands(whole[before:])
    spoken = bands(whole[before:]).mean(1) > bands(whole).mean(1).max() - 35
    assert np.sqrt((difference[spoken] ** 2).mean()) < MOST_SLICED_DB
    assert abs(difference[spoken].mean()) < MOST_LEVEL_DB


@pytest.mark.parametrize("voice", ["jarvis", "sage", "piper:joe"])
def test_a_sentence_takes_as_long_as_people_take(voices: EmbeddedVoices, voice: str) -> None:
    spoken = voices.speak("It is half past seven, and the train leaves soon.", voice, 1.0)
    chunks = list(spoken.chunks)
    audio = np.frombuffer(b"".join(chunks), "<i2") / 32768
    assert 2.0 < audio.size / spoken.rate < 4.5
    assert 0.02 < float(np.sqrt((audio**2).mean())) < 0.3
    if voice != "piper:joe":
        assert spoken.rate == KOKORO_RATE
        assert len(chunks) == 2, "the first clause is synthesised first"

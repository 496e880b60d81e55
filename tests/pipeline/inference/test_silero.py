"""The network in numpy beside the same model in onnxruntime."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from pipeline.audio import HEARD_RATE, Samples
from pipeline.inference.onnx_session import open_session
from pipeline.inference.onnx_weights import float_weights
from pipeline.inference.silero import INPUT, STATE, SileroNetwork
from server.engines.espeak import EspeakVoice
from tests.pipeline.conftest import Say, with_silence
from tests.pipeline.inference.numerics import ONE_STEP, ONE_STEP_STATE, WHOLE_TALK, WHOLE_TALK_STATE

CHUNK = INPUT - 64
SECONDS = 60
TEXTS = (
    "Jarvis, what time is it?",
    "It was raining all day yesterday.",
    "Stop.",
    "The server crashed again.",
)


def a_minute_of_talk(say: Say, voice: EspeakVoice, level: float, seed: int) -> Samples:
    """Sentences in noise, with pauses, from loud to hardly heard."""
    random = np.random.default_rng(seed)
    parts: list[Samples] = []
    while sum(part.size for part in parts) < SECONDS * HEARD_RATE:
        text = TEXTS[random.integers(len(TEXTS))]
        loudness = float(10 ** random.uniform(-2, 0))
        parts.append(
            with_silence(say(text, voice) * loudness, 200, int(random.integers(100, 2000)))
        )
    talk = np.concatenate(parts)[: SECONDS * HEARD_RATE]
    return (talk + random.normal(0, level, talk.size)).astype(np.float32)


def test_minutes_of_speech_and_noise_give_what_onnxruntime_gives(
    silero_path: Path, say: Say
) -> None:
    session = open_session(silero_path, "voice")
    network = SileroNetwork(float_weights(silero_path))
    audio = np.stack(
        [
            a_minute_of_talk(say, EspeakVoice(), 0.0005, 1),
            a_minute_of_talk(say, EspeakVoice(variant="f3"), 0.02, 2),
            np.random.default_rng(3).normal(0, 0.1, SECONDS * HEARD_RATE).astype(np.float32),
            np.zeros(SECONDS * HEARD_RATE, np.float32),
        ]
    )
    state = np.zeros((2, len(audio), STATE), np.float32)
    expected_state = state
    voiced = 0
    for start in range(0, audio.shape[1] - INPUT, CHUNK):
        chunk = np.ascontiguousarray(audio[:, start : start + INPUT])
        heard, state = network.step(chunk, state)
        expected, expected_state = session.run(
            None, {"input": chunk, "state": expected_state, "sr": np.array(HEARD_RATE)}
        )
        np.testing.assert_allclose(heard, expected[:, 0], atol=WHOLE_TALK)
        voiced += int(heard[0] > 0.5)
    np.testing.assert_allclose(state, expected_state, atol=WHOLE_TALK_STATE)
    assert voiced > 300, "there was speech in it"


@pytest.mark.parametrize("speakers", [1, 3, 8, 9, 17, 33])
def test_a_batch_of_any_size_is_that_many_single_steps(silero_path: Path, speakers: int) -> None:
    network = SileroNetwork(float_weights(silero_path))
    random = np.random.default_rng(speakers)
    audio = random.normal(0, 0.1, (speakers, INPUT)).astype(np.float32)
    state = random.normal(0, 1, (2, speakers, STATE)).astype(np.float32)
    together, after = network.step(audio, state)
    for row in range(speakers):
        alone, alone_after = network.step(audio[row : row + 1], state[:, row : row + 1])
        np.testing.assert_allclose(together[row], alone[0], atol=ONE_STEP)
        np.testing.assert_allclose(after[:, row], alone_after[:, 0], atol=ONE_STEP_STATE)


def test_weights_of_another_model_are_refused(smart_turn_path: Path) -> None:
    with pytest.raises(KeyError, match="forward_basis"):
        SileroNetwork(float_weights(smart_turn_path))

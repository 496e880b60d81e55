"""Silero VAD on the real weights, and its numpy network beside onnxruntime."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from pipeline.audio import HEARD_RATE, Samples
from pipeline.errors import ModelUnavailable
from pipeline.inference.cpu_models import float_weights, open_session
from pipeline.inference.silero_vad import CHUNK, INPUT, STATE, SileroNetwork, SileroVad, VadStream
from server.engines.espeak import EspeakVoice
from tests.pipeline.conftest import Say, with_silence
from tests.pipeline.inference.numerics import ONE_STEP, ONE_STEP_STATE, WHOLE_TALK, WHOLE_TALK_STATE


@pytest.fixture(scope="module")
def vad(silero_path: Path) -> SileroVad:
    return SileroVad(silero_path)


def chunks(samples: Samples) -> list[Samples]:
    return list(samples[: samples.size // CHUNK * CHUNK].reshape(-1, CHUNK))


def listen(vad: SileroVad, samples: Samples, stream: VadStream | None = None) -> list[float]:
    stream = stream or vad.open()
    return [vad.step([(stream, chunk)])[0] for chunk in chunks(samples)]


def noise(seconds: float, level: float, seed: int = 1) -> Samples:
    random = np.random.default_rng(seed)
    return random.normal(0, level, int(seconds * HEARD_RATE)).astype(np.float32)


def test_speech_is_told_from_the_quiet_around_it(vad: SileroVad, say: Say) -> None:
    heard = listen(vad, with_silence(say("Jarvis, what time is it?"), 500, 800))
    assert max(heard[:13]) < 0.2
    assert np.mean(np.array(heard) > 0.5) > 0.3
    assert max(heard[-10:]) < 0.2


def test_a_row_of_a_batch_equals_the_stream_alone(vad: SileroVad, say: Say) -> None:
    voices = [
        with_silence(say(text), 100, 2000)[: 3 * HEARD_RATE]
        for text in ("Jarvis, stop.", "Good morning everyone.", "What did you say?")
    ]
    alone = [listen(vad, voice) for voice in voices]
    streams = [vad.open() for _ in voices]
    together = [
        vad.step(list(zip(streams, row, strict=True)))
        for row in zip(*(chunks(voice) for voice in voices), strict=True)
    ]
    np.testing.assert_allclose(np.array(together).T, np.array(alone), atol=WHOLE_TALK)


def test_streams_that_are_due_at_different_times_keep_their_own_state(
    vad: SileroVad, say: Say
) -> None:
    first, second = chunks(say("Good morning everyone.")), chunks(say("Jarvis, stop."))
    one, two = vad.open(), vad.open()
    heard = [vad.step([(one, first[0])])[0]]
    for position, chunk in enumerate(first[1:]):
        due = [(one, chunk)]
        if position % 3 == 0 and position // 3 < len(second):
            due.insert(0, (two, second[position // 3]))
        heard.append(vad.step(due)[-1])
    np.testing.assert_allclose(heard, listen(vad, np.concatenate(first)), atol=WHOLE_TALK)


def test_a_minute_of_noise_does_not_delay_the_next_word(vad: SileroVad, say: Say) -> None:
    word = with_silence(say("Jarvis, what time is it?"), 0, 300)
    stream = vad.open()
    listen(vad, noise(20, 0.1), stream)
    after_noise, fresh = listen(vad, word, stream), listen(vad, word)
    onset = next(index for index, p in enumerate(fresh) if p > 0.5)
    late = next(index for index, p in enumerate(after_noise) if p > 0.5)
    assert late - onset <= 2


def test_the_state_is_reset_only_when_it_is_due_and_quiet() -> None:
    stream = VadStream()
    stream.state += 1
    for _ in range(200):
        stream.advance(0.9)
    for _ in range(4):
        stream.advance(0.05)
    assert stream.state.any(), "four quiet chunks can be a dip inside a word"
    stream.advance(0.05)
    assert not stream.state.any()
    stream.state += 1
    for _ in range(62):
        stream.advance(0.05)
    assert stream.state.any(), "two seconds have not passed since the last reset"
    stream.advance(0.05)
    assert not stream.state.any()


def test_a_reset_stream_is_as_good_as_a_new_one(vad: SileroVad, say: Say) -> None:
    word = say("Jarvis, stop.")
    stream = vad.open()
    listen(vad, noise(1, 0.1), stream)
    stream.reset()
    np.testing.assert_allclose(listen(vad, word, stream), listen(vad, word), atol=WHOLE_TALK)


def test_nan_audio_spoils_no_stream(vad: SileroVad, say: Say) -> None:
    broken, sound = vad.open(), vad.open()
    word = chunks(say("Jarvis, what time is it?"))
    poison = np.full(CHUNK, np.nan, np.float32)
    heard = vad.step([(broken, poison), (sound, word[0])])
    assert heard[1] == pytest.approx(vad.step([(vad.open(), word[0])])[0], abs=ONE_STEP)
    assert max(listen(vad, np.concatenate(word), broken)) > 0.9


def test_wrong_use_says_what_is_wrong(vad: SileroVad) -> None:
    stream = vad.open()
    with pytest.raises(ValueError, match=r"shape \(320,\)"):
        vad.step([(stream, np.zeros(320, np.float32))])
    quiet = np.zeros(CHUNK, np.float32)
    with pytest.raises(ValueError, match="due twice"):
        vad.step([(stream, quiet), (stream, quiet)])
    assert vad.step([]) == []


def test_a_missing_or_damaged_model_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailable, match="models fetch"):
        SileroVad(tmp_path / "nothing.onnx")
    damaged = tmp_path / "damaged.onnx"
    damaged.write_bytes(b"not a model")
    with pytest.raises(ModelUnavailable, match=r"damaged\.onnx does not load"):
        SileroVad(damaged)


SECONDS = 60
TEXTS = (
    "Jarvis, what time is it?",
    "It was raining all day yesterday.",
    "Stop.",
    "The server crashed again.",
)


def a_minute_of_talk(say: Say, voice: EspeakVoice, level: float, seed: int) -> Samples:
    """Sentences in noise, with pauses, from loud to hardly audible."""
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


def test_the_network_agrees_with_onnxruntime_on_speech_and_noise(
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

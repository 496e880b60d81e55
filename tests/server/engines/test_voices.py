from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from pipeline.audio import Pcm16
from server.engines.espeak import EspeakEngine, EspeakVoice
from server.engines.named_voices import AGENT_VOICES
from server.engines.voices import DEFAULT_VOICE, at_speed, find_voice
from server.errors import UnknownVoice


@pytest.fixture(scope="module")
def engine() -> Iterator[EspeakEngine]:
    with EspeakEngine() as opened:
        yield opened


def spoken(engine: EspeakEngine, voice: EspeakVoice) -> Pcm16:
    return np.frombuffer(
        b"".join(engine.synthesize("Nine o'clock, and all is well.", voice)), "<i2"
    )


def pitch_hz(sound: Pcm16, rate: int) -> float:
    """Of voiced speech: the median over windows of 50 ms, by autocorrelation."""
    size = rate // 20
    pitches = []
    for begin in range(0, sound.size - size, size):
        window = sound[begin : begin + size].astype(float)
        if np.abs(window).max() < 3000:
            continue
        correlation = np.correlate(window, window, "full")[size - 1 :]
        lags = slice(rate // 400, rate // 60)
        lag = int(np.argmax(correlation[lags])) + rate // 400
        if correlation[lag] > 0.5 * correlation[0]:
            pitches.append(rate / lag)
    return float(np.median(pitches))


def test_the_two_agents_sound_different(engine: EspeakEngine) -> None:
    jarvis, sage = (spoken(engine, voice.espeak) for voice in AGENT_VOICES)
    assert pitch_hz(sage, engine.rate) > 1.3 * pitch_hz(jarvis, engine.rate)


def test_an_agents_name_is_found_in_any_case() -> None:
    assert find_voice("Jarvis") == find_voice(" jarvis ") == find_voice(DEFAULT_VOICE)


def test_any_other_voice_belongs_to_espeak() -> None:
    assert find_voice("espeak:en-us+f4") == EspeakVoice("en-us", "f4", 165)
    assert find_voice("espeak:de") == EspeakVoice("de", "", 165)
    assert find_voice("espeak:en-gb+Alex").variant == "Alex"


@pytest.mark.parametrize("name", ["nobody", "", "espeak:", "jarvis+f2"])
def test_an_unknown_name_raises_with_the_known_ones(name: str) -> None:
    with pytest.raises(UnknownVoice, match=r"jarvis, sage.*espeak:en-us\+f4"):
        find_voice(name)


def test_speed_changes_how_long_it_takes(engine: EspeakEngine) -> None:
    natural = find_voice("jarvis")
    slow, usual, fast = (spoken(engine, at_speed(natural, speed)).size for speed in (0.5, 1.0, 2.0))
    assert slow > 1.5 * usual
    assert fast < 0.7 * usual


@pytest.mark.parametrize(("speed", "wpm"), [(0.25, 80), (1.0, 165), (4.0, 450)])
def test_speed_is_limited_to_the_range_of_espeak(speed: float, wpm: int) -> None:
    assert at_speed(find_voice("jarvis"), speed).words_per_minute == wpm

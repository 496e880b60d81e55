"""The embedded engine with the real library; only its absence is faked."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import espeakng_loader
import numpy as np
import pytest
from numpy.typing import NDArray

from server.engines import espeak
from server.engines.espeak import EspeakEngine, EspeakVoice, ipa
from server.errors import EngineUnavailable, TtsError, UnknownVoice

JARVIS = EspeakVoice("en-gb-x-rp", "m3", 165, 35)
SAGE = EspeakVoice("en-us", "f2", 150, 60)
SENTENCE = "It is half past seven, sir."
LONG = "Once upon a time there was a village by the sea. " * 40


@pytest.fixture(scope="module")
def engine() -> Iterator[EspeakEngine]:
    with EspeakEngine() as opened:
        yield opened


def pcm(engine: EspeakEngine, text: str, voice: EspeakVoice = JARVIS) -> NDArray[np.int16]:
    return np.frombuffer(b"".join(engine.synthesize(text, voice)), np.int16)


def seconds(engine: EspeakEngine, text: str, voice: EspeakVoice = JARVIS) -> float:
    return len(pcm(engine, text, voice)) / engine.rate


def pitch_hz(sound: NDArray[np.int16], rate: int) -> float:
    """The strongest period between 60 and 350 Hz, by autocorrelation: the median of loud frames.

    One frame alone may give a harmonic.
    """
    size = rate // 10
    frames = [sound[start : start + size] for start in range(0, len(sound) - size, size // 2)]
    loud = float(max(np.std(frame) for frame in frames)) / 2
    return float(np.median([_period_hz(each, rate) for each in frames if np.std(each) >= loud]))


def _period_hz(sound: NDArray[np.int16], rate: int) -> float:
    frame = sound.astype(np.float64)
    power = np.abs(np.fft.rfft(frame - frame.mean(), 2 * frame.size)) ** 2
    correlation = np.fft.irfft(power)[rate // 350 : rate // 60]
    return rate / (int(np.argmax(correlation)) + rate // 350)


def test_a_sentence_becomes_speech_of_a_sensible_length_and_level(engine: EspeakEngine) -> None:
    sound = pcm(engine, SENTENCE)

    assert engine.rate == 22_050
    assert 1.2 < len(sound) / engine.rate < 3.0
    assert 2_000 < np.abs(sound.astype(np.int32)).max() < 32_767


def test_speech_is_streamed_in_short_chunks(engine: EspeakEngine) -> None:
    chunks = list(engine.synthesize(SENTENCE, JARVIS))

    assert len(chunks) > 20
    assert all(len(chunk) % 2 == 0 for chunk in chunks)
    assert max(len(chunk) for chunk in chunks) <= engine.rate * 2 * 0.07


def test_the_agents_voices_differ(engine: EspeakEngine) -> None:
    jarvis = pitch_hz(pcm(engine, SENTENCE, JARVIS), engine.rate)
    sage = pitch_hz(pcm(engine, SENTENCE, SAGE), engine.rate)

    assert sage > 1.4 * jarvis


def test_speed_and_pitch_change_the_audio(engine: EspeakEngine) -> None:
    slow, fast = (EspeakVoice(words_per_minute=speed) for speed in (100, 300))
    low, high = (EspeakVoice("en-us", "m3", pitch=pitch) for pitch in (10, 90))

    assert seconds(engine, SENTENCE, slow) > 1.8 * seconds(engine, SENTENCE, fast)
    assert pitch_hz(pcm(engine, SENTENCE, high), engine.rate) > 1.3 * pitch_hz(
        pcm(engine, SENTENCE, low), engine.rate
    )


@pytest.mark.parametrize("language", ["en-gb", "en-gb-x-rp", "en-gb-scotland", "en-us", "de"])
def test_every_language_takes_a_variant(engine: EspeakEngine, language: str) -> None:
    assert language in engine.voices()
    assert seconds(engine, SENTENCE, EspeakVoice(language, "m2")) > 1.0


def test_closing_the_stream_stops_the_synthesis(engine: EspeakEngine) -> None:
    stream = engine.synthesize(LONG, JARVIS)
    next(stream)
    stream.close()

    assert list(stream) == []
    assert seconds(engine, SENTENCE) < 3.0


def test_a_stopped_text_leaves_nothing_in_the_next_pronunciation(engine: EspeakEngine) -> None:
    spoken = ipa("The train leaves.", "en-gb")
    for text in ("I said W, X, Y and Z.", "error", "[1, 2, 3]", "Yes. No. U", "Hello, world!"):
        for chunks in (1, 2, 5):
            stream = engine.synthesize(text, EspeakVoice("en-us"))
            for _ in range(chunks):
                next(stream, None)
            stream.close()
            engine._worker.submit(lambda: None).result()
            assert ipa("The train leaves.", "en-gb") == spoken, f"after {chunks} of {text}"


def test_an_unread_stream_does_not_block_others(engine: EspeakEngine) -> None:
    idle = engine.synthesize(LONG, JARVIS)
    next(idle)

    assert seconds(engine, SENTENCE) > 1.0
    idle.close()


def test_threads_do_not_mix_their_sentences(engine: EspeakEngine) -> None:
    """Each thread gets the audio of its own text and voice: lengths are those of a lone call."""
    jobs = [(text, voice) for text in ("Stop.", SENTENCE, LONG[:300]) for voice in (JARVIS, SAGE)]
    alone = [seconds(engine, *job) for job in jobs]
    together = threading.Barrier(len(jobs))

    def speak(job: tuple[str, EspeakVoice]) -> float:
        together.wait(timeout=10)
        return seconds(engine, *job)

    with ThreadPoolExecutor(len(jobs)) as pool:
        assert list(pool.map(speak, jobs)) == pytest.approx(alone, rel=0.03, abs=0.03)


def test_two_engines_share_the_library_without_mixing(engine: EspeakEngine) -> None:
    alone = seconds(engine, LONG, SAGE)
    with EspeakEngine() as other, ThreadPoolExecutor(2) as pool:
        first = pool.submit(seconds, engine, LONG, SAGE)
        second = pool.submit(seconds, other, LONG, JARVIS)

        assert first.result(30) == pytest.approx(alone, rel=0.02)
        assert second.result(30) == pytest.approx(seconds(engine, LONG, JARVIS), rel=0.02)


@pytest.mark.parametrize("text", ["", "   ", "\n"])
def test_an_empty_text_gives_almost_no_audio(engine: EspeakEngine, text: str) -> None:
    assert seconds(engine, text) < 0.1


def test_the_text_cannot_control_the_engine(engine: EspeakEngine) -> None:
    """\\x01 introduces espeak's embedded commands: 300S would triple the speed of all that follows,
    and \\0 would end the text."""
    plain = seconds(engine, "Good morning everyone.")

    assert seconds(engine, "\x01450S Good morning everyone.") > plain
    assert seconds(engine, "Good morning\0 everyone.") == pytest.approx(plain, rel=0.15)
    assert seconds(engine, "Good morning everyone.") == pytest.approx(plain, rel=0.03)


def test_text_outside_of_unicode_does_not_break_it(engine: EspeakEngine) -> None:
    assert seconds(engine, "Good \ud800 morning \U0001f600 everyone.") > 0.8


@pytest.mark.parametrize(
    ("voice", "named"),
    [
        (EspeakVoice("en-uk"), ["language 'en-uk'", "en-gb"]),
        (EspeakVoice("en-us", "anni"), ["variant 'anni'", "Annie"]),
        (EspeakVoice("../../etc", ""), ["language '../../etc'"]),
    ],
)
def test_an_unknown_voice_is_refused_at_once_with_the_nearest(
    engine: EspeakEngine, voice: EspeakVoice, named: list[str]
) -> None:
    with pytest.raises(UnknownVoice) as refused:
        engine.synthesize(SENTENCE, voice)

    assert all(part in str(refused.value) for part in named)


@pytest.mark.parametrize("wrong", [{"words_per_minute": 20}, {"pitch": 101}, {"pitch": -1}])
def test_a_voice_out_of_range_is_refused_with_the_range(wrong: dict[str, int]) -> None:
    with pytest.raises(ValueError, match=r"espeak (speaks|takes) \d+ to \d+"):
        EspeakVoice(**wrong)  # type: ignore[arg-type]


def test_a_missing_library_is_reported_with_what_to_do(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(espeakng_loader, "get_library_path", lambda: str(tmp_path / "gone.so"))

    with pytest.raises(EngineUnavailable, match=r"gone\.so.*espeakng-loader.*TTS_URL") as error:
        espeak._load_library.__wrapped__()
    assert isinstance(error.value, TtsError)


def test_missing_data_is_reported_with_its_path(tmp_path: Path) -> None:
    """In a separate process: the library reads its data once per process."""
    program = (
        "import espeakng_loader; from server.engines.espeak import EspeakEngine\n"
        f"espeakng_loader.get_data_path = lambda: {str(tmp_path / 'nothing')!r}\n"
        "EspeakEngine()"
    )
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)

    assert ended.returncode == 1
    assert f"EngineUnavailable: espeak-ng cannot read its data in {tmp_path}" in ended.stderr


@pytest.mark.parametrize("text", ["", "Short.", LONG, "x" * 2_000, "word " * 500, "7" * 4_096])
def test_a_text_in_parts_is_the_same_text(text: str) -> None:
    parts = list(espeak.parts_of_text(text))
    assert "".join(parts) == text
    assert all(len(part) <= 500 for part in parts)


def test_parts_end_with_sentences() -> None:
    parts = list(espeak.parts_of_text(LONG))
    assert len(parts) > 5
    assert all(part.endswith(". ") for part in parts)


def test_a_text_in_parts_sounds_as_long_as_in_one(
    engine: EspeakEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_parts = seconds(engine, LONG)
    monkeypatch.setattr(espeak, "_LONGEST_PART", 10_000)
    assert in_parts == pytest.approx(seconds(engine, LONG), rel=0.01)

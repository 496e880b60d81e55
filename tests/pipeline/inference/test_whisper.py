"""The real faster-whisper with the project's tiny fixture model, which knows its phrases only."""

from __future__ import annotations

import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from pipeline.audio import HEARD_RATE
from pipeline.errors import ModelUnavailable
from pipeline.inference.whisper import Transcriber
from pipeline.settings import SttSettings
from server.engines.espeak import EspeakVoice
from tests.pipeline.conftest import Say, with_silence

PHRASES = (
    "Jarvis, what time is it?",
    "What is two plus two?",
    "Good morning everyone.",
    "Stop.",
    "Yes.",
)
GERMAN = EspeakVoice(language="de", variant="m3")


@pytest.fixture(scope="module")
def transcriber(whisper_path: Path) -> Transcriber:
    return Transcriber(whisper_path, SttSettings(threads=1))


@pytest.fixture(scope="module")
def full(whisper_path: Path) -> Transcriber:
    return Transcriber(whisper_path, SttSettings(threads=1, window="full"))


@pytest.mark.parametrize("phrase", PHRASES)
def test_fixture_phrases_are_understood(transcriber: Transcriber, say: Say, phrase: str) -> None:
    heard = transcriber.transcribe(with_silence(say(phrase), 300, 200), language="en")
    assert heard.text == phrase
    assert heard.rejected is None
    assert heard.language == "en"
    assert heard.no_speech_prob < 0.5 < heard.duration_ms
    assert heard.took_ms > 0


def test_the_short_window_hears_what_the_full_one_hears(
    transcriber: Transcriber, full: Transcriber, say: Say
) -> None:
    clips = [with_silence(say(phrase), 300, 200) for phrase in PHRASES]
    short = [transcriber.transcribe(clip, language="en") for clip in clips]
    whole = [full.transcribe(clip, language="en") for clip in clips]
    assert [each.text for each in short] == [each.text for each in whole]
    assert sum(each.took_ms for each in short) < sum(each.took_ms for each in whole) / 2


def test_the_language_is_detected_and_told(transcriber: Transcriber, say: Say) -> None:
    english = transcriber.transcribe(with_silence(say(PHRASES[0]), 300, 200))
    german = transcriber.transcribe(with_silence(say("Guten Morgen.", GERMAN), 300, 200))
    assert (english.text, english.language) == (PHRASES[0], "en")
    assert (german.text, german.language) == ("Guten Morgen.", "de")
    assert german.language_probability > 0.5


def test_the_callers_language_goes_before_the_settings(whisper_path: Path, say: Say) -> None:
    fixed = Transcriber(whisper_path, SttSettings(threads=1, language="de"))
    clip = with_silence(say(PHRASES[0]), 300, 200)
    assert fixed.transcribe(clip).language == "de"
    assert fixed.transcribe(clip, language="en").text == PHRASES[0]
    assert fixed.transcribe(clip, language="xx").language == "de"


def test_hotwords_do_not_disturb_what_is_said(transcriber: Transcriber, say: Say) -> None:
    clip = with_silence(say(PHRASES[0]), 300, 200)
    heard = transcriber.transcribe(clip, language="en", hotwords="Jarvis, Sage")
    assert heard.text == PHRASES[0]
    many = ", ".join(f"Name{number}" for number in range(300))
    assert transcriber.transcribe(clip, language="en", hotwords=many).duration_ms > 0


@pytest.mark.parametrize("level", [0.0, 0.001, 0.02])
def test_noise_is_not_taken_for_words(transcriber: Transcriber, level: float) -> None:
    noise = np.random.default_rng(7).normal(0, 1, 2 * HEARD_RATE).astype(np.float32) * level
    heard = transcriber.transcribe(noise.astype(np.float32), language="en")
    assert heard.rejected is not None


def test_a_click_is_too_short(transcriber: Transcriber) -> None:
    heard = transcriber.transcribe(np.zeros(800, np.float32))
    assert heard.rejected == "too short (50 ms)"
    assert heard.text == ""


def test_more_than_one_window_is_heard(transcriber: Transcriber, say: Say) -> None:
    clip = np.resize(with_silence(say(PHRASES[2]), 300, 200), 32 * HEARD_RATE)
    heard = transcriber.transcribe(clip, language="en")
    assert heard.duration_ms == 32_000
    assert "everyone" in heard.text


def test_a_doubtful_result_is_tried_on_the_full_window(whisper_path: Path, say: Say) -> None:
    clip = with_silence(say(PHRASES[0]), 300, 200)
    never_sure = SttSettings(threads=1, log_prob_threshold=0.0)
    falling_back = Transcriber(whisper_path, never_sure)
    assert falling_back.transcribe(clip, language="en").text == PHRASES[0]
    assert falling_back.fallbacks == 1
    falling_back.transcribe(clip, language="en", fallback=False)
    assert falling_back.fallbacks == 1
    always_short = Transcriber(whisper_path, never_sure.model_copy(update={"window": "short"}))
    always_short.transcribe(clip, language="en")
    assert always_short.fallbacks == 0


def test_several_threads_do_not_disturb_each_other(
    transcriber: Transcriber, full: Transcriber, say: Say
) -> None:
    clips = [with_silence(say(phrase), 300, 200) for phrase in PHRASES]
    with ThreadPoolExecutor(3) as pool:
        short = pool.map(lambda clip: transcriber.transcribe(clip, language="en").text, clips)
        whole = pool.map(lambda clip: full.transcribe(clip).text, clips)
        assert (tuple(short), tuple(whole)) == (PHRASES, PHRASES)


def test_warming_up_takes_the_first_call(transcriber: Transcriber) -> None:
    assert transcriber.warm_up() > 0


@pytest.mark.parametrize("missing", ["model.bin", "tokenizer.json"])
def test_a_missing_file_is_named(whisper_path: Path, tmp_path: Path, missing: str) -> None:
    broken = tmp_path / "whisper"
    shutil.copytree(whisper_path, broken)
    (broken / missing).unlink()
    with pytest.raises(ModelUnavailable, match=f"no {missing} in .*models fetch"):
        Transcriber(broken)


def test_a_damaged_model_says_what_to_do(whisper_path: Path, tmp_path: Path) -> None:
    broken = tmp_path / "whisper"
    shutil.copytree(whisper_path, broken)
    (broken / "model.bin").write_bytes(b"\x00" * 100)
    with pytest.raises(ModelUnavailable, match="delete the directory"):
        Transcriber(broken)


def test_a_compute_type_that_the_machine_lacks_is_named_with_those_it_has(
    whisper_path: Path,
) -> None:
    with pytest.raises(ModelUnavailable, match=r"COMPUTE_TYPE to one of .*int8"):
        Transcriber(whisper_path, SttSettings(device="cpu", compute_type="float16"))


def test_a_language_that_the_model_lacks_is_refused_at_start(whisper_path: Path) -> None:
    with pytest.raises(ModelUnavailable, match="does not know the language 'xyz'"):
        Transcriber(whisper_path, SttSettings(language="xyz"))

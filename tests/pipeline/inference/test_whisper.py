"""The real faster-whisper with the tiny fixture model; a GPU that is present and fails.

The fixture model knows its own phrases only. The load error on the GPU is CTranslate2's own: the
test asks it for a CUDA device that does not exist.
"""

from __future__ import annotations

import shutil
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import ctranslate2
import numpy as np
import pytest

from pipeline.audio import HEARD_RATE, Samples
from pipeline.errors import DeviceUnusable, ModelUnavailable
from pipeline.inference.call_evidence import HeardWords
from pipeline.inference.expected_names import ExpectedNames
from pipeline.inference.whisper import Transcriber, load_transcriber
from pipeline.inference.whisper_decoder import Decoding, WhisperDecoder
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


def test_the_short_window_gives_the_text_of_the_full_one(
    transcriber: Transcriber, full: Transcriber, say: Say
) -> None:
    clips = [with_silence(say(phrase), 300, 200) for phrase in PHRASES]
    short = [transcriber.transcribe(clip, language="en") for clip in clips]
    whole = [full.transcribe(clip, language="en") for clip in clips]
    assert [each.text for each in short] == [each.text for each in whole]
    assert sum(each.took_ms for each in short) < sum(each.took_ms for each in whole) / 2


def test_the_detected_language_is_returned(transcriber: Transcriber, say: Say) -> None:
    english = transcriber.transcribe(with_silence(say(PHRASES[0]), 300, 200))
    german = transcriber.transcribe(with_silence(say("Guten Morgen.", GERMAN), 300, 200))
    assert (english.text, english.language) == (PHRASES[0], "en")
    assert (german.text, german.language) == ("Guten Morgen.", "de")
    assert german.language_probability > 0.5


def test_an_unsure_detection_gives_way_to_the_usual_language(
    transcriber: Transcriber, say: Say
) -> None:
    clip = with_silence(say(PHRASES[0]), 300, 200)
    kept = transcriber.transcribe(clip, usual="de", sure=0.0)
    ahead = transcriber.encode(clip)
    gave_way = transcriber.transcribe(clip, usual="de", sure=1.1, ahead=ahead)
    itself = transcriber.transcribe(clip, usual="en", sure=1.1)
    told = transcriber.transcribe(clip, language="en")
    assert [each.language for each in (kept, gave_way, itself, told)] == ["en", "de", "en", "en"]
    given = [each.language_given for each in (kept, gave_way, itself, told)]
    assert given == [False, True, False, True]


def test_the_languages_of_a_call_go_before_that_of_the_settings(
    whisper_path: Path, say: Say
) -> None:
    fixed = Transcriber(whisper_path, SttSettings(threads=1, language="de"))
    heard = fixed.transcribe(with_silence(say(PHRASES[0]), 300, 200), among=["en"])
    assert (heard.language, heard.language_given) == ("en", False)


def test_the_callers_language_goes_before_the_settings(whisper_path: Path, say: Say) -> None:
    fixed = Transcriber(whisper_path, SttSettings(threads=1, language="de"))
    clip = with_silence(say(PHRASES[0]), 300, 200)
    assert fixed.transcribe(clip).language == "de"
    assert fixed.transcribe(clip, language="en").text == PHRASES[0]
    assert fixed.transcribe(clip, language="xx").language == "de"


def test_expected_names_do_not_disturb_what_is_said(transcriber: Transcriber, say: Say) -> None:
    clip = with_silence(say(PHRASES[0]), 300, 200)
    heard = transcriber.transcribe(clip, language="en", names=ExpectedNames(("Jarvis", "Sage")))
    assert heard.text == PHRASES[0]
    many = ExpectedNames(tuple(f"Name{number}" for number in range(300)))
    assert transcriber.transcribe(clip, language="en", names=many).duration_ms > 0


@pytest.mark.parametrize("level", [0.0, 0.001, 0.02])
def test_noise_is_not_taken_for_words(transcriber: Transcriber, level: float) -> None:
    noise = np.random.default_rng(7).normal(0, 1, 2 * HEARD_RATE).astype(np.float32) * level
    heard = transcriber.transcribe(noise.astype(np.float32), language="en")
    assert heard.rejected is not None


def test_two_callers_at_a_time_get_what_each_gets_alone(whisper_path: Path, say: Say) -> None:
    transcriber = Transcriber(whisper_path, SttSettings(threads=1, at_once=2))
    clips = [with_silence(say(phrase), 300, 200) for phrase in PHRASES[:3]]
    hear = partial(transcriber.transcribe, language="en")
    alone = [replace(hear(clip), took_ms=0) for clip in clips]
    with ThreadPoolExecutor(3) as callers:
        together = [replace(each, took_ms=0) for each in callers.map(hear, clips)]
    assert together == alone


@pytest.mark.parametrize("beams", [1, 5])
def test_the_closing_marks_are_those_of_the_words(whisper_path: Path, say: Say, beams: int) -> None:
    transcriber = Transcriber(whisper_path, SttSettings(threads=1, beam_size=beams))
    asks = transcriber.transcribe(with_silence(say(PHRASES[1]), 300, 200), language="en").closing
    says = transcriber.transcribe(with_silence(say(PHRASES[2]), 300, 200), language="en").closing
    assert asks is not None
    assert says is not None
    assert asks.question > 0.5 > asks.full_stop
    assert says.full_stop > 0.5 > says.question
    for marks in (asks, says):
        assert marks.end_of_text < 0.5 < marks.end_at_end <= 1.0
        assert marks.mean <= 0.0 >= marks.last_three
        assert 0.0 < marks.last_token <= 1.0
        assert marks.least <= marks.last_three
        assert -1.0 < marks.ends_after_s < 1.0
        assert 0.0 <= marks.expected <= 1.0


def test_a_transcription_says_whether_an_agent_may_be_called(
    transcriber: Transcriber, say: Say, monkeypatch: pytest.MonkeyPatch
) -> None:
    clip = with_silence(say(PHRASES[0]), 300, 200)
    assert not transcriber.transcribe(clip, language="en").may_call

    def unclear(decoding: Decoding, names: ExpectedNames, heard: HeardWords) -> Decoding:
        return replace(decoding, may_call="Jarvis")

    monkeypatch.setattr("pipeline.inference.whisper.with_heard_call", unclear)
    assert transcriber.transcribe(clip, language="en").may_call == "Jarvis"


def test_the_end_is_expected_behind_the_words_and_not_inside_them(whisper_path: Path) -> None:
    decoder = WhisperDecoder(whisper_path, device="cpu", compute_type="int8", threads=1)
    words = decoder.vocabulary.encode(" " + PHRASES[1].removesuffix("?"))
    whole, broken = (decoder.expected_end(each, "en") for each in (words, words[:-2]))
    assert 0.0 <= broken < whole <= 1.0


def test_words_of_a_turn_that_goes_on_have_no_closing_marks(
    transcriber: Transcriber, say: Say
) -> None:
    clip = with_silence(say(PHRASES[0]), 300, 200)
    heard = transcriber.transcribe(clip, language="en", fallback=False)
    assert (heard.text, heard.closing) == (PHRASES[0], None)


def test_an_encoding_made_ahead_serves_the_same_audio_with_silence_behind_it(
    transcriber: Transcriber, say: Say, monkeypatch: pytest.MonkeyPatch
) -> None:
    clip = with_silence(say(PHRASES[0]), 300, 120)
    ahead = transcriber.encode(clip[: -HEARD_RATE * 60 // 1000])
    assert ahead is not None
    plain = transcriber.transcribe(clip)
    encoded: list[int] = []
    encode = WhisperDecoder.encode

    def counted(self: WhisperDecoder, audio: Samples, floor_frames: int) -> ctranslate2.StorageView:
        encoded.append(audio.size)
        return encode(self, audio, floor_frames)

    monkeypatch.setattr(WhisperDecoder, "encode", counted)
    heard = transcriber.transcribe(clip, ahead=ahead)
    assert encoded == []
    assert (heard.text, heard.language) == (plain.text, plain.language)
    assert heard.duration_ms == plain.duration_ms
    assert plain.closing is not None
    assert heard.closing is not None
    assert heard.closing.ends_after_s == plain.closing.ends_after_s
    # Other audio, or too much silence, is encoded again.
    for other in (clip[: HEARD_RATE // 2], with_silence(clip, 0, 500)):
        transcriber.transcribe(other, ahead=ahead)
        assert encoded.pop() == other.size


def test_audio_without_a_window_of_its_own_is_not_encoded_ahead(transcriber: Transcriber) -> None:
    assert transcriber.encode(np.zeros(HEARD_RATE // 20, np.float32)) is None
    assert transcriber.encode(np.zeros(31 * HEARD_RATE, np.float32)) is None


def test_each_word_has_the_sureness_of_the_decoder(whisper_path: Path, say: Say) -> None:
    decoder = WhisperDecoder(whisper_path, device="cpu", compute_type="int8", threads=1)
    clip = with_silence(say(PHRASES[1]), 300, 200)
    decoding = decoder.decode(decoder.encode(clip, 1000), "en", clip.size / HEARD_RATE)
    assert decoding.text == PHRASES[1]
    assert len(decoding.sureness) == len(PHRASES[1].split())
    assert all(0.5 < each <= 1.0 for each in decoding.sureness)


def test_silence_has_no_closing_marks(transcriber: Transcriber) -> None:
    assert transcriber.transcribe(np.zeros(HEARD_RATE, np.float32), language="en").closing is None


def test_a_click_is_too_short(transcriber: Transcriber) -> None:
    heard = transcriber.transcribe(np.zeros(800, np.float32))
    assert heard.rejected == "too short (50 ms)"
    assert heard.text == ""


def test_more_than_one_window_is_heard(transcriber: Transcriber, say: Say) -> None:
    clip = np.resize(with_silence(say(PHRASES[2]), 300, 200), 32 * HEARD_RATE)
    heard = transcriber.transcribe(clip, language="en")
    assert heard.duration_ms == 32_000
    assert "everyone" in heard.text


def test_a_text_that_repeats_itself_gets_a_longer_window(whisper_path: Path, say: Say) -> None:
    clip = np.tile(with_silence(say("Good morning everyone."), 200, 200), 2)
    never_sure = SttSettings(threads=1, compression_ratio_threshold=1.0)
    falling_back = Transcriber(whisper_path, never_sure)
    heard = falling_back.transcribe(clip, language="en")
    assert heard.text == "Good morning everyone. Good morning everyone."
    assert heard.rejected is not None
    assert "repeats itself" in heard.rejected
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


NO_CUBLAS = "Library libcublas.so.12 is not found or cannot be loaded"


class FailsAtTheFirstEncode(WhisperDecoder):
    """Whisper on a GPU without cuBLAS: the model loads, and the first matrix product fails."""

    def __init__(self, *args: Any, device: str, compute_type: str, **options: Any) -> None:
        super().__init__(*args, device="cpu", compute_type="int8", **options)
        self.on_gpu = device == "cuda"

    def encode(self, audio: Any, floor_frames: int) -> Any:
        if self.on_gpu:
            raise RuntimeError(NO_CUBLAS)
        return super().encode(audio, floor_frames)


@pytest.fixture
def one_gpu_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ctranslate2.get_cuda_device_count", lambda: 1)
    monkeypatch.setattr("pipeline.inference.devices.load_cuda_libraries", lambda: None)


class Store:
    """Gives the fixture model for every size, and records the sizes."""

    def __init__(self, whisper_path: Path) -> None:
        self.whisper_path = whisper_path
        self.asked: list[str] = []

    def path(self, size: str) -> Path:
        self.asked.append(size)
        return self.whisper_path


@pytest.fixture
def store(whisper_path: Path, one_gpu_is_shown: None) -> Store:
    return Store(whisper_path)


def test_auto_falls_back_to_the_cpu_where_the_gpu_does_not_load(store: Store) -> None:
    warnings: list[str] = []
    transcriber = load_transcriber(SttSettings(), store.path, warnings.append)
    assert (transcriber.device, transcriber.compute_type) == ("cpu", "int8")
    assert store.asked == ["large-v3-turbo", "base"]
    [warning] = warnings
    assert "runs on the CPU" in warning
    assert "CUDA" in warning
    assert "make setup" in warning


def test_auto_falls_back_where_the_first_encode_fails(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeline.inference.whisper.WhisperDecoder", FailsAtTheFirstEncode)
    warnings: list[str] = []
    settings = SttSettings(model_size="small", compute_type="float16")
    transcriber = load_transcriber(settings, store.path, warnings.append)
    assert transcriber.device == "cpu"
    assert store.asked == ["small", "small"]
    [warning] = warnings
    assert NO_CUBLAS in warning


def test_no_large_model_is_fetched_for_a_gpu_without_cublas(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeline.inference.devices.load_cuda_libraries", lambda: NO_CUBLAS)
    warnings: list[str] = []
    assert load_transcriber(SttSettings(), store.path, warnings.append).device == "cpu"
    assert store.asked == ["base"]
    assert len(warnings) == 1


@pytest.mark.parametrize("at_the_first_encode", [False, True])
def test_an_explicit_cuda_device_is_not_replaced(
    store: Store, at_the_first_encode: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if at_the_first_encode:
        monkeypatch.setattr("pipeline.inference.whisper.WhisperDecoder", FailsAtTheFirstEncode)
    with pytest.raises(DeviceUnusable, match=r"GPU.*PIPELINE__STT__DEVICE=cpu"):
        load_transcriber(SttSettings(device="cuda"), store.path, lambda _: None)


def test_an_error_on_the_cpu_is_not_treated_as_a_gpu_error(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("pipeline.inference.whisper.WhisperDecoder.encode", broken)
    with pytest.raises(ZeroDivisionError):
        load_transcriber(SttSettings(device="cpu"), store.path, lambda _: None)

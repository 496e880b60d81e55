from __future__ import annotations

from pathlib import Path

import pytest

from app.doctor.check_machine import (
    check_davey,
    check_gpu,
    check_libopus,
    check_models,
    check_python,
)
from app.doctor.findings import Grade
from models.registry import SMART_TURN
from models.settings import ModelsSettings
from models.store import ModelStore
from pipeline.settings import PipelineSettings, SttSettings
from settings import Settings


def with_models(folder: Path, *, offline: bool = False, size: str = "fixture") -> Settings:
    models = ModelsSettings(dir=folder, offline=offline)
    return Settings(models=models, pipeline=PipelineSettings(stt=SttSettings(model_size=size)))


@pytest.mark.parametrize(
    ("version", "grade"),
    [
        ((3, 10, 9), Grade.FAIL),
        ((3, 11, 0), Grade.OK),
        ((3, 13, 7), Grade.OK),
        ((3, 14, 0), Grade.FAIL),
    ],
)
def test_python(version: tuple[int, ...], grade: Grade) -> None:
    assert check_python(version).grade is grade


def test_this_python_is_the_default() -> None:
    assert check_python().grade is Grade.OK


@pytest.mark.parametrize(
    ("version", "grade"),
    [
        ("0.1.4", Grade.FAIL),
        ("0.1.5", Grade.OK),
        ("0.1.12", Grade.OK),
        ("0.2.0b1", Grade.FAIL),
        ("1.0", Grade.FAIL),
    ],
)
def test_davey(version: str, grade: Grade) -> None:
    assert check_davey(version).grade is grade


def test_the_davey_installed_is_one_that_works() -> None:
    assert check_davey().grade is Grade.OK


def test_libopus_is_found_on_this_machine_and_a_wrong_path_is_not_replaced(tmp_path: Path) -> None:
    assert check_libopus(Settings()).grade is Grade.OK
    wrong = check_libopus(
        Settings.model_validate({"discord": {"opus_library": str(tmp_path / "libopus.so")}})
    )
    assert wrong.grade is Grade.FAIL
    assert str(tmp_path) in wrong.advice


@pytest.mark.parametrize(("offline", "grade"), [(False, Grade.WARN), (True, Grade.FAIL)])
def test_a_missing_model_is_fetched_by_the_bot_unless_it_may_not(
    offline: bool, grade: Grade, tmp_path: Path
) -> None:
    silero, smart_turn, text, whisper, _ = check_models(with_models(tmp_path, offline=offline))
    assert silero.grade is Grade.OK
    assert smart_turn.grade is grade
    assert "run.py models fetch" in smart_turn.advice
    assert whisper.subject == "model whisper fixture"
    assert text.subject == "model smollm2-135m"
    assert text.grade is Grade.WARN, "the bot does without"
    assert "without it" in text.words


@pytest.mark.parametrize("offline", [False, True])
def test_a_missing_neural_voice_is_a_warning_with_the_command(
    offline: bool, tmp_path: Path
) -> None:
    *_, voice = check_models(with_models(tmp_path, offline=offline))
    assert voice.subject == "model kokoro"
    assert voice.grade is Grade.WARN
    assert "espeak-ng" in voice.words
    assert "run.py models fetch kokoro`" in voice.advice
    assert ("MODELS__OFFLINE=false" in voice.advice) is offline


def test_a_damaged_neural_voice_is_a_warning_that_names_the_file(tmp_path: Path) -> None:
    voice_file = tmp_path / "kokoro" / "voices" / "af_heart.bin"
    voice_file.parent.mkdir(parents=True)
    voice_file.write_bytes(b"no voice")
    *_, voice = check_models(with_models(tmp_path))
    assert voice.grade is Grade.WARN
    assert str(voice_file) in voice.words
    assert "models fetch kokoro" in voice.advice


def test_a_damaged_model_is_told(tmp_path: Path) -> None:
    file = ModelStore(ModelsSettings(dir=tmp_path)).place_of(SMART_TURN)
    file.parent.mkdir()
    file.write_bytes(b"not a model")
    _, smart_turn, *_ = check_models(with_models(tmp_path))
    assert smart_turn.grade is Grade.FAIL
    assert str(file) in smart_turn.words


def test_a_gpu_that_is_missing_does_not_keep_the_models_from_being_looked_at(
    tmp_path: Path,
) -> None:
    models = ModelsSettings(dir=tmp_path)
    pipeline = PipelineSettings(stt=SttSettings(device="cuda"))
    *_, whisper, _ = check_models(Settings(models=models, pipeline=pipeline))
    assert whisper.subject == "model whisper large-v3-turbo"


def test_an_unknown_whisper_size_is_an_error(tmp_path: Path) -> None:
    *_, whisper, _ = check_models(with_models(tmp_path, size="hugee"))
    assert whisper.grade is Grade.FAIL
    assert "hugee" in whisper.words


def on(device: str, **stt: object) -> Settings:
    return Settings.model_validate({"pipeline": {"stt": {"device": device, **stt}}})


@pytest.fixture
def one_gpu_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    """CTranslate2 then fails by itself where there is none."""
    monkeypatch.setattr("ctranslate2.get_cuda_device_count", lambda: 1)
    monkeypatch.setattr("pipeline.inference.devices.load_cuda_libraries", lambda: None)


@pytest.fixture
def no_gpu_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ctranslate2.get_cuda_device_count", lambda: 0)


@pytest.mark.usefixtures("no_gpu_is_shown")
def test_without_a_gpu_a_window_is_encoded_on_the_cpu() -> None:
    finding = check_gpu(on("auto"))
    assert finding.grade is Grade.OK
    assert "none: speech recognition runs on the CPU, a window encoded in" in finding.words
    assert finding.words.endswith("as int8")


@pytest.mark.usefixtures("no_gpu_is_shown")
def test_a_language_that_the_small_model_lacks_is_no_fault() -> None:
    assert check_gpu(on("auto", language="ja")).grade is Grade.OK


@pytest.mark.usefixtures("no_gpu_is_shown")
def test_cuda_is_missed_where_it_was_asked_for() -> None:
    finding = check_gpu(on("cuda"))
    assert finding.grade is Grade.FAIL
    assert "no CUDA device is seen" in finding.words
    assert "make setup" in finding.advice


@pytest.mark.usefixtures("one_gpu_is_shown")
def test_a_gpu_that_does_not_encode_is_not_called_ok() -> None:
    finding = check_gpu(on("auto"))
    assert finding.grade is Grade.WARN
    assert "runs on the CPU" in finding.words
    assert "make setup" in finding.advice
    assert check_gpu(on("cuda")).grade is Grade.FAIL


@pytest.mark.usefixtures("one_gpu_is_shown")
def test_a_gpu_that_is_not_wanted_is_not_called_missing() -> None:
    finding = check_gpu(on("cpu"))
    assert finding.grade is Grade.OK
    assert "not used" in finding.words

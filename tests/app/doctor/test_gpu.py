from __future__ import annotations

import pytest

from app.doctor.findings import Grade
from app.doctor.gpu import check_gpu
from settings import Settings


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

from __future__ import annotations

import pytest

from pipeline.errors import ModelUnavailable
from pipeline.inference.devices import (
    choose_compute_type,
    choose_device,
    on_the_cpu,
    usable,
    whisper_size,
)
from pipeline.settings import SttSettings

COUNT = "ctranslate2.get_cuda_device_count"


def test_auto_suits_the_device(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(COUNT, lambda: 0)
    assert choose_device("auto") == "cpu"
    with pytest.raises(ModelUnavailable, match="no CUDA device"):
        choose_device("cuda")
    monkeypatch.setattr(COUNT, lambda: 1)
    assert choose_device("auto") == choose_device("cuda") == "cuda"
    assert choose_device("cpu") == "cpu"
    assert choose_compute_type("auto", "cpu") == "int8"
    assert choose_compute_type("auto", "cuda") == "float16"
    assert choose_compute_type("float32", "cuda") == "float32"


@pytest.mark.parametrize(
    ("settings", "gpus", "size"),
    [
        (SttSettings(), 0, "base"),
        (SttSettings(), 1, "large-v3-turbo"),
        (SttSettings(device="cpu"), 1, "base"),
        # Asked for and not there: that is the Transcriber's to refuse.
        (SttSettings(device="cuda"), 0, "large-v3-turbo"),
        (SttSettings(model_size="tiny", device="cuda"), 0, "tiny"),
    ],
)
def test_the_size_that_auto_means_suits_the_device(
    settings: SttSettings, gpus: int, size: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(COUNT, lambda: gpus)
    assert whisper_size(settings) == size


def test_on_the_cpu_an_arithmetic_of_the_gpu_is_given_up_and_another_kept() -> None:
    assert on_the_cpu(SttSettings(compute_type="float16")).compute_type == "auto"
    assert on_the_cpu(SttSettings(compute_type="int8")).compute_type == "int8"
    assert on_the_cpu(SttSettings(beam_size=3)).beam_size == 3


@pytest.mark.parametrize(
    ("device", "gpus", "missing", "goes_by"),
    [
        ("auto", 0, "no cuBLAS", "auto"),
        ("auto", 1, None, "auto"),
        ("auto", 1, "no cuBLAS", "cpu"),
        ("cuda", 1, "no cuBLAS", "cuda"),
    ],
)
def test_auto_leaves_a_gpu_alone_that_has_no_cublas(
    device: str, gpus: int, missing: str | None, goes_by: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(COUNT, lambda: gpus)
    monkeypatch.setattr("pipeline.inference.devices.load_cuda_libraries", lambda: missing)
    settings, why = usable(SttSettings.model_validate({"device": device}))
    assert settings.device == goes_by
    assert why == (missing if goes_by == "cpu" else None)

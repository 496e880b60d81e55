"""A GPU that is shown and does not work, as far as that can be had on a machine without one.

The loading error is CTranslate2's own: here it is asked for a CUDA device that is not there.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from pipeline.errors import DeviceUnusable
from pipeline.inference.ready_transcriber import ready_transcriber
from pipeline.inference.windowed_whisper import WindowedWhisper
from pipeline.settings import SttSettings

NO_CUBLAS = "Library libcublas.so.12 is not found or cannot be loaded"


class FailsAtTheFirstEncode(WindowedWhisper):
    """On the GPU as CTranslate2 is without cuBLAS: it loads, and the first product fails."""

    def __init__(self, *args: Any, device: str, compute_type: str, **options: Any) -> None:
        super().__init__(*args, device="cpu", compute_type="int8", **options)
        self.on_gpu = device == "cuda"

    def encode(self, features: Any) -> Any:
        if self.on_gpu:
            raise RuntimeError(NO_CUBLAS)
        return super().encode(features)


@pytest.fixture(autouse=True)
def one_gpu_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ctranslate2.get_cuda_device_count", lambda: 1)
    monkeypatch.setattr("pipeline.inference.devices.load_cuda_libraries", lambda: None)


class Store:
    """Gives the fixture model for every size, and remembers which were asked for."""

    def __init__(self, whisper_path: Path) -> None:
        self.whisper_path = whisper_path
        self.asked: list[str] = []

    def path(self, size: str) -> Path:
        self.asked.append(size)
        return self.whisper_path


@pytest.fixture
def store(whisper_path: Path) -> Store:
    return Store(whisper_path)


def test_auto_falls_back_to_the_cpu_where_the_gpu_does_not_load(store: Store) -> None:
    warnings: list[str] = []
    transcriber = ready_transcriber(SttSettings(), store.path, warnings.append)
    assert (transcriber.device, transcriber.compute_type) == ("cpu", "int8")
    assert store.asked == ["large-v3-turbo", "base"]
    [warning] = warnings
    assert "runs on the CPU" in warning
    assert "CUDA" in warning
    assert "make setup" in warning


def test_auto_falls_back_where_the_first_encode_fails(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeline.inference.whisper.WindowedWhisper", FailsAtTheFirstEncode)
    warnings: list[str] = []
    settings = SttSettings(model_size="small", compute_type="float16")
    transcriber = ready_transcriber(settings, store.path, warnings.append)
    assert transcriber.device == "cpu"
    assert store.asked == ["small", "small"]
    [warning] = warnings
    assert NO_CUBLAS in warning


def test_no_large_model_is_fetched_for_a_gpu_without_cublas(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeline.inference.devices.load_cuda_libraries", lambda: NO_CUBLAS)
    warnings: list[str] = []
    assert ready_transcriber(SttSettings(), store.path, warnings.append).device == "cpu"
    assert store.asked == ["base"]
    assert len(warnings) == 1


@pytest.mark.parametrize("at_the_first_encode", [False, True])
def test_cuda_that_was_asked_for_is_not_replaced(
    store: Store, at_the_first_encode: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if at_the_first_encode:
        monkeypatch.setattr("pipeline.inference.whisper.WindowedWhisper", FailsAtTheFirstEncode)
    with pytest.raises(DeviceUnusable, match=r"GPU.*PIPELINE__STT__DEVICE=cpu"):
        ready_transcriber(SttSettings(device="cuda"), store.path, lambda _: None)


def test_a_fault_of_the_cpu_is_not_taken_for_the_gpus(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("pipeline.inference.whisper.WindowedWhisper.encode", broken)
    with pytest.raises(ZeroDivisionError):
        ready_transcriber(SttSettings(device="cpu"), store.path, lambda _: None)

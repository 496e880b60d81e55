"""Where speech to text runs: what ``auto`` means on this machine."""

from __future__ import annotations

from typing import Literal, TypeAlias

import ctranslate2

from pipeline.errors import DeviceUnusable
from pipeline.inference.cuda_libraries import load_cuda_libraries
from pipeline.settings import SttSettings

Device: TypeAlias = Literal["cpu", "cuda"]


def choose_device(wanted: Literal["auto", "cpu", "cuda"]) -> Device:
    """The device to try: CUDA where the driver shows one, unless the CPU is wanted.

    Raises:
        DeviceUnusable: CUDA is wanted, and there is no device.
    """
    if wanted == "cpu":
        return "cpu"
    if ctranslate2.get_cuda_device_count() > 0:
        return "cuda"
    if wanted == "cuda":
        raise DeviceUnusable(
            "speech to text: PIPELINE__STT__DEVICE is cuda, and no CUDA device is seen; install "
            "the driver (in a container: give it the GPU), or set it to cpu or auto"
        )
    return "cpu"


def usable(settings: SttSettings) -> tuple[SttSettings, str | None]:
    """The settings to go by; on the CPU, and why, where ``auto`` finds a GPU without cuBLAS.

    That can be told without a model, so no large one is fetched for a GPU that cannot be used.
    """
    if settings.device != "auto" or choose_device("auto") == "cpu":
        return settings, None
    missing = load_cuda_libraries()
    return (settings, None) if missing is None else (on_the_cpu(settings), missing)


def choose_compute_type(wanted: str, device: Device) -> str:
    """What ``auto`` means on ``device``: int8 on a CPU, float16 on CUDA."""
    if wanted != "auto":
        return wanted
    return "int8" if device == "cpu" else "float16"


def on_the_cpu(settings: SttSettings) -> SttSettings:
    """The same settings for the CPU; an arithmetic that it does not have becomes ``auto``."""
    possible = ctranslate2.get_supported_compute_types("cpu")
    kept = settings.compute_type if settings.compute_type in possible else "auto"
    return settings.model_copy(update={"device": "cpu", "compute_type": kept})


def whisper_size(settings: SttSettings) -> str:
    """The size that was asked for, or what ``auto`` means here: what keeps up with talk.

    It does not need the device that the settings ask for, so that a model can be fetched without.
    """
    if settings.model_size != "auto":
        return settings.model_size
    device = choose_device("auto") if settings.device == "auto" else settings.device
    return "base" if device == "cpu" else "large-v3-turbo"

"""The device for speech to text: what ``auto`` means here, and the CUDA libraries for a GPU.

CTranslate2 loads cuBLAS by its bare name at the first matrix product on the GPU. Its search path
does not include ``nvidia/cublas/lib``, where pip installs the library. A library of that name that
is already loaded is used, so `load_cuda_libraries` loads it first.
"""

from __future__ import annotations

import ctypes
import importlib.util
import logging
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final, Literal, TypeAlias

import ctranslate2

from pipeline.errors import DeviceUnusable
from pipeline.settings import SttSettings

log = logging.getLogger(__name__)

Device: TypeAlias = Literal["cpu", "cuda"]

_MOST_THREADS: Final = 4
_MOST_AT_ONCE: Final = 4

_CUBLAS: Final = "libcublas.so.12"
_LIBRARIES: Final = (
    ("cuda_nvrtc", "libnvrtc.so.12"),
    ("cublas", "libcublasLt.so.12"),
    ("cublas", _CUBLAS),
)
"""Folder of the package, and library; each comes after the libraries that it depends on."""


def choose_device(wanted: Literal["auto", "cpu", "cuda"]) -> Device:
    """The device to try: CUDA if the driver lists a device, unless the CPU is wanted.

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


def usable_settings(settings: SttSettings) -> tuple[SttSettings, str | None]:
    """The settings that can work here, and why they differ from those given, or None.

    They are for the CPU if ``auto`` finds a GPU without cuBLAS. This check needs no model, so no
    large model is fetched for a GPU that cannot be used.
    """
    if settings.device != "auto" or choose_device("auto") == "cpu":
        return settings, None
    missing = load_cuda_libraries()
    return (settings, None) if missing is None else (cpu_settings(settings), missing)


def choose_compute_type(wanted: str, device: Device) -> str:
    """What ``auto`` means on ``device``: int8 on a CPU, float16 on CUDA."""
    if wanted != "auto":
        return wanted
    return "int8" if device == "cpu" else "float16"


def choose_threads(wanted: int, cores: int | None = None) -> int:
    """What 0 means for a transcription on a CPU: half of the cores, 1 to 4.

    The decoder's products are small, and its threads wait for each other: with two threads on two
    cores that other work shares, a turn took 230 to 350 ms behind its encoding, with one 160 to
    180.
    """
    return wanted or min(max((cores or _usable_cores()) // 2, 1), _MOST_THREADS)


def choose_at_once(wanted: int, device: Device, threads: int, cores: int | None = None) -> int:
    """How many transcriptions run at a time, with ``threads`` each; what 0 means on a CPU.

    Two at once on two cores take as long each as one alone. CTranslate2 runs one after the other on
    a GPU.
    """
    if device == "cuda":
        return 1
    return wanted or min(max((cores or _usable_cores()) // threads, 1), _MOST_AT_ONCE)


def cpu_settings(settings: SttSettings) -> SttSettings:
    """The same settings for the CPU; a compute type that it lacks becomes ``auto``."""
    possible = ctranslate2.get_supported_compute_types("cpu")
    kept = settings.compute_type if settings.compute_type in possible else "auto"
    return settings.model_copy(update={"device": "cpu", "compute_type": kept})


def whisper_size(settings: SttSettings) -> str:
    """The model size of the settings, or for ``auto`` the largest that keeps up with speech.

    Works without the device that the settings name, so that a model can be fetched beforehand.
    """
    if settings.model_size != "auto":
        return settings.model_size
    device = choose_device("auto") if settings.device == "auto" else settings.device
    return "base" if device == "cpu" else "large-v3-turbo"


def load_cuda_libraries(folders: Sequence[Path] | None = None) -> str | None:
    """Load the installed CUDA libraries; returns why CTranslate2 cannot use a GPU, or None.

    ``folders`` replace those of the installed ``nvidia`` packages. If none is installed, the cuBLAS
    of the system is used. Does nothing on systems other than Linux.
    """
    if sys.platform != "linux":
        return None
    for folder in _installed() if folders is None else folders:
        for package, name in _LIBRARIES:
            file = folder / package / "lib" / name
            if file.is_file():
                _load(file)
    try:
        ctypes.CDLL(_CUBLAS, mode=ctypes.RTLD_GLOBAL)
    except OSError as error:
        return f"cuBLAS 12 does not load ({error}); `make setup` installs it"
    return None


def _usable_cores() -> int:
    # Only Linux tells which cores the process may use.
    usable = getattr(os, "sched_getaffinity", None)
    return len(usable(0)) if usable is not None else os.cpu_count() or 1


def _installed() -> list[Path]:
    # A namespace package: each NVIDIA wheel adds one folder to it.
    spec = importlib.util.find_spec("nvidia")
    return [Path(place) for place in (spec.submodule_search_locations or ())] if spec else []


def _load(file: Path) -> None:
    try:
        ctypes.CDLL(str(file), mode=ctypes.RTLD_GLOBAL)
    except OSError as error:
        log.warning("%s does not load: %s", file, error)

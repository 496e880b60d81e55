"""A machine with NVIDIA GPUs, for the library's own bindings: only the driver's answers are made
up."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

import pynvml

H100 = "NVIDIA H100 80GB HBM3"
_MIB = 2**20


@contextmanager
def fake_gpus(
    count: int = 4, name: str = H100, memory_mib: int = 81_559, hottest: int = 61
) -> Iterator[None]:
    """That many cards while the body runs; the last one has ``hottest`` degrees Celsius."""
    answers: dict[str, Any] = {
        "nvmlInit": lambda: None,
        "nvmlShutdown": lambda: None,
        "nvmlDeviceGetCount": lambda: count,
        "nvmlDeviceGetHandleByIndex": lambda index: index,
        "nvmlDeviceGetName": lambda gpu: name,
        "nvmlDeviceGetMemoryInfo": lambda gpu: SimpleNamespace(
            total=memory_mib * _MIB, used=memory_mib * _MIB * (gpu + 1) // (count + 1)
        ),
        "nvmlSystemGetDriverVersion": lambda: "580.95.05",
        "nvmlDeviceGetUtilizationRates": lambda gpu: SimpleNamespace(gpu=97 - 20 * gpu),
        "nvmlDeviceGetTemperature": lambda gpu, sensor: hottest if gpu == count - 1 else 58 + gpu,
        "nvmlDeviceGetPowerUsage": lambda gpu: 301_250,
    }
    with ExitStack() as stack:
        for function, answer in answers.items():
            stack.enter_context(patch.object(pynvml, function, answer))
        yield

"""A transcriber that has encoded once: on the GPU where that works, else on the CPU."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path

from pipeline.errors import DeviceUnusable
from pipeline.inference.devices import on_the_cpu, usable, whisper_size
from pipeline.inference.whisper import Transcriber
from pipeline.settings import SttSettings

log = logging.getLogger(__name__)


def ready_transcriber(
    settings: SttSettings,
    path_of: Callable[[str], Path],
    warn: Callable[[str], None] = log.warning,
) -> Transcriber:
    """Load Whisper and transcribe a second of nothing with it. Blocks; call it in a worker.

    ``path_of`` brings a model of the size that it is given. With ``auto`` a GPU on which that fails
    is given up for the CPU and the size that keeps up there; ``warn`` is told why.

    Raises:
        DeviceUnusable: ``cuda`` was asked for, and does not work.
        ModelUnavailable: the model is missing or does not load.
        Exception: what ``path_of`` raises.
    """
    settings, missing = usable(settings)
    if missing is not None:
        warn(_on_the_cpu_because(missing))
    try:
        return _ready(settings, path_of)
    except DeviceUnusable as error:
        if settings.device != "auto":
            raise
        warn(_on_the_cpu_because(str(error)))
    return _ready(on_the_cpu(settings), path_of)


def _ready(settings: SttSettings, path_of: Callable[[str], Path]) -> Transcriber:
    transcriber = Transcriber(path_of(whisper_size(settings)), settings)
    transcriber.warm_up()
    return transcriber


def _on_the_cpu_because(reason: str) -> str:
    return (
        "this machine has a GPU, but speech recognition runs on the CPU, slower and with a smaller "
        f"model: {reason}. `run.py doctor` tries it again"
    )

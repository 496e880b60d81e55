"""What the neural engines share: their sessions, their worker, and the silence around speech."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Final, TypeVar

import numpy as np
import onnxruntime as ort
from numpy.typing import NDArray

from server.errors import EngineUnavailable, SynthesisFailed

T = TypeVar("T")

_NICE: Final = 5
"""How much the worker's priority is below that of its process (Linux): speech recognition goes
first."""
_QUIET: Final = 10 ** (-50 / 20)
"""Peak of silence: 50 dB below full scale."""
_GPU: Final = "CUDAExecutionProvider"


class SynthesisWorker:
    """One thread that runs a model for all requests, in the order of their parts.

    A request submits one part at a time, so that several requests take turns.
    """

    def __init__(self, name: str) -> None:
        self._pool = ThreadPoolExecutor(1, thread_name_prefix=name, initializer=_yield_to_others)

    def run(self, work: Callable[[], T]) -> T:
        """The result of ``work``, from the worker's thread; the calling thread waits.

        Raises:
            SynthesisFailed: the worker is closed.
            Exception: what ``work`` raises.
        """
        try:
            pending = self._pool.submit(work)
        except RuntimeError as error:
            raise SynthesisFailed("the voice is closed") from error
        return pending.result()

    def stream(self, parts: Generator[T, None, None]) -> Generator[T, None, None]:
        """The items of ``parts``, each computed in the worker's thread when it is asked for."""
        end = object()
        try:
            while True:
                item = self.run(lambda: next(parts, end))
                if item is end:
                    return
                yield item  # type: ignore[misc]
        finally:
            try:
                self.run(parts.close)
            except SynthesisFailed:
                parts.close()

    def close(self) -> None:
        """End the thread after the pending parts."""
        self._pool.shutdown()


def model_file(path: Path) -> bytes:
    """The content of a model's file.

    Raises:
        EngineUnavailable: it cannot be read.
    """
    try:
        return path.read_bytes()
    except OSError as error:
        raise EngineUnavailable(f"the speech model {path} does not load: {error}") from error


def open_session(
    path: Path, *, threads: int, gpu: bool = False, model: bytes | None = None
) -> ort.InferenceSession:
    """A session over an ONNX file, with ``threads`` threads on the CPU.

    With ``gpu``, CUDA runs it. ``model`` is a changed form of the file, which is then not read. The
    session's threads inherit the priority of the calling thread.

    Raises:
        EngineUnavailable: the file is missing or does not load, or onnxruntime has no CUDA.
    """
    options = ort.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    # Waiting threads would take the cores from speech recognition.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.log_severity_level = 3
    if gpu and _GPU not in ort.get_available_providers():
        raise EngineUnavailable(
            "server.device is cuda, and this onnxruntime has no CUDA: install onnxruntime-gpu, or "
            "set server.device to cpu"
        )
    providers = [_GPU] if gpu else []
    try:
        return ort.InferenceSession(
            str(path) if model is None else model,
            options,
            providers=[*providers, "CPUExecutionProvider"],
        )
    except Exception as error:  # onnxruntime raises a different class for each status
        raise EngineUnavailable(f"the speech model {path} does not load: {error}") from error


def speech_start(audio: NDArray[np.float32]) -> int:
    """The first sample of ``float32[n]`` that is louder than silence; n without any."""
    loud = np.abs(audio) > _QUIET
    return int(loud.argmax()) if loud.any() else audio.size


def without_silence(
    audio: NDArray[np.float32], rate: int, *, lead_ms: float | None, tail_ms: float | None
) -> NDArray[np.float32]:
    """``float32[n]`` with at most so much silence before and after it; None keeps what there is.

    Silence alone becomes empty, unless both are None.
    """
    if lead_ms is None and tail_ms is None:
        return audio
    loud = np.flatnonzero(np.abs(audio) > _QUIET)
    if loud.size == 0:
        return audio[:0]
    start = 0 if lead_ms is None else max(0, int(loud[0]) - round(lead_ms * rate / 1000))
    end = audio.size if tail_ms is None else int(loud[-1]) + 1 + round(tail_ms * rate / 1000)
    return audio[start:end]


class PieceTrimmer:
    """`without_silence` for audio that arrives in pieces.

    Quiet audio is held back until it is known whether speech follows it.
    """

    def __init__(self, rate: int, *, lead_ms: float, tail_ms: float) -> None:
        self._lead = round(lead_ms * rate / 1000)
        self._tail = round(tail_ms * rate / 1000)
        self._held = np.zeros(0, np.float32)
        self._began = False

    def add(self, audio: NDArray[np.float32]) -> NDArray[np.float32]:
        """What can be played of ``float32[n]`` and the audio before it, up to its last sound."""
        held = np.concatenate([self._held, audio])
        loud = np.flatnonzero(np.abs(held) > _QUIET)
        if loud.size == 0:
            self._held = held if self._began else held[max(0, held.size - self._lead) :]
            return held[:0]
        start = 0 if self._began else max(0, int(loud[0]) - self._lead)
        end = int(loud[-1]) + 1
        self._began, self._held = True, held[end:]
        return held[start:end]

    def end(self) -> NDArray[np.float32]:
        """The silence after the speech; empty if there was none."""
        return self._held[: self._tail if self._began else 0]


def as_pcm(audio: NDArray[np.float32]) -> bytes:
    """``float32[n]`` as s16le; samples beyond full scale are clipped."""
    return (np.clip(audio, -1, 1) * 32767).astype("<i2").tobytes()


def _yield_to_others() -> None:
    # Only Linux has a priority for each thread.
    with suppress(AttributeError, OSError):
        own = os.getpriority(os.PRIO_PROCESS, os.getpid())
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), own + _NICE)

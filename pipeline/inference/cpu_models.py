"""Small models on the CPU in one thread: ONNX sessions, ONNX weights, matrix products.

A small model takes 0.07 to 30 ms, and a second thread costs more than it saves. Silero VAD needs
only the weights: an ONNX file is a protobuf message, and `float_weights` reads its
``graph.initializer`` (onnx.proto3: ModelProto 7, GraphProto 5; of TensorProto dims 1, data_type 2,
name 8, raw_data 9).
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final, TypeAlias, TypeVar

import numpy as np
import onnxruntime as ort
from numpy.typing import NDArray

from pipeline.errors import ModelUnavailable


def open_session(path: str | os.PathLike[str], what: str) -> ort.InferenceSession:
    """Load ``path``; ``what`` names the model in errors.

    A call uses one thread: with two threads on two shared cores it took 90 ms at p95, with one 28.

    Raises:
        ModelUnavailable: the file is missing, or onnxruntime cannot run it.
    """
    file = Path(path)
    if not file.is_file():
        raise ModelUnavailable(
            f"{what}: there is no file {file}; run `python run.py models fetch` to get it"
        )
    options = ort.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    try:
        return ort.InferenceSession(str(file), options, providers=["CPUExecutionProvider"])
    except Exception as error:  # onnxruntime's own tree has no public base
        raise ModelUnavailable(
            f"{what}: {file} does not load ({error}); delete it and run "
            "`python run.py models fetch` again"
        ) from error


_GRAPH: Final = 7
_INITIALIZER: Final = 5
_DIMS, _DATA_TYPE, _NAME, _RAW_DATA = 1, 2, 8, 9
_FLOAT: Final = 1
_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5

_Value: TypeAlias = int | memoryview


def float_weights(path: str | os.PathLike[str]) -> dict[str, NDArray[np.float32]]:
    """The weights in an ONNX file, by name: float32 initializers that are stored as raw data.

    Raises:
        OSError: the file cannot be read.
        ValueError: the file is no protobuf message.
    """
    weights: dict[str, NDArray[np.float32]] = {}
    content = memoryview(Path(path).read_bytes())
    for graph in _all(content, _GRAPH):
        for tensor in _all(graph, _INITIALIZER):
            fields = list(_fields(tensor))
            by_number = dict(fields)
            if by_number.get(_DATA_TYPE) != _FLOAT or _RAW_DATA not in by_number:
                continue
            name = bytes(_as_bytes(by_number[_NAME])).decode()
            shape = [value for number, value in fields if number == _DIMS]
            values = np.frombuffer(_as_bytes(by_number[_RAW_DATA]), "<f4")
            weights[name] = values.reshape([size for size in shape if isinstance(size, int)])
    return weights


def _all(message: memoryview, number: int) -> Iterator[memoryview]:
    return (_as_bytes(value) for found, value in _fields(message) if found == number)


def _as_bytes(value: _Value) -> memoryview:
    if isinstance(value, int):
        raise ValueError("a field that should hold bytes holds a number")
    return value


def _fields(message: memoryview) -> Iterator[tuple[int, _Value]]:
    """The number and value of each field of a message, in order."""
    at = 0
    while at < len(message):
        tag, at = _varint(message, at)
        number, kind = tag >> 3, tag & 7
        if kind == _VARINT:
            value, at = _varint(message, at)
            yield number, value
            continue
        if kind == _BYTES:
            size, at = _varint(message, at)
        elif kind in (_FIXED64, _FIXED32):
            size = 8 if kind == _FIXED64 else 4
        else:
            raise ValueError(f"no protobuf message: wire type {kind}")
        if at + size > len(message):
            raise ValueError("a protobuf message that ends too early")
        yield number, message[at : at + size]
        at += size


def _varint(message: memoryview, at: int) -> tuple[int, int]:
    """The number that begins at ``at``, and the position after it."""
    value = shift = 0
    while at < len(message):
        byte = message[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
        shift += 7
    raise ValueError("a protobuf message that ends too early")


_SINGLE_THREAD_PRODUCTS: Final = 262_144
"""OpenBLAS 0.3 (interface/gemm.c) computes products of up to this size in the calling thread."""

F = TypeVar("F", np.float32, np.float64)


def matmul(rows: NDArray[F], matrix: NDArray[F]) -> NDArray[F]:
    """``[n, k]`` times ``[k, m]``, in blocks of rows that BLAS computes in the calling thread.

    BLAS spreads larger products over its own threads, which then spin while they wait. On two cores
    a call of the turn model cost 95 ms of CPU instead of 41, a transcription took 28 ms instead of
    9.
    """
    count, inner = rows.shape
    block = max(1, _SINGLE_THREAD_PRODUCTS // matrix.size)
    if count <= block:
        return rows @ matrix
    padded = np.zeros((-(-count // block) * block, inner), rows.dtype)
    padded[:count] = rows
    return (padded.reshape(-1, block, inner) @ matrix).reshape(-1, matrix.shape[1])[:count]

"""The weights in an ONNX file, read without onnxruntime.

An ONNX file is a protobuf message; what is wanted of it is ``graph.initializer`` (onnx.proto3:
ModelProto 7, GraphProto 5, and of TensorProto dims 1, data_type 2, name 8, raw_data 9).
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

_GRAPH: Final = 7
_INITIALIZER: Final = 5
_DIMS, _DATA_TYPE, _NAME, _RAW_DATA = 1, 2, 8, 9
_FLOAT: Final = 1
_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5

_Value: TypeAlias = int | memoryview


def float_weights(path: str | os.PathLike[str]) -> dict[str, NDArray[np.float32]]:
    """Every float32 initializer of the main graph that is stored as raw data, by name.

    Raises:
        OSError: the file cannot be read.
        ValueError: it is no protobuf message.
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
    """The fields of a message in their order: number, and value."""
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
    """The number that begins at ``at``, and where it ends."""
    value = shift = 0
    while at < len(message):
        byte = message[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
        shift += 7
    raise ValueError("a protobuf message that ends too early")

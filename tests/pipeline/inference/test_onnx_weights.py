"""Reading the weights in an ONNX file."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from pipeline.inference.onnx_weights import float_weights


def field(number: int, content: bytes) -> bytes:
    return bytes([number << 3 | 2, len(content)]) + content


def tensor(name: bytes, shape: tuple[int, ...], content: bytes, data_type: int = 1) -> bytes:
    dims = b"".join(bytes([1 << 3, size]) for size in shape)
    kind = bytes([2 << 3, data_type])
    return field(5, dims + kind + field(8, name) + field(9, content))


def test_the_tensors_of_the_graph_are_read_by_name(tmp_path: Path) -> None:
    values = np.arange(6, dtype="<f4")
    graph = (
        field(1, b"a node")
        + tensor(b"weight", (2, 3), values.tobytes())
        + tensor(b"count", (1,), b"\0" * 8, data_type=7)
    )
    version, fixed = b"\x08\x88\x01", b"\x61" + b"\0" * 8
    file = tmp_path / "model.onnx"
    file.write_bytes(version + fixed + field(7, graph))
    weights = float_weights(file)
    assert list(weights) == ["weight"]
    np.testing.assert_array_equal(weights["weight"], values.reshape(2, 3))


def test_the_voice_model_is_read(silero_path: Path) -> None:
    weights = float_weights(silero_path)
    assert weights["model.decoder.rnn.weight_hh"].shape == (512, 128)
    assert all(np.isfinite(values).all() for values in weights.values())


@pytest.mark.parametrize(
    "content", [b"\x3a\x7fshort", b"\x3b", b"\x88", b"\x38\x05", field(7, b"\x28\x01")]
)
def test_what_is_no_model_is_refused(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "model.onnx"
    file.write_bytes(content)
    with pytest.raises(ValueError, match=r"protobuf|bytes"):
        float_weights(file)

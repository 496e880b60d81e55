"""ONNX sessions and weights, and matrix products in one thread."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from pipeline.errors import ModelUnavailable
from pipeline.inference.cpu_models import float_weights, matmul, open_session


def test_a_session_runs_in_the_thread_that_calls_it(silero_path: Path) -> None:
    session = open_session(silero_path, "voice")
    options = session.get_session_options()
    assert (options.intra_op_num_threads, options.inter_op_num_threads) == (1, 1)
    assert session.get_providers() == ["CPUExecutionProvider"]


def test_a_directory_is_refused_as_a_model(tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailable, match="voice: there is no file"):
        open_session(tmp_path, "voice")


def test_the_runtimes_reason_is_in_the_error(tmp_path: Path) -> None:
    file = tmp_path / "model.onnx"
    file.write_bytes(b"\x00" * 64)
    with pytest.raises(ModelUnavailable, match="does not load") as caught:
        open_session(file, "voice")
    assert caught.value.__cause__ is not None


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


def test_the_weights_of_silero_are_read(silero_path: Path) -> None:
    weights = float_weights(silero_path)
    assert weights["model.decoder.rnn.weight_hh"].shape == (512, 128)
    assert all(np.isfinite(values).all() for values in weights.values())


@pytest.mark.parametrize(
    "content", [b"\x3a\x7fshort", b"\x3b", b"\x88", b"\x38\x05", field(7, b"\x28\x01")]
)
def test_a_damaged_file_is_refused(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "model.onnx"
    file.write_bytes(content)
    with pytest.raises(ValueError, match=r"protobuf|bytes"):
        float_weights(file)


@pytest.mark.parametrize(("frames", "bands"), [(1, 80), (15, 80), (16, 80), (801, 80), (333, 128)])
def test_blocks_give_the_product(frames: int, bands: int) -> None:
    random = np.random.default_rng(frames)
    power, bank = random.random((frames, 201)), random.random((201, bands))
    np.testing.assert_allclose(matmul(power, bank), power @ bank, rtol=1e-12)


def test_single_precision_stays_single() -> None:
    power, bank = np.ones((5, 201), np.float32), np.ones((201, 80), np.float32)
    assert matmul(power, bank).dtype == np.float32

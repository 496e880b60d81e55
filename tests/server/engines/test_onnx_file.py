"""Reading, changing and writing ONNX files; onnxruntime reads what is written."""

from __future__ import annotations

import numpy as np
import onnxruntime as ort
import pytest

from server.engines.onnx_file import GraphNode, OnnxFile, new_model
from server.errors import EngineUnavailable

WEIGHTS = np.arange(6, dtype=np.float32).reshape(2, 3)


def transposed_product() -> bytes:
    nodes = [
        GraphNode("Transpose", ["w"], ["turned"], {"perm": [1, 0]}),
        GraphNode("MatMul", ["x", "turned"], ["product"]),
        GraphNode("Concat", ["product", "product"], ["y"], {"axis": -1}),
    ]
    tensors = {"w": WEIGHTS, "unused": np.zeros(4, np.float32)}
    return new_model(nodes, tensors, {"x": np.float32}, {"y": np.float32})


def run(model: bytes, values: np.ndarray) -> np.ndarray:
    session = ort.InferenceSession(model, providers=["CPUExecutionProvider"])
    (result,) = session.run(["y"], {"x": values})
    return np.asarray(result)


def test_a_new_model_runs() -> None:
    values = np.array([[1, 2, 3]], np.float32)
    expected = np.tile(values @ WEIGHTS.T, 2)
    assert np.array_equal(run(transposed_product(), values), expected)


def test_nodes_attributes_and_constants_are_read() -> None:
    model = OnnxFile(transposed_product())
    assert [node.op for node in model.nodes] == ["Transpose", "MatMul", "Concat"]
    assert model.nodes[0].attributes == {"perm": [1, 0]}
    assert model.nodes[2].attributes == {"axis": -1}
    assert model.nodes[1].inputs == ["x", "turned"]
    kept = model.array("w")
    assert kept is not None
    assert np.array_equal(kept, WEIGHTS)
    assert model.array("unused") is None, "constants that no node uses are not written"


def test_a_changed_model_keeps_what_was_not_changed() -> None:
    model = OnnxFile(transposed_product())
    model.add("w", WEIGHTS * 10)
    values = np.array([[1, 2, 3]], np.float32)
    assert np.array_equal(run(model.to_bytes(), values), np.tile(values @ WEIGHTS.T * 10, 2))
    assert OnnxFile(transposed_product()).to_bytes() == transposed_product()


@pytest.mark.parametrize(
    "data",
    [b"", b"no model", b"\x3a\xff\x01", b"\x3a\x02\x0a", b"\x80" * 20, b"\x3b\x00", b"\x38\x01"],
)
def test_other_files_are_refused(data: bytes) -> None:
    with pytest.raises(EngineUnavailable, match="not an ONNX model"):
        OnnxFile(data)


def test_a_part_computes_what_lies_between_its_ends() -> None:
    model = OnnxFile(transposed_product())
    part = model.part({"turned": np.float32, "x": np.float32}, {"product": np.float32})
    assert [node.op for node in part.nodes] == ["MatMul"]
    session = ort.InferenceSession(part.to_bytes(), providers=["CPUExecutionProvider"])
    values = np.array([[1, 2]], np.float32)
    (result,) = session.run(["product"], {"x": values, "turned": np.eye(2, dtype=np.float32)})
    assert np.array_equal(result, values)
    assert len(model.nodes) == 3, "the model itself stays as it is"


def test_a_part_without_all_that_it_needs_is_refused() -> None:
    model = OnnxFile(transposed_product())
    with pytest.raises(EngineUnavailable, match="does not compute 'x'"):
        model.part({"turned": np.float32}, {"product": np.float32})
    with pytest.raises(EngineUnavailable, match="does not compute 'z'"):
        model.part({"x": np.float32}, {"z": np.float32})

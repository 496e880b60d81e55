"""Quantised convolutions as matrix products give the same numbers."""

from __future__ import annotations

import numpy as np
import onnxruntime as ort
import pytest
from numpy.typing import NDArray

from server.engines.fast_convolutions import has_exact_products, with_fast_convolutions
from server.engines.onnx_file import Attribute, GraphNode, OnnxFile, new_model

CHANNELS, TIMES = 48, 70
rng = np.random.default_rng(7)


def quantised(
    taps: int,
    *,
    pads: tuple[int, int] = (0, 0),
    dilation: int = 1,
    stride: int = 1,
    bias: bool = True,
) -> bytes:
    """A convolution as onnxruntime's dynamic quantisation writes it, with ``x`` to ``y``."""
    attributes: dict[str, Attribute] = {
        "kernel_shape": [taps],
        "pads": pads,
        "dilations": [dilation],
        "strides": [stride],
        "group": 1,
    }
    nodes = [
        GraphNode("DynamicQuantizeLinear", ["x"], ["x8", "x_scale", "x_zero"]),
        GraphNode("ConvInteger", ["x8", "w", "x_zero", "w_zero"], ["sum"], attributes),
        GraphNode("Mul", ["x_scale", "w_scale"], ["scale"]),
        GraphNode("Div", ["bias", "scale"], ["bias_steps"]),
        GraphNode("Floor", ["bias_steps"], ["bias_whole"]),
        GraphNode("Cast", ["bias_whole"], ["bias_int"], {"to": 6}),
        GraphNode("Reshape", ["bias_int", "bias_shape"], ["bias_row"]),
        GraphNode("Add", ["sum", "bias_row"], ["biased"]),
        GraphNode("Cast", ["biased" if bias else "sum"], ["float"], {"to": 1}),
        GraphNode("Mul", ["float", "scale"], ["y"]),
    ]
    if not bias:
        nodes = [
            node for node in nodes if not any(name.startswith("bias") for name in node.outputs)
        ]
    tensors: dict[str, NDArray[np.generic]] = {
        "w": rng.integers(0, 256, (64, CHANNELS, taps)).astype(np.uint8),
        "w_zero": np.array(71, np.uint8),
        "w_scale": np.array(0.01, np.float32),
        "bias": rng.standard_normal(64).astype(np.float32),
        "bias_shape": np.array([1, -1, 1], np.int64),
    }
    return new_model(nodes, tensors, {"x": np.float32}, {"y": np.float32})


def run(model: bytes, values: np.ndarray) -> np.ndarray:
    options = ort.SessionOptions()
    options.log_severity_level = 3
    session = ort.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    (result,) = session.run(["y"], {"x": values})
    return np.asarray(result)


CONVOLUTIONS = [
    quantised(3, pads=(1, 1)),
    quantised(7, pads=(9, 9), dilation=3),
    quantised(5, pads=(0, 4)),
    quantised(4),
    quantised(2, bias=False),
    quantised(11, pads=(25, 25), dilation=5, bias=False),
]


@pytest.mark.parametrize("model", CONVOLUTIONS)
def test_the_result_differs_by_the_rounding_of_the_bias_alone(model: bytes) -> None:
    if not has_exact_products():
        pytest.skip("this CPU's products of bytes overflow, and the model stays as it is")
    changed = with_fast_convolutions(model)
    assert "ConvInteger" not in {node.op for node in OnnxFile(changed).nodes}
    values = rng.standard_normal((1, CHANNELS, TIMES)).astype(np.float32)
    expected, got = run(model, values), run(changed, values)
    assert got.shape == expected.shape
    step = (values.max() - values.min()) / 255 * 0.01
    assert np.abs(got - expected).max() <= step * 1.01


@pytest.mark.parametrize(
    "model", [quantised(3, stride=2), quantised(3, pads=(1, 1)).replace(b"Floor", b"Round")]
)
def test_another_form_stays_as_it_is(model: bytes) -> None:
    assert with_fast_convolutions(model) == model


def test_a_small_convolution_stays_as_it_is() -> None:
    nodes = [
        GraphNode("DynamicQuantizeLinear", ["x"], ["x8", "x_scale", "x_zero"]),
        GraphNode("ConvInteger", ["x8", "w", "x_zero", "w_zero"], ["sum"], {"kernel_shape": [1]}),
        GraphNode("Cast", ["sum"], ["y"], {"to": 1}),
    ]
    tensors = {"w": np.ones((1, 2, 1), np.uint8), "w_zero": np.array(0, np.uint8)}
    model = new_model(nodes, tensors, {"x": np.float32}, {"y": np.float32})
    assert with_fast_convolutions(model) == model

"""Quantised convolutions as matrix products, which onnxruntime computes in half the time.

onnxruntime computes ``ConvInteger`` with unsigned weights as they are, without the 8-bit dot
products of the CPU (AVX-512 VNNI, AVX-VNNI). ``MatMulInteger`` with constant signed weights uses
them. So each convolution over time becomes the product of the shifted input, laid side by side,
with its weights; weights and zero point move by 128, which changes no product. The bias is added
after the scale instead of rounded before it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import onnxruntime as ort
from numpy.typing import NDArray

from server.engines.onnx_file import GraphNode, OnnxFile, new_model

_MICROSOFT: Final = "com.microsoft"
_TIME: Final = 1
"""The axis of time after the transposition."""
_FEWEST_WEIGHTS: Final = 4096
"""Smaller convolutions are not worth a change."""


def with_fast_convolutions(data: bytes) -> bytes:
    """The ONNX model ``data`` with its quantised 1-D convolutions as matrix products.

    Convolutions of another form stay as they are.

    Raises:
        EngineUnavailable: ``data`` is not an ONNX model.
    """
    model = OnnxFile(data)
    readers: dict[str, list[GraphNode]] = defaultdict(list)
    makers: dict[str, GraphNode] = {}
    for node in model.nodes:
        for name in node.inputs:
            readers[name].append(node)
        for name in node.outputs:
            makers[name] = node
    replaced: dict[int, list[GraphNode]] = {}
    for node in model.nodes:
        found = _convolution(model, node, readers, makers) if node.op == "ConvInteger" else None
        if found is not None:
            for each in found.replaces:
                replaced[id(each)] = []
            replaced[id(found.replaces[-1])] = _product(model, found)
    model.nodes = [new for node in model.nodes for new in replaced.get(id(node), [node])]
    return model.to_bytes()


def has_exact_products() -> bool:
    """Whether this CPU multiplies unsigned with signed bytes exactly.

    Without VNNI, x86 adds two products in 16 bits, which full-range weights overflow.
    """
    rows, width = 16, 64
    model = new_model(
        [GraphNode("MatMulInteger", ["left", "right"], ["product"])],
        {"right": np.full((width, rows), 127, np.int8)},
        {"left": np.uint8},
        {"product": np.int32},
    )
    session = ort.InferenceSession(model, providers=["CPUExecutionProvider"])
    (product,) = session.run(["product"], {"left": np.full((rows, width), 255, np.uint8)})
    return bool((product == 255 * 127 * width).all())


@dataclass(frozen=True, slots=True)
class _Convolution:
    """A quantised convolution: ``weights`` are ``uint8[out, in, taps]``."""

    name: str
    source: str
    source_scale: str
    source_zero: str
    weights: NDArray[np.generic]
    weight_scale: str
    weight_zero: int
    bias: NDArray[np.float32] | None
    pads: Sequence[int]
    dilation: int
    output: str
    replaces: Sequence[GraphNode]
    """The nodes from the convolution to the multiplication with the scale."""


def _convolution(
    model: OnnxFile,
    node: GraphNode,
    readers: dict[str, list[GraphNode]],
    makers: dict[str, GraphNode],
) -> _Convolution | None:
    """``node`` with what belongs to it; None if it has another form than the quantiser writes."""
    quantise = makers.get(node.inputs[0])
    weights, zero = model.array(node.inputs[1]), model.array(node.inputs[-1])
    if quantise is None or weights is None or zero is None or not _is_plain(node, weights, zero):
        return None
    chain, bias = [node], None
    following = _only(readers, node)
    if following is not None and following.op == "Add":
        bias = _bias(model, following, node, makers)
        if bias is None or bias.shape != weights.shape[:1]:
            return None
        chain.append(following)
        following = _only(readers, following)
    scaled = following and _only(readers, following)
    if following is None or following.op != "Cast" or scaled is None or scaled.op != "Mul":
        return None
    scale = makers.get(_other(scaled, following.outputs[0]))
    if quantise.op != "DynamicQuantizeLinear" or scale is None or scale.op != "Mul":
        return None
    factor = quantise.outputs[1]
    weight_scale = _other(scale, factor)
    size = model.array(weight_scale)
    if factor not in scale.inputs or size is None or size.size != 1:
        return None
    return _Convolution(
        name=node.outputs[0],
        source=node.inputs[0],
        source_scale=factor,
        source_zero=node.inputs[2],
        weights=weights,
        weight_scale=weight_scale,
        weight_zero=int(zero.ravel()[0]),
        bias=bias,
        pads=node.numbers("pads") or [0, 0],
        dilation=(node.numbers("dilations") or [1])[0],
        output=scaled.outputs[0],
        replaces=(*chain, following, scaled),
    )


def _is_plain(node: GraphNode, weights: NDArray[np.generic], zero: NDArray[np.generic]) -> bool:
    """Whether a convolution over time steps by one, has one group, and is worth a change."""
    return (
        len(node.inputs) == 4
        and node.numbers("strides") in ([], [1])
        and node.numbers("group") in ([], [1])
        and weights.dtype == np.uint8
        and weights.ndim == 3
        and weights.size >= _FEWEST_WEIGHTS
        and zero.size == 1
    )


def _other(node: GraphNode, name: str) -> str:
    """The input of ``node`` that is not ``name``; empty without one."""
    return next((each for each in node.inputs if each != name), "")


def _only(readers: dict[str, list[GraphNode]], node: GraphNode) -> GraphNode | None:
    """The node that reads ``node``'s output, if there is one alone."""
    following = readers[node.outputs[0]]
    return following[0] if len(following) == 1 else None


def _bias(
    model: OnnxFile, add: GraphNode, convolution: GraphNode, makers: dict[str, GraphNode]
) -> NDArray[np.float32] | None:
    """The bias before its quantisation: Div, Floor, Cast and Reshape."""
    name = _other(add, convolution.outputs[0])
    for op in ("Reshape", "Cast", "Floor", "Div"):
        maker = makers.get(name)
        if maker is None or maker.op != op:
            return None
        name = maker.inputs[0]
    bias = model.array(name)
    return None if bias is None or bias.dtype != np.float32 else bias.astype(np.float32)


def _product(model: OnnxFile, found: _Convolution) -> list[GraphNode]:
    """The nodes of ``found`` as a product over ``[1, time, taps * channels]``."""
    out, channels, taps = found.weights.shape
    name = found.name
    signed = (found.weights.astype(np.int16) - 128).astype(np.int8)
    product = GraphNode(
        "MatMulIntegerToFloat",
        [
            f"{name}_taps",
            model.add(f"{name}_weights", signed.transpose(2, 1, 0).reshape(taps * channels, out)),
            found.source_scale,
            found.weight_scale,
            found.source_zero,
            model.add(f"{name}_zero", np.array(found.weight_zero - 128, np.int8)),
        ],
        [f"{name}_product"],
        domain=_MICROSOFT,
    )
    if found.bias is not None:
        product.inputs.append(model.add(f"{name}_bias", found.bias))
    nodes = [GraphNode("Transpose", [found.source], [f"{name}_rows"], {"perm": [0, 2, 1]})]
    rows = f"{name}_rows"
    if any(found.pads):
        start, end = found.pads
        pads = model.add(f"{name}_pads", np.array([0, start, 0, 0, end, 0], np.int64))
        rows = f"{name}_padded"
        nodes.append(GraphNode("Pad", [f"{name}_rows", pads, found.source_zero], [rows]))
    if taps == 1:
        product.inputs[0] = rows
    else:
        nodes += _taps(model, rows, taps, found.dilation, f"{name}_taps")
    turned = GraphNode("Transpose", [f"{name}_product"], [found.output], {"perm": [0, 2, 1]})
    return [*nodes, product, turned]


def _taps(model: OnnxFile, rows: str, taps: int, dilation: int, output: str) -> list[GraphNode]:
    """``[1, time, channels]`` and its shifts side by side."""
    axes = model.add("convolution_axis", np.array([_TIME], np.int64))
    nodes = []
    for tap in range(taps):
        left = (taps - 1 - tap) * dilation
        start = model.add(f"from_{tap * dilation}", np.array([tap * dilation], np.int64))
        end = model.add(f"to_{left}", np.array([-left or np.iinfo(np.int64).max], np.int64))
        nodes.append(GraphNode("Slice", [rows, start, end, axes], [f"{output}_{tap}"]))
    joined = GraphNode("Concat", [f"{output}_{tap}" for tap in range(taps)], [output], {"axis": 2})
    return [*nodes, joined]

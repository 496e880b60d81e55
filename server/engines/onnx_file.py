"""Reads and writes the parts of an ONNX file that a change of its graph needs.

ONNX files are protocol buffers (https://protobuf.dev/programming-guides/encoding/); the numbers of
the fields are those of https://github.com/onnx/onnx/blob/main/onnx/onnx.proto. A field that is not
named here is kept as it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import DTypeLike, NDArray

from server.errors import EngineUnavailable

Field: TypeAlias = tuple[int, int, int | memoryview]
"""Number, wire type and value of a field; a message and a string are their bytes."""
Attribute: TypeAlias = int | Sequence[int]

_VARINT, _BITS64, _BYTES, _BITS32 = 0, 1, 2, 5
_IR_VERSION, _GRAPH, _OPSETS = 1, 7, 8
_NODE, _GRAPH_NAME, _INITIALIZER, _GRAPH_INPUT, _GRAPH_OUTPUT = 1, 2, 5, 11, 12
_INPUT, _OUTPUT, _NAME, _OP, _ATTRIBUTE, _DOMAIN = 1, 2, 3, 4, 5, 7
_ATTRIBUTE_NAME, _ATTRIBUTE_INT, _ATTRIBUTE_INTS, _ATTRIBUTE_TYPE = 1, 3, 8, 20
_TYPE_INT, _TYPE_INTS = 2, 7
_DIMS, _DATA_TYPE, _INT32_DATA, _TENSOR_NAME, _RAW_DATA = 1, 2, 5, 8, 9
_TYPES: Final = {1: "<f4", 2: "<u1", 3: "<i1", 6: "<i4", 7: "<i8"}
_NESTED: Final = frozenset({"If", "Loop", "Scan"})
"""Operations whose own graphs may use any constant."""
_NUMBERS: Final = {np.dtype(name): number for number, name in _TYPES.items()}


@dataclass(slots=True)
class GraphNode:
    """One operation; ``attributes`` has those that are whole numbers or lists of them."""

    op: str
    inputs: list[str]
    outputs: list[str]
    attributes: dict[str, Attribute] = field(default_factory=dict)
    domain: str = ""
    kept: bytes | memoryview | None = None
    """The node's bytes in the file that it was read from; they are written as they are."""

    def numbers(self, name: str) -> list[int]:
        """The attribute ``name`` as a list; empty without it."""
        value = self.attributes.get(name, [])
        return [value] if isinstance(value, int) else list(value)


class OnnxFile:
    """A model's graph: ``nodes`` in their order, and tensors by name.

    Raises:
        EngineUnavailable: ``data`` is not an ONNX model.
    """

    def __init__(self, data: bytes) -> None:
        try:
            self._model = list(_fields(memoryview(data)))
            (graph,) = [_bytes(value) for number, _, value in self._model if number == _GRAPH]
            parts = list(_fields(graph))
            self.nodes = [_node(_bytes(value)) for number, _, value in parts if number == _NODE]
            tensors = [_bytes(value) for number, _, value in parts if number == _INITIALIZER]
            self._tensors = {_tensor_name(tensor): tensor for tensor in tensors}
        except (ValueError, IndexError, UnicodeDecodeError) as error:
            raise EngineUnavailable(f"it is not an ONNX model: {error}") from error
        self._rest = [part for part in parts if part[0] not in (_NODE, _INITIALIZER)]

    def array(self, name: str) -> NDArray[np.generic] | None:
        """The constant tensor ``name``; None without one, or if its form is not known here."""
        return _array(self._tensors[name]) if name in self._tensors else None

    def add(self, name: str, values: NDArray[np.generic]) -> str:
        """Add or replace the constant tensor ``name``; its name."""
        parts = [_encoded(_DIMS, size) for size in values.shape]
        parts.append(_encoded(_DATA_TYPE, _NUMBERS[values.dtype]))
        parts.append(_encoded(_TENSOR_NAME, name.encode()))
        parts.append(_encoded(_RAW_DATA, np.ascontiguousarray(values).tobytes()))
        self._tensors[name] = memoryview(b"".join(parts))
        return name

    def part(self, inputs: Mapping[str, DTypeLike], outputs: Mapping[str, DTypeLike]) -> OnnxFile:
        """The model from the tensors ``inputs`` to the tensors ``outputs``, with their types.

        The tensors may be any of the graph. The part has the nodes that the outputs need, and may
        be changed without a change of this model.

        Raises:
            EngineUnavailable: an output depends on an input of this model that is not given, or is
                not there.
        """
        makers = {name: node for node in self.nodes for name in node.outputs}
        wanted, needed = list(outputs), set[int]()
        while wanted:
            name = wanted.pop()
            if name in inputs or name in self._tensors or not name:
                continue
            maker = makers.get(name)
            if maker is None:
                raise EngineUnavailable(f"the ONNX model does not compute {name!r}")
            if id(maker) not in needed:
                needed.add(id(maker))
                wanted += maker.inputs
        cut = OnnxFile.__new__(OnnxFile)
        cut._model = self._model
        cut.nodes = [node for node in self.nodes if id(node) in needed]
        cut._tensors = dict(self._tensors)
        ends = [(_GRAPH_INPUT, *each) for each in inputs.items()]
        ends += [(_GRAPH_OUTPUT, *each) for each in outputs.items()]
        cut._rest = [part for part in self._rest if part[0] == _GRAPH_NAME]
        cut._rest += [
            (number, _BYTES, memoryview(_value(name, kind))) for number, name, kind in ends
        ]
        return cut

    def to_bytes(self) -> bytes:
        """The model as a file; constant tensors that no node uses are left out."""
        used = {name for node in self.nodes for name in node.inputs}
        nested = any(node.op in _NESTED for node in self.nodes)
        parts = [_encoded(number, value) for number, _, value in self._rest]
        parts += [_encoded(_NODE, _node_bytes(node)) for node in self.nodes]
        parts += [
            _encoded(_INITIALIZER, tensor)
            for name, tensor in self._tensors.items()
            if nested or name in used
        ]
        graph = b"".join(parts)
        return b"".join(
            _encoded(number, graph if number == _GRAPH else value)
            for number, _, value in self._model
        )


def new_model(
    nodes: Sequence[GraphNode],
    tensors: Mapping[str, NDArray[np.generic]],
    inputs: Mapping[str, DTypeLike],
    outputs: Mapping[str, DTypeLike],
) -> bytes:
    """A model of ``nodes`` with its constants, and its inputs and outputs with their types.

    Its operations are those of opset 20 and of onnxruntime. Shapes are not declared.
    """
    graph = _encoded(_GRAPH_NAME, b"graph")
    for number, values in ((_GRAPH_INPUT, inputs), (_GRAPH_OUTPUT, outputs)):
        for name, kind in values.items():
            graph += _encoded(number, _value(name, kind))
    head = _encoded(_IR_VERSION, 9)
    for domain, version in ((b"", 20), (b"com.microsoft", 1)):
        head += _encoded(_OPSETS, _encoded(1, domain) + _encoded(2, version))
    model = OnnxFile(head + _encoded(_GRAPH, graph))
    model.nodes = list(nodes)
    for name, values_of in tensors.items():
        model.add(name, values_of)
    return model.to_bytes()


def _value(name: str, kind: DTypeLike) -> bytes:
    """The description of an input or output: its name and type, without a shape."""
    tensor = _encoded(1, _encoded(1, _NUMBERS[np.dtype(kind)]))
    return _encoded(1, name.encode()) + _encoded(2, tensor)


def _fields(data: memoryview) -> Iterator[Field]:
    position = 0
    while position < len(data):
        key, position = _varint(data, position)
        number, wire = key >> 3, key & 7
        value: int | memoryview
        if wire == _VARINT:
            value, position = _varint(data, position)
        elif wire in (_BYTES, _BITS32, _BITS64):
            size = 4 if wire == _BITS32 else 8
            if wire == _BYTES:
                size, position = _varint(data, position)
            value = data[position : position + size]
            if len(value) < size:
                raise ValueError("it ends early")
            position += size
        else:
            raise ValueError(f"wire type {wire} is unknown")
        yield number, wire, value


def _varint(data: memoryview, position: int) -> tuple[int, int]:
    value = shift = 0
    while shift < 64:
        byte = data[position]
        position += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, position
        shift += 7
    raise ValueError("a number is too long")


def _bytes(value: int | memoryview) -> memoryview:
    if isinstance(value, int):
        raise ValueError("a number stands where a message is expected")
    return value


def _text(value: int | memoryview) -> str:
    return bytes(_bytes(value)).decode()


def _node(data: memoryview) -> GraphNode:
    node = GraphNode("", [], [], kept=data)
    for number, _, value in _fields(data):
        if number == _INPUT:
            node.inputs.append(_text(value))
        elif number == _OUTPUT:
            node.outputs.append(_text(value))
        elif number == _OP:
            node.op = _text(value)
        elif number == _DOMAIN:
            node.domain = _text(value)
        elif number == _ATTRIBUTE:
            name, known = _attribute(_bytes(value))
            if known is not None:
                node.attributes[name] = known
    return node


def _attribute(data: memoryview) -> tuple[str, Attribute | None]:
    name, value_of, numbers, kind = "", 0, list[int](), 0
    for number, wire, value in _fields(data):
        if number == _ATTRIBUTE_NAME:
            name = _text(value)
        elif number == _ATTRIBUTE_INT and isinstance(value, int):
            value_of = _signed(value)
        elif number == _ATTRIBUTE_INTS:
            numbers += _numbers(wire, value)
        elif number == _ATTRIBUTE_TYPE and isinstance(value, int):
            kind = value
    if kind == _TYPE_INT:
        return name, value_of
    return name, numbers if kind == _TYPE_INTS else None


def _numbers(wire: int, value: int | memoryview) -> list[int]:
    """One number, or a packed list of them."""
    if isinstance(value, int):
        return [_signed(value)]
    found, position = [], 0
    while wire == _BYTES and position < len(value):
        each, position = _varint(value, position)
        found.append(_signed(each))
    return found


def _signed(value: int) -> int:
    return value - (1 << 64) if value >> 63 else value


def _tensor_name(data: memoryview) -> str:
    return next((_text(value) for number, _, value in _fields(data) if number == _TENSOR_NAME), "")


def _array(data: memoryview) -> NDArray[np.generic] | None:
    shape: list[int] = []
    kind, raw, small = 0, memoryview(b""), list[int]()
    for number, wire, value in _fields(data):
        if number == _DIMS:
            shape += _numbers(wire, value)
        elif number == _DATA_TYPE and isinstance(value, int):
            kind = value
        elif number == _RAW_DATA:
            raw = _bytes(value)
        elif number == _INT32_DATA:
            small += _numbers(wire, value)
    if kind not in _TYPES:
        return None
    values = np.array(small, _TYPES[kind]) if small else np.frombuffer(raw, _TYPES[kind])
    if values.size != np.prod(shape, dtype=int):
        return None
    return values.reshape(shape)


def _node_bytes(node: GraphNode) -> bytes | memoryview:
    if node.kept is not None:
        return node.kept
    parts = [_encoded(_INPUT, name.encode()) for name in node.inputs]
    parts += [_encoded(_OUTPUT, name.encode()) for name in node.outputs]
    parts += [_encoded(_NAME, node.outputs[0].encode()), _encoded(_OP, node.op.encode())]
    for name, value in node.attributes.items():
        attribute = _encoded(_ATTRIBUTE_NAME, name.encode())
        if isinstance(value, int):
            attribute += _encoded(_ATTRIBUTE_INT, value) + _encoded(_ATTRIBUTE_TYPE, _TYPE_INT)
        else:
            attribute += b"".join(_encoded(_ATTRIBUTE_INTS, each) for each in value)
            attribute += _encoded(_ATTRIBUTE_TYPE, _TYPE_INTS)
        parts.append(_encoded(_ATTRIBUTE, attribute))
    parts.append(_encoded(_DOMAIN, node.domain.encode()))
    return b"".join(parts)


def _encoded(number: int, value: int | bytes | memoryview) -> bytes:
    """A field; numbers are varints, and all else is bytes (fixed-width fields do not occur)."""
    if isinstance(value, int):
        return _varint_bytes(number << 3 | _VARINT) + _varint_bytes(value & (1 << 64) - 1)
    return _varint_bytes(number << 3 | _BYTES) + _varint_bytes(len(value)) + bytes(value)


def _varint_bytes(value: int) -> bytes:
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)

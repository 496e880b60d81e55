"""Kokoro's graph is cut only where it has the form that is expected."""

from __future__ import annotations

import numpy as np
import onnxruntime as ort
import pytest

from server.engines.kokoro_graph import (
    AUDIO,
    ENERGY,
    FEATURES,
    SOURCE,
    SPEED,
    STYLE,
    TOKENS,
    kokoro_parts,
)
from server.engines.onnx_file import GraphNode, new_model
from server.errors import EngineUnavailable

_NORM = "/decoder/decoder/generator/resblocks.0/adain1.0"


def small_model(*, variance: bool = True) -> bytes:
    """A model with the names of Kokoro's: numbers to features, and one normalisation of them."""
    nodes = [
        GraphNode("Cast", [TOKENS], ["numbers"], {"to": 1}),
        GraphNode("Mul", ["numbers", SPEED], [FEATURES]),
        GraphNode("Mul", ["numbers", "two"], [SOURCE]),
        GraphNode("Neg", ["numbers"], [ENERGY]),
        GraphNode("ReduceMean", [FEATURES, "time"], [f"{_NORM}/ReduceMean_output_0"]),
        GraphNode("Sub", [FEATURES, f"{_NORM}/ReduceMean_output_0"], ["centred"]),
        GraphNode("Mul", ["centred", "centred"], ["squared"]),
        GraphNode("ReduceMean", ["squared", "time"], [f"{_NORM}/ReduceMean_2_output_0"]),
        GraphNode("Div", ["centred", f"{_NORM}/ReduceMean_2_output_0"], ["normal"]),
        GraphNode("Add", ["normal", STYLE], ["styled"]),
        GraphNode("Add", ["styled", SOURCE], [AUDIO]),
    ]
    if not variance:
        nodes[7].outputs, nodes[8].inputs[1] = ["other"], "other"
    return new_model(
        nodes,
        {"two": np.array(2, np.float32), "time": np.array([-1], np.int64)},
        {TOKENS: np.int64, STYLE: np.float32, SPEED: np.float32},
        {AUDIO: np.float32},
    )


def session(model: bytes) -> ort.InferenceSession:
    return ort.InferenceSession(model, providers=["CPUExecutionProvider"])


def test_the_parts_give_what_the_model_gives() -> None:
    inputs = {
        TOKENS: np.array([[1, 2, 3, 6]], np.int64),
        STYLE: np.array([[0.5]], np.float32),
        SPEED: np.array([2], np.float32),
    }
    (expected,) = session(small_model()).run([AUDIO], inputs)
    parts = kokoro_parts(small_model())
    text, whole, sliced = map(session, (parts.text, parts.whole_sound, parts.sliced_sound))
    features, source, energy = text.run([FEATURES, SOURCE, ENERGY], inputs)
    assert energy.tolist() == [[-1, -2, -3, -6]]
    given = {FEATURES: features, SOURCE: source, STYLE: inputs[STYLE]}
    audio, *statistics = whole.run([AUDIO, *parts.statistics], given)
    assert np.array_equal(audio, expected)
    half = {FEATURES: features[:, :2], SOURCE: source[:, :2], STYLE: inputs[STYLE]}
    named = dict(zip(parts.statistics, statistics, strict=True))
    (first,) = sliced.run([AUDIO], half | named)
    assert np.array_equal(first, expected[:, :2])


def test_a_model_of_another_form_is_refused() -> None:
    with pytest.raises(EngineUnavailable, match="another form"):
        kokoro_parts(small_model(variance=False))
    with pytest.raises(EngineUnavailable, match="not an ONNX model"):
        kokoro_parts(b"no model")

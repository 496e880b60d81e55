"""Kokoro's model in two parts: from tokens to frames, and from frames to sound.

The first part (text encoder, durations, pitch, and the slow half of the decoder) takes some 5 % of
the time, and gives features every 12.5 ms with the harmonic source of the sound. The second, the
generator of iSTFTNet (https://arxiv.org/abs/2203.02395), is convolutional, and so it can work on a
slice of the frames. Only its instance normalisations look at all frames: each takes a mean and a
variance over time. They are outputs of the whole second part, and inputs of its form for slices.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from server.engines.onnx_file import OnnxFile
from server.errors import EngineUnavailable

FRAME_SAMPLES: Final = 300
"""Samples of sound for each frame of the features, at 24 kHz."""
REACH_FRAMES: Final = 5
"""How far sound depends on the frames beside it. The convolutions reach 8 frames; those beyond 3
change less than the quantisation does."""

TOKENS: Final = "tokens"
STYLE: Final = "style"
SPEED: Final = "speed"
AUDIO: Final = "audio"
FEATURES: Final = "/decoder/decoder/decode.3/Div_4_output_0"
"""``float32[1, 512, frames]``."""
SOURCE: Final = "/decoder/decoder/generator/Squeeze_output_0"
"""The harmonic source, ``float32[1, frames * FRAME_SAMPLES]``."""
ENERGY: Final = "/encoder/N_proj/Conv_output_0"
"""The predicted loudness of the frames, ``float32[1, 1, frames]``: some -9 in silence, up to 8 in
vowels."""

_GENERATOR: Final = "/decoder/decoder/generator/"
_MEAN, _VARIANCE = "/ReduceMean_output_0", "/ReduceMean_2_output_0"


@dataclass(frozen=True, slots=True)
class KokoroParts:
    """The model's parts as ONNX files.

    ``statistics`` are the names of the normalisations' means and variances, ``float32[1, c, 1]``
    each: outputs of ``whole_sound``, inputs of ``sliced_sound``. Their order is fixed: all means,
    then the variances in the same order.
    """

    text: bytes
    whole_sound: bytes
    sliced_sound: bytes
    statistics: tuple[str, ...]


def kokoro_parts(data: bytes) -> KokoroParts:
    """The parts of Kokoro's ONNX model ``data``.

    Raises:
        EngineUnavailable: it is not the model that is expected here.
    """
    model = OnnxFile(data)
    names = [
        node.outputs[0]
        for node in model.nodes
        if node.op == "ReduceMean" and node.outputs[0].startswith(_GENERATOR)
    ]
    means = sorted(name for name in names if name.endswith(_MEAN))
    variances = [name.removesuffix(_MEAN) + _VARIANCE for name in means]
    if not means or sorted(names) != sorted(means + variances):
        raise EngineUnavailable("the model of Kokoro has another form than its version 1.0")
    statistics = dict.fromkeys((*means, *variances), np.float32)
    features = {FEATURES: np.float32, SOURCE: np.float32, STYLE: np.float32}
    sound = {AUDIO: np.float32}
    return KokoroParts(
        model.part(
            {TOKENS: np.int64, STYLE: np.float32, SPEED: np.float32},
            {FEATURES: np.float32, SOURCE: np.float32, ENERGY: np.float32},
        ).to_bytes(),
        model.part(features, sound | statistics).to_bytes(),
        model.part(features | statistics, sound).to_bytes(),
        tuple(statistics),
    )

"""A tiny Whisper with random weights and as many mel bins as a test wants, without torch.

It shows that audio of that shape passes through the runtime; its text means nothing.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Final

import numpy as np
from ctranslate2.specs.common_spec import Conv1DSpec, LayerNormSpec, LinearSpec
from ctranslate2.specs.model_spec import LayerSpec, ModelConfig
from ctranslate2.specs.whisper_spec import WhisperSpec
from numpy.typing import NDArray

_WIDTH: Final = 32
_HEADS: Final = 2
_AUDIO_POSITIONS: Final = 1500
_TEXT_POSITIONS: Final = 448


def write_random_whisper(folder: Path, fixture: Path, mels: int) -> Path:
    """Write a model of one layer to ``folder``, with the tokens of the model in ``fixture``."""
    random = np.random.default_rng(mels)

    def weights(*shape: int) -> NDArray[np.float32]:
        return random.standard_normal(shape).astype(np.float32) / np.float32(np.sqrt(shape[-1]))

    def fill(layer: LayerSpec, *shape: int) -> None:
        layer.weight = weights(*shape)
        layer.bias = np.zeros(shape[0], np.float32)

    def level(norm: LayerNormSpec) -> None:
        norm.gamma, norm.beta = np.ones(_WIDTH, np.float32), np.zeros(_WIDTH, np.float32)

    def attend(attention: LayerSpec, widths: tuple[int, ...]) -> None:
        level(attention.layer_norm)
        linear: list[LinearSpec] = attention.linear
        for each, width in zip(linear, widths, strict=True):
            fill(each, width, _WIDTH)

    def forward(layer: LayerSpec) -> None:
        level(layer.layer_norm)
        fill(layer.linear_0, 2 * _WIDTH, _WIDTH)
        fill(layer.linear_1, _WIDTH, 2 * _WIDTH)

    def convolve(layer: Conv1DSpec, channels: int) -> None:
        layer.weight = weights(_WIDTH, channels, 3)
        layer.bias = np.zeros(_WIDTH, np.float32)

    vocabulary: list[str] = json.loads((fixture / "vocabulary.json").read_text("utf-8"))
    spec = WhisperSpec(1, _HEADS, 1, _HEADS)
    encoder, decoder = spec.encoder, spec.decoder
    convolve(encoder.conv1, mels)
    convolve(encoder.conv2, _WIDTH)
    encoder.position_encodings.encodings = weights(_AUDIO_POSITIONS, _WIDTH)
    decoder.position_encodings.encodings = weights(_TEXT_POSITIONS, _WIDTH)
    decoder.embeddings.weight = weights(len(vocabulary), _WIDTH)
    decoder.projection.weight = decoder.embeddings.weight
    for side in (encoder, decoder):
        level(side.layer_norm)
        attend(side.layer[0].self_attention, (3 * _WIDTH, _WIDTH))
        forward(side.layer[0].ffn)
    attend(decoder.layer[0].attention, (_WIDTH, 2 * _WIDTH, _WIDTH))
    config: ModelConfig = spec.config
    for name, value in json.loads((fixture / "config.json").read_text("utf-8")).items():
        setattr(config, name, value)
    config.alignment_heads = [(0, 0)]
    spec.register_vocabulary(vocabulary)
    spec.validate()
    spec.optimize(quantization="int8")
    folder.mkdir(parents=True)
    spec.save(str(folder))
    shutil.copy(fixture / "tokenizer.json", folder)
    return folder


__all__ = ["write_random_whisper"]

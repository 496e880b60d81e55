"""A tiny Llama in a GGUF file, with random weights and the form of SmolLM2's, and its reference.

Its text means nothing. `Reference` computes the same network from the file's tensors with numpy.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import gguf
import numpy as np
from numpy.typing import NDArray

LAYERS: Final = 2
WIDTH: Final = 64
HEADS: Final = 4
KEY_HEADS: Final = 2
FFN: Final = 96
ROPE_BASE: Final = 100000.0
EPSILON: Final = 1e-5
_HEAD: Final = WIDTH // HEADS
_CONTROL: Final = ("<|endoftext|>", "<|im_start|>", "<|im_end|>")
_NORMAL_TOKEN, _CONTROL_TOKEN = 1, 3
_Floats = NDArray[np.float64]


def vocabulary() -> list[str]:
    """Three tokens that are no text, the bytes as GPT-2 writes them, and two merged tokens."""
    plain = [*range(33, 127), *range(161, 173), *range(174, 256)]
    others = (chr(256 + place) for place in range(256 - len(plain)))
    return [*_CONTROL, *map(chr, plain), *others, "Ġt", "Ġth"]


def write(path: Path, *, architecture: str = "llama") -> None:
    """Write the model to ``path``, with weights of 4 bits."""
    random = np.random.default_rng(7)
    tokens = vocabulary()
    writer = gguf.GGUFWriter(path, architecture)
    writer.add_block_count(LAYERS)
    writer.add_context_length(512)
    writer.add_embedding_length(WIDTH)
    writer.add_feed_forward_length(FFN)
    writer.add_head_count(HEADS)
    writer.add_head_count_kv(KEY_HEADS)
    writer.add_rope_freq_base(ROPE_BASE)
    writer.add_layer_norm_rms_eps(EPSILON)
    writer.add_tokenizer_model("gpt2")
    writer.add_token_list(tokens)
    writer.add_token_types(
        [_CONTROL_TOKEN if token in _CONTROL else _NORMAL_TOKEN for token in tokens]
    )
    writer.add_token_merges(["Ġ t", "Ġt h"])
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(2)
    writer.add_unk_token_id(0)
    kind = gguf.GGMLQuantizationType.Q4_1

    def add(name: str, rows: int, columns: int) -> None:
        weights = random.standard_normal((rows, columns)).astype(np.float32)
        packed = gguf.quantize(weights / np.float32(np.sqrt(columns)), kind)
        writer.add_tensor(f"{name}.weight", packed, raw_dtype=kind)

    def add_norm(name: str) -> None:
        near_one = 1 + 0.1 * random.standard_normal(WIDTH)
        writer.add_tensor(f"{name}.weight", near_one.astype(np.float32))

    add("token_embd", len(tokens), WIDTH)
    add_norm("output_norm")
    for layer in range(LAYERS):
        block = f"blk.{layer}"
        add_norm(f"{block}.attn_norm")
        add_norm(f"{block}.ffn_norm")
        add(f"{block}.attn_q", WIDTH, WIDTH)
        add(f"{block}.attn_k", KEY_HEADS * _HEAD, WIDTH)
        add(f"{block}.attn_v", KEY_HEADS * _HEAD, WIDTH)
        add(f"{block}.attn_output", WIDTH, WIDTH)
        add(f"{block}.ffn_gate", FFN, WIDTH)
        add(f"{block}.ffn_up", FFN, WIDTH)
        add(f"{block}.ffn_down", WIDTH, FFN)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


class Reference:
    """The network of a file that `write` wrote."""

    def __init__(self, path: Path) -> None:
        self._weights: dict[str, _Floats] = {
            tensor.name.removesuffix(".weight"): gguf.dequantize(tensor.data, tensor.tensor_type)
            .reshape([int(size) for size in reversed(tensor.shape)])
            .astype(np.float64)
            for tensor in gguf.GGUFReader(path).tensors
        }

    def logits(self, tokens: Sequence[int]) -> _Floats:
        """Those of the position behind the tokens, ``float64[vocabulary]``."""
        embedding = self._weights["token_embd"]
        x = embedding[list(tokens)]
        for layer in range(LAYERS):
            x = x + self._attended(self._normed(x, f"blk.{layer}.attn_norm"), f"blk.{layer}")
            h = self._normed(x, f"blk.{layer}.ffn_norm")
            gate = self._times(h, f"blk.{layer}.ffn_gate")
            up = self._times(h, f"blk.{layer}.ffn_up")
            x = x + self._times(gate / (1 + np.exp(-gate)) * up, f"blk.{layer}.ffn_down")
        found: _Floats = embedding @ self._normed(x, "output_norm")[-1]
        return found

    def _normed(self, x: _Floats, name: str) -> _Floats:
        scale = np.sqrt((x * x).mean(axis=-1, keepdims=True) + EPSILON)
        found: _Floats = x / scale * self._weights[name]
        return found

    def _times(self, x: _Floats, name: str) -> _Floats:
        found: _Floats = x @ self._weights[name].T
        return found

    def _attended(self, x: _Floats, block: str) -> _Floats:
        count = len(x)
        q, k, v = (
            self._times(x, f"{block}.attn_{each}").reshape(count, -1, _HEAD) for each in "qkv"
        )
        q, k = _rotated(q), _rotated(k)
        mask = np.triu(np.full((count, count), -np.inf), 1)
        heads = []
        for head in range(HEADS):
            shared = head * KEY_HEADS // HEADS
            scores = q[:, head] @ k[:, shared].T / np.sqrt(_HEAD) + mask
            weights = np.exp(scores - scores.max(axis=-1, keepdims=True))
            heads.append(weights / weights.sum(axis=-1, keepdims=True) @ v[:, shared])
        return self._times(np.concatenate(heads, axis=-1), f"{block}.attn_output")


def _rotated(x: _Floats) -> _Floats:
    """Rotary positions on neighbouring pairs, as llama.cpp has them for this architecture."""
    frequencies = ROPE_BASE ** (-np.arange(0, _HEAD, 2) / _HEAD)
    angles = np.arange(len(x))[:, None] * frequencies
    turn: Any = np.exp(1j * angles)[:, None, :]
    pairs = (x[..., ::2] + 1j * x[..., 1::2]) * turn
    found = np.empty_like(x)
    found[..., ::2], found[..., 1::2] = pairs.real, pairs.imag
    return found

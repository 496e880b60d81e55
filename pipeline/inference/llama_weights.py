"""The weights of a Llama model in a GGUF file, for CTranslate2.

A GGUF file (https://github.com/ggml-org/ggml/blob/master/docs/gguf.md) has the shapes, the
vocabulary and the weights, here of 4 bits. CTranslate2 has no reader for it, and computes with
int8.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

_ARCHITECTURE: Final = "llama"
_CONTROL_TOKEN: Final = 3
"""The type of a token that is no text, in ``tokenizer.ggml.token_type``."""


@dataclass(frozen=True, slots=True)
class LlamaWeights:
    """The settings and weights by their names in the file."""

    settings: Mapping[str, Any]
    tensors: Mapping[str, NDArray[np.float16]]

    @classmethod
    def read(cls, path: Path) -> LlamaWeights:
        """
        Raises:
            OSError: the file cannot be read.
            ValueError, KeyError: it is no GGUF file of a Llama model.
        """
        # Loaded late: whoever has no such model does not pay for the imports.
        import gguf

        reader = gguf.GGUFReader(path)
        settings = {name: field.contents() for name, field in reader.fields.items()}
        if settings["general.architecture"] != _ARCHITECTURE:
            raise ValueError(f"{path} has the weights of a {settings['general.architecture']}")
        tensors = {
            tensor.name: gguf.dequantize(tensor.data, tensor.tensor_type)
            .reshape([int(size) for size in reversed(tensor.shape)])
            .astype(np.float16)
            for tensor in reader.tensors
        }
        return cls(settings, tensors)

    def tokenizer(self) -> Any:
        """The `tokenizers.Tokenizer` of the vocabulary: byte pairs, each digit for itself."""
        from tokenizers import Tokenizer, models, pre_tokenizers

        tokens = self.settings["tokenizer.ggml.tokens"]
        merges = [tuple(pair.split(" ")) for pair in self.settings["tokenizer.ggml.merges"]]
        vocabulary = {token: number for number, token in enumerate(tokens)}
        tokenizer = Tokenizer(models.BPE(vocab=vocabulary, merges=merges))
        tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
            [pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(False)]
        )
        kinds = self.settings["tokenizer.ggml.token_type"]
        tokenizer.add_special_tokens(
            [token for token, kind in zip(tokens, kinds, strict=True) if kind == _CONTROL_TOKEN]
        )
        return tokenizer

    def write_ctranslate2(self, folder: Path, output: NDArray[np.int64]) -> None:
        """Write the model in CTranslate2's form, with int8 weights.

        The output layer has only the tokens ``output``, ``int64[n]``, in this order.
        """
        from ctranslate2.specs import common_spec, transformer_spec

        def setting(name: str) -> Any:
            return self.settings[f"{_ARCHITECTURE}.{name}"]

        spec = transformer_spec.TransformerDecoderModelSpec.from_config(
            setting("block_count"),
            setting("attention.head_count"),
            activation=common_spec.Activation.SWISH,
            ffn_glu=True,
            rms_norm=True,
            rotary_dim=0,
            # GGUF has the rows of queries and keys in the order for this.
            rotary_interleave=True,
            rotary_base=setting("rope.freq_base"),
            num_heads_kv=setting("attention.head_count_kv"),
        )
        decoder = spec.decoder
        embedding = self.tensors["token_embd.weight"]
        decoder.scale_embeddings = False
        decoder.embeddings.weight = embedding
        decoder.projection.weight = self.tensors.get("output.weight", embedding)[output]
        decoder.layer_norm.gamma = self._norm("output_norm")
        for number, layer in enumerate(decoder.layer):
            block = f"blk.{number}"
            attention, ffn = layer.self_attention, layer.ffn
            attention.layer_norm.gamma = self._norm(f"{block}.attn_norm")
            attention.linear[0].weight = np.concatenate(
                [self.tensors[f"{block}.attn_{each}.weight"] for each in "qkv"]
            )
            attention.linear[1].weight = self.tensors[f"{block}.attn_output.weight"]
            ffn.layer_norm.gamma = self._norm(f"{block}.ffn_norm")
            ffn.linear_0.weight = self.tensors[f"{block}.ffn_gate.weight"]
            ffn.linear_0_noact.weight = self.tensors[f"{block}.ffn_up.weight"]
            ffn.linear_1.weight = self.tensors[f"{block}.ffn_down.weight"]
        tokens = self.settings["tokenizer.ggml.tokens"]
        spec.register_vocabulary(tokens)
        spec.config.bos_token = tokens[self.settings["tokenizer.ggml.bos_token_id"]]
        spec.config.eos_token = tokens[self.settings["tokenizer.ggml.eos_token_id"]]
        spec.config.unk_token = tokens[self.settings["tokenizer.ggml.unknown_token_id"]]
        spec.config.layer_norm_epsilon = setting("attention.layer_norm_rms_epsilon")
        spec.validate()
        spec.optimize(quantization="int8")
        spec.save(str(folder))

    def _norm(self, name: str) -> NDArray[np.float32]:
        return self.tensors[f"{name}.weight"].astype(np.float32)

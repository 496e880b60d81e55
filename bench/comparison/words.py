"""Whisper base for every system, in a process of its own: ``python -m bench.comparison.words``.

It is the product's decoder, in English. Results are kept by the digest of the audio, with the CPU
time that they took. An adapter starts the process and asks by a pipe: the number of bytes (little
endian, four bytes), then ``int16[n]`` at 16 kHz; the answer is a line of JSON.
"""

from __future__ import annotations

import json
import os
import struct
import sys
import time
from dataclasses import asdict
from typing import Any

import numpy as np

from bench.conversation.cached_models import MODEL_SIZE
from bench.conversation.known_results import KnownResults, digest
from models.store import ModelStore
from pipeline.audio import to_samples
from pipeline.inference.whisper import Transcriber
from pipeline.settings import SttSettings
from settings import load_settings

_LANGUAGE = "en"


class _Words:
    def __init__(self) -> None:
        self._known = KnownResults("comparison_words")
        self._model: Transcriber | None = None

    def of(self, pcm: bytes) -> dict[str, Any]:
        audio = np.frombuffer(pcm, np.int16)
        key = digest(audio, MODEL_SIZE)
        found = self._known.get(key)
        if found is None:
            found = self._transcribe(audio)
            self._known.put(key, found)
        return dict(found)

    def _transcribe(self, audio: Any) -> dict[str, Any]:
        if self._model is None:
            path = ModelStore(load_settings().models).whisper_path(MODEL_SIZE)
            settings = SttSettings(
                model_size=MODEL_SIZE, language=_LANGUAGE, device="cpu", threads=1
            )
            self._model = Transcriber(path, settings)
            self._model.warm_up()
        before = time.process_time()
        result = self._model.transcribe(to_samples(audio), language=_LANGUAGE)
        return asdict(result) | {"cpu_ms": (time.process_time() - before) * 1000}


def main() -> None:
    words = _Words()
    # Standard output is for the answers: what a library prints must go elsewhere.
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    while head := sys.stdin.buffer.read(4):
        (length,) = struct.unpack("<I", head)
        print(json.dumps(words.of(sys.stdin.buffer.read(length))), file=answers, flush=True)


if __name__ == "__main__":
    main()

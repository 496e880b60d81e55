"""kokoro-onnx alone, as a floor: run by the Python of an environment that has it.

``python bare_kokoro.py MODEL VOICES VOICE SECONDS CLIENTS...`` prints a JSON object for each number
of clients, which are threads with one shared model. It imports nothing of this project. VOICES is a
folder of ``*.bin`` files, each float32[510, 1, 256].
"""

from __future__ import annotations

import importlib
import json
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

import numpy as np


def main(model: str, voices: str, voice: str, seconds: float, clients: list[int]) -> None:
    kokoro_onnx = importlib.import_module("kokoro_onnx")
    with tempfile.TemporaryDirectory() as folder:
        packed = Path(folder) / "voices.npz"
        styles = {
            path.stem: np.fromfile(path, np.float32).reshape(-1, 1, 256)
            for path in Path(voices).glob("*.bin")
        }
        np.savez(str(packed), **styles)  # type: ignore[arg-type]
        engine = kokoro_onnx.Kokoro(model, str(packed))
        engine.create("Warm up.", voice)
        for count in clients:
            sys.stdout.write(json.dumps(measure(engine, voice, seconds, count)) + "\n")
            sys.stdout.flush()


def measure(engine: Any, voice: str, seconds: float, clients: int) -> dict[str, Any]:
    texts = json.loads(sys.stdin.readline())
    lock, times, audio, taken = threading.Lock(), [], [], iter(texts)
    end = time.perf_counter() + seconds

    def client() -> None:
        while time.perf_counter() < end:
            with lock:
                text = next(taken)
            began = time.perf_counter()
            samples, rate = engine.create(text, voice)
            times.append((time.perf_counter() - began) * 1000)
            audio.append(len(samples) / rate)

    began = time.perf_counter()
    threads = [threading.Thread(target=client) for _ in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return {"clients": clients, "ms": times, "audio_s": sum(audio),
            "took_s": time.perf_counter() - began}  # fmt: skip


if __name__ == "__main__":
    model_file, voices_folder, voice_name, length, *counts = sys.argv[1:]
    main(model_file, voices_folder, voice_name, float(length), [int(each) for each in counts])

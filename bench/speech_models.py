"""CPU and wall time of the speech models on this machine: ``python -m bench.speech_models``.

CPU time is shown too, because machines are shared. The shortened encoder window is compared with
the full one, because only their ratio holds on other machines.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable
from functools import partial
from typing import Final

import numpy as np

from bench.report import add_json_argument, write_json
from models.store import ModelStore
from pipeline.audio import HEARD_RATE, Samples
from pipeline.inference.language_model import LanguageModel
from pipeline.inference.silero_vad import CHUNK, SileroVad
from pipeline.inference.smart_turn import SmartTurn
from pipeline.inference.whisper import Transcriber
from pipeline.settings import SttSettings
from settings import load_settings

REPEATS: Final = 50


def timed(work: Callable[[], object], repeats: int = REPEATS) -> tuple[float, float]:
    """Median wall and CPU time of one call, in ms."""
    walls, cpus = [], []
    for _ in range(repeats):
        wall, cpu = time.perf_counter(), time.process_time()
        work()
        walls.append((time.perf_counter() - wall) * 1000)
        cpus.append((time.process_time() - cpu) * 1000)
    return statistics.median(walls), statistics.median(cpus)


def vad_step(vad: SileroVad, speakers: int, chunk: Samples) -> Callable[[], object]:
    """Time of one step for all ``speakers``."""
    batch = [(vad.open(), chunk) for _ in range(speakers)]
    return lambda: vad.step(batch)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    add_json_argument(parser)
    arguments = parser.parse_args()
    numbers: dict[str, float] = {}
    store = ModelStore(load_settings().models)
    noise = np.random.default_rng(0).normal(0, 0.05, 3 * HEARD_RATE).astype(np.float32)
    vad = SileroVad(store.path("silero-vad"))
    print(f"{'':<44}{'wall ms':>9}{'CPU ms':>9}")
    for speakers in (1, 5, 10, 20):
        wall, cpu = timed(vad_step(vad, speakers, noise[:CHUNK]), 200)
        a_second = cpu / speakers * HEARD_RATE / CHUNK
        numbers[f"vad_cpu_ms_per_audio_second_{speakers}"] = round(a_second, 3)
        name = f"VAD, {speakers} speakers, one step of 32 ms"
        print(f"{name:<44}{wall:9.3f}{cpu:9.3f}   {a_second:.2f} ms per audio-second and speaker")
    turn = SmartTurn(store.path("smart-turn"))
    wall, cpu = timed(lambda: turn.probability(noise))
    numbers["smart_turn_cpu_ms"] = round(cpu, 2)
    print(f"{'Smart Turn, one look':<44}{wall:9.1f}{cpu:9.1f}")
    text = LanguageModel(store.path("smollm2-135m"))
    wall, cpu = timed(lambda: text.ending("Can you tell me what the weather is like in the north"))
    numbers["language_model_cpu_ms"] = round(cpu, 2)
    print(f"{'SmolLM2, twelve words':<44}{wall:9.1f}{cpu:9.1f}")
    costs = {}
    for window in ("short", "full"):
        stt = Transcriber(
            store.whisper_path("fixture"), SttSettings(model_size="fixture", window=window)
        )
        costs[window], cpu = timed(partial(stt.transcribe, noise, language="en"), 10)
        name = f"fixture Whisper, 3 s, {window} window"
        print(f"{name:<44}{costs[window]:9.1f}{cpu:9.1f}")
    print(f"the full window takes {costs['full'] / costs['short']:.0f} times as long")
    numbers["full_to_short_window"] = round(costs["full"] / costs["short"], 1)
    write_json(arguments.json, "speech_models", numbers)


if __name__ == "__main__":
    main()

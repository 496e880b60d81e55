"""Speech on several processes: ``python -m bench.cluster --page docs/sizing.md``.

The Ray Serve application on this machine, with one process of each model and with two: first byte
and throughput of speech, and throughput of transcription, at some numbers of clients. Then what a
batch of Whisper costs: CPU seconds of one window in batches of 1, 2 and 4, which other work on the
machine changes little.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import time
from collections.abc import Sequence
from functools import partial
from typing import Any, Final, Literal, cast

import ctranslate2
import numpy as np

from bench.report import add_json_argument, add_page_argument, write_json, write_table
from bench.server.throughput import recording, speech_rate, transcription_rate
from models.settings import ModelsSettings
from models.store import ModelStore
from pipeline.audio import HEARD_RATE, Samples
from pipeline.inference.log_mel import LeanFeatures
from pipeline.inference.whisper_decoder import WhisperDecoder
from pipeline.settings import PipelineSettings, SttSettings
from server.cluster.local import ray_here, served
from server.cluster.replicas import ClusterOrders
from server.cluster.settings import ClusterSettings, ReplicaSettings
from server.settings import ServerSettings
from server.transcription.listening_models import whisper_folder
from testing.ports import free_port

Engine = Literal["kokoro", "espeak"]

PROCESSES: Final = (1, 2)
CLIENTS: Final = (1, 4)
BATCHES: Final = (1, 2, 4)
_WINDOW_S: Final = 6.0
_TOKENS: Final = 24
"""Tokens of a turn of some five seconds."""
_VOICE: Final = "jarvis"


def orders(processes: int, engine: Engine, size: str) -> ClusterOrders:
    """The application with so many processes of each model, one thread each."""
    fixed = partial(ReplicaSettings, cpus=0.1, max_ongoing_requests=16)
    models = fixed(min_replicas=processes, max_replicas=processes)
    cluster = ClusterSettings(
        api=fixed(max_replicas=1, max_ongoing_requests=64),
        speech=models,
        transcription=models,
        wait_s=300,
    )
    port = free_port()
    settings = ServerSettings(port=port, engine=engine, threads=1, cluster=cluster)
    pipeline = PipelineSettings(stt=SttSettings(model_size=size, threads=1))
    return ClusterOrders(settings, ModelsSettings(), pipeline, {}, "WARNING")


async def rates(url: str, processes: int, seconds: float) -> list[dict[str, Any]]:
    """What each number of clients gets of each kind."""
    audio = await recording(url, _VOICE)
    rows: list[dict[str, Any]] = []
    for clients in CLIENTS:
        spoken = await speech_rate(url, clients, seconds, _VOICE)
        rows.append({"kind": "speech", "processes": processes, **spoken.numbers()})
        heard = await transcription_rate(url, clients, seconds, audio)
        rows.append({"kind": "transcription", "processes": processes, **heard.numbers()})
    return rows


def batch_costs(size: str, threads: int, windows: int) -> list[dict[str, float]]:
    """The CPU seconds of one window of Whisper in each batch; every window has as many tokens."""
    folder = whisper_folder(ModelStore(ModelsSettings()), size)
    model = ctranslate2.models.Whisper(
        str(folder), device="cpu", compute_type="int8", intra_threads=threads
    )
    vocabulary = WhisperDecoder(
        folder, device="cpu", compute_type="int8", threads=threads
    ).vocabulary
    noise = np.random.default_rng(7).normal(0, 0.05, round(_WINDOW_S * HEARD_RATE))
    window = LeanFeatures(feature_size=model.n_mels).window(
        cast(Samples, noise.astype(np.float32)), round(_WINDOW_S * 100)
    )
    start = vocabulary.start("en", translate=False)
    rows = []
    for batch in BATCHES:
        features = np.ascontiguousarray(np.repeat(window[None], batch, axis=0))

        def one(features: np.ndarray = features, batch: int = batch) -> None:
            encoded = model.encode(ctranslate2.StorageView.from_array(features))
            model.generate(
                encoded,
                [start] * batch,
                beam_size=1,
                max_length=len(start) + _TOKENS,
                suppress_tokens=[vocabulary.end_of_text],
            )

        one()
        cpu, wall = time.process_time(), time.perf_counter()
        runs = max(1, windows // batch)
        for _ in range(runs):
            one()
        done = runs * batch
        rows.append(
            {
                "batch": batch,
                "threads": threads,
                "cpu_ms": round((time.process_time() - cpu) * 1000 / done, 1),
                "wall_ms": round((time.perf_counter() - wall) * 1000 / done, 1),
            }
        )
    return rows


def _table(rows: Sequence[dict[str, Any]]) -> list[tuple[object, ...]]:
    return [
        (
            row["kind"],
            row["processes"],
            row["clients"],
            row["requests"],
            row["refused"],
            row.get("first_byte_p50_ms", ""),
            row.get("total_p50_ms", ""),
            row["audio_seconds_per_second"],
        )
        for row in rows
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=20, help="for each row (20)")
    parser.add_argument("--engine", choices=("kokoro", "espeak"), default="kokoro")
    parser.add_argument("--size", default="base", help="of Whisper (base)")
    parser.add_argument(
        "--windows",
        type=int,
        default=24,
        help="in whole batches, one at least; 0 for no batches",
    )
    parser.add_argument("--no-ray", action="store_true", help="only the batches")
    add_json_argument(parser)
    add_page_argument(parser)
    arguments = parser.parse_args()
    batches = []
    for threads in (1, 2) if arguments.windows else ():
        batches += batch_costs(arguments.size, threads, arguments.windows)
    for row in batches:
        print(row)
    rows: list[dict[str, Any]] = []
    if not arguments.no_ray:
        with ray_here(cpus=2, store_bytes=100_000_000):
            for processes in PROCESSES:
                with served(orders(processes, arguments.engine, arguments.size)) as url:
                    rows += asyncio.run(rates(url, processes, arguments.seconds))
    head = ["kind", "processes", "clients", "requests", "refused"]
    head += ["first byte, median ms", "whole, median ms", "seconds of audio a second"]
    for each in _table(rows):
        print(*each, sep="\t")
    load = os.getloadavg()[0]
    after = [f"{arguments.engine}, Whisper {arguments.size}; load average {load:.1f} at the end."]
    after += [
        f"A batch of {row['batch']:g}, {row['threads']:g} threads: {row['cpu_ms']:g} ms of CPU for "
        f"each window of {_WINDOW_S:g} s."
        for row in batches
    ]
    write_table(arguments.page, "cluster", head, _table(rows), after)
    write_json(arguments.json, "cluster", {"load": load, "rows": rows, "batches": batches})


if __name__ == "__main__":
    main()

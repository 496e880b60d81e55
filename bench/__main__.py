"""Every benchmark in turn: ``make bench``, or ``python -m bench``.

Each runs in its own process, prints its table, and writes its numbers under bench/results. Failures
are listed at the end; the other benchmarks still run.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[1]
RESULTS: Final = ROOT / "bench/results"
QUICK_RESULTS: Final = ROOT / ".cache/bench"
"""Quick runs must not overwrite the numbers that the README shows."""
BUSY: Final = 1.0
"""Load average from which times are not to be trusted."""


@dataclass(frozen=True, slots=True)
class Benchmark:
    """A module to run, and its arguments besides the file for its numbers."""

    module: str
    quick: tuple[str, ...] = ()
    """Arguments of a quick run."""
    picture: bool = False
    """Whether it also draws a picture."""

    @property
    def name(self) -> str:
        return self.module.rpartition(".")[2]


BENCHMARKS: Final = (
    Benchmark("bench.speech_models"),
    Benchmark("bench.speech", quick=("--every", "20")),
    Benchmark("bench.voices", quick=("--voices", "bm_george", "--every", "8")),
    Benchmark("bench.voice_to_voice", quick=("--turns", "6")),
    Benchmark("bench.named_questions", quick=("--questions", "6")),
    Benchmark("bench.conversation.addressee"),
    Benchmark("bench.conversation.turn_taking"),
    Benchmark("bench.conversation.barge_in"),
    Benchmark("bench.injection"),
    Benchmark("bench.server", quick=("--seconds", "3")),
    Benchmark("bench.fleet", quick=("--times", "20", "--messages", "3", "--cuts", "5")),
    Benchmark("bench.discord_faults", quick=("--lengths", "30")),
    Benchmark("bench.comparison", quick=("--quick",), picture=True),
)


@dataclass(frozen=True, slots=True)
class BenchmarkResult:
    """The result of one benchmark; ``status`` is its exit status."""

    name: str
    status: int
    took_s: float


def command(benchmark: Benchmark, folder: Path, *, quick: bool) -> list[str]:
    """The command that writes the benchmark's numbers (and picture) to ``folder``."""
    arguments = [sys.executable, "-m", benchmark.module]
    arguments += ["--json", str(folder / f"{benchmark.name}.json")]
    if benchmark.picture:
        arguments += ["--picture", str(folder / f"{benchmark.name}.svg")]
    return arguments + (list(benchmark.quick) if quick else [])


def run(benchmark: Benchmark, folder: Path, *, quick: bool) -> BenchmarkResult:
    print(f"\n=== {benchmark.name}\n", flush=True)
    began = time.monotonic()
    ended = subprocess.run(command(benchmark, folder, quick=quick), cwd=ROOT, check=False)
    return BenchmarkResult(benchmark.name, ended.returncode, time.monotonic() - began)


def summary(outcomes: Sequence[BenchmarkResult]) -> str:
    """A line for each benchmark, with failures marked."""
    lines = [
        f"{outcome.name:<16}{outcome.took_s:7.0f} s   "
        + ("done" if outcome.status == 0 else f"FAILED with status {outcome.status}")
        for outcome in outcomes
    ]
    return "\n".join(lines)


def exit_status(outcomes: Sequence[BenchmarkResult]) -> int:
    """0 if no benchmark failed."""
    return int(any(outcome.status != 0 for outcome in outcomes))


def load_warning(load: float) -> str:
    """A warning if the load average of the last minute distorts the numbers, else empty."""
    if load <= BUSY:
        return ""
    return (
        f"Load average {load:.2f}: something else is running here, and every time below is "
        "longer for it."
    )


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="rougher numbers, in a few minutes")
    parser.add_argument(
        "--only",
        nargs="+",
        choices=[benchmark.name for benchmark in BENCHMARKS],
        metavar="NAME",
        help="of: %(choices)s",
    )
    arguments = parser.parse_args()
    load = os.getloadavg()[0]
    print(load_warning(load) or f"Load average {load:.2f}.")
    folder = QUICK_RESULTS if arguments.quick else RESULTS
    folder.mkdir(parents=True, exist_ok=True)
    outcomes = [
        run(benchmark, folder, quick=arguments.quick)
        for benchmark in BENCHMARKS
        if arguments.only is None or benchmark.name in arguments.only
    ]
    print(f"\n=== results in {folder.relative_to(ROOT)}\n\n{summary(outcomes)}")
    return exit_status(outcomes)


if __name__ == "__main__":
    sys.exit(main())

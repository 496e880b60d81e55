"""The runner of all benchmarks: what it runs, and what it says of it."""

from __future__ import annotations

import sys
from pathlib import Path

from bench.__main__ import (
    BENCHMARKS,
    BUSY,
    Benchmark,
    BenchmarkResult,
    command,
    exit_status,
    load_warning,
    run,
    summary,
)


def test_each_writes_its_numbers_under_its_own_name() -> None:
    names = [benchmark.name for benchmark in BENCHMARKS]
    assert len(names) == len(set(names))
    assert command(Benchmark("bench.some.thing"), Path("out"), quick=False) == [
        sys.executable, "-m", "bench.some.thing", "--json", "out/thing.json",
    ]  # fmt: skip


def test_the_picture_lies_beside_the_numbers() -> None:
    arguments = command(Benchmark("bench.seen", picture=True), Path("out"), quick=False)
    assert arguments[-2:] == ["--picture", "out/seen.svg"]


def test_quick_arguments_are_given_only_when_there_is_little_time() -> None:
    benchmark = Benchmark("bench.slow", quick=("--turns", "4"))
    assert "--turns" not in command(benchmark, Path("out"), quick=False)
    assert command(benchmark, Path("out"), quick=True)[-2:] == ["--turns", "4"]


def test_one_that_fails_is_told_and_makes_the_whole_fail() -> None:
    outcomes = [
        BenchmarkResult("first", 0, 12.4),
        BenchmarkResult("second", 3, 1.0),
        BenchmarkResult("third", 0, 60.0),
    ]
    lines = summary(outcomes).splitlines()
    assert len(lines) == 3
    assert "done" in lines[0]
    assert "12 s" in lines[0]
    assert lines[1].startswith("second")
    assert "FAILED with status 3" in lines[1]
    assert exit_status(outcomes) == 1
    assert exit_status([outcomes[0], outcomes[2]]) == 0


def test_a_module_that_does_not_run_is_a_failure_and_no_exception(tmp_path: Path) -> None:
    outcome = run(Benchmark("bench.there_is_no_such_thing"), tmp_path, quick=False)
    assert outcome.name == "there_is_no_such_thing"
    assert outcome.status != 0


def test_a_busy_machine_is_pointed_out() -> None:
    assert load_warning(BUSY) == ""
    assert "2.50" in load_warning(2.5)

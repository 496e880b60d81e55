"""Conversing with an adapter, in a real process: the one that measures the feeding alone."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from bench.comparison import runner as run
from bench.comparison.protocol import RATE, About, Cost, Job, of_kind
from bench.comparison.runner import CONTENDERS, AdapterFailed, Comparison, RunPlan, converse


@pytest.fixture
def job(tmp_path: Path) -> Job:
    track = tmp_path / "track.npy"
    np.save(track, np.zeros(RATE, np.int16))
    return Job("load", str(track), (0, 320), 0.1)


def test_an_adapter_prints_who_it_is_and_what_it_took(job: Job) -> None:
    lines = converse("nothing", job, one_thread=True)
    assert len(of_kind(lines, About)) == 1
    (cost,) = of_kind(lines, Cost)
    assert cost.memory_mb > 5
    assert cost.cpu_ms >= 0


def test_one_that_fails_says_its_last_words(job: Job, tmp_path: Path) -> None:
    lost = Job(job.task, str(tmp_path / "nowhere.npy"), job.starts, job.seconds)
    with pytest.raises(AdapterFailed, match=r"status 1: .*nowhere\.npy"):
        converse("nothing", lost, one_thread=True)


def test_one_that_hangs_is_given_up(job: Job, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "_START_S", -0.05)
    with pytest.raises(AdapterFailed, match="not done after"):
        converse("nothing", job, one_thread=True)


def test_what_fails_is_told_and_the_rest_goes_on() -> None:
    told: list[str] = []
    comparison = Comparison(RunPlan(), told.append)

    def fail() -> None:
        raise AdapterFailed("it is not there")

    comparison.attempt("a system", fail)
    comparison.attempt("another", lambda: None)
    assert comparison.failures == ["a system: it is not there"]
    assert told == ["a system", "FAILED: it is not there", "another"]


def test_pinned_set_ups_run_where_threads_could_matter() -> None:
    stock = [contender for contender in CONTENDERS if contender.whole]
    assert {contender.adapter for contender in stock} == {"ours", "pipecat", "livekit"}
    for contender in CONTENDERS:
        assert contender.whole or (contender.one_thread and contender.counts)

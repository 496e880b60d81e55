"""The measurements of a fleet, small and on the simulator."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from bench.fleet import cuts
from bench.fleet.__main__ import rows, words
from bench.fleet.cuts import KINDS, CutResult, container_jobs, cut_run, kind_of
from bench.fleet.latencies import Latencies, LatencyRun
from bench.fleet.many_nodes import many_nodes
from bench.fleet.stage import Fleet, measured_gateway


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {
        "_GAP_S": (0.1, 0.3),
        "_LINES_GAP_S": (0.05, 0.1),
        "_MESSAGES_GAP_S": (0.05, 0.2),
        "_MEMORIES_GAP_S": (0.05, 0.1),
        "_JOBS_S": (0.1, 0.3),
        "_READ_EVERY_S": 0.05,
    }.items():
        monkeypatch.setattr(cuts, name, value)
    monkeypatch.setattr("bench.fleet.latencies._MESSAGE_EVERY_S", 0.0)
    monkeypatch.setattr("fleet.outbox.FIRST_RETRY_S", 0.05)
    monkeypatch.setattr("fleet.outbox.LONGEST_RETRY_S", 0.5)


async def test_one_node_and_several_are_measured(tmp_path: Path) -> None:
    async with measured_gateway(real=False) as gateway:
        async with Fleet(gateway, tmp_path / "many") as fleet:
            many = await many_nodes(fleet, 3)
        async with Fleet(gateway, tmp_path / "one") as fleet:
            one = await LatencyRun(fleet, times=3, messages=1).run()
    assert (len(many.commands.ms), many.memory_before) == (3, None)
    counts = {each.what.split(",")[0].split(" (")[0]: len(each.ms) for each in one}
    assert counts["a command"] == 3
    assert counts["a line for a session"] == 3
    assert counts["a message to a person"] == 1
    assert counts["a memory"] == 1
    skipped = [each for each in one if each.skipped]
    assert all(not each.ms for each in skipped)
    none = CutResult(0, (), (), (), (), 0, 0.0)
    assert len(rows(one, many, none)) == len(one) + 4


async def test_what_was_cut_arrives_once(tmp_path: Path) -> None:
    async with measured_gateway(real=False) as gateway:
        with container_jobs(tmp_path / "engine"):
            result = await cut_run(gateway, tmp_path, cuts=2, nodes=2, seed=1)
    sent = Counter(map(kind_of, result.sent))
    assert sent.keys() == KINDS.keys()
    assert sent["job"] == 4
    assert (result.untaken, result.lost, result.wrong) == ((), (), ())


async def test_a_lost_message_and_a_doubled_one_are_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def arrived(*given: Any) -> Counter[str]:
        found = real(*given)
        found["message-0-0-end"] = 0
        found["line-0-0-end"] = 2
        return found

    real = cuts._arrived
    monkeypatch.setattr(cuts, "_arrived", arrived)
    async with measured_gateway(real=False) as gateway:
        with container_jobs(tmp_path / "engine"):
            result = await cut_run(gateway, tmp_path, cuts=1, nodes=1, seed=1)
    assert result.lost == result.wrong == ("message-0-0-end",)
    assert "line-0-0-end" in result.doubled


def test_latencies_in_words() -> None:
    measured = Latencies("x", tuple(float(n) for n in range(1, 101)))
    assert words(measured) == "p50 51 ms, p95 96 ms (n = 100)"
    assert measured.as_json()["max_ms"] == 100.0
    assert words(Latencies("x", skipped="no such command")) == "skipped: no such command"

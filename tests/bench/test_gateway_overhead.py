"""Our client beside a bare script: both do the same work, and the figures are what they say."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from bench import gateway_overhead
from bench.bare_client import BareClient
from bench.gateway_overhead import Times, compare, rows, table
from bench.gateways import restartable_simulator
from simulators.gateway import GatewaySimulator
from testing.gateways import TOKEN


@pytest.mark.virtual_time(sockets=True)
async def test_both_clients_ask_and_stop_equally_often() -> None:
    async with restartable_simulator() as gateway:
        bare, ours = await compare(gateway.simulator.url, gateway.token, 2)
    runs = gateway.simulator.runs
    sessions = [run.session.key.rpartition(":")[2] for run in runs]
    assert len(bare) == len(ours) == 2
    assert sorted(sessions) == ["bare"] * 5 + ["ours"] * 5
    assert all(run.stop_reason == "rpc" for run in runs)
    for times in (*bare, *ours):
        assert 0 < times.ack_ms <= times.first_delta_ms
        assert times.abort_ms > 0


def test_ratios_are_of_medians() -> None:
    bare = [Times(1.0, 100.0, 4.0), Times(2.0, 110.0, 4.0), Times(9.0, 120.0, 4.0)]
    ours = [Times(3.0, 121.0, 5.0)] * 3
    found = rows(bare, ours)
    assert list(found) == ["ack", "first_delta", "abort"]
    assert found["ack"]["ratio"] == 1.5
    assert found["ack"]["more_ms"] == 1.0
    assert found["first_delta"]["ratio"] == 1.1
    assert found["abort"]["ratio"] == 1.25
    assert "first_delta" in table(found)


async def test_a_refused_request_of_the_bare_script_is_an_error() -> None:
    async with GatewaySimulator(token=TOKEN) as gateway, BareClient(gateway.url, TOKEN) as bare:
        with pytest.raises(RuntimeError, match="no longer exists"):
            await bare.begin("agent:nobody:x", "Hello")


def test_the_report(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    report = tmp_path / "overhead.json"
    monkeypatch.setattr(sys, "argv", ["overhead", "--turns", "1", "--json", str(report)])
    gateway_overhead.main()
    assert "the simulator" in capsys.readouterr().out
    assert set(json.loads(report.read_text())["times"]) == {"ack", "first_delta", "abort"}

"""``run.py nodes`` over a fleet of the program's own nodes."""

from __future__ import annotations

import asyncio
import io
import json
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from app.fleet.nodes_table import NO_TOKEN, last_seen, nodes_table, show_nodes
from fleet.overview.model import ConfigurationState, FleetNode, FleetState, NodeJob
from fleet.overview.watcher import READ_ONLY
from fleet.settings import FleetSettings
from openclaw_client import GatewayRefused, GatewayUnreachable, OpenClawError
from settings import Settings
from testing.fleet_stage import NAMES, FleetStage, fleet_on_stage
from testing.gateways import TOKEN
from testing.ports import closed_port
from testing.waiting import eventually


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[FleetStage]:
    async with fleet_on_stage(tmp_path / "nodes") as opened:
        yield opened


def operator(url: str, folder: Path, token: str = TOKEN, **more: Any) -> Settings:
    openclaw = {"base_url": url, "auth_token": token, "state_dir": str(folder / "own"), **more}
    return Settings.model_validate({"openclaw": openclaw})


def wide() -> Console:
    return Console(file=io.StringIO(), width=400, highlight=False)


def printed(console: Console) -> str:
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


async def test_json_has_every_node_with_what_it_is_does_and_needs(
    stage: FleetStage, tmp_path: Path
) -> None:
    console = wide()
    assert (
        await show_nodes(operator(stage.gateway.url, tmp_path), as_json=True, console=console) == 0
    )
    state = json.loads(printed(console))
    assert state["summary"] == "6 nodes: 4 connected, 1 not approved, 1 offline"
    nodes = {node["name"]: node for node in state["nodes"]}
    assert nodes.keys() == set(NAMES)
    assert nodes["gpu-1"]["kind"] == "gpu"
    assert nodes["gpu-1"]["gpu_words"] == "4x H100, 320 GB"
    assert [gpu["temperature_celsius"] for gpu in nodes["gpu-1"]["gpus"]] == [58, 59, 60, 91]
    (alert,) = nodes["gpu-1"]["alerts"]
    assert (alert["urgency"], alert["text"]) == ("high", "gpu3.temperature is at 91 C, above 85 C")
    assert (nodes["harbour"]["kind"], nodes["tavern"]["kind"]) == ("bot", "bot")
    (call,) = nodes["harbour"]["rooms"]
    assert call == {
        "place": "The harbour, Living room",
        "agent": "jarvis",
        "people": 2,
        "waiting": 1,
    }
    assert (nodes["nas"]["kind"], nodes["nas"]["status"]) == ("box", "offline")
    assert (nodes["attic"]["kind"], nodes["attic"]["status"]) == ("box", "not approved")
    assert nodes["attic"]["advice"].startswith("openclaw nodes")
    assert nodes["Ann's tablet"]["kind"] == "companion"
    assert nodes["Ann's tablet"]["capabilities"] == ["camera", "canvas"]
    assert "Alice" not in printed(console)
    assert TOKEN not in printed(console)


async def test_the_table_has_the_same(stage: FleetStage, tmp_path: Path) -> None:
    console = wide()
    await show_nodes(operator(stage.gateway.url, tmp_path), console)
    lines = printed(console).splitlines()
    (box,) = [line for line in lines if "gpu-1" in line]
    for words in ("GPU box", "connected", "now", "4x H100, 320 GB", "high: gpu3.temperature"):
        assert words in box
    assert any("attic: to do: openclaw nodes" in line for line in lines)
    assert not any("jobs" in line for line in lines)


async def test_reading_alone_shows_the_list_and_says_what_is_missing(
    stage: FleetStage, tmp_path: Path
) -> None:
    console = wide()
    settings = operator(stage.gateway.url, tmp_path)
    await show_nodes(settings, console, as_json=True, read_only=True)
    state = json.loads(printed(console))
    assert state["limited"] == READ_ONLY
    assert len(state["nodes"]) == len(NAMES)
    assert stage.gateway.asked("node.invoke") == []


async def test_watching_shows_a_node_that_is_approved_meanwhile(
    stage: FleetStage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.fleet.nodes_table.LIST_S", 0.05)
    monkeypatch.setattr("fleet.overview.watcher.LIST_S", 0.05)
    console = wide()
    watching = asyncio.create_task(
        show_nodes(operator(stage.gateway.url, tmp_path), console, as_json=True, watch=True)
    )
    await eventually(lambda: "1 not approved" in printed(console))
    stage.approve("attic")
    await eventually(lambda: "6 nodes: 5 connected, 1 offline" in printed(console))
    watching.cancel()
    with suppress(asyncio.CancelledError):
        await watching
    assert [json.loads(line)["problem"] for line in printed(console).splitlines()][-1] == ""


async def test_each_reason_for_no_list_is_told(stage: FleetStage, tmp_path: Path) -> None:
    url = stage.gateway.url
    with pytest.raises(OpenClawError, match="there is no token") as missing:
        await show_nodes(operator(url, tmp_path, token=""), wide())
    assert str(missing.value) == NO_TOKEN
    with pytest.raises(GatewayRefused, match="check OPENCLAW_AUTH_TOKEN"):
        await show_nodes(operator(url, tmp_path, token="wrong"), wide())
    nowhere = operator(f"ws://127.0.0.1:{closed_port()}", tmp_path, retry_timeout=1)
    with pytest.raises(GatewayUnreachable, match="no connection to"):
        await show_nodes(nowhere, wide())


def node(**more: Any) -> FleetNode:
    fixed = {"id": "a1", "name": "box", "kind": "box", "status": "connected", "connected": True}
    return FleetNode(
        **{
            **fixed,
            "platform": "linux",
            "version": "1",
            "capabilities": (),
            "last_seen": None,
            **more,
        }
    )


async def test_rows_are_unknown_while_the_control_plane_is_away_and_the_table_says_why_once(
    stage: FleetStage, tmp_path: Path
) -> None:
    plane = f"http://127.0.0.1:{closed_port()}"
    settings = operator(stage.gateway.url, tmp_path)
    overview = {"control_url": plane, "control_token": "oco-1"}
    fleet = FleetSettings.model_validate({"overview": overview})
    console = wide()
    await show_nodes(settings.model_copy(update={"fleet": fleet}), console)
    lines = printed(console).splitlines()
    (row,) = [line for line in lines if "harbour" in line]
    assert "unknown" in row
    reason = f"the configurations are unknown: {plane} is not reached"
    assert len([line for line in lines if reason in line]) == 1
    assert "oco-1" not in printed(console)
    (companion,) = [line for line in lines if "Ann's tablet" in line]
    assert "unknown" not in companion


def test_columns_are_there_when_a_node_fills_them() -> None:
    shown = node(
        jobs=(NodeJob("j1", "transcribe", "running"),),
        undelivered=3,
        desired=ConfigurationState("8", "7", "refused: no such card"),
    )
    console = wide()
    console.print(nodes_table(FleetState((shown, node(id="b2", name="other")))))
    text = printed(console)
    for words in ("transcribe running", "waits", "7 → 8: refused: no such card"):
        assert words in text
    for absent in ("rooms", "alerts", "GPUs"):
        assert absent not in text


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(3, "3 s ago"), (200, "3 min ago"), (8_000, "2 h ago"), (200_000, "2 d ago")],
)
def test_last_seen(seconds: int, words: str) -> None:
    now = 1_800_000_000.0
    assert last_seen(node(connected=False, last_seen=now - seconds), now) == words
    assert last_seen(node(last_seen=now - seconds), now) == "now"
    assert last_seen(node(connected=False), now) == "never"


def test_a_name_cannot_move_the_terminal() -> None:
    console = wide()
    console.print(nodes_table(FleetState((node(name="box\x1b[2J[red]x"),))))
    assert "\x1b[2J" not in printed(console)
    assert "[red]x" in printed(console)

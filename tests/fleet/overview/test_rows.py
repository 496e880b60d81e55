"""Rows of node.list and answers of nodes, as they should be and otherwise."""

from __future__ import annotations

from typing import Any

import pytest

from fleet.overview.model import GpuState, NodeJob, NodeRoom
from fleet.overview.rows import (
    Details,
    fleet_node,
    with_alerts,
    with_gpus,
    with_jobs,
    with_rooms,
)
from openclaw_client.protocol.payloads import NodeRow

STATS = {
    "cpuCount": 8,
    "loadAverage": [2, 1, 1],
    "memoryTotalBytes": 64_000,
    "memoryFreeBytes": 16_000,
    "diskTotalBytes": 1_000,
    "diskAvailableBytes": 333,
}
H100 = {"index": 0, "name": "NVIDIA H100 80GB HBM3", "memoryTotalBytes": 1 << 36}


def row(**more: Any) -> NodeRow:
    given = {"nodeId": "a1b2c3d4e5f6a7b8", "displayName": "box", "connected": True, **more}
    return NodeRow.model_validate({"approvalState": "approved", **given})


def test_a_row_has_the_machine_with_its_load() -> None:
    node = fleet_node(
        row(hostStats=STATS, platform="linux", version="2", lastSeenAtMs=1_795_811_849_324)
    )
    assert node.load is not None
    assert (node.load.cpus, node.load.load) == (8, 2.0)
    assert (node.load.memory_percent, node.load.disk_percent) == (75, 67)
    assert (node.platform, node.version) == ("linux", "2")
    assert node.last_seen == 1_795_811_849.324
    reported = {**STATS, "updatedAtMs": 1_795_811_909_000}
    later = fleet_node(row(hostStats=reported, lastSeenAtMs=1_795_811_849_324, connected=False))
    assert later.last_seen == 1_795_811_909.0
    assert fleet_node(row()).last_seen is None


@pytest.mark.parametrize(
    ("state", "connected", "status"),
    [
        ("approved", True, "connected"),
        ("approved", False, "offline"),
        ("pending-approval", True, "not approved"),
        ("pending-approval", False, "not approved"),
        ("pending-reapproval", True, "partly approved"),
        ("pending-reapproval", False, "offline"),
        ("unapproved", True, "not approved"),
    ],
)
def test_the_status_of_a_node(state: str, connected: bool, status: str) -> None:
    assert fleet_node(row(approvalState=state, connected=connected)).status == status


def test_a_request_is_named_where_its_id_is_known() -> None:
    assert fleet_node(row()).advice == ""
    known = fleet_node(row(approvalState="pending-approval", pendingRequestId="r1"))
    assert known.advice == "openclaw nodes approve r1"
    assert "openclaw nodes pending" in fleet_node(row(approvalState="pending-approval")).advice


@pytest.mark.parametrize(
    ("commands", "kind"),
    [
        (["voice.say", "gpu.list"], "bot"),
        (["gpu.list", "sensor.list"], "box"),
        (["fleet.status"], "box"),
        (["system.run", "canvas.present"], "companion"),
        ([], "companion"),
    ],
)
def test_the_kind_is_known_by_the_commands(commands: list[str], kind: str) -> None:
    assert fleet_node(row(commands=commands)).kind == kind
    pending = row(approvalState="pending-approval", pendingDeclaredCommands=commands)
    assert fleet_node(pending).kind == kind


def test_a_box_with_gpus_stays_one_while_it_is_away() -> None:
    details = with_gpus(Details(), {"gpus": [{**H100, "busyPercent": 97, "memoryUsedBytes": 5}]})
    here = fleet_node(row(commands=["gpu.metrics"]), details)
    assert (here.kind, here.gpus[0].busy_percent) == ("gpu", 97.0)
    away = fleet_node(row(commands=["gpu.metrics"], connected=False), details)
    assert away.kind == "gpu"
    assert away.gpus == (GpuState(0, "NVIDIA H100 80GB HBM3", 1 << 36),)


def test_answers_are_read() -> None:
    details = with_rooms(
        Details(),
        {"calls": [{"guild": "Harbour", "channel": "Den", "agent": "jarvis", "people": [1, 2]}]},
    )
    assert details.rooms == (NodeRoom("Harbour, Den", "jarvis", 2, 0),)
    details = with_jobs(details, {"jobs": [{"jobId": "j1", "kind": "transcribe", "state": "done"}]})
    assert details.jobs == (NodeJob("j1", "transcribe", "done"),)
    alert = {"kind": "sensor", "urgency": "high", "text": "hot", "since": 1.5}
    details = with_alerts(details, {"alerts": [alert], "undelivered": 2})
    assert (details.alerts[0].text, details.undelivered) == ("hot", 2)
    assert len(details.rooms) == 1


@pytest.mark.parametrize("read", [with_gpus, with_rooms, with_jobs, with_alerts])
@pytest.mark.parametrize("answer", [{}, {"gpus": 1, "calls": "x", "jobs": None, "alerts": {}}])
def test_an_answer_of_another_form_shows_nothing(read: Any, answer: dict[str, Any]) -> None:
    assert read(Details(), answer) == Details()


def test_rows_of_another_form_are_left_out() -> None:
    details = with_gpus(Details(), {"gpus": [{"index": "first"}, H100, 7]})
    assert [gpu.index for gpu in details.gpus] == [0]


def test_what_a_node_says_is_one_visible_line() -> None:
    node = fleet_node(row(displayName="box\n\x1b[2J\u202eevil"))
    assert "\n" not in node.name
    assert "\x1b" not in node.name
    assert "\u202e" not in node.name
    assert fleet_node(row(displayName="")).name == "a1b2c3d4e5f6"
    long = {"kind": "sensor", "urgency": "high", "text": "x" * 5_000, "since": 1.0}
    assert len(with_alerts(Details(), {"alerts": [long]}).alerts[0].text) == 300

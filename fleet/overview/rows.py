"""From the Gateway's list and the answers of nodes to what an operator sees. No I/O.

A node may run another version of this program, so what does not fit is left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Annotated, Any, Final, Literal, TypeVar

from pydantic import Field, ValidationError

from fleet.overview.model import (
    FleetNode,
    GpuState,
    MachineLoad,
    NodeAlert,
    NodeJob,
    NodeKind,
    NodeRoom,
    NodeStatus,
)
from openclaw_client.node.settings import COMMANDS
from openclaw_client.protocol.payloads import HostStats, NodeRow
from openclaw_client.protocol.wire import WireModel, or_else, valid_items
from openclaw_client.turn_text import clean_words

OWN_COMMANDS: Final = frozenset(name.partition(".")[0] for name in COMMANDS)
"""What stands before the dot in the commands of this program's nodes."""
_MOST: Final = 200
"""Rooms, jobs or alerts of one node that are shown."""
_LONGEST_CHARS: Final = 300
"""Of one text that a node sent."""


@dataclass(frozen=True, slots=True)
class Details:
    """What a node answered to the overview's questions."""

    gpus: tuple[GpuState, ...] = ()
    rooms: tuple[NodeRoom, ...] = ()
    jobs: tuple[NodeJob, ...] = ()
    alerts: tuple[NodeAlert, ...] = ()
    undelivered: int = 0
    bot_id: str = ""
    """Its id at the control plane; empty where it has not told."""
    unknown: tuple[str, ...] = ()

    def while_away(self) -> Details:
        """What stays true of a node that is not connected: its GPUs."""
        gpus = (GpuState(gpu.index, gpu.name, gpu.memory_total_bytes) for gpu in self.gpus)
        return Details(gpus=tuple(gpus))


def fleet_node(row: NodeRow, details: Details = Details()) -> FleetNode:
    """One node of the list, without its desired configuration."""
    known = details if row.connected else details.while_away()
    return FleetNode(
        id=row.node_id,
        name=_shown(row.display_name) or row.node_id[:12],
        kind=_kind(row, known),
        status=_status(row),
        connected=row.connected,
        platform=row.platform,
        version=row.version,
        capabilities=_capabilities(row),
        last_seen=_last_seen(row),
        advice=_advice(row),
        load=None if row.host_stats is None else machine_load(row.host_stats),
        gpus=known.gpus,
        rooms=known.rooms,
        jobs=known.jobs,
        alerts=known.alerts,
        undelivered=known.undelivered,
        unknown=known.unknown,
    )


def _status(row: NodeRow) -> NodeStatus:
    if row.approval_state in ("pending-approval", "unapproved"):
        return "not approved"
    if not row.connected:
        return "offline"
    return "partly approved" if row.approval_state == "pending-reapproval" else "connected"


def _last_seen(row: NodeRow) -> float | None:
    """``lastSeenAtMs`` is when the last connection began; the load is reported once a minute."""
    reported = None if row.host_stats is None else row.host_stats.updated_at_ms
    times = [at for at in (row.last_seen_at_ms, reported) if at is not None]
    return max(times) / 1000 if times else None


def _advice(row: NodeRow) -> str:
    if not row.approval_state.startswith("pending"):
        return ""
    if row.pending_request_id is not None:
        return f"openclaw nodes approve {row.pending_request_id}"
    return "openclaw nodes pending, then openclaw nodes approve ID"


def _kind(row: NodeRow, details: Details) -> NodeKind:
    groups = _groups(row)
    if "voice" in groups:
        return "bot"
    if details.gpus:
        return "gpu"
    # Before its approval a node shows no commands; the Gateway tells nothing else of it.
    return "box" if groups & {"gpu", "sensor", "job", "fleet"} else "companion"


def _groups(row: NodeRow) -> frozenset[str]:
    """The groups of our own commands that a node offers, approved or not."""
    names = (name.partition(".")[0] for name in (*row.commands, *row.pending_declared_commands))
    return OWN_COMMANDS.intersection(names)


def _capabilities(row: NodeRow) -> tuple[str, ...]:
    groups = {name.partition(".")[0] for name in row.commands}
    return tuple(sorted({_shown(each) for each in {*row.caps, *groups}} - {""}))


def machine_load(stats: HostStats) -> MachineLoad:
    """The load in numbers that people read."""
    return MachineLoad(
        cpus=stats.cpu_count,
        load=stats.load_average[0] if stats.load_average else None,
        memory_percent=_used_percent(stats.memory_total_bytes, stats.memory_free_bytes),
        disk_percent=_used_percent(stats.disk_total_bytes, stats.disk_available_bytes),
    )


def _used_percent(total: int | None, free: int | None) -> int | None:
    if not total or free is None:
        return None
    return round(100 * min(max(total - free, 0), total) / total)


# -- the answers of nodes ---------------------------------------------------------------------


class _Gpu(WireModel):
    index: int
    name: str = ""
    memory_total_bytes: Annotated[int, or_else(0)] = 0
    memory_used_bytes: Annotated[int | None, or_else(None)] = None
    busy_percent: Annotated[float | None, or_else(None)] = None
    temperature_celsius: Annotated[float | None, or_else(None)] = None


class _Gpus(WireModel):
    gpus: Annotated[list[_Gpu], valid_items(_Gpu), Field(default_factory=list)]


class _Call(WireModel):
    guild: Annotated[str, or_else("")] = ""
    channel: Annotated[str, or_else("")] = ""
    agent: Annotated[str, or_else("")] = ""
    people: Annotated[list[Any], or_else([]), Field(default_factory=list)]
    waiting: Annotated[int, or_else(0)] = 0


class _Calls(WireModel):
    calls: Annotated[list[_Call], valid_items(_Call), Field(default_factory=list)]


class _Job(WireModel):
    job_id: str
    kind: Annotated[str, or_else("")] = ""
    state: Annotated[str, or_else("")] = ""


class _Jobs(WireModel):
    jobs: Annotated[list[_Job], valid_items(_Job), Field(default_factory=list)]


class _Alert(WireModel):
    kind: Literal["sensor", "message"]
    urgency: str
    text: str
    since: float


class _Alerts(WireModel):
    alerts: Annotated[list[_Alert], valid_items(_Alert), Field(default_factory=list)]
    undelivered: Annotated[int, or_else(0)] = 0
    bot_id: Annotated[str, or_else("")] = ""


def _shown(text: str) -> str:
    """A text of a node as one visible line."""
    return clean_words(text[:_LONGEST_CHARS])


M = TypeVar("M", bound=WireModel)


def with_gpus(details: Details, answer: Mapping[str, Any]) -> Details:
    """With the answer to ``gpu.list`` or ``gpu.metrics``."""
    read = _read(_Gpus, answer).gpus[:_MOST]
    gpus = (
        GpuState(
            gpu.index,
            _shown(gpu.name),
            gpu.memory_total_bytes,
            gpu.memory_used_bytes,
            gpu.busy_percent,
            gpu.temperature_celsius,
        )
        for gpu in read
    )
    return replace(details, gpus=tuple(gpus))


def with_rooms(details: Details, answer: Mapping[str, Any]) -> Details:
    """With the answer to ``voice.status``; people are counted, and not named."""
    rooms = (
        NodeRoom(
            ", ".join(part for part in map(_shown, (call.guild, call.channel)) if part),
            _shown(call.agent),
            len(call.people),
            call.waiting,
        )
        for call in _read(_Calls, answer).calls[:_MOST]
    )
    return replace(details, rooms=tuple(rooms))


def with_jobs(details: Details, answer: Mapping[str, Any]) -> Details:
    """With the answer to ``job.list``."""
    jobs = (
        NodeJob(_shown(job.job_id), _shown(job.kind), _shown(job.state))
        for job in _read(_Jobs, answer).jobs[:_MOST]
    )
    return replace(details, jobs=tuple(jobs))


def with_alerts(details: Details, answer: Mapping[str, Any]) -> Details:
    """With the answer to ``fleet.status``."""
    read = _read(_Alerts, answer)
    alerts = (
        NodeAlert(each.kind, _shown(each.urgency), _shown(each.text), each.since)
        for each in read.alerts[:_MOST]
    )
    return replace(
        details,
        alerts=tuple(alerts),
        undelivered=read.undelivered,
        bot_id=read.bot_id or details.bot_id,
    )


def _read(model: type[M], answer: Mapping[str, Any]) -> M:
    try:
        return model.model_validate(answer)
    except ValidationError:
        return model.model_validate({})

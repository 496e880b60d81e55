"""What an operator sees of the fleet. No I/O.

Everything here may be shown to the operator: no token, no address of a person, no word of a call.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal, Protocol, TypeAlias

NodeKind: TypeAlias = Literal["bot", "gpu", "box", "companion"]
"""``bot``: speaks in calls. ``gpu``: our node on a machine with GPUs. ``box``: our node on one
without. ``companion``: an app or a node host of OpenClaw."""
NodeStatus: TypeAlias = Literal["connected", "offline", "not approved", "partly approved"]
KIND_WORDS: Final[Mapping[NodeKind, str]] = {
    "bot": "bot",
    "gpu": "GPU box",
    "box": "box",
    "companion": "companion",
}
GIB: Final = 2**30


@dataclass(frozen=True, slots=True)
class MachineLoad:
    """The load of a node's machine as it last reported; None for what it does not report."""

    cpus: int | None
    load: float | None
    """Average of the last minute: processes that run or wait."""
    memory_percent: int | None
    disk_percent: int | None


@dataclass(frozen=True, slots=True)
class GpuState:
    """One GPU. The measurements are None if the card does not have them, or the node is away."""

    index: int
    name: str
    memory_total_bytes: int
    memory_used_bytes: int | None = None
    busy_percent: float | None = None
    temperature_celsius: float | None = None


@dataclass(frozen=True, slots=True)
class NodeRoom:
    """A call that a bot is in."""

    place: str
    agent: str
    people: int
    waiting: int


@dataclass(frozen=True, slots=True)
class NodeJob:
    """A job of a node, in the words of its ``job_list``."""

    id: str
    kind: str
    state: str


@dataclass(frozen=True, slots=True)
class NodeAlert:
    """Something that a person should look at. ``since`` is Unix time in seconds."""

    kind: Literal["sensor", "message"]
    urgency: str
    text: str
    since: float


@dataclass(frozen=True, slots=True)
class ConfigurationState:
    """The version of the configuration that a node should run, and that it runs. Both are empty
    where the control plane does not tell; `applied` alone, where the node runs none of its
    versions."""

    desired: str
    applied: str
    problem: str = ""
    """Why the node does not run it, or why it is unknown; empty if it does, or has not answered
    yet."""

    @property
    def known(self) -> bool:
        """Whether the control plane has told it."""
        return bool(self.desired)

    @property
    def words(self) -> str:
        """Such as "7", "6 → 7", or "unknown"."""
        if not self.known:
            return "unknown"
        if self.applied == self.desired:
            return self.applied
        return f"{self.applied or 'none'} → {self.desired}"


@dataclass(frozen=True, slots=True)
class Configurations:
    """What the control plane tells: by the id of the bot, or why nothing is known."""

    states: Mapping[str, ConfigurationState]
    problem: str = ""


class ConfigurationStates(Protocol):
    """The control plane, where there is one."""

    async def configurations(self) -> Configurations:
        """It raises nothing."""
        ...


@dataclass(frozen=True, slots=True)
class FleetNode:
    """One node. ``rooms``, ``jobs`` and ``alerts`` are empty while it is away."""

    id: str
    name: str
    kind: NodeKind
    status: NodeStatus
    connected: bool
    platform: str
    version: str
    capabilities: tuple[str, ...]
    last_seen: float | None
    """Unix time in seconds of its last connect, or of the last report of its load."""
    advice: str = ""
    """What the operator has to do; empty if nothing."""
    load: MachineLoad | None = None
    gpus: tuple[GpuState, ...] = ()
    rooms: tuple[NodeRoom, ...] = ()
    jobs: tuple[NodeJob, ...] = ()
    alerts: tuple[NodeAlert, ...] = ()
    undelivered: int = 0
    """Messages that wait on its disk for the Gateway."""
    desired: ConfigurationState | None = None
    unknown: tuple[str, ...] = ()
    """What could not be asked, each with the reason."""

    @property
    def gpu_words(self) -> str:
        """Such as "4x H100, 320 GB"; empty without a GPU."""
        return gpu_summary(self.gpus)


@dataclass(frozen=True, slots=True)
class FleetState:
    """All nodes, sorted by name."""

    nodes: tuple[FleetNode, ...]
    problem: str = ""
    """Why the list is old or empty; empty if the Gateway has just answered."""
    limited: str = ""
    """Why GPUs, rooms, jobs and alerts are not shown; empty if they are."""

    @property
    def summary(self) -> str:
        """Such as "5 nodes: 3 connected, 1 offline, 1 not approved"."""
        count = len(self.nodes)
        by_status = Counter(node.status for node in self.nodes)
        parts = ", ".join(f"{number} {status}" for status, number in by_status.most_common())
        return f"{count} node{'' if count == 1 else 's'}" + (f": {parts}" if parts else "")


_VENDOR: Final = re.compile(r"^(?:NVIDIA |Tesla |GeForce )+", re.IGNORECASE)
_VARIANT: Final = re.compile(r"[ -](?:SXM\d?|PCIe|NVL|HBM\w*|\d+ ?GB|Laptop|Graphics)\b.*", re.I)


def gpu_model(name: str) -> str:
    """The short name of a GPU: "H100" for "NVIDIA H100 80GB HBM3"."""
    whole = name.strip()[:100]
    return _VARIANT.sub("", _VENDOR.sub("", whole)).strip() or whole or "GPU"


def gpu_summary(gpus: Sequence[GpuState]) -> str:
    """The GPUs by model, with the memory of all of one model: "4x H100, 320 GB".

    As cards are sold, a GB has 2**30 bytes here, and each card is rounded.
    """
    memory: defaultdict[str, list[int]] = defaultdict(list)
    for gpu in gpus:
        memory[gpu_model(gpu.name)].append(round(gpu.memory_total_bytes / GIB))
    return " + ".join(f"{len(each)}x {model}, {sum(each)} GB" for model, each in memory.items())

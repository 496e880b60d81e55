"""What the page of nodes shows, and the port to the fleet that it comes from."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any, Protocol

from fleet.overview.model import KIND_WORDS, FleetNode, FleetState, gpu_summary


class FleetSource(Protocol):
    """Where the page gets the nodes."""

    async def look(self) -> FleetState:
        """What is known now; the nodes' own answers come with a later call."""
        ...

    async def look_closely(self) -> FleetState:
        """The state with the answers of all nodes."""
        ...


def fleet_values(state: FleetState) -> dict[str, Any]:
    """The state for JSON, with the words that a table shows."""
    return {
        **asdict(state),
        "summary": state.summary,
        "gpu_words": gpu_summary([gpu for node in state.nodes for gpu in node.gpus]),
        "nodes": [_node_values(node) for node in state.nodes],
    }


def _node_values(node: FleetNode) -> dict[str, Any]:
    return {
        **asdict(node),
        "kind_words": KIND_WORDS[node.kind],
        "gpu_words": node.gpu_words,
    }

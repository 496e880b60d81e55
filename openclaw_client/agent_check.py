"""Whether the Gateway has the agents of the settings, in words for the operator. No I/O."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from openclaw_client.protocol.frames import AgentInfo


@dataclass(frozen=True, slots=True)
class AgentsFound:
    """``complete`` if every agent of the settings is there; else what to do about it."""

    complete: bool
    words: str
    advice: str = ""


def agents_found(wanted: Iterable[str], first: str, there: Sequence[AgentInfo]) -> AgentsFound:
    """Compare the settings' agents with the Gateway's; ``first`` is the one that answers until a
    guild chooses."""
    names = list(wanted)
    ids = [agent.id for agent in there]
    missing = [name for name in names if name not in ids]
    if not missing:
        return AgentsFound(True, f"agents {', '.join(names)}")
    if not ids:
        return AgentsFound(
            False, "it has no agent at all", "add one to OpenClaw: `openclaw agents add main`"
        )
    default = next((agent.id for agent in there if agent.default), ids[0])
    words = f"it has no agent {', '.join(missing)}, only {', '.join(sorted(ids))}"
    return AgentsFound(
        False,
        f"{words}; its agent {default} answers in their place, under their names",
        "this works as it is; to have an agent of its own, add it to OpenClaw, or name one that is "
        f"there: OPENCLAW_AGENT_ID={default if first in missing else first}, and under agents in "
        "config.yaml what it is called",
    )

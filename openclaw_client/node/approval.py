"""What the operator still has to approve of a node, as a text for the log. No I/O."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from openclaw_client.protocol.payloads import NodeRow


@dataclass(frozen=True, slots=True)
class Approval:
    """The usable commands, and what to do for the others; empty if none is missing."""

    usable: tuple[str, ...]
    advice: str = ""


def approval_of(row: NodeRow | None, offered: Sequence[str]) -> Approval:
    """The approval of a node that declares these commands. ``row`` is its entry in ``node.list``,
    None if there is none."""
    if row is None:
        return Approval((), "the Gateway does not list this node; look at `openclaw nodes status`")
    usable = tuple(name for name in offered if name in row.commands)
    missing = [name for name in offered if name not in row.commands]
    if not missing:
        return Approval(usable)
    names = ", ".join(f'"{name}"' for name in missing)
    allow = f"gateway.nodes.commands.allow in its openclaw.json must list {names}"
    if row.approval_state.startswith("pending"):
        request = row.pending_request_id
        approve = f"run on its machine: openclaw nodes approve {request or '<id>'}"
        if request is None:
            approve += " (`openclaw nodes pending` shows the id)"
        return Approval(
            usable,
            f"the Gateway has not approved {len(missing)} of {len(offered)} commands. First, "
            f"{allow}, and the bot must have connected since; then {approve}",
        )
    return Approval(
        usable,
        f"the Gateway does not allow {', '.join(missing)}: {allow}; then restart the bot, "
        "and approve its request",
    )


def approval_of_tools(usable: Sequence[str], published: Sequence[Mapping[str, Any]]) -> Approval:
    """The approval of a node that only knows which of its ``published`` tools the Gateway took.

    ``usable`` are the names in the answer to ``node.pluginTools.update``.
    """
    commands = tuple(tool["command"] for tool in published if tool["name"] in usable)
    missing = [tool["command"] for tool in published if tool["name"] not in usable]
    if not missing:
        return Approval(commands)
    return Approval(
        commands,
        f"the Gateway has not approved {', '.join(missing)}: gateway.nodes.commands.allow in its "
        "openclaw.json must list them; then look at `openclaw nodes pending` on its machine",
    )

"""The names of a node's tools: plain, or with the machine's name before them. No I/O.

When two connected nodes publish tools of the same name, OpenClaw renames both to the first 32 hex
digits of the node's id, an underscore and the name. A policy that allows a tool by its name then
matches none. With a prefix of its own, each node keeps the names that it chose.
"""

from __future__ import annotations

import hashlib
import platform
import re
from collections.abc import Iterable
from typing import Final

from openclaw_client.node.commands import PLUGIN_ID
from openclaw_client.node.settings import NodeSettings
from openclaw_client.protocol.payloads import NodeRow

_LONGEST_PREFIX: Final = 20
"""Model providers accept 64 characters for a whole name."""
_HASH_DIGITS: Final = 4
_NOT_IN_NAMES: Final = re.compile(r"[^a-z0-9]+")


def machine_name(settings: NodeSettings) -> str:
    """The configured name of this machine, or its host name."""
    return settings.name.strip() or platform.node().partition(".")[0] or "node"


def tool_prefix(machine: str) -> str:
    """The prefix for a machine's tools: ``box_2_`` for "Box 2"; ``node_`` for a name without
    letters and digits of ASCII. A long name is cut, and ends with four digits of its hash: names
    of one beginning, such as worker-01 and worker-02, stay apart."""
    plain = _NOT_IN_NAMES.sub("_", machine.lower()).strip("_")
    if len(plain) > _LONGEST_PREFIX:
        digest = hashlib.sha256(plain.encode()).hexdigest()[:_HASH_DIGITS]
        plain = f"{plain[: _LONGEST_PREFIX - _HASH_DIGITS - 1].strip('_')}_{digest}"
    return f"{plain or 'node'}_"


def others_with_tools(rows: Iterable[NodeRow], own_id: str) -> list[NodeRow]:
    """The other connected nodes that publish tools of this program."""
    return [
        row
        for row in rows
        if row.connected
        and row.node_id != own_id
        and any(tool.plugin_id == PLUGIN_ID for tool in row.node_plugin_tools)
    ]

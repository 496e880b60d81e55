"""The real OpenClaw Gateway on loopback, with a scripted model behind it.

    async with real_gateway() as gateway:
        async with create_client(gateway.url, gateway.token, agent_id="jarvis") as client:
            print(await client.send_message(None, "#say:Good evening.", speaker="alice"))

It is the released program, from npm, kept in a cache outside the tree; nothing of ``~/.openclaw``
is read or written, and it opens no connections. A Gateway needs 6 to 13 s to start, about 1 GB
of memory, and 2 to 5 s for its first turn.
"""

from __future__ import annotations

from testing.real_gateway.directives import DirectedReply, ToolCall, read_directives
from testing.real_gateway.errors import (
    CommandFailed,
    GatewayNotReady,
    InstallFailed,
    NpmMissing,
    RealGatewayError,
)
from testing.real_gateway.gateway import RealGateway, real_gateway
from testing.real_gateway.install import Installed, install
from testing.real_gateway.stub_model import ModelRequest, StubModel

__all__ = [
    "CommandFailed",
    "DirectedReply",
    "GatewayNotReady",
    "InstallFailed",
    "Installed",
    "ModelRequest",
    "NpmMissing",
    "RealGateway",
    "RealGatewayError",
    "StubModel",
    "ToolCall",
    "install",
    "read_directives",
    "real_gateway",
]

"""An OpenClaw Gateway on loopback, for the demo and for tests."""

from __future__ import annotations

from openclaw_client.simulator.agents import (
    Agent,
    ScriptedAgent,
    Speech,
    ToolUse,
    default_agents,
    jarvis,
    sage,
)
from openclaw_client.simulator.faults import Failure, Faults, Pause, RunFault
from openclaw_client.simulator.server import GatewaySimulator, ProtocolBroken

__all__ = [
    "Agent",
    "Failure",
    "Faults",
    "GatewaySimulator",
    "Pause",
    "ProtocolBroken",
    "RunFault",
    "ScriptedAgent",
    "Speech",
    "ToolUse",
    "default_agents",
    "jarvis",
    "sage",
]

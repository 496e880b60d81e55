"""An OpenClaw Gateway on loopback, for the demo and for tests."""

from __future__ import annotations

from simulators.gateway.agents import (
    Agent,
    ScriptedAgent,
    Speech,
    ToolUse,
    default_agents,
    jarvis,
    sage,
)
from simulators.gateway.faults import Failure, Faults, Pause, RunFault
from simulators.gateway.server import GatewaySimulator, ProtocolBroken

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

"""An OpenClaw Gateway on loopback, for the demo and for tests."""

from __future__ import annotations

from simulators.gateway.agents import (
    ScriptedAgent,
    ScriptedAnswer,
    SimulatedAgent,
    ToolUse,
    default_agents,
    jarvis,
    sage,
)
from simulators.gateway.faults import Failure, GatewayFaults, Pause, RunFault
from simulators.gateway.server import GatewaySimulator, ProtocolBroken

__all__ = [
    "Failure",
    "GatewayFaults",
    "GatewaySimulator",
    "Pause",
    "ProtocolBroken",
    "RunFault",
    "ScriptedAgent",
    "ScriptedAnswer",
    "SimulatedAgent",
    "ToolUse",
    "default_agents",
    "jarvis",
    "sage",
]

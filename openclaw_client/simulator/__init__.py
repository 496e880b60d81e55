"""An OpenClaw Gateway on loopback, for the demo and for tests."""

from __future__ import annotations

from openclaw_client.simulator.agents import ScriptedAgent, default_agents, jarvis, sage
from openclaw_client.simulator.faults import Faults, Pause
from openclaw_client.simulator.server import GatewaySimulator, ProtocolBroken

__all__ = [
    "Faults",
    "GatewaySimulator",
    "Pause",
    "ProtocolBroken",
    "ScriptedAgent",
    "default_agents",
    "jarvis",
    "sage",
]

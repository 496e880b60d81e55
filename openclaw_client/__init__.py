"""Talk to the agents of an OpenClaw Gateway."""

from __future__ import annotations

from openclaw_client.client import OpenClawClient, SpeakerLike, create_client
from openclaw_client.device_store import DeviceStore
from openclaw_client.errors import (
    DeviceStoreError,
    GatewayRefused,
    GatewayUnreachable,
    MissingScope,
    NotConnected,
    OpenClawError,
    ProtocolViolation,
    RequestFailed,
    TurnAborted,
    TurnError,
    TurnFailed,
    TurnLost,
    TurnTimeout,
)
from openclaw_client.framing import SpeakerRef
from openclaw_client.guilds import PerGuildOpenClawClient
from openclaw_client.link import LinkState, LinkStatus
from openclaw_client.protocol import AgentInfo
from openclaw_client.run import TextDelta
from openclaw_client.session_keys import SessionScope
from openclaw_client.settings import OpenClawConfig
from openclaw_client.stats import GatewayStats

__all__ = [
    "AgentInfo",
    "DeviceStore",
    "DeviceStoreError",
    "GatewayRefused",
    "GatewayStats",
    "GatewayUnreachable",
    "LinkState",
    "LinkStatus",
    "MissingScope",
    "NotConnected",
    "OpenClawClient",
    "OpenClawConfig",
    "OpenClawError",
    "PerGuildOpenClawClient",
    "ProtocolViolation",
    "RequestFailed",
    "SessionScope",
    "SpeakerLike",
    "SpeakerRef",
    "TextDelta",
    "TurnAborted",
    "TurnError",
    "TurnFailed",
    "TurnLost",
    "TurnTimeout",
    "create_client",
]

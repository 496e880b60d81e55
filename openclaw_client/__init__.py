"""Talk to the agents of an OpenClaw Gateway."""

from __future__ import annotations

from openclaw_client.client import OpenClawClient, SpeakerLike, create_client
from openclaw_client.errors import (
    AuditError,
    BadArguments,
    CannotNow,
    CommandError,
    DeviceStoreError,
    GatewayRefused,
    GatewayUnreachable,
    JoinFailed,
    MissingScope,
    NotApproved,
    NotConnected,
    NotYet,
    OpenClawError,
    OutOfReach,
    ProtocolViolation,
    RequestFailed,
    TooManyCommands,
    TurnAborted,
    TurnError,
    TurnFailed,
    TurnLost,
    TurnTimeout,
    UnknownCommand,
)
from openclaw_client.guilds import PerGuildOpenClawClient
from openclaw_client.identity.device_store import DeviceStore
from openclaw_client.node.gateway_node import GatewayNode
from openclaw_client.node.rooms import VoiceRooms
from openclaw_client.node.settings import NodeSettings
from openclaw_client.protocol.payloads import AgentInfo
from openclaw_client.runs.run_reducer import TextDelta
from openclaw_client.session_keys import SessionScope
from openclaw_client.settings import OpenClawConfig
from openclaw_client.stats import GatewayStats
from openclaw_client.transport.reconnecting import ConnectionState, ConnectionStatus
from openclaw_client.turn_text import By, Doubt, EarlierLine, SpeakerRef

__all__ = [
    "AgentInfo",
    "AuditError",
    "BadArguments",
    "By",
    "CannotNow",
    "CommandError",
    "ConnectionState",
    "ConnectionStatus",
    "DeviceStore",
    "DeviceStoreError",
    "Doubt",
    "EarlierLine",
    "GatewayNode",
    "GatewayRefused",
    "GatewayStats",
    "GatewayUnreachable",
    "JoinFailed",
    "MissingScope",
    "NodeSettings",
    "NotApproved",
    "NotConnected",
    "NotYet",
    "OpenClawClient",
    "OpenClawConfig",
    "OpenClawError",
    "OutOfReach",
    "PerGuildOpenClawClient",
    "ProtocolViolation",
    "RequestFailed",
    "SessionScope",
    "SpeakerLike",
    "SpeakerRef",
    "TextDelta",
    "TooManyCommands",
    "TurnAborted",
    "TurnError",
    "TurnFailed",
    "TurnLost",
    "TurnTimeout",
    "UnknownCommand",
    "VoiceRooms",
    "create_client",
]

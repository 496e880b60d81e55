"""The whole bot between a simulated Discord and the genuine Gateway: ``--gateway=real``."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
import pytest_asyncio

from openclaw_client import DeviceStore
from openclaw_client.protocol.payloads import NodeRow
from pipeline.events import ReplyEnded
from testing.real_gateway import RealGateway, Reply, ToolCall, real_gateway
from testing.real_gateway.chat_completions import tool_result
from testing.real_gateway.stub_model import ModelRequest
from testing.stage import Stage
from tests.e2e.conftest import Ear, SetStage
from tests.e2e.test_conversation import call_in

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(180)]

PROMISE = "I will remind you to call your mother."
VOICE_TOOLS = ("voice_say", "voice_status")
POLICY = {"profile": "minimal", "alsoAllow": list(VOICE_TOOLS)}
"""What the README recommends for the agent that answers in voice."""


def promises(request: ModelRequest) -> Reply:
    """A model that has something said aloud, and is done when it was told that it is."""
    if tool_result(request.body["messages"]) is not None:
        return Reply("Very well, sir.")
    return Reply("", tool=ToolCall("voice_say", json.dumps({"text": PROMISE})))


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def gateway(request: pytest.FixtureRequest) -> AsyncIterator[RealGateway]:
    if request.config.getoption("gateway") != "real":
        pytest.skip("needs --gateway=real")
    jarvis = {"agents": {"entries": {"jarvis": {"tools": POLICY}}}}
    async with real_gateway(extra_config=jarvis) as started:
        yield started


def leading_to(gateway: RealGateway) -> dict[str, Any]:
    return {
        "base_url": gateway.url,
        "auth_token": gateway.token,
        "node": {"enabled": True},
        "reconnect_max_s": 2.0,
    }


async def node_when(stage: Stage, true: Callable[[NodeRow], object]) -> NodeRow:
    """The bot as the Gateway lists it, as soon as that is so."""
    key = DeviceStore.of(stage.services.settings.openclaw).key()
    async with asyncio.timeout(60):
        while True:
            row = await stage.services.gateway.node(key.id)
            if row is not None and true(row):
                return row


async def test_what_an_agent_has_said_aloud_is_heard_also_after_a_restart(
    set_stage: SetStage, ear: Ear, gateway: RealGateway
) -> None:
    gateway.stub.script = promises
    async with set_stage(openclaw=leading_to(gateway)) as stage:
        waiting = await node_when(stage, lambda row: row.pending_request_id)
        assert waiting.approval_state == "pending-approval"
        await gateway.cli("nodes", "approve", str(waiting.pending_request_id))
        await call_in(stage, "Alice", "Bob")
        for restarts in (False, True):
            if restarts:
                await gateway.restart()
            await node_when(stage, lambda row: "voice.say" in row.commands)
            since = len(stage.events)
            await stage.say("Alice", "Jarvis, remind me to call my mother.")
            ended = await stage.event(
                ReplyEnded, since=since, timeout=60, where=lambda reply: reply.text == PROMISE
            )
            assert ended.heard == PROMISE
        for name in ("Alice", "Bob"):
            await ear.hears(stage, name, *2 * ("Very well, sir.", PROMISE))
        (tools,) = {request.tools for request in gateway.stub.requests}
        assert set(tools) >= set(VOICE_TOOLS)
        assert not {"exec", "write", "edit"} & set(tools)

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
from testing.harness import ConversationHarness
from testing.real_gateway import DirectedReply, RealGateway, ToolCall, real_gateway
from testing.real_gateway.chat_completions import tool_result
from testing.real_gateway.stub_model import ModelRequest
from tests.e2e.conftest import HeardSpeech, OpenHarness
from tests.e2e.test_conversation import call_in

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(180)]

PROMISE = "I will remind you to call your mother."
VOICE_TOOLS = ("voice_say", "voice_status")
POLICY = {"profile": "minimal", "alsoAllow": list(VOICE_TOOLS)}
"""What the README recommends for the agent that answers in voice."""


def promises(request: ModelRequest) -> DirectedReply:
    """A model that has something said aloud, and is done when it was told that it is."""
    if tool_result(request.body["messages"]) is not None:
        return DirectedReply("Very well, sir.")
    return DirectedReply("", tool=ToolCall("voice_say", json.dumps({"text": PROMISE})))


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


async def node_when(harness: ConversationHarness, true: Callable[[NodeRow], object]) -> NodeRow:
    """The bot as the Gateway lists it, as soon as that is so."""
    key = DeviceStore.of(harness.services.settings.openclaw).key()
    async with asyncio.timeout(60):
        while True:
            for row in await harness.services.gateway.nodes():
                if row.node_id == key.id and true(row):
                    return row


async def test_what_an_agent_has_said_aloud_is_heard_also_after_a_restart(
    open_harness: OpenHarness, heard_speech: HeardSpeech, gateway: RealGateway
) -> None:
    gateway.stub.script = promises
    async with open_harness(openclaw=leading_to(gateway)) as harness:
        waiting = await node_when(harness, lambda row: row.pending_request_id)
        assert waiting.approval_state == "pending-approval"
        await gateway.cli("nodes", "approve", str(waiting.pending_request_id))
        await call_in(harness, "Alice", "Bob")
        for restarts in (False, True):
            if restarts:
                await gateway.restart()
            await node_when(harness, lambda row: "voice.say" in row.commands)
            since = len(harness.events)
            await harness.say("Alice", "Jarvis, remind me to call my mother.")
            ended = await harness.event(
                ReplyEnded, since=since, timeout=60, where=lambda reply: reply.text == PROMISE
            )
            assert ended.heard == PROMISE
        for name in ("Alice", "Bob"):
            await heard_speech.hears(harness, name, *2 * ("Very well, sir.", PROMISE))
        (tools,) = {request.tools for request in gateway.stub.requests}
        assert set(tools) >= set(VOICE_TOOLS)
        assert not {"exec", "write", "edit"} & set(tools)

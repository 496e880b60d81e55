"""A question in a call finds what another machine of the fleet remembered."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from app.fleet.member import FleetMember, fleet_member
from openclaw_client import DeviceStore, GatewayNode
from pipeline.events import ReplyEnded
from settings import Settings
from simulators.gateway import ScriptedAnswer
from testing.waiting import eventually
from tests.e2e.fleet.bot_process import WITHIN_S, BotProcess
from tests.e2e.fleet.conftest import OpenBot
from tests.e2e.fleet.gateways import SceneGateway, uses

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.timeout(240),
    pytest.mark.patience(120),
]

FOUND = "Your timer is set for ten minutes."
NOT_FOUND = "Let me look that up for you."


@asynccontextmanager
async def cellar(gateway: SceneGateway, folder: Path) -> AsyncIterator[FleetMember]:
    """Another machine on the Gateway's disk, without Discord; its commands are approved."""
    (gateway.workspace / "memory").mkdir(parents=True, exist_ok=True)
    settings = Settings.model_validate(
        {
            "openclaw": {
                "base_url": gateway.url,
                "auth_token": gateway.token,
                "state_dir": str(folder),
                "node": {"name": "cellar", "commands": ["memory.remember"]},
            },
            "fleet": {
                "sensors": {"sources": []},
                "memory": {"folder": str(gateway.workspace)},
            },
        }
    )
    devices = DeviceStore(folder)
    async with (
        fleet_member(settings, folder) as member,
        GatewayNode(settings.openclaw, member.commands(), devices) as node,
    ):
        member.attach(node)
        await gateway.approve(devices.key().id)
        await eventually(lambda: node.usable, WITHIN_S)
        yield member


def plain(process: BotProcess) -> dict[str, Any]:
    return {}


async def test_what_one_machine_kept_another_ones_call_is_told(
    open_bot: OpenBot, gateway: SceneGateway, tmp_path: Path
) -> None:
    word = f"zeppelin{uuid.uuid4().hex[:10]}"

    def script(words: str) -> ScriptedAnswer:
        if "mother" in words:
            fact: dict[str, object] = {"text": f"The {word} is in the cellar."}
            return uses("cellar_remember", fact, lambda _: "Very well, sir.")
        found = f"The {word} is in the cellar."
        return uses(
            "memory_search",
            {"query": word},
            lambda result: FOUND if found in result and "at cellar" in result else NOT_FOUND,
        )

    gateway.script = script
    async with cellar(gateway, tmp_path / "cellar") as machine, open_bot(plain) as process:
        await process.call_in("Alice", "Bob")
        await process.say("Alice", "Jarvis, what is the weather in Paris?")
        await process.event(ReplyEnded, lambda ended: ended.text == NOT_FOUND)
        await process.say("Alice", "Jarvis, remind me to call my mother.")
        await process.event(ReplyEnded, lambda ended: ended.text == "Very well, sir.")
        await machine.outbox.empty()

        # Bob asks in a session of his own, and hears what Alice's agent had kept elsewhere.
        async def answered() -> bool:
            seen = len(process.events)
            await process.say("Bob", "Jarvis, who are you?")
            ended = await process.event(ReplyEnded, since=seen)
            return ended.heard == FOUND

        for _ in range(5):  # the real Gateway sees a changed file after some two seconds
            if await answered():
                return
        raise AssertionError("the memory was not found in five questions")

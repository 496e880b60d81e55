"""/forget and what another node has queued: the search does not find it when it comes."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime
from pathlib import Path

from app.fleet.member import FleetMember, idle_member
from app.fleet.room_memory import room_memory
from fleet.memory.entries import entries, new_id
from settings import Settings
from tests.contract.gateway.gateways import REMEMBERING, Gateway
from tests.contract.gateway.probe import Probe
from tests.contract.gateway.test_memory import (
    found,
    machine,
    memory_of,
    owner,
    until,
    word,
)
from tests.contract.gateway.test_turns import text_of

__all__ = ["owner", "word"]

MEMBER = 4_200_000_000_000_042


def stopped(gateway: Gateway, folder: Path) -> FleetMember:
    """A machine that queues lines and ends before it writes them."""
    memory = {"folder": str(gateway.workspace(REMEMBERING))}
    settings = Settings.model_validate(
        {
            "openclaw": {"base_url": gateway.url, "node": {"name": "box3"}},
            "fleet": {"sensors": {"sources": []}, "memory": memory},
        }
    )
    return idle_member(settings, folder)


async def test_forgotten_while_a_node_is_offline(
    gateway: Gateway, owner: Probe, probe: Probe, tmp_path: Path, word: str
) -> None:
    """client: a member is forgotten while another node is offline: its lines stay away later"""
    memory_of(gateway)
    await gateway.look_into_memory(REMEMBERING)
    box3 = stopped(gateway, tmp_path / "3")
    async with box3.outbox:
        assert box3.memory is not None
        for words, at in ((f"{word}tea", -5.0), (f"{word}later", 300.0)):
            moment = datetime.fromtimestamp(time.time() + at, UTC)
            ident = new_id("t", member_id=MEMBER, guild_id=7)
            await box3.memory.remember(entries(ident, moment, "Alice", words))
    async with machine(gateway, owner, tmp_path / "2", "box2") as box2:
        session = f"agent:{REMEMBERING}:discord:dm:{MEMBER}:guild:7"
        arguments = json.dumps({"text": f"{word}noted by the other one"})
        run = await probe.turn(session, f"#tool:box2_remember {arguments}")
        assert f"u{MEMBER}" in text_of(await probe.end(run))
        await box2.outbox.empty()
        await until(gateway, probe, f"{word}noted", there=True)
        shared = room_memory(Settings(), box2.memories, str)
        assert shared is not None
        await shared.forget(MEMBER)
        await box2.outbox.empty()
        await until(gateway, probe, f"{word}noted", there=False)
    async with machine(gateway, owner, tmp_path / "3", "box3") as back:
        await back.outbox.empty()
        assert back.memory is not None
        assert back.memory.counts["forgotten"] == 1
        await until(gateway, probe, f"{word}later", there=True)
        assert not await found(probe, f"{word}tea")

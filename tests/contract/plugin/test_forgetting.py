"""/forget against what another machine has queued: by the plugin, with one node offline."""

from __future__ import annotations

import time
import uuid
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from app.fleet.member import FleetMember, fleet_member
from app.fleet.room_memory import room_memory
from fleet.memory.entries import entries, new_id
from openclaw_client import OpenClawClient
from settings import Settings
from tests.contract.gateway.gateways import REMEMBERING, Gateway
from tests.contract.gateway.probe import Probe

APPEND, FORGET = "openclaw-voice.memory.append", "openclaw-voice.memory.forget"
MEMBER, OTHER = 4_200_000_000_000_042, 4_300_000_000_000_043


def settings_of(gateway: Gateway, name: str, **memory: Any) -> Settings:
    return Settings.model_validate(
        {
            "openclaw": {
                "base_url": gateway.url,
                "auth_token": gateway.token,
                "node": {"name": name},
            },
            "fleet": {"sensors": {"sources": []}, "memory": memory},
        }
    )


@asynccontextmanager
async def machine(
    gateway: Gateway, folder: Path, name: str, *, online: bool, **memory: Any
) -> AsyncIterator[FleetMember]:
    """A machine that writes by the plugin; offline, it has no connection."""
    settings = settings_of(gateway, name, **(memory or {"plugin": True, "agent": REMEMBERING}))
    async with AsyncExitStack() as stack:
        member = await stack.enter_async_context(fleet_member(settings, folder))
        if online:
            client = await stack.enter_async_context(OpenClawClient(settings.openclaw))
            await client.connect()
            member.memories.connect(client)
            member.outbox.wake()
        yield member


async def say(member: FleetMember, words: str, at: float, who: int = MEMBER) -> None:
    moment = datetime.fromtimestamp(at, UTC)
    assert member.memory is not None
    await member.memory.remember(
        entries(new_id("t", member_id=who, guild_id=7), moment, "A", words)
    )


def written(gateway: Gateway) -> str:
    folder = gateway.workspace(REMEMBERING) / "memory" / "fleet"
    return "".join(each.read_text("utf-8") for each in sorted(folder.glob("*.md")))


async def test_lines_of_a_machine_that_was_offline_do_not_come_back(
    plugged: Gateway, tmp_path: Path
) -> None:
    word, now = f"tea{uuid.uuid4().hex[:10]}", time.time()
    async with machine(plugged, tmp_path / "2", "box2", online=False) as away:
        await say(away, f"{word} before", now - 5)
        await say(away, f"{word} later", now + 300)
        await say(away, f"{word} of another", now - 5, OTHER)
        assert away.outbox.waiting == 3
    async with machine(plugged, tmp_path / "1", "bot", online=True) as bot:
        await say(bot, f"{word} at the bot", now - 5)
        await bot.outbox.empty()
        assert f"{word} at the bot" in written(plugged)
        memory = room_memory(settings_of(plugged, "bot"), bot.memories, str)
        assert memory is not None
        await memory.forget(MEMBER)
        await bot.outbox.empty()
        assert word not in written(plugged)
    async with machine(plugged, tmp_path / "2", "box2", online=True) as back:
        await back.outbox.empty()
        assert back.memory is not None
        assert back.memory.counts["forgotten"] == 1
    text = written(plugged)
    assert f"{word} before" not in text
    assert text.count(f"{word} later") == 1
    assert text.count(f"{word} of another") == 1


async def test_a_machine_whose_memory_was_turned_off_forgets(
    plugged: Gateway, tmp_path: Path
) -> None:
    word = f"tea{uuid.uuid4().hex[:10]}"
    async with machine(plugged, tmp_path, "box2", online=True) as on:
        await say(on, word, time.time() - 5)
        await on.outbox.empty()
    async with machine(plugged, tmp_path, "box2", online=True, plugin=False) as off:
        assert off.memory is None
        memory = room_memory(settings_of(plugged, "box2"), off.memories, str)
        assert memory is not None
        await memory.forget(MEMBER)
        await off.outbox.empty()
    assert word not in written(plugged)


async def test_a_wish_is_kept_by_the_plugin(plugged: Gateway, owner: Probe) -> None:
    word = uuid.uuid4().hex[:12]
    tags, line = [f"u{word}"], {"id": f"u{word}.t.aaaa", "text": "2026-11-27 14:05 UTC, Alice: tea"}
    at = 1_795_788_300  # 2026-11-27 14:05 UTC
    asked = {"agentId": REMEMBERING, "tags": tags, "at": at}
    assert await owner.call(FORGET, asked) == {"removed": 0}
    params = {"agentId": REMEMBERING, "file": f"{word}.md", "title": "box2", "lines": [line]}
    assert await owner.call(APPEND, params) == {"appended": 0, "skipped": 0, "forgotten": 1}
    later = {"id": f"u{word}.t.bbbb", "text": "2026-11-27 14:07 UTC, Alice: tea"}
    answer = await owner.call(APPEND, {**params, "lines": [line, later]})
    assert answer == {"appended": 1, "skipped": 0, "forgotten": 1}
    assert await owner.call(FORGET, {**asked, "at": at + 600}) == {"removed": 1}
    error = await owner.refusal(FORGET, {**asked, "at": "now"})
    assert error["details"] == {"code": "INVALID_PARAMS"}

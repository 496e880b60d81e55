"""The machine's own client of the memory, over the plugin: what it writes is in the file once."""

from __future__ import annotations

import time
import uuid
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest
import pytest_asyncio
from pydantic import SecretStr

from fleet.memory.entries import entries, new_id
from fleet.memory.errors import MemoryRefused
from fleet.memory.pages import MemoryLine
from fleet.memory.plugin import PluginMemory
from fleet.memory.store import Appended
from openclaw_client import OpenClawConfig, PerGuildOpenClawClient
from tests.contract.gateway.gateways import Gateway

AGENT = "sage"
FILE = "box2-dddddd-2026-11-27.md"


@pytest_asyncio.fixture(loop_scope="session")
async def memory(plugged: Gateway) -> AsyncIterator[PluginMemory]:
    config = OpenClawConfig(base_url=plugged.url, auth_token=SecretStr(plugged.token))
    store = PluginMemory(AGENT)
    async with PerGuildOpenClawClient(config) as client:
        await client.connect()
        store.call = client.request
        yield store


def line(words: str, member: int) -> MemoryLine:
    ident = new_id("t", member_id=member, guild_id=7)
    (made,) = entries(ident, datetime.now(UTC), "Alice", words)
    return MemoryLine(id=made.id, text=made.text)


async def test_lines_once_and_forgotten(plugged: Gateway, memory: PluginMemory) -> None:
    """openclaw-voice.memory: the client's lines are in the file once, and forgotten by tags"""
    word = f"zeppelin{uuid.uuid4().hex[:12]}"
    lines = [line(f"{word} tea", 4242), line(f"{word} coffee {'☕' * 1_000}", 4343)]
    assert await memory.append(FILE, "box2", lines) == Appended(2, 0)
    assert await memory.append(FILE, "box2", lines) == Appended(0, 2)
    path = plugged.workspace(AGENT) / "memory" / "fleet" / FILE
    assert path.read_text("utf-8").count(word) == 2
    assert await memory.forget(["u4242"], time.time()) == 1
    left = path.read_text("utf-8")
    assert (f"{word} tea" in left, f"{word} coffee" in left) == (False, True)


async def test_refusal(memory: PluginMemory) -> None:
    """openclaw-voice.memory: a file elsewhere is refused for good"""
    with pytest.raises(MemoryRefused):
        await memory.append("../MEMORY.md", "box2", [line("x", 1)])

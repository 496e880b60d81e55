"""An agent's memory: what machines write into its workspace is found by a search."""

from __future__ import annotations

import asyncio
import json
import time
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pydantic import SecretStr

from app.fleet.member import FleetMember, fleet_member
from fleet.memory.entries import entries, new_id
from fleet.memory.folder import WorkspaceMemory
from fleet.memory.pages import MemoryLine
from openclaw_client import (
    ConnectionState,
    DeviceStore,
    GatewayNode,
    OpenClawConfig,
    PerGuildOpenClawClient,
)
from openclaw_client.errors import RequestFailed
from settings import Settings
from testing.waiting import eventually
from tests.contract.gateway.gateways import REMEMBERING, Gateway
from tests.contract.gateway.probe import PATIENCE_S, Payload, Probe
from tests.contract.gateway.test_nodes import owner
from tests.contract.gateway.test_turns import text_of

__all__ = ["owner"]

LOOK_AGAIN_S = 5.0
"""OpenClaw misses a change that comes while it indexes another one, until its agent searches."""


@pytest.fixture
def word() -> str:
    """A word that no other case uses."""
    return f"zeppelin{uuid.uuid4().hex[:12]}"


def line(words: str, member: int = 42) -> MemoryLine:
    now = datetime.now(UTC)
    ident = new_id("t", member_id=member, guild_id=7)
    (made,) = entries(ident, now, "Alice", words, place="call in General, Home")
    return MemoryLine(id=made.id, text=made.text)


def memory_of(gateway: Gateway) -> WorkspaceMemory:
    """The memory of the agent, as a machine with the Gateway's disk has it."""
    workspace = gateway.workspace(REMEMBERING)
    (workspace / "memory").mkdir(parents=True, exist_ok=True)
    return WorkspaceMemory(workspace)


async def found(probe: Probe, word: str) -> list[Payload]:
    answer = await probe.call("memory.search", {"query": word, "agentId": REMEMBERING})
    assert answer["searchMode"] == "fts-only"
    return [row for row in answer["results"] if word in row["snippet"]]


async def until(gateway: Gateway, probe: Probe, word: str, *, there: bool) -> None:
    """Search until the word is there, or gone; the agent itself searches now and then."""
    began = looked = time.monotonic()
    while bool(await found(probe, word)) != there:
        now = time.monotonic()
        assert now - began < PATIENCE_S, word
        if now - looked > LOOK_AGAIN_S:
            await gateway.look_into_memory(REMEMBERING)
            looked = time.monotonic()
        await asyncio.sleep(0.1)


async def test_written_line(gateway: Gateway, probe: Probe, word: str) -> None:
    """memory.search: a line in memory/fleet/ is found, also in a file that it knows"""
    memory = memory_of(gateway)
    await gateway.look_into_memory(REMEMBERING)
    for number in (1, 2):
        await memory.append("box2-aaaaaa-2026-11-27.md", "box2", [line(f"the {word}{number}")])
        await until(gateway, probe, f"{word}{number}", there=True)
    (row,) = await found(probe, f"{word}1")
    assert row["path"] == "memory/fleet/box2-aaaaaa-2026-11-27.md"
    assert row["source"] == "memory"


async def test_two_machines(gateway: Gateway, probe: Probe, word: str) -> None:
    """memory.search: what two machines wrote is found, each in its own file"""
    memory = memory_of(gateway)
    await gateway.look_into_memory(REMEMBERING)
    for box in ("box2", "box3"):
        await memory.append(f"{box}-bbbbbb-2026-11-27.md", box, [line(f"{word} of {box}")])
    for box in ("box2", "box3"):
        await until(gateway, probe, f"{word} of {box}", there=True)
    assert {row["path"] for row in await found(probe, word)} == {
        "memory/fleet/box2-bbbbbb-2026-11-27.md",
        "memory/fleet/box3-bbbbbb-2026-11-27.md",
    }


async def test_forgotten_line(gateway: Gateway, probe: Probe, word: str) -> None:
    """memory.search: a line that was blanked is not found any more, and the others are"""
    memory = memory_of(gateway)
    await gateway.look_into_memory(REMEMBERING)
    lines = [line(f"{word}tea", 4_242), line(f"{word}coffee", 4_343)]
    await memory.append("box2-cccccc-2026-11-27.md", "box2", lines)
    await until(gateway, probe, f"{word}tea", there=True)
    await memory.forget(["u4242"], time.time())
    await until(gateway, probe, f"{word}tea", there=False)
    assert await found(probe, f"{word}coffee")


@asynccontextmanager
async def machine(
    gateway: Gateway, owner: Probe, folder: Path, name: str
) -> AsyncIterator[FleetMember]:
    """A node of that name on the Gateway's machine, with its tools approved."""
    settings = Settings.model_validate(
        {
            "openclaw": {
                "base_url": gateway.url,
                "auth_token": gateway.token,
                "state_dir": str(folder),
                "node": {"name": name, "commands": ["memory.remember"]},
            },
            "fleet": {
                "sensors": {"sources": []},
                "memory": {"folder": str(gateway.workspace(REMEMBERING))},
            },
        }
    )
    devices = DeviceStore(folder)
    async with (
        fleet_member(settings, folder) as member,
        GatewayNode(settings.openclaw, member.commands(), devices) as node,
    ):
        member.attach(node)
        await eventually(lambda: node.status.state is ConnectionState.UP, PATIENCE_S)
        pending = (await owner.call("node.pair.list"))["pending"]
        (request,) = (row["requestId"] for row in pending if row["nodeId"] == devices.key().id)
        await owner.call("node.pair.approve", {"requestId": request})
        await eventually(lambda: node.usable, PATIENCE_S)
        yield member


async def test_another_machines_memory(
    gateway: Gateway, owner: Probe, probe: Probe, tmp_path: Path, word: str
) -> None:
    """client: what an agent had two machines remember, a question finds; each machine's once"""
    memory_of(gateway)
    session = f"agent:{REMEMBERING}:discord:dm:42:guild:7"
    async with (
        machine(gateway, owner, tmp_path / "2", "box2") as first,
        machine(gateway, owner, tmp_path / "3", "box3") as second,
    ):
        for box in ("box2", "box3"):
            arguments = json.dumps({"text": f"The {word} of {box} is in the cellar."})
            run = await probe.turn(session, f"#tool:{box}_remember {arguments}")
            assert "u42.g7.o." in text_of(await probe.end(run))
        await asyncio.gather(first.outbox.empty(), second.outbox.empty())
        await gateway.look_into_memory(REMEMBERING)
        await until(gateway, probe, f"{word} of box3", there=True)
        asked = f'#tool:memory_search {{"query": "{word}"}}'
        run = await probe.turn(session, asked)
        answer = text_of(await probe.end(run))
        for box in ("box2", "box3"):
            noted = f"noted by {REMEMBERING} (at {box}): The {word} of {box} is in the cellar."
            assert answer.count(noted) == 1, answer
        assert first.memory is not None
        await first.memory.forgetting.forget(["u42"])
        await until(gateway, probe, word, there=False)


async def test_unknown_plugin(gateway: Gateway) -> None:
    """a method of a plugin that is not loaded is refused like one that needs the admin scope"""
    config = OpenClawConfig(base_url=gateway.url, auth_token=SecretStr(gateway.token))
    async with PerGuildOpenClawClient(config) as client:
        await client.connect()
        with pytest.raises(RequestFailed) as refused:
            await client.request("openclaw-voice.nowhere.append", {})
    assert refused.value.details["code"] == "MISSING_SCOPE"

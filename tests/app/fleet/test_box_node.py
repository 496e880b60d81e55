"""``run.py node``: joining, serving, the state, and leaving."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

import pytest

from app.fleet.box_node import FAILED, join_node, leave_node, node_status, run_node
from fleet.notify.messages import STATE_FILE, OpenMessage
from openclaw_client import DeviceStore, JoinFailed
from openclaw_client.node.joining import MEMBERSHIP_FILE
from openclaw_client.node.settings import COMMANDS
from settings import Settings
from simulators.gateway import GatewaySimulator
from simulators.gateway.params import SetupCodeParams
from testing.gateways import TOKEN

OWNERS = "agent:jarvis:main"


@pytest.fixture
async def gateway() -> AsyncIterator[GatewaySimulator]:
    async with GatewaySimulator(token=TOKEN, remote=True, node_commands=COMMANDS) as simulator:
        yield simulator


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings.model_validate(
        {"openclaw": {"state_dir": str(tmp_path), "node": {"name": "box2"}}}
    )


def invite(gateway: GatewaySimulator) -> str:
    url = gateway.url.replace("ws", "http", 1)
    made = gateway.invitations.create(SetupCodeParams.model_validate({"publicUrl": url}))
    return str(made["setupCode"])


async def test_a_machine_without_discord_joins_serves_and_leaves(
    gateway: GatewaySimulator, settings: Settings, tmp_path: Path
) -> None:
    said: list[str] = []
    assert await join_node(settings, invite(gateway), said.append) == 0
    assert said[0].startswith(f"box2 joined {gateway.url} with system.info, gpu.list")
    there = gateway.nodes.all[DeviceStore(tmp_path).key().id]
    serving = asyncio.create_task(run_node(settings))
    try:
        await gateway.wait_for(lambda: there.tools)
        answer = await gateway.use_tool("box2_system_info", {}, "agent:jarvis:main")
        assert '"cpuCount"' in answer
        said.clear()
        assert await node_status(settings, said.append) == 0
        assert said[-1].startswith("running: yes")
    finally:
        serving.cancel()
        with suppress(asyncio.CancelledError):
            await serving
    said.clear()
    assert await node_status(settings, said.append) == 0
    assert said[0] == "name: box2"
    assert said[2] == f"Gateway: {gateway.url}"
    assert said[-1] == (
        "agents can use: system.info, gpu.list, gpu.metrics, sensor.list, sensor.read, fleet.status"
    )
    said.clear()
    assert await leave_node(settings, said.append) == 0
    assert f"openclaw nodes remove --node {there.id}" in said[-1]
    assert await leave_node(settings, said.append) == FAILED
    assert said[-1] == "This machine has joined no Gateway."


async def test_a_node_that_was_never_admitted_is_told_what_to_do(
    gateway: GatewaySimulator, tmp_path: Path
) -> None:
    settings = Settings.model_validate(
        {
            "openclaw": {
                "state_dir": str(tmp_path),
                "base_url": gateway.url,
                "auth_token": TOKEN,
                "node": {"name": "box2"},
            }
        }
    )
    said: list[str] = []
    assert await node_status(settings, said.append) == FAILED
    assert said[2] == f"Gateway: {gateway.url} (of the settings)"
    assert "openclaw devices approve" in said[-1]


async def test_with_an_operators_token_it_tells_people_by_the_gateways_channels(
    tmp_path: Path,
) -> None:
    async with GatewaySimulator(token=TOKEN, channels=["telegram"]) as gateway:
        settings = Settings.model_validate(
            {
                "openclaw": {
                    "state_dir": str(tmp_path),
                    "base_url": gateway.url,
                    "auth_token": TOKEN,
                    "node": {"name": "box2"},
                },
                "fleet": {
                    "sensors": {
                        "sources": ["machine"],
                        "thresholds": [{"sensor": "memory.used", "above": 0, "tell": True}],
                        "interval_s": 1,
                    },
                    "notify": {
                        "recipients": [{"name": "Alice", "channel": "telegram", "to": "42"}]
                    },
                },
            }
        )
        serving = asyncio.create_task(run_node(settings))
        try:
            await gateway.wait_for(lambda: gateway.channels.messages)
        finally:
            serving.cancel()
            with suppress(asyncio.CancelledError):
                await serving
        assert "memory.used is at" in gateway.channels.messages[0].text


async def test_looking_at_a_node_changes_nothing(tmp_path: Path) -> None:
    workspace = tmp_path / "workspace"
    (workspace / "memory").mkdir(parents=True)
    async with GatewaySimulator(token=TOKEN, node_commands=COMMANDS) as gateway:
        settings = Settings.model_validate(
            {
                "openclaw": {
                    "state_dir": str(tmp_path / "state"),
                    "base_url": gateway.url,
                    "auth_token": TOKEN,
                    "node": {"name": "box2"},
                },
                "fleet": {
                    "sensors": {
                        "sources": ["machine"],
                        "thresholds": [{"sensor": "memory.used", "above": 0, "tell": True}],
                    },
                    "memory": {"folder": str(workspace)},
                    "jobs": {"kinds": ["synthesise"]},
                    "notify": {
                        "recipients": [{"name": "Alice", "channel": "telegram", "to": "42"}]
                    },
                },
            }
        )
        state = tmp_path / "state"
        alarm = OpenMessage(id="1" * 32, text="Fire.", sent_at=1.0, next_at=1.0)
        state.mkdir()
        kept = f'{{"open": {{"{alarm.id}": {alarm.model_dump_json()}}}}}'
        (state / STATE_FILE).write_text(kept)
        await node_status(settings, lambda line: None)
    assert (state / STATE_FILE).read_text() == kept
    new = {each.name for each in state.iterdir()} - {STATE_FILE}
    assert new <= {"bot.lock", "device-key.pem", "device-tokens.json", "node-audit.jsonl"}, new
    assert list(workspace.rglob("*")) == [workspace / "memory"]


async def test_a_node_without_people_acts_for_the_owner_only(tmp_path: Path) -> None:
    workspace = tmp_path / "workspace"
    (workspace / "memory").mkdir(parents=True)
    async with GatewaySimulator(token=TOKEN, node_commands=COMMANDS) as gateway:
        settings = Settings.model_validate(
            {
                "openclaw": {
                    "state_dir": str(tmp_path),
                    "base_url": gateway.url,
                    "auth_token": TOKEN,
                    "node": {"name": "box2", "tool_names": "plain"},
                },
                "fleet": {"sensors": {"sources": []}, "memory": {"folder": str(workspace)}},
            }
        )
        serving = asyncio.create_task(run_node(settings))
        try:
            await gateway.wait_for(lambda: gateway.nodes.all)
            there = gateway.nodes.all[DeviceStore(tmp_path).key().id]
            await gateway.wait_for(lambda: there.pending)
            assert there.pending is not None
            gateway.approve_node(there.pending)
            await gateway.wait_for(lambda: there.tools)
            member = "agent:jarvis:discord:dm:42:guild:7"
            refused = await gateway.use_tool("remember", {"text": "A fact."}, member)
            assert "fleet.supervision.without_people" in refused
            assert "ids" in await gateway.use_tool("remember", {"text": "A fact."}, OWNERS)
        finally:
            serving.cancel()
            with suppress(asyncio.CancelledError):
                await serving


async def test_a_bad_code_changes_nothing(settings: Settings, tmp_path: Path) -> None:
    with pytest.raises(JoinFailed):
        await join_node(settings, "nonsense", print)
    assert not (tmp_path / MEMBERSHIP_FILE).exists()

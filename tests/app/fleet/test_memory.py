"""The bridge of a process: from settings, tools and sensors into a workspace or to the plugin."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from app.fleet.member import FleetMember, fleet_member, offered_commands
from app.fleet.room_memory import room_memory
from database.transcripts import TranscriptLine
from fleet.sensors.readings import Reading
from openclaw_client import DeviceStore, OpenClawClient
from openclaw_client.errors import BadArguments, CannotNow
from openclaw_client.node.commands import CommandCall, NodeCommands
from settings import Settings
from simulators.gateway import GatewaySimulator
from testing.fake_rooms import HARBOUR, TEXT, FakeRooms, room
from testing.gateways import TOKEN

DM = "agent:jarvis:discord:dm:42:guild:7"


class Thermometer:
    name = "lab"
    value = 20.0

    async def read(self) -> Sequence[Reading]:
        return [Reading("lab.temperature", self.value, "C", 1_000.0)]


def settings_for(state: Path, url: str = "http://127.0.0.1:9", **memory: Any) -> Settings:
    return Settings.model_validate(
        {
            "openclaw": {
                "base_url": url,
                "auth_token": TOKEN,
                "state_dir": str(state),
                "node": {"name": "box2"},
            },
            "fleet": {
                "sensors": {
                    "sources": [],
                    "thresholds": [{"sensor": "lab.*", "above": 30, "clear": 25}],
                },
                "memory": memory,
            },
        }
    )


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    folder = tmp_path / "workspace"
    (folder / "memory").mkdir(parents=True)
    return folder


@asynccontextmanager
async def machine(settings: Settings, folder: Path) -> AsyncIterator[FleetMember]:
    async with fleet_member(settings, folder / "state", [thermometer := Thermometer()]) as member:
        thermometer.value = 20.0
        yield member


async def call(member: FleetMember, command: str, params: str, session: str | None = DM) -> Any:
    names = ["memory.remember", "memory.observe"]
    commands = NodeCommands(member.commands(), names)
    return await commands.execute(command, params, CommandCall(session, 10.0))


def kept(workspace: Path) -> str:
    return "".join(each.read_text() for each in (workspace / "memory" / "fleet").glob("box2-*.md"))


async def test_agents_remember_and_observe(tmp_path: Path, workspace: Path) -> None:
    async with machine(settings_for(tmp_path, folder=str(workspace)), tmp_path) as member:
        params = '{"text": "The printer is *broken*.", "subject": "lab"}'
        answer = await call(member, "memory.remember", params)
        assert answer["ids"][0].startswith("u42.g7.o.")
        await member.sampler.sample()
        await call(member, "memory.observe", '{"sensors": "lab.*", "note": "before the test"}')
        await member.outbox.empty()
    text = kept(workspace)
    assert "noted by jarvis (at box2): lab: The printer is *broken*. ^u42.g7.o." in text
    assert "sensors (at box2): before the test: lab.temperature 20 C ^u42.g7.s." in text


async def test_a_sensor_that_does_not_exist_is_named(tmp_path: Path, workspace: Path) -> None:
    async with machine(settings_for(tmp_path, folder=str(workspace)), tmp_path) as member:
        await member.sampler.sample()
        with pytest.raises(BadArguments, match=r"there are lab\.temperature"):
            await call(member, "memory.observe", '{"sensors": "gpu*"}')


async def test_a_crossed_threshold_is_remembered(tmp_path: Path, workspace: Path) -> None:
    thermometer = Thermometer()
    settings = settings_for(tmp_path, folder=str(workspace))
    async with fleet_member(settings, tmp_path / "state", [thermometer]) as member:
        thermometer.value = 31.0
        await member.sampler.sample()
        assert member.memory is not None
        await member.alerts._tasks.wait()
        await member.outbox.empty()
    assert "lab.temperature is at 31 C" in kept(workspace)


async def test_transcripts_of_a_call(tmp_path: Path, workspace: Path) -> None:
    settings = settings_for(tmp_path, folder=str(workspace), transcript_guild_ids=[7])
    async with machine(settings, tmp_path) as member:
        memory = room_memory(settings, member.memories, lambda _: "Home")
        assert memory is not None
        assert memory.takes(7)
        assert not memory.takes(8)
        now = datetime.now(UTC)
        lines = [
            TranscriptLine(now, 42, "Alice", "I like green tea."),
            TranscriptLine(now, 42, "Jarvis", "Noted.", "jarvis"),
            TranscriptLine(now, 43, "Bob", "So do I."),
        ]
        await memory.remember(7, "General", lines)
        await member.outbox.empty()
        assert "Alice (call in General, Home): I like green tea. ^u42.g7.t." in kept(workspace)
        await memory.forget(42)
        await member.outbox.empty()
        text = kept(workspace)
        assert "tea" not in text
        assert "Noted" not in text
        assert "So do I." in text
        await call(member, "memory.remember", '{"text": "A fact."}', "agent:jarvis:discord:guild:7")
        await memory.forget_transcripts(7)
        await member.outbox.empty()
        assert "So do I." not in kept(workspace)
        assert "A fact." in kept(workspace)
        await memory.forget_guild(7)
        await member.outbox.empty()
        assert "A fact." not in kept(workspace)


async def test_a_member_is_forgotten_after_the_memory_was_turned_off(
    tmp_path: Path, workspace: Path
) -> None:
    on = settings_for(tmp_path, folder=str(workspace), transcript_guild_ids=[7])
    async with machine(on, tmp_path) as member:
        await call(member, "memory.remember", '{"text": "I like tea."}')
        await member.outbox.empty()
    async with machine(settings_for(tmp_path), tmp_path) as member:
        assert member.memory is None
        assert not [each for each in member.commands() if each.name.startswith("memory.")]
        memory = room_memory(on, member.memories, str)
        assert memory is not None
        assert not memory.takes(7)
        await memory.remember(7, "General", [TranscriptLine(datetime.now(UTC), 1, "Bob", "No.")])
        await memory.forget(42)
        await member.outbox.empty()
    assert "tea" not in kept(workspace)
    assert "Bob" not in kept(workspace)


async def test_what_is_noted_right_after_a_wish_is_refused_and_of_others_kept(
    tmp_path: Path, workspace: Path
) -> None:
    async with machine(settings_for(tmp_path, folder=str(workspace)), tmp_path) as member:
        assert member.memory is not None
        await member.memory.forgetting.forget(["u42"])
        with pytest.raises(CannotNow, match="asked a moment ago to be forgotten"):
            await call(member, "memory.remember", '{"text": "I like tea."}')
        await call(member, "memory.remember", '{"text": "So do I."}', DM.replace("42", "43"))
        await member.outbox.empty()
    assert "So do I." in kept(workspace)


async def test_what_is_noted_in_a_channel_belongs_to_its_server(
    tmp_path: Path, workspace: Path
) -> None:
    async with machine(settings_for(tmp_path, folder=str(workspace)), tmp_path) as member:
        member.rooms.rooms = FakeRooms(room())
        key = f"agent:jarvis:discord:channel:{TEXT}"
        answer = await call(member, "memory.remember", '{"text": "A fact."}', key)
        assert answer["ids"][0].startswith(f"g{HARBOUR.id}.o.")


async def test_a_machine_that_never_wrote_has_nothing_to_forget(tmp_path: Path) -> None:
    async with machine(settings_for(tmp_path), tmp_path) as member:
        assert room_memory(settings_for(tmp_path), member.memories, str) is None


async def test_it_goes_to_a_gateway_elsewhere_by_the_plugin(tmp_path: Path) -> None:
    async with GatewaySimulator(
        token=TOKEN, workspaces=tmp_path / "far", memory_plugin=True
    ) as gateway:
        settings = settings_for(tmp_path, gateway.url, plugin=True)
        async with (
            machine(settings, tmp_path) as member,
            OpenClawClient(settings.openclaw, devices=DeviceStore(tmp_path / "state")) as client,
        ):
            member.memories.connect(client)
            await call(member, "memory.remember", '{"text": "The printer is broken."}')
            member.outbox.wake()
            await member.outbox.empty()
            assert "The printer is broken." in kept(gateway.memory.workspace("jarvis"))
            assert member.memory is not None
            await member.memory.forgetting.forget(["u42"])
            await member.outbox.empty()
            assert "broken" not in kept(gateway.memory.workspace("jarvis"))


async def test_a_folder_that_is_missing_is_told_and_the_lines_wait(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    workspace = tmp_path / "later"
    settings = settings_for(tmp_path, folder=str(workspace))
    with caplog.at_level(logging.WARNING):
        async with machine(settings, tmp_path) as member:
            await call(member, "memory.remember", '{"text": "Kept."}')
            assert member.outbox.waiting == 1
    assert "is no folder: set fleet.memory.folder to the agent's workspace" in caplog.text
    (workspace / "memory").mkdir(parents=True)
    async with machine(settings, tmp_path) as member:
        await member.outbox.empty()
    assert "Kept." in kept(workspace)


def test_the_tools_are_offered_only_where_there_is_a_memory(tmp_path: Path) -> None:
    off, on = settings_for(tmp_path), settings_for(tmp_path, folder=str(tmp_path))
    assert "memory.remember" not in offered_commands(off, discord=False)
    assert {"memory.remember", "memory.observe"} <= {*offered_commands(on, discord=False)}


@pytest.mark.parametrize(
    ("memory", "said"),
    [
        ({"folder": "workspace"}, "must be a whole path"),
        ({"folder": "/w", "plugin": True}, "set one of them"),
        ({"agent": "No Agent!"}, "is not an agent id"),
        ({"transcript_guild_ids": [0]}, "greater than or equal to 1"),
    ],
)
def test_wrong_settings_are_named(tmp_path: Path, memory: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        settings_for(tmp_path, **memory)

"""What a node does beside Discord: readings in turns, and what needs an operator's connection."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from app.fleet.member import fleet_member
from fleet.memory.commands import crossing_entries
from fleet.sensors.readings import Reading
from fleet.settings import FleetSettings
from openclaw_client import DeviceStore, OpenClawClient, PerGuildOpenClawClient
from openclaw_client.turn_text import parse_message
from settings import Settings
from simulators.gateway import GatewaySimulator
from testing.gateways import TOKEN
from testing.waiting import eventually


class Thermometer:
    name = "lab"
    value = 20.0

    async def read(self) -> Sequence[Reading]:
        return [Reading("lab.temperature", self.value, "C", time.time())]


def settings_for(gateway: GatewaySimulator, folder: Path, **sensors: Any) -> Settings:
    return Settings.model_validate(
        {
            "openclaw": {
                "base_url": gateway.url,
                "auth_token": TOKEN,
                "state_dir": str(folder),
                "node": {"enabled": True},
            },
            "fleet": {"sensors": {"sources": [], **sensors}},
        }
    )


@pytest.fixture
def thermometer() -> Thermometer:
    return Thermometer()


async def test_turns_carry_the_chosen_readings(tmp_path: Path, thermometer: Thermometer) -> None:
    async with GatewaySimulator(token=TOKEN) as gateway:
        settings = settings_for(gateway, tmp_path, in_turns=["lab.*"])
        async with (
            fleet_member(settings, tmp_path, [thermometer]) as member,
            OpenClawClient(settings.openclaw) as client,
        ):
            await member.sampler.sample()
            deltas = client.stream(
                "jarvis", "How warm is it?", speaker="alice", readings=member.readings_for_turns()
            )
            async for _ in deltas:
                pass
        (sent,) = gateway.asked("chat.send")
        assert parse_message(sent["message"]).readings == {"lab.temperature": "20 C"}


async def test_without_a_choice_turns_carry_none(tmp_path: Path, thermometer: Thermometer) -> None:
    async with fleet_member(Settings(), tmp_path, [thermometer]) as member:
        await member.sampler.sample()
        assert member.sampler.latest()
        assert member.readings_for_turns() == {}


async def test_turns_carry_the_sensors_of_their_own_server_alone(tmp_path: Path) -> None:
    class Rooms:
        name = "calls"

        async def read(self) -> Sequence[Reading]:
            return [
                Reading(f"room.{guild}.people", 2.0, "people", 1.0, guild_id=guild)
                for guild in (7, 8)
            ]

    settings = Settings.model_validate({"fleet": {"sensors": {"sources": [], "in_turns": ["*"]}}})
    async with fleet_member(settings, tmp_path, [Rooms()]) as member:
        await member.sampler.sample()
        assert member.readings_for_turns(7) == {"room.7.people": "2 people"}
        assert member.readings_for_turns() == {}


async def test_an_operators_connection_serves_people_memory_and_prompts(
    tmp_path: Path, thermometer: Thermometer
) -> None:
    async with GatewaySimulator(
        token=TOKEN,
        channels=["telegram"],
        workspaces=tmp_path / "far",
        memory_plugin=True,
        prompt_plugin=True,
    ) as gateway:
        settings = settings_for(gateway, tmp_path).model_copy(
            update={
                "fleet": FleetSettings.model_validate(
                    {
                        "sensors": {"sources": [], "in_prompts": ["lab.*"]},
                        "notify": {
                            "recipients": [{"name": "Alice", "channel": "telegram", "to": "42"}]
                        },
                        "memory": {"plugin": True},
                    }
                )
            }
        )
        async with (
            fleet_member(settings, tmp_path, [thermometer]) as member,
            PerGuildOpenClawClient(settings.openclaw, devices=DeviceStore(tmp_path)) as client,
            member.with_operator(client),
        ):
            await member.people.tell("The server is on fire.", "critical")
            await gateway.wait_for(lambda: gateway.channels.messages)
            await gateway.wait_for(lambda: gateway.asked("sessions.messages.subscribe"))
            gateway.people.person_wrote("agent:jarvis:main", "telegram", "42", "Got it.")
            await eventually(lambda: not member.people.open)
            assert member.memory is not None
            await member.memory.remember(crossing_entries("lab", datetime.now(UTC), "It is warm."))
            await member.outbox.empty()
            (kept,) = gateway.memory.workspace("jarvis").rglob("*.md")
            assert "It is warm." in kept.read_text()
            await member.sampler.sample()
            await eventually(lambda: "lab.temperature: 20 C" in gateway.prompt_sensors.lines())

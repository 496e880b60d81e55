"""A machine's sensors: each way into an agent's prompt, and to a person."""

from __future__ import annotations

import json
import uuid
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.fleet.member import FleetMember, fleet_member
from fleet.sensors.readings import Reading
from openclaw_client import DeviceStore, GatewayNode, OpenClawClient
from settings import Settings
from testing.real_gateway.directives import TOOL_RESULT_LEAD
from testing.telegram import CHAT
from testing.waiting import eventually
from tests.contract.gateway.gateways import Gateway
from tests.contract.gateway.probe import Probe
from tests.contract.gateway.test_nodes import owner
from tests.contract.gateway.test_turns import text_of

__all__ = ["owner"]
PATIENCE_S = 30.0


class Thermometer:
    """A source whose value a case sets."""

    name = "lab"

    def __init__(self) -> None:
        self.sensor = f"lab{uuid.uuid4().hex[:8]}.temperature"
        self.value = 21.0

    async def read(self) -> Sequence[Reading]:
        return [Reading(self.sensor, self.value, "C", 1_000.0)]


@dataclass
class Machine:
    """A node with a thermometer, beside an operator's connection."""

    client: OpenClawClient
    member: FleetMember
    thermometer: Thermometer

    async def read(self, value: float) -> None:
        self.thermometer.value = value
        await self.member.sampler.sample()


@asynccontextmanager
async def machine(
    gateway: Gateway, owner: Probe, folder: Path, **sensors: Any
) -> AsyncIterator[Machine]:
    """Connected and approved."""
    notify = {"recipients": [{"name": "Alice", "channel": "telegram", "to": CHAT}]}
    settings = Settings.model_validate(
        {
            "openclaw": {
                "base_url": gateway.url,
                "auth_token": gateway.token,
                "node": {"name": "lab", "tool_names": "plain"},
            },
            "fleet": {"sensors": {"sources": [], "interval_s": 1, **sensors}, "notify": notify},
        }
    )
    devices, thermometer = DeviceStore(folder), Thermometer()
    async with (
        OpenClawClient(settings.openclaw, devices=devices) as client,
        fleet_member(settings, folder, [thermometer]) as member,
        GatewayNode(settings.openclaw, member.commands(), devices, client.nodes) as node,
    ):
        member.people.ways.send = client.send_to_channel
        member.attach(node)
        await eventually(lambda: node.checked, PATIENCE_S)
        pending = (await owner.call("node.pair.list"))["pending"]
        (request,) = [each for each in pending if each["nodeId"] == devices.key().id]
        await owner.call("node.pair.approve", {"requestId": request["requestId"]})
        await eventually(lambda: "sensor.read" in node.usable, PATIENCE_S)
        member.outbox.wake()
        yield Machine(client, member, thermometer)


async def test_in_turns(gateway: Gateway, owner: Probe, tmp_path: Path) -> None:
    """sensors: a turn of a call carries the readings of in_turns, as they are then"""
    async with machine(gateway, owner, tmp_path, in_turns=["lab*"]) as lab:
        await lab.read(23.0)
        question = f"How warm is it, {uuid.uuid4().hex}?"
        readings = lab.member.readings_for_turns()
        async for _ in lab.client.stream("jarvis", question, speaker="alice", readings=readings):
            pass
        told = gateway.told_with(question)
        assert f'"{lab.thermometer.sensor}": "23 C"' in told


async def test_read_sensor(
    gateway: Gateway, owner: Probe, probe: Probe, session: str, tmp_path: Path
) -> None:
    """sensors: an agent reads one by its tool read_sensor, in an ordinary turn"""
    async with machine(gateway, owner, tmp_path) as lab:
        await lab.read(24.0)
        asked = f'#tool:read_sensor {{"sensor": "{lab.thermometer.sensor}"}}'
        final = await probe.end(await probe.turn(session, asked))
        row = json.loads(text_of(final).removeprefix(TOOL_RESULT_LEAD))
        assert (row["sensor"], row["value"], row["unit"]) == (lab.thermometer.sensor, 24.0, "C")


async def test_threshold(
    gateway: Gateway, owner: Probe, probe: Probe, session: str, tmp_path: Path
) -> None:
    """sensors: a crossed threshold is in the next turn of its session, once"""
    threshold = {"sensor": "lab*", "above": 30, "clear": 25, "session": session}
    async with machine(gateway, owner, tmp_path, thresholds=[threshold]) as lab:
        for value in (31.0, 29.0, 32.0):
            await lab.read(value)
        await eventually(lambda: lab.member.outbox.counts["delivered"] == 1, PATIENCE_S)
        await probe.end(await probe.turn(session, "How warm is it?"))
        told = gateway.told_with("How warm is it?")
        assert told.count(f"{lab.thermometer.sensor} is at 31 C, above 30 C") == 1
        assert "is at 32 C" not in told


async def test_person_is_told(gateway: Gateway, owner: Probe, session: str, tmp_path: Path) -> None:
    """sensors: a person is told of a crossed threshold over a channel, once, and when it is over"""
    rule = {"sensor": "lab*", "above": 30, "clear": 25, "tell": True, "urgency": "high"}
    thresholds = [rule | {"session": session}]
    async with machine(gateway, owner, tmp_path, thresholds=thresholds) as lab:
        for value in (31.0, 33.0, 24.0):
            await lab.read(value)
        sensor = lab.thermometer.sensor
        await eventually(lambda: len(gateway.messages(sensor)) == 2, PATIENCE_S)
        (first, second) = gateway.messages(sensor)
        assert first == (CHAT, f"[high] lab: {sensor} is at 31 C, above 30 C", False)
        assert second == (CHAT, f"lab: {sensor} is back to 24 C", False)

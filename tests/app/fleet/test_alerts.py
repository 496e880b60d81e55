"""A sensor that crosses a threshold: agents and people are told."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.fleet.member import fleet_member
from openclaw_client import DeviceStore, GatewayNode, OpenClawClient
from openclaw_client.node.settings import COMMANDS
from settings import Settings
from simulators.gateway import GatewaySimulator
from testing.gateways import TOKEN
from testing.waiting import eventually
from tests.app.fleet.test_member import Thermometer, settings_for

SESSION = "agent:jarvis:discord:dm:42"


@pytest.fixture
def thermometer() -> Thermometer:
    return Thermometer()


async def test_a_crossing_is_in_the_next_turn_of_the_session(
    tmp_path: Path, thermometer: Thermometer
) -> None:
    async with GatewaySimulator(token=TOKEN, node_commands=COMMANDS) as gateway:
        threshold = {"sensor": "lab.*", "above": 30, "clear": 25, "session": SESSION}
        settings = settings_for(gateway, tmp_path, thresholds=[threshold])
        devices = DeviceStore(tmp_path)
        async with (
            OpenClawClient(settings.openclaw, devices=devices) as client,
            fleet_member(settings, tmp_path, [thermometer]) as member,
            GatewayNode(settings.openclaw, member.commands(), devices, client.nodes) as node,
        ):
            member.attach(node)
            await gateway.wait_for(lambda: gateway.nodes.all)
            thermometer.value = 31.0
            await member.sampler.sample()
            await member.sampler.sample()
            (there,) = gateway.nodes.all.values()
            assert there.pending is not None
            gateway.approve_node(there.pending)
            member.outbox.wake()
            await eventually(lambda: member.outbox.counts["delivered"] == 1)
            assert gateway.system_events.take(SESSION).count("lab.temperature is at 31 C") == 1
            thermometer.value = 24.0
            await member.sampler.sample()
            await eventually(lambda: member.outbox.counts["delivered"] == 2)
            assert "lab.temperature is back to 24 C" in gateway.system_events.take(SESSION)


async def test_an_alert_of_an_outage_is_delivered_after_a_restart(
    tmp_path: Path, thermometer: Thermometer
) -> None:
    async with GatewaySimulator(token=TOKEN, node_commands=COMMANDS) as gateway:
        settings = settings_for(
            gateway, tmp_path, thresholds=[{"sensor": "lab.*", "above": 30, "session": SESSION}]
        )
        thermometer.value = 31.0
        async with fleet_member(settings, tmp_path, [thermometer]) as member:
            notices = GatewayNode(settings.openclaw, (), DeviceStore(tmp_path))
            member.attach(notices)
            await member.sampler.sample()
            await eventually(lambda: member.outbox.waiting == 1)
        thermometer.value = 20.0
        devices = DeviceStore(tmp_path)
        async with (
            OpenClawClient(settings.openclaw, devices=devices) as client,
            fleet_member(settings, tmp_path, [thermometer]) as member,
            GatewayNode(settings.openclaw, member.commands(), devices, client.nodes) as node,
        ):
            member.attach(node)
            await gateway.wait_for(lambda: gateway.nodes.all)
            (there,) = gateway.nodes.all.values()
            assert there.pending is not None
            gateway.approve_node(there.pending)
            member.outbox.wake()
            await eventually(lambda: member.outbox.counts["delivered"] == 1)
            assert "lab.temperature is at 31 C" in gateway.system_events.take(SESSION)


async def test_a_person_is_told_of_a_crossing_over_the_gateways_channel(
    tmp_path: Path, thermometer: Thermometer
) -> None:
    async with GatewaySimulator(token=TOKEN, channels=["telegram"]) as gateway:
        settings = settings_for(
            gateway,
            tmp_path,
            thresholds=[{"sensor": "lab.*", "above": 30, "urgency": "high", "tell": True}],
        )
        notify = {"recipients": [{"name": "Alice", "channel": "telegram", "to": "42"}]}
        settings = Settings.model_validate(
            settings.model_dump(exclude_unset=True)
            | {"fleet": {"sensors": settings.fleet.sensors.model_dump(), "notify": notify}}
        )
        async with (
            OpenClawClient(settings.openclaw) as client,
            fleet_member(settings, tmp_path, [thermometer]) as member,
        ):
            member.people.ways.send = client.send_to_channel  # and there is no node
            thermometer.value = 31.0
            await member.sampler.sample()
            await gateway.wait_for(lambda: gateway.channels.messages)
        (message,) = gateway.channels.messages
        assert (message.channel, message.to) == ("telegram", "42")
        assert message.text.endswith("lab.temperature is at 31 C, above 30 C")
        assert message.text.startswith("[high] ")


async def test_a_crossing_before_the_node_is_there_is_told_when_it_is(
    tmp_path: Path, thermometer: Thermometer
) -> None:
    async with GatewaySimulator(token=TOKEN) as gateway:
        settings = settings_for(
            gateway, tmp_path, thresholds=[{"sensor": "lab.*", "above": 30, "session": SESSION}]
        )
        async with fleet_member(settings, tmp_path, [thermometer]) as member:
            thermometer.value = 31.0
            await member.sampler.sample()
            assert member.outbox.waiting == 0
            member.attach(GatewayNode(settings.openclaw, (), DeviceStore(tmp_path)))
            await eventually(lambda: member.outbox.waiting == 1)

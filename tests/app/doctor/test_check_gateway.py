from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import cast

from app.doctor.check_gateway import check_gateway, check_node
from app.doctor.findings import Finding, Grade
from fleet.notify.messages import People
from fleet.outbox import Outbox
from fleet.overview.commands import StatusCommand
from fleet.sensors.commands import SensorCommands
from fleet.sensors.sampler import Sampler
from fleet.sensors.thresholds import ThresholdWatch
from openclaw_client import DeviceStore, GatewayNode
from openclaw_client.node.command_sets import bot_commands
from openclaw_client.node.settings import COMMANDS
from openclaw_client.protocol.payloads import NodeRow
from openclaw_client.settings import OpenClawConfig
from settings import Settings
from simulators.gateway import GatewaySimulator, jarvis
from testing.fake_rooms import FakeRooms
from testing.ports import closed_port


async def gateway_of(gateway: GatewaySimulator, **openclaw: object) -> Finding:
    given = {"base_url": gateway.url, "auth_token": gateway.token, **openclaw}
    return await check_gateway(Settings.model_validate({"openclaw": given}), timeout_s=10)


async def test_a_gateway_that_lets_us_in_and_has_our_agents() -> None:
    async with GatewaySimulator() as gateway:
        finding = await gateway_of(gateway)
        token = gateway.token
    assert finding.grade is Grade.OK, finding
    assert "operator.write" in finding.words
    assert "agents jarvis, sage" in finding.words
    assert token not in str(finding)


async def test_an_agent_that_the_gateway_does_not_have() -> None:
    async with GatewaySimulator(agents=[jarvis()]) as gateway:
        finding = await gateway_of(gateway)
    assert finding.grade is Grade.WARN
    assert "no agent sage, only jarvis" in finding.words


async def test_a_gateway_as_it_comes_answers_under_our_names() -> None:
    async with GatewaySimulator(agents=[replace(jarvis(), id="main", name="Main")]) as gateway:
        finding = await gateway_of(gateway)
    assert finding.grade is Grade.WARN
    assert "no agent jarvis, sage, only main" in finding.words
    assert "its agent main answers in their place, under their names" in finding.words
    assert "OPENCLAW_AGENT_ID=main" in finding.advice


async def test_the_agent_that_answers_first_is_looked_for_too() -> None:
    async with GatewaySimulator() as gateway:
        finding = await gateway_of(gateway, agent_id="main")
    assert finding.grade is Grade.WARN
    assert "no agent main, only jarvis, sage" in finding.words
    assert "OPENCLAW_AGENT_ID" in finding.advice


async def test_a_wrong_gateway_token() -> None:
    async with GatewaySimulator() as gateway:
        finding = await gateway_of(gateway, auth_token="hunter2")
    assert finding.grade is Grade.FAIL
    assert "OPENCLAW_AUTH_TOKEN" in str(finding)
    assert "hunter2" not in str(finding)


async def test_a_gateway_on_another_machine_wants_to_be_told_of_the_bot() -> None:
    async with GatewaySimulator(remote=True) as gateway:
        finding = await gateway_of(gateway)
    assert finding.grade is Grade.FAIL
    assert "openclaw devices approve" in finding.words
    assert not finding.advice


async def test_a_gateway_that_is_away_is_told() -> None:
    url = f"ws://127.0.0.1:{closed_port()}"
    finding = await check_gateway(Settings(openclaw=OpenClawConfig(base_url=url)), timeout_s=0.2)
    assert finding.grade is Grade.FAIL
    assert url in finding.words
    assert "OPENCLAW_BASE_URL" in finding.advice


# -- the node ----------------------------------------------------------------------------------


STATUS = StatusCommand(
    ThresholdWatch(()), cast(People, SimpleNamespace(open=())), cast(Outbox, SimpleNamespace())
)
"""It is only declared here."""


async def none() -> list[NodeRow]:
    return []


async def node_of(gateway: GatewaySimulator, **openclaw: object) -> Finding:
    given = {"base_url": gateway.url, "auth_token": gateway.token, "node": {"enabled": True}}
    settings = Settings.model_validate({"openclaw": {**given, **openclaw}})
    return await check_node(settings, timeout_s=10)


async def test_a_bot_that_is_no_node_has_nothing_to_approve() -> None:
    finding = await check_node(Settings())
    assert finding.grade is Grade.OK
    assert "off" in finding.words


async def test_a_node_that_never_connected_is_to_be_started_first() -> None:
    async with GatewaySimulator(node_commands=COMMANDS) as gateway:
        finding = await node_of(gateway)
    assert finding.grade is Grade.WARN
    assert "start the bot once" in finding.advice


async def test_what_is_to_be_approved_of_a_node_is_told_and_then_that_it_is() -> None:
    async with GatewaySimulator(node_commands=COMMANDS) as gateway:
        config = OpenClawConfig.model_validate(
            {"base_url": gateway.url, "auth_token": gateway.token, "node": {"enabled": True}}
        )
        sensors = SensorCommands(Sampler((), 60.0))
        commands = [*bot_commands(config.node, FakeRooms()), *sensors.all(), *STATUS.all()]
        async with GatewayNode(config, commands, DeviceStore.of(config), none):
            await gateway.wait_for(lambda: gateway.nodes.all)
            (there,) = gateway.nodes.all.values()
            finding = await node_of(gateway)
            assert finding.grade is Grade.WARN
            assert f"openclaw nodes approve {there.pending}" in finding.advice
            gateway.approve_node(str(there.pending))
            finding = await node_of(gateway)
            assert (finding.grade, finding.advice) == (Grade.OK, "")
            assert "voice.say" in finding.words
            assert there.peer is not None, "the doctor has not taken its place"


async def test_a_gateway_that_is_away_cannot_tell_of_a_node() -> None:
    url = f"ws://127.0.0.1:{closed_port()}"
    settings = Settings.model_validate({"openclaw": {"base_url": url, "node": {"enabled": True}}})
    finding = await check_node(settings, timeout_s=0.2)
    assert finding.grade is Grade.WARN
    assert "its state is unknown" in finding.words

"""The node at the simulated Gateway: accepted, approved, invoked, lost and reconnected."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from openclaw_client import (
    ConnectionState,
    DeviceStore,
    GatewayNode,
    GatewayUnreachable,
    OpenClawClient,
)
from openclaw_client.node.command_sets import bot_commands
from openclaw_client.node.gateway_node import MAX_CONCURRENT, RETRY_S, STATS_INTERVAL_S
from openclaw_client.node.settings import COMMANDS
from openclaw_client.protocol.payloads import NodeRow
from simulators.gateway import GatewaySimulator, ScriptedAnswer, ToolUse
from simulators.gateway.agents import Memory
from simulators.gateway.nodes import Node
from testing.fake_rooms import ALICES, FakeRooms, room
from testing.gateways import TOKEN, config_for
from testing.manual_clock import ManualClock, eventually
from tests.simulators.gateway.raw_client import RawClient, greeted

OWNER = ["operator.read", "operator.write", "operator.pairing"]


class Caller:
    """An agent that has something said aloud, and repeats what came of it."""

    id = "jarvis"
    name = "Jarvis"

    def speak(self, words: str, memory: Memory) -> ScriptedAnswer:
        return ScriptedAnswer(
            "",
            tool=ToolUse(
                "voice_say", {"text": words}, lambda said: ScriptedAnswer(f"It said: {said}")
            ),
        )


@pytest.fixture
async def gateway(clock: ManualClock) -> AsyncIterator[GatewaySimulator]:
    async with GatewaySimulator(
        token=TOKEN, agents=[Caller()], node_commands=COMMANDS, clock=clock
    ) as simulator:
        yield simulator


class NodeRig:
    """A bot as both operator and node, with one device key."""

    def __init__(self, gateway: GatewaySimulator, clock: ManualClock, folder: Path) -> None:
        self.gateway = gateway
        self.clock = clock
        self.rooms = FakeRooms(room())
        self.store = DeviceStore(folder)

    @asynccontextmanager
    async def open(self, **settings: Any) -> AsyncIterator[GatewayNode]:
        config = config_for(
            self.gateway.url, state_dir=self.store.folder, node={"enabled": True, **settings}
        )
        client = OpenClawClient(config, clock=self.clock, devices=self.store)
        async with (
            client,
            GatewayNode(
                config,
                bot_commands(config.node, self.rooms),
                self.store,
                client.nodes,
                clock=self.clock,
            ) as node,
        ):
            self.node, self.client = node, client
            yield node

    @asynccontextmanager
    async def approved(self, **settings: Any) -> AsyncIterator[GatewayNode]:
        """With its commands approved and its tools published."""
        async with self.open(**settings) as node:
            await self.gateway.wait_for(lambda: self.gateway.asked("node.pluginTools.update"))
            self.approve()
            await eventually(lambda: self.gateway.asked("node.list") and not node.advice)
            yield node

    @property
    def there(self) -> Node:
        """As the Gateway sees it."""
        return self.gateway.nodes.all[self.store.key().id]

    def approve(self) -> None:
        assert self.there.pending is not None
        self.gateway.approve_node(self.there.pending)

    async def invoke(self, owner: RawClient, command: str, **changes: Any) -> dict[str, Any]:
        """The answer frame of an owner's `openclaw nodes invoke`."""
        params = {
            "nodeId": self.store.key().id,
            "command": command,
            "idempotencyKey": "k1",
            **changes,
        }
        return await owner.ask("node.invoke", params)


@pytest.fixture
def rig(gateway: GatewaySimulator, clock: ManualClock, tmp_path: Path) -> NodeRig:
    return NodeRig(gateway, clock, tmp_path / "state")


# -- coming in ---------------------------------------------------------------------------------


async def test_it_is_accepted_as_a_node_with_every_command(rig: NodeRig) -> None:
    async with rig.open() as node:
        await rig.gateway.wait_for(lambda: rig.gateway.asked("node.pluginTools.update"))
        assert node.status.state is ConnectionState.UP
        assert node.status.scopes == ()
        assert rig.there.declared == tuple(node.commands.names)
        assert rig.there.approval_state == "pending-approval"


async def test_what_the_settings_leave_out_is_not_even_offered(rig: NodeRig) -> None:
    async with rig.open(commands=["voice.say"]):
        await rig.gateway.wait_for(lambda: rig.gateway.nodes.all)
        assert rig.there.declared == ("voice.say",)


async def test_the_log_says_what_to_approve(rig: NodeRig, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    async with rig.open() as node:
        await eventually(lambda: node.advice)
        assert f"openclaw nodes approve {rig.there.pending}" in caplog.text
        rig.approve()
        await eventually(lambda: not node.advice)
        assert "agents can use: voice.say, voice.join" in caplog.text
    assert TOKEN not in caplog.text


async def test_whether_it_is_approved_is_asked_until_there_is_an_answer(
    gateway: GatewaySimulator, clock: ManualClock, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    asked: list[float] = []

    async def busy_at_first() -> list[NodeRow]:
        asked.append(clock.time())
        if len(asked) < 3:
            raise GatewayUnreachable("no connection yet")
        return []

    store = DeviceStore(tmp_path)
    config = config_for(gateway.url, node={"enabled": True, "tool_names": "plain"})
    commands = bot_commands(config.node, FakeRooms())
    async with GatewayNode(config, commands, store, busy_at_first, clock=clock) as node:
        await eventually(lambda: len(asked) == 1)
        await clock.advance(RETRY_S)
        await eventually(lambda: len(asked) == 2)
        assert node.advice == ""
        await clock.advance(RETRY_S)
        await eventually(lambda: "does not list this node" in node.advice)
    assert caplog.text.count("could not look up the nodes") == 1


async def test_commands_that_the_gateway_forbids_are_named(
    clock: ManualClock, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with GatewaySimulator(token=TOKEN, node_commands=["voice.say"], clock=clock) as gateway:
        rig = NodeRig(gateway, clock, tmp_path / "state")
        async with rig.open() as node:
            await eventually(lambda: node.advice)
            rig.approve()
            await eventually(lambda: "does not allow" in node.advice)
            assert '"voice.join"' in node.advice
            assert "gateway.nodes.commands.allow" in caplog.text


async def test_on_another_machine_the_device_is_approved_first(
    clock: ManualClock, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with GatewaySimulator(
        token=TOKEN, remote=True, node_commands=COMMANDS, clock=clock
    ) as gateway:
        store = DeviceStore(tmp_path)
        config = config_for(gateway.url, node={"enabled": True})

        async def none() -> list[NodeRow]:
            return []

        commands = bot_commands(config.node, FakeRooms())
        async with GatewayNode(config, commands, store, none, clock=clock) as node:
            await eventually(lambda: node.status.state is ConnectionState.WAITING)
            assert "openclaw devices approve " in caplog.text
            request_id = caplog.text.partition("openclaw devices approve ")[2].split()[0]
            gateway.approve(request_id)
            while node.status.state is not ConnectionState.UP:
                await clock.advance(6)
                await asyncio.sleep(0.01)
        issued = store.token(gateway.url, "node")
        assert issued is not None
        assert store.token(gateway.url) is None


# -- being asked -------------------------------------------------------------------------------


async def test_an_agents_tool_call_is_said_and_answered(rig: NodeRig) -> None:
    async with rig.approved():
        reply = await rig.client.send_message("jarvis", "Dinner is ready.", speaker=("42", "A"))
    ((_, words, _),) = rig.rooms.said
    assert words.text == "Dinner is ready."
    assert json.loads(reply.removeprefix("It said: "))["outcome"] == "spoken"
    assert rig.gateway.runs[0].tool_results


async def test_before_the_approval_agents_have_no_tool(rig: NodeRig) -> None:
    async with rig.open():
        await rig.gateway.wait_for(lambda: rig.gateway.asked("node.pluginTools.update"))
        reply = await rig.client.send_message("jarvis", "Dinner.", speaker=("42", "A"))
    assert "unknown tool" in reply


async def test_a_refused_argument_reaches_the_caller_with_its_reason(rig: NodeRig) -> None:
    async with rig.approved(), greeted(rig.gateway.url, scopes=OWNER) as owner:
        answer = await rig.invoke(
            owner, "voice.say", params={"text": "x", "urgency": "now"}, sessionKey=ALICES
        )
    assert not answer["ok"]
    assert answer["error"]["details"]["nodeError"]["code"] == "INVALID_REQUEST"
    assert "urgency must be" in answer["error"]["message"]


async def test_a_caller_that_gives_up_is_no_longer_served(rig: NodeRig) -> None:
    rig.rooms.hold = asyncio.Event()
    async with rig.approved() as node, greeted(rig.gateway.url, scopes=OWNER) as owner:
        asking = asyncio.create_task(
            rig.invoke(owner, "voice.say", params={"text": "x"}, timeoutMs=1000)
        )
        await eventually(lambda: rig.rooms.said)
        assert rig.there.peer is not None
        (ident,) = rig.gateway.nodes.open_requests
        rig.there.peer.tell("node.invoke.cancel", {"invokeId": ident, "nodeId": rig.there.id})
        await eventually(lambda: not node._running)
        lines = node.audit.path.read_text().splitlines()
        assert [json.loads(line)["outcome"] for line in lines] == ["cancelled"]
        await rig.clock.advance(1.1)
        answer = await asking
    assert answer["error"]["details"]["nodeError"]["code"] == "TIMEOUT"


async def test_beyond_what_can_be_done_at_once_it_says_so(rig: NodeRig) -> None:
    rig.rooms.hold = asyncio.Event()
    async with (
        rig.approved(commands_per_minute=1000) as node,
        greeted(rig.gateway.url, scopes=OWNER) as owner,
    ):
        for number in range(MAX_CONCURRENT):
            params = {"text": "x"}
            key = {"idempotencyKey": str(number)}
            frame = {"nodeId": rig.there.id, "command": "voice.say", "params": params, **key}
            await owner.send(
                {"type": "req", "id": f"r{number}", "method": "node.invoke", "params": frame}
            )
        await eventually(lambda: len(node._running) == MAX_CONCURRENT)
        answer = await rig.invoke(owner, "voice.status")
        assert "too many commands are running" in answer["error"]["message"]
        rig.rooms.hold.set()
        for _ in range(MAX_CONCURRENT):
            while (await owner.frame())["type"] != "res":
                pass
        lines = [json.loads(line) for line in node.audit.path.read_text().splitlines()]
        assert (lines[0]["command"], lines[0]["outcome"]) == ("voice.status", "UNAVAILABLE")
        assert node._dispatcher.outcomes["UNAVAILABLE"] == 1


async def test_every_command_is_on_record(rig: NodeRig) -> None:
    async with rig.approved() as node, greeted(rig.gateway.url, scopes=OWNER) as owner:
        await rig.invoke(owner, "voice.status", sessionKey=ALICES)
        await rig.invoke(owner, "voice.status", sessionKey=ALICES)
        await rig.invoke(owner, "system.info", idempotencyKey="k2")
    lines = [json.loads(line) for line in node.audit.path.read_text().splitlines()]
    assert [(line["command"], line["outcome"], line["session"]) for line in lines] == [
        ("voice.status", "ok", ALICES),
        ("voice.status", "replayed", ALICES),
        ("system.info", "ok", None),
    ]
    assert node.audit.path == rig.store.folder / "node-audit.jsonl"


# -- staying -----------------------------------------------------------------------------------


async def test_the_machines_load_is_reported_every_minute(rig: NodeRig) -> None:
    async with rig.approved():
        await eventually(lambda: len(rig.gateway.asked("node.event")) == 1)
        await rig.clock.advance(STATS_INTERVAL_S + 1)
        await eventually(lambda: len(rig.gateway.asked("node.event")) == 2)
        assert rig.there.host_stats is not None
        assert rig.there.host_stats["cpuCount"] >= 1


async def test_after_a_lost_connection_everything_is_there_again(rig: NodeRig) -> None:
    async with rig.approved() as node:
        assert rig.there.tools
        rig.gateway.drop_connections()
        await eventually(lambda: node.status.state is ConnectionState.WAITING)
        assert rig.there.tools == []
        while node.status.state is not ConnectionState.UP:
            await rig.clock.advance(1.5)
            await asyncio.sleep(0.01)
        await eventually(lambda: rig.there.tools)
        assert len(rig.there.tools) == len(node.commands.names)
        assert rig.there.approval_state == "approved"


async def test_what_was_under_way_when_the_connection_went_is_called_off(rig: NodeRig) -> None:
    rig.rooms.hold = asyncio.Event()
    async with rig.approved() as node, greeted(rig.gateway.url, scopes=OWNER) as owner:
        await owner.send(
            {
                "type": "req",
                "id": "x",
                "method": "node.invoke",
                "params": {
                    "nodeId": rig.store.key().id,
                    "command": "voice.say",
                    "params": {"text": "x"},
                    "idempotencyKey": "k",
                },
            }
        )
        await eventually(lambda: rig.rooms.said)
        rig.gateway.drop_connections()
        await eventually(lambda: not node._running)
        lines = node.audit.path.read_text().splitlines()
        assert [json.loads(line)["outcome"] for line in lines] == ["cancelled"]


async def test_rubbish_from_the_gateway_is_counted_and_stops_nothing(rig: NodeRig) -> None:
    async with rig.approved() as node, greeted(rig.gateway.url, scopes=OWNER) as owner:
        assert rig.there.peer is not None
        rig.there.peer.tell("node.invoke.request", {"id": 7})
        rig.there.peer.tell("voicewake.changed", {"triggers": []})
        assert (await rig.invoke(owner, "system.info"))["ok"]
        assert node._connection.stats.frames_bad == 1


async def test_a_node_starts_as_soon_as_the_audit_log_can_be_written(
    rig: NodeRig, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    in_the_way = tmp_path / "file"
    in_the_way.write_text("")
    async with rig.open(audit_log=str(in_the_way / "audit.jsonl")) as node:
        for _ in range(3):
            await rig.clock.advance(RETRY_S)
        assert node.status.state is ConnectionState.IDLE
        assert sum("the node is off" in each.message for each in caplog.records) == 1
        in_the_way.unlink()
        await rig.clock.advance(RETRY_S)
        await eventually(lambda: node.status.state is ConnectionState.UP)

"""Malformed frames drop no connection and fail no other turn."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Callable, Coroutine
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from websockets.asyncio.server import ServerConnection

from openclaw_client import DeviceStore, GatewayNode, OpenClawClient
from openclaw_client.node.command_sets import bot_commands
from openclaw_client.node.settings import COMMANDS
from simulators.gateway import GatewaySimulator, default_agents
from testing.fake_rooms import FakeRooms, room
from testing.gateways import TOKEN, config_for, greet, hello, odd_gateway, say
from testing.manual_clock import ManualClock, eventually, instantly
from tests.openclaw_client.malformed import malformed_frames, own_event
from tests.simulators.gateway.raw_client import greeted

LIFE = "Life is a long walk, my friend. Enjoy the view along the way."
THOROUGH = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
batches = st.lists(malformed_frames, min_size=1, max_size=25)


async def send(gateway: GatewaySimulator, frame: str | bytes) -> None:
    """As a text frame, whatever is in it."""
    for peer in list(gateway._peers):
        await peer.socket.send(frame, text=True)


def run(scene: Callable[[], Coroutine[Any, Any, None]]) -> None:
    asyncio.run(scene())


@given(batches)
@THOROUGH
def test_a_turn_is_answered_whatever_else_comes(frames: list[str | bytes]) -> None:
    async def scene() -> None:
        async with (
            GatewaySimulator(token=TOKEN, sleep=instantly) as gateway,
            OpenClawClient(config_for(gateway.url)) as client,
        ):
            pause = gateway.faults.pause_run(2)
            asking = asyncio.create_task(
                client.send_message("sage", "What is the meaning of life?", speaker="alice")
            )
            await pause.reached.wait()
            for frame in frames:
                await send(gateway, frame)
            pause.resume()
            assert await asking == LIFE
            assert await client.send_message("jarvis", "Who are you?", speaker="bob")
            assert (client.stats.connects, client.stats.connections_lost) == (1, 0)

    run(scene)


@given(batches)
@THOROUGH
def test_a_node_executes_commands_among_malformed_frames(frames: list[str | bytes]) -> None:
    async def scene(folder: Path) -> None:
        async with GatewaySimulator(token=TOKEN, node_commands=COMMANDS) as gateway:
            store, rooms = DeviceStore(folder), FakeRooms(room())
            config = config_for(gateway.url, state_dir=folder, node={"enabled": True})
            async with (
                OpenClawClient(config, devices=store) as client,
                GatewayNode(config, bot_commands(config.node, rooms), store, client.nodes) as node,
            ):
                await gateway.wait_for(lambda: gateway.asked("node.pluginTools.update"))
                gateway.approve_node(gateway.nodes.all[store.key().id].pending or "")
                await eventually(lambda: gateway.asked("node.list") and not node.advice)
                for frame in frames:
                    await send(gateway, frame)
                async with greeted(gateway.url, scopes=["operator.write"]) as owner:
                    answer = await owner.ask(
                        "node.invoke",
                        {
                            "nodeId": store.key().id,
                            "command": "voice.say",
                            "params": {"text": "Hello."},
                            "idempotencyKey": "k1",
                        },
                    )
                assert answer["ok"], answer
                assert node._connection.stats.connects == 1

    with TemporaryDirectory() as folder:
        asyncio.run(scene(Path(folder)))


@pytest.mark.parametrize("field", ["runId", "sessionKey", "state"])
@pytest.mark.parametrize("odd", ['["a"]', '{"a":1}', "null", "7", "NaN", '"\\ud800"'])
async def test_an_event_of_its_own_that_cannot_be_read_costs_a_turn_nothing(
    gateway: GatewaySimulator, client: OpenClawClient, field: str, odd: str
) -> None:
    pause = gateway.faults.pause_run(2)
    asking = asyncio.create_task(
        client.send_message("sage", "What is the meaning of life?", speaker="alice")
    )
    await pause.reached.wait()
    await gateway.send_text(own_event(gateway.runs[-1].id, field, odd))
    await eventually(lambda: client.stats.frames_bad == 1)
    pause.resume()
    assert await asking == LIFE
    assert client.stats.connections_lost == 0


async def test_an_end_that_cannot_be_read_is_asked_for(clock: ManualClock) -> None:
    async with (
        GatewaySimulator(
            token=TOKEN, agents=default_agents(), sleep=instantly, clock=clock
        ) as gateway,
        OpenClawClient(config_for(gateway.url), clock=clock) as client,
    ):
        gateway.faults.lose_final()
        asking = asyncio.create_task(
            client.send_message("sage", "What is the meaning of life?", speaker="alice")
        )
        await gateway.wait_for(lambda: gateway.runs and gateway.runs[-1].status == "ok")
        await gateway.send_text(own_event(gateway.runs[-1].id, "stopReason", "[7]"))
        await eventually(lambda: client.stats.frames_bad == 1)
        await clock.advance(1.1)
        assert await asyncio.wait_for(asking, 5) == LIFE


@pytest.mark.parametrize("bad", [{"ok": "yes"}, {"ok": True, "payload": 7}, {"ok": False}])
async def test_an_acknowledgement_that_cannot_be_read_is_asked_for_again(
    bad: dict[str, Any],
) -> None:
    asked: list[str] = []

    async def behave(connection: ServerConnection) -> None:
        await greet(connection)
        while True:
            request = json.loads(await connection.recv())
            answer = {"type": "res", "id": request["id"]}
            if request["method"] != "chat.send":
                await say(connection, {**answer, "ok": True, "payload": {}})
                continue
            run_id = request["params"]["idempotencyKey"]
            asked.append(run_id)
            if len(asked) == 1:
                await say(connection, {**answer, **bad})
                continue
            ack = {"runId": run_id, "status": "started"}
            await say(connection, {**answer, "ok": True, "payload": ack})
            final = {
                "runId": run_id,
                "sessionKey": request["params"]["sessionKey"],
                "state": "final",
                "message": {"content": LIFE},
            }
            await say(connection, {"type": "event", "event": "chat", "payload": final})

    async with odd_gateway(behave) as url, OpenClawClient(config_for(url)) as client:
        assert await client.send_message("sage", "What is life?", speaker="alice") == LIFE
    assert len(asked) == 2
    assert len(set(asked)) == 1, "under the same key it is the same turn"


async def test_a_flood_of_malformed_frames_is_logged_rarely(
    gateway: GatewaySimulator, client: OpenClawClient, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING, "openclaw_client")
    for _ in range(100):
        gateway.broadcast("chat", {"runId": ["a"]})
    await eventually(lambda: client.stats.frames_bad == 100)
    told = [record.message for record in caplog.records if "dropped" in record.message]
    assert len(told) == 7, "at the 1st, 2nd, 4th ... 64th"
    assert "(64 times by now)" in told[-1]


async def test_a_hello_with_limits_that_are_none_is_taken_with_the_usual_ones(
    clock: ManualClock,
) -> None:
    for policy in ({"tickIntervalMs": "soon"}, {"tickIntervalMs": 1e300}, ["none"], None):
        held = asyncio.Event()

        async def behave(connection: Any, policy: Any = policy, held: asyncio.Event = held) -> None:
            await greet(connection, {"ok": True, "payload": hello(policy=policy)})
            await held.wait()

        async with odd_gateway(behave) as url:
            client = OpenClawClient(config_for(url), clock=clock)
            await client.connect()
            connection = client._gateway.connection._connection
            assert connection is not None
            assert connection._liveness.remaining_s(clock.time()) == 60.0
            held.set()
            await client.disconnect()

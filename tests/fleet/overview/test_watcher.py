"""When the overview asks what, and what it makes of silence and refusals."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from fleet.overview.model import Configurations, ConfigurationState, FleetNode
from fleet.overview.watcher import (
    DETAILS_S,
    LIST_S,
    LIST_WITHIN_S,
    PLANE_S,
    READ_ONLY,
    FleetOverview,
)
from openclaw_client.errors import GatewayUnreachable, RequestFailed
from openclaw_client.protocol.payloads import NodeRow

pytestmark = pytest.mark.virtual_time

H100 = {"index": 0, "name": "NVIDIA H100 80GB HBM3", "memoryTotalBytes": 80 << 30}


def row(name: str, *commands: str, connected: bool = True) -> NodeRow:
    return NodeRow.model_validate(
        {
            "nodeId": f"id-{name}",
            "displayName": name,
            "connected": connected,
            "commands": list(commands),
            "approvalState": "approved",
        }
    )


class FakeFleetGateway:
    """A `fleet.overview.watcher.FleetGateway` that keeps what it was asked."""

    def __init__(self, *rows: NodeRow) -> None:
        self.rows = rows
        self.answers: dict[str, Any] = {"gpu.list": {"gpus": []}, "voice.status": {"calls": []}}
        self.lists = 0
        self.asked: list[tuple[str, str]] = []
        self.sessions: set[str] = set()
        self.trouble: Exception | None = None
        self.hangs = False

    async def nodes(self) -> Sequence[NodeRow]:
        self.lists += 1
        if self.trouble is not None:
            raise self.trouble
        if self.hangs:
            await asyncio.Event().wait()
        return self.rows

    async def invoke_node(
        self,
        node_id: str,
        command: str,
        params: Mapping[str, Any],
        *,
        session_key: str,
        within_s: float,
    ) -> dict[str, Any]:
        self.asked.append((node_id.removeprefix("id-"), command))
        self.sessions.add(session_key)
        answer = self.answers[command]
        if isinstance(answer, Exception):
            raise answer
        if answer is None:
            await asyncio.sleep(within_s)
            raise RequestFailed("node.invoke", "UNAVAILABLE", "no answer")
        given: dict[str, Any] = answer
        return given


def overview(gateway: FakeFleetGateway, *, write: bool = True, **more: Any) -> FleetOverview:
    return FleetOverview(gateway, "jarvis", may_invoke=lambda: write, **more)


async def only(watched: FleetOverview) -> FleetNode:
    (node,) = (await watched.look_closely()).nodes
    return node


async def test_only_what_a_node_offers_is_asked_as_the_owners_session() -> None:
    gateway = FakeFleetGateway(row("bot", "voice.status", "voice.say"), row("tablet", "canvas.x"))
    await overview(gateway).look_closely()
    assert gateway.asked == [("bot", "voice.status")]
    assert gateway.sessions == {"agent:jarvis:main:thread:fleet-overview"}


async def test_answers_are_kept_for_a_while_and_the_list_for_a_shorter_one() -> None:
    gateway = FakeFleetGateway(row("bot", "voice.status"))
    watched = overview(gateway)
    for _ in range(10):
        await watched.look_closely()
    assert (gateway.lists, len(gateway.asked)) == (1, 1)
    await asyncio.sleep(LIST_S)
    await watched.look_closely()
    assert (gateway.lists, len(gateway.asked)) == (2, 1)
    await asyncio.sleep(DETAILS_S)
    await watched.look_closely()
    assert (gateway.lists, len(gateway.asked)) == (3, 2)


async def test_a_machine_without_gpus_is_asked_for_them_once_a_connection() -> None:
    gateway = FakeFleetGateway(row("box", "gpu.list", "gpu.metrics"))
    watched = overview(gateway)
    for _ in range(3):
        await watched.look_closely()
        await asyncio.sleep(DETAILS_S)
    assert gateway.asked == [("box", "gpu.list")]
    gateway.rows = (row("box", "gpu.list", "gpu.metrics", connected=False),)
    await watched.look_closely()
    await asyncio.sleep(LIST_S)
    gateway.rows = (row("box", "gpu.list", "gpu.metrics"),)
    gateway.answers["gpu.list"] = gateway.answers["gpu.metrics"] = {"gpus": [H100]}
    assert (await only(watched)).gpu_words == "1x H100, 80 GB"
    assert gateway.asked[1:] == [("box", "gpu.list"), ("box", "gpu.metrics")]


async def test_a_node_that_hangs_delays_no_other_and_is_told_of() -> None:
    gateway = FakeFleetGateway(row("a", "gpu.list"), row("b", "voice.status"))
    gateway.answers["gpu.list"] = None
    gateway.answers["voice.status"] = {"calls": [{"guild": "The harbour", "people": []}]}
    watched = overview(gateway)
    began = asyncio.get_running_loop().time()
    await watched.look()
    await asyncio.sleep(0.01)
    hanging, other = (await watched.look()).nodes
    assert asyncio.get_running_loop().time() - began < 1
    assert len(other.rooms) == 1
    assert hanging.unknown == ()
    hanging, other = (await watched.look_closely()).nodes
    assert hanging.unknown == (
        "gpu.list: the Gateway refused node.invoke: no answer (UNAVAILABLE)",
    )
    await watched.aclose()


async def test_the_last_list_stays_with_the_reason_while_the_gateway_is_away() -> None:
    gateway = FakeFleetGateway(row("bot"))
    watched = overview(gateway)
    await watched.look()
    gateway.trouble = GatewayUnreachable("no connection")
    await asyncio.sleep(LIST_S)
    state = await watched.look()
    assert (len(state.nodes), state.problem) == (1, "no connection")
    gateway.trouble, gateway.hangs = None, True
    began = asyncio.get_running_loop().time()
    assert (await watched.look()).problem
    assert asyncio.get_running_loop().time() - began == pytest.approx(LIST_WITHIN_S)
    gateway.hangs = False
    assert (await watched.look()).problem == ""


async def test_without_write_no_node_is_asked_and_that_is_told() -> None:
    gateway = FakeFleetGateway(row("bot", "voice.status"))
    state = await overview(gateway, write=False).look_closely()
    assert (state.limited, gateway.asked) == (READ_ONLY, [])


async def test_a_removed_node_is_forgotten() -> None:
    gateway = FakeFleetGateway(row("a"), row("b"))
    watched = overview(gateway)
    await watched.look()
    gateway.rows = (row("b"),)
    await asyncio.sleep(LIST_S)
    assert [node.name for node in (await watched.look()).nodes] == ["b"]


class Plane:
    """A control plane whose answer can be set, and can hang."""

    def __init__(self, **states: ConfigurationState) -> None:
        self.answer = Configurations(states)
        self.asked = 0
        self.free = asyncio.Event()
        self.free.set()

    async def configurations(self) -> Configurations:
        self.asked += 1
        await self.free.wait()
        return self.answer


REFUSED = ConfigurationState("8", "7", "refused")


async def test_the_control_plane_adds_what_a_node_should_run() -> None:
    plane = Plane(bot=REFUSED)
    watched = overview(FakeFleetGateway(row("bot")), desired=plane)
    assert (await only(watched)).desired == REFUSED
    await only(watched)
    assert plane.asked == 1
    await asyncio.sleep(PLANE_S)
    await only(watched)
    assert plane.asked == 2


async def test_a_bot_that_tells_its_id_is_found_by_it() -> None:
    gateway = FakeFleetGateway(row("bot", "fleet.status"))
    gateway.answers["fleet.status"] = {"alerts": [], "undelivered": 0, "botId": "rack-4"}
    states = {"bot": ConfigurationState("1", "1"), "rack-4": REFUSED}
    watched = overview(gateway, desired=Plane(**states))
    assert (await only(watched)).desired == REFUSED
    gateway.rows = (row("bot", "fleet.status", connected=False),)
    await asyncio.sleep(LIST_S)
    assert (await only(watched)).desired == REFUSED


async def test_without_the_control_plane_the_rows_of_our_nodes_say_why() -> None:
    gateway = FakeFleetGateway(row("bot", "fleet.status"), row("tablet", "canvas.x"))
    gateway.answers["fleet.status"] = {}
    plane = Plane()
    watched = overview(gateway, desired=plane)
    plane.answer = Configurations({}, "it is not reached")
    bot, tablet = (await watched.look_closely()).nodes
    assert bot.desired == ConfigurationState("", "", "it is not reached")
    assert bot.desired.words == "unknown"
    assert tablet.desired is None


async def test_a_control_plane_that_hangs_delays_no_list() -> None:
    plane = Plane(bot=REFUSED)
    plane.free.clear()
    watched = overview(FakeFleetGateway(row("bot")), desired=plane)
    for _ in range(3):
        (node,) = (await watched.look()).nodes
        assert node.desired is None
        await asyncio.sleep(PLANE_S)
    assert plane.asked == 1
    plane.free.set()
    assert (await only(watched)).desired == REFUSED

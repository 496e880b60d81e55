"""The names of a node's tools, alone and beside another node."""

from __future__ import annotations

import platform
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import pytest

from openclaw_client import DeviceStore, GatewayNode, OpenClawClient
from openclaw_client.node.command_sets import machine_commands
from openclaw_client.node.commands import PLUGIN_ID
from openclaw_client.node.gateway_node import STATS_INTERVAL_S
from openclaw_client.node.settings import COMMANDS, NodeSettings
from openclaw_client.node.tool_names import machine_name, others_with_tools, tool_prefix
from openclaw_client.protocol.payloads import NodeRow, NodeTool
from simulators.gateway import GatewaySimulator
from testing.gateways import TOKEN, config_for
from testing.manual_clock import ManualClock, eventually


@pytest.mark.parametrize(
    ("machine", "prefix"),
    [
        ("box2", "box2_"),
        ("Box 2", "box_2_"),
        ("gpu-box.lan", "gpu_box_lan_"),
        ("--", "node_"),
        ("サーバー", "node_"),
        ("x" * 60, "x" * 15 + "_42f2_"),
        ("a" * 19 + "--b", "a" * 15 + "_da5e_"),
        ("openclaw-worker-node-01", "openclaw_worker_8698_"),
    ],
)
def test_the_prefix_is_a_name_that_models_accept(machine: str, prefix: str) -> None:
    assert tool_prefix(machine) == prefix


def test_the_name_is_that_of_the_settings_or_of_the_host() -> None:
    assert machine_name(NodeSettings(name=" Box 2 ")) == "Box 2"
    assert machine_name(NodeSettings()) == (platform.node().partition(".")[0] or "node")


def test_only_connected_nodes_with_these_tools_count() -> None:
    ours, theirs = NodeTool(plugin_id=PLUGIN_ID, name="gpu_list"), NodeTool(name="camera")
    rows = [
        NodeRow(node_id="own", connected=True, node_plugin_tools=[ours]),
        NodeRow(node_id="away", node_plugin_tools=[ours]),
        NodeRow(node_id="phone", connected=True, node_plugin_tools=[theirs]),
        NodeRow(node_id="other", connected=True, node_plugin_tools=[theirs, ours]),
    ]
    assert [row.node_id for row in others_with_tools(rows, "own")] == ["other"]


class Fleet:
    """Nodes of one Gateway, each with the tools that it published."""

    def __init__(self, gateway: GatewaySimulator, clock: ManualClock, folder: Path) -> None:
        self.gateway = gateway
        self.clock = clock
        self.folder = folder

    @asynccontextmanager
    async def node(self, name: str, **settings: str) -> AsyncIterator[GatewayNode]:
        config = config_for(
            self.gateway.url, node={"enabled": True, "name": name.split("/")[0], **settings}
        )
        store = DeviceStore(self.folder / name.replace("/", "-"))
        async with (
            OpenClawClient(config, clock=self.clock, devices=store) as client,
            GatewayNode(config, machine_commands(), store, client.nodes, clock=self.clock) as node,
        ):
            await eventually(lambda: store.key().id in self.gateway.nodes.all)
            there = self.gateway.nodes.all[store.key().id]
            if there.pending is not None:
                self.gateway.approve_node(there.pending)
            await eventually(lambda: there.tools)
            yield node

    def offered(self) -> list[str]:
        """The names that agents see, of one command."""
        return sorted(name for name in self.gateway.nodes.offered() if name.endswith("gpu_list"))


@pytest.fixture
async def fleet(clock: ManualClock, tmp_path: Path) -> AsyncIterator[Fleet]:
    async with GatewaySimulator(token=TOKEN, node_commands=COMMANDS, clock=clock) as gateway:
        yield Fleet(gateway, clock, tmp_path)


async def test_one_node_has_plain_names(fleet: Fleet) -> None:
    async with fleet.node("box1"):
        assert fleet.offered() == ["gpu_list"]


async def test_a_second_node_takes_its_prefix_and_the_first_follows_within_a_minute(
    fleet: Fleet,
) -> None:
    async with fleet.node("box1"), fleet.node("box2"):
        assert fleet.offered() == ["box2_gpu_list", "gpu_list"]
        await fleet.clock.advance(STATS_INTERVAL_S + 1)
        await eventually(lambda: fleet.offered() == ["box1_gpu_list", "box2_gpu_list"])


async def test_five_nodes_have_five_names(fleet: Fleet) -> None:
    async with AsyncExitStack() as stack:
        for number in range(5):
            await stack.enter_async_context(fleet.node(f"box{number}"))
        await fleet.clock.advance(STATS_INTERVAL_S + 1)
        await eventually(
            lambda: fleet.offered() == [f"box{number}_gpu_list" for number in range(5)]
        )


async def test_names_can_be_fixed_by_the_settings(fleet: Fleet) -> None:
    async with fleet.node("box1", tool_names="prefixed"):
        assert fleet.offered() == ["box1_gpu_list"]


async def test_two_nodes_of_one_name_are_told_so(
    fleet: Fleet, caplog: pytest.LogCaptureFixture
) -> None:
    async with fleet.node("box/1"), fleet.node("box/2"):
        assert "the tools of the node box begin with box_ too" in caplog.text

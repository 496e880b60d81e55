"""Several nodes at a time: the names of their tools, what operators see of them, restarts."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import pytest

from tests.contract.gateway.device import Device
from tests.contract.gateway.gateways import Gateway, let_in
from tests.contract.gateway.probe import Payload, Probe
from tests.contract.gateway.test_joining import answer_new
from tests.contract.gateway.test_nodes import (
    COMMANDS,
    SAY_TOOL,
    answer_next,
    approved,
    invocation,
    node,
    owner,
    row,
)
from tests.contract.gateway.test_turns import text_of

__all__ = ["owner"]

STATS = {"cpuCount": 8, "memoryTotalBytes": 64_000, "memoryFreeBytes": 16_000}


def named(tool: str) -> Payload:
    return SAY_TOOL | {"name": tool}


@asynccontextmanager
async def fleet(
    gateway: Gateway, owner: Probe, devices: list[Device], tools: list[str]
) -> AsyncIterator[list[Probe]]:
    """Nodes that are connected and approved, and publish a tool of these names."""
    async with AsyncExitStack() as stack:
        probes = []
        for device, tool in zip(devices, tools, strict=True):
            probe = await stack.enter_async_context(approved(gateway, owner, device))
            await probe.call("node.pluginTools.update", {"tools": [named(tool)]})
            probes.append(probe)
        yield probes


async def uses(
    caller: Probe, session: str, tool: str, probe: Probe, device: Device, done: set[str]
) -> None:
    """An agent calls the tool, that node answers, and the agent has the answer."""
    run = await caller.turn(session, f'#tool:{tool} {{"text": "hello"}}')
    await answer_new(probe, device, done)
    final = await caller.end(run)
    assert final["state"] == "final"
    assert "spoken" in text_of(final)


def renamed(device: Device, tool: str) -> str:
    """The name that OpenClaw gives to a tool whose name another node has too."""
    lead = device.id if device.id[0].isalpha() else f"node_{device.id}"
    return f"{lead[:32]}_{tool}"


@pytest.mark.parametrize("count", [1, 2, 5])
async def test_prefixed_names(
    gateway: Gateway, owner: Probe, probe: Probe, session: str, count: int
) -> None:
    """tools with a prefix of their node: an agent whose policy names the plugin uses each by its
    own name, with one node, two and five"""
    devices, done = [Device() for _ in range(count)], set[str]()
    tools = [f"box{number}_voice_say" for number in range(count)]
    async with fleet(gateway, owner, devices, tools) as probes:
        for tool, speaker, device in zip(tools, probes, devices, strict=True):
            await uses(probe, session, tool, speaker, device, done)


@pytest.mark.parametrize("count", [2, 5])
async def test_plain_names(
    gateway: Gateway, owner: Probe, probe: Probe, session: str, count: int
) -> None:
    """tools of one name on several nodes: the policy that names the plugin still allows each, by
    the name that OpenClaw gives it"""
    devices, done = [Device() for _ in range(count)], set[str]()
    async with fleet(gateway, owner, devices, ["voice_say"] * count) as probes:
        for speaker, device in zip(probes, devices, strict=True):
            await uses(probe, session, renamed(device, "voice_say"), speaker, device, done)


async def test_plain_name_of_the_last(
    gateway: Gateway, owner: Probe, probe: Probe, session: str
) -> None:
    """a tool has its own name again once the other node with that name is away"""
    devices, done = [Device(), Device()], set[str]()
    async with approved(gateway, owner, devices[0]) as first:
        await first.call("node.pluginTools.update", {"tools": [named("voice_say")]})
        async with approved(gateway, owner, devices[1]) as second:
            await second.call("node.pluginTools.update", {"tools": [named("voice_say")]})
            await uses(probe, session, renamed(devices[0], "voice_say"), first, devices[0], done)
        while (await row(owner, devices[1]))["connected"]:
            pass
        await uses(probe, session, "voice_say", first, devices[0], done)


async def test_row(gateway: Gateway, owner: Probe) -> None:
    """node.list needs operator.read alone: platform, version, load with its time, and when the last
    connection began; the load stays when the node is away"""
    device = Device()
    async with approved(gateway, owner, device) as probe:
        answer = await probe.call("node.event", {"event": "node.host.stats", "payload": STATS})
        assert answer["handled"] is True
        async with let_in(gateway, scopes=["operator.read"]) as reader:
            listed = await row(reader, device)
    assert (listed["platform"], listed["version"]) == ("linux", "0")
    assert listed["caps"] == ["voice"]
    assert STATS.items() <= listed["hostStats"].items()
    assert listed["connected"] is True
    while (away := await row(owner, device))["connected"]:
        pass
    assert away["lastSeenAtMs"] <= listed["lastSeenAtMs"]
    assert away["hostStats"]["updatedAtMs"] >= away["lastSeenAtMs"]
    assert STATS.items() <= away["hostStats"].items()
    assert away["commands"] == COMMANDS


async def test_pending_row(gateway: Gateway, owner: Probe) -> None:
    """node.list shows what a node that waits for its approval would offer; the id of the request
    needs the pairing scope"""
    device = Device()
    async with node(gateway, device):
        listed = await row(owner, device)
        assert listed["pendingDeclaredCommands"] == COMMANDS
        async with let_in(gateway, scopes=["operator.read"]) as reader:
            seen = await row(reader, device)
    assert seen["approvalState"] == "pending-approval"
    assert seen["commands"] == []
    assert "pendingRequestId" not in seen


async def test_invoke_as_a_session(gateway: Gateway, owner: Probe) -> None:
    """node.invoke takes a session key that no session has, and hands it to the node"""
    device, key = Device(), f"agent:jarvis:main:thread:{uuid.uuid4().hex}"
    async with approved(gateway, owner, device) as probe:
        ident = await owner.ask_only("node.invoke", invocation(device, sessionKey=key))
        request = await answer_next(probe, device, ok=True, payload={})
        assert request["sessionKey"] == key
        assert (await owner.answer(ident))["ok"]


async def test_invoke_scope(gateway: Gateway, owner: Probe) -> None:
    """node.invoke needs the write scope"""
    device = Device()
    async with (
        approved(gateway, owner, device),
        let_in(gateway, scopes=["operator.read"]) as reader,
    ):
        error = await reader.refusal("node.invoke", invocation(device))
    assert error["message"] == "missing scope: operator.write"


@pytest.mark.ends_the_gateway
@pytest.mark.timeout(120)
async def test_restart(gateway: Gateway, session: str) -> None:
    """after a restart of the Gateway nodes keep their approval, and publish their tools again"""
    scopes = ["operator.read", "operator.write", "operator.pairing"]
    devices, done = [Device(), Device()], set[str]()
    tools = ["box0_voice_say", "box1_voice_say"]
    async with (
        let_in(gateway, scopes=scopes) as before,
        fleet(gateway, before, devices, tools),
    ):
        await gateway.stop()
    await gateway.start()
    async with let_in(gateway, scopes=scopes) as after, AsyncExitStack() as stack:
        away = await row(after, devices[0])
        assert (away["connected"], away["approvalState"]) == (False, "approved")
        for device, tool in zip(devices, tools, strict=True):
            probe = await stack.enter_async_context(node(gateway, device))
            assert await published(after, device) == []
            await probe.call("node.pluginTools.update", {"tools": [named(tool)]})
            assert await published(after, device) == [tool]
            await uses(after, session, tool, probe, device, done)


async def published(owner: Probe, device: Device) -> list[Any]:
    """The names of the tools of a node."""
    return [tool["name"] for tool in (await row(owner, device))["nodePluginTools"]]

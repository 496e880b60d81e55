"""Invitations: a code that admits one node, with its commands approved."""

from __future__ import annotations

import base64
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest_asyncio

from tests.contract.gateway.device import Device
from tests.contract.gateway.gateways import FROM_ELSEWHERE, Gateway, let_in
from tests.contract.gateway.probe import Payload, Probe, client_info, connect_params, knock
from tests.contract.gateway.test_nodes import COMMANDS, SAY_TOOL, row


@pytest_asyncio.fixture(loop_scope="session")
async def admin(gateway: Gateway) -> AsyncIterator[Probe]:
    """The owner, who may invite."""
    scopes = ["operator.read", "operator.write", "operator.pairing", "operator.admin"]
    async with let_in(gateway, scopes=scopes) as probe:
        yield probe


def http_url(gateway: Gateway) -> str:
    return gateway.url.replace("ws", "http", 1)


async def invitation(gateway: Gateway, admin: Probe, *, page: bool = False) -> Payload:
    params = {
        "bootstrapProfile": "node",
        "publicUrl": http_url(gateway),
        "includeQr": False,
        **({"joinUrl": True} if page else {}),
    }
    return await admin.call("device.pair.setupCode", params)


def content(code: str) -> Payload:
    decoded: Payload = json.loads(base64.urlsafe_b64decode(code + "=" * (-len(code) % 4)))
    return decoded


@asynccontextmanager
async def knocking(
    gateway: Gateway, device: Device, token: str, *, kind: str = "bootstrapToken"
) -> AsyncIterator[Probe]:
    """Before ``connect``, from another machine, with its params in ``probe.hello``. The token is
    that of an invitation, or with ``kind`` "deviceToken" the one that the Gateway issued."""
    async with knock(gateway.url, FROM_ELSEWHERE) as probe:
        proof = device.params(
            probe.challenge,
            token,
            client=client_info("node-host", "node", displayName="box2"),
            role="node",
            scopes=[],
            auth={kind: token},
        )
        probe.hello = connect_params(gateway.token, **proof, caps=[], commands=COMMANDS)
        yield probe


@asynccontextmanager
async def joined(gateway: Gateway, device: Device, token: str) -> AsyncIterator[Probe]:
    async with knocking(gateway, device, token) as probe:
        probe.hello = await probe.call("connect", probe.hello)
        yield probe


async def publish(probe: Probe, *tools: Payload) -> Payload:
    """Publish tools, again while the Gateway still approves the node."""
    while True:
        answer = await probe.ask("node.pluginTools.update", {"tools": list(tools)})
        if answer["ok"]:
            payload: Payload = answer["payload"]
            return payload
        assert answer["error"]["details"] == {"code": "PAIRING_CHANGED"}
        assert answer["error"]["retryable"] is True


async def test_code(gateway: Gateway, admin: Probe) -> None:
    """device.pair.setupCode: the code holds the address, a token and its end"""
    answer = await invitation(gateway, admin)
    assert answer["access"] == "node"
    code = content(answer["setupCode"])
    assert code["url"] == answer["gatewayUrl"] == gateway.url
    assert code["expiresAtMs"] == answer["expiresAtMs"]
    assert len(code["bootstrapToken"]) == 43


async def test_scope(probe: Probe) -> None:
    """device.pair.setupCode needs the admin scope"""
    error = await probe.refusal("device.pair.setupCode", {"bootstrapProfile": "node"})
    assert error["message"] == "missing scope: operator.admin"


async def test_page(gateway: Gateway, admin: Probe) -> None:
    """the page of an invitation shows its content once"""
    answer = await invitation(gateway, admin, page=True)
    async with httpx.AsyncClient(trust_env=False) as client:
        first = await client.get(answer["joinUrl"])
        second = await client.get(answer["joinUrl"])
    assert first.status_code == 200
    assert first.json() == content(answer["setupCode"]) | {
        "bootstrapToken": first.json()["bootstrapToken"]
    }
    assert (second.status_code, second.json()) == (404, {"error": "not_found"})


async def test_joining(gateway: Gateway, admin: Probe) -> None:
    """a node with the token is admitted from elsewhere, with its commands approved"""
    device, answer = Device(), await invitation(gateway, admin)
    token = content(answer["setupCode"])["bootstrapToken"]
    async with joined(gateway, device, token) as probe:
        auth = probe.hello["auth"]
        assert (auth["method"], auth["role"], auth["scopes"]) == ("bootstrap-token", "node", [])
        issued = auth["deviceToken"]
        published = await publish(probe, SAY_TOOL)
        assert [tool["name"] for tool in published["tools"]] == ["voice_say"]
        listed = await row(admin, device)
        assert listed["approvalState"] == "approved"
        assert sorted(listed["commands"]) == COMMANDS
        assert listed["displayName"] == "box2"
        status = await admin.call("device.pair.setupStatus", {"setupId": answer["setupId"]})
        assert status["completion"]["deviceId"] == device.id
    async with knocking(gateway, device, issued, kind="deviceToken") as probe:
        hello = await probe.call("connect", probe.hello)
        assert hello["auth"]["role"] == "node"
        assert (await row(admin, device))["approvalState"] == "approved"


async def test_once(gateway: Gateway, admin: Probe) -> None:
    """a used token and an unknown one are refused in the same words"""
    token = content((await invitation(gateway, admin))["setupCode"])["bootstrapToken"]
    async with joined(gateway, Device(), token):
        pass
    for spent in (token, "x" * 43):
        async with knocking(gateway, Device(), spent) as probe:
            error = await probe.refusal("connect", probe.hello)
            assert error["details"]["code"] == "AUTH_BOOTSTRAP_TOKEN_INVALID"
            assert error["message"].startswith("unauthorized: setup code invalid, expired")


async def test_removal(gateway: Gateway, admin: Probe) -> None:
    """node.pair.remove closes the node's connection, and its token is no longer valid"""
    device = Device()
    token = content((await invitation(gateway, admin))["setupCode"])["bootstrapToken"]
    async with joined(gateway, device, token) as probe:
        issued = probe.hello["auth"]["deviceToken"]
        assert await admin.call("node.pair.remove", {"nodeId": device.id}) == {"nodeId": device.id}
        assert await probe.closed() == (4001, "device removed")
    async with knocking(gateway, device, issued, kind="deviceToken") as probe:
        error = await probe.refusal("connect", probe.hello)
        assert error["details"]["code"] == "AUTH_DEVICE_TOKEN_MISMATCH"


async def test_same_names(gateway: Gateway, admin: Probe, session: str) -> None:
    """tools of one name on two nodes are renamed for agents by the id of their node; node.list
    shows the names that the nodes chose; a node that chooses another name gives both back"""
    devices, done = (Device(), Device()), set[str]()
    tokens = [
        content((await invitation(gateway, admin))["setupCode"])["bootstrapToken"] for _ in devices
    ]
    async with (
        joined(gateway, devices[0], tokens[0]) as first,
        joined(gateway, devices[1], tokens[1]) as second,
    ):
        for probe in (first, second):
            await publish(probe, SAY_TOOL)
        for device in devices:
            listed = await row(admin, device)
            assert [tool["name"] for tool in listed["nodePluginTools"]] == ["voice_say"]
        lead = (devices[1].id if devices[1].id[0].isalpha() else f"node_{devices[1].id}")[:32]
        run = await admin.turn(session, f'#tool:{lead}_voice_say {{"text": "good evening"}}')
        await answer_new(second, devices[1], done)
        assert (await admin.end(run))["state"] == "final"
        await publish(second, SAY_TOOL | {"name": "box2_voice_say"})
        for name, probe, device in (
            ("voice_say", first, devices[0]),
            ("box2_voice_say", second, devices[1]),
        ):
            run = await admin.turn(session, f'#tool:{name} {{"text": "hello"}}')
            await answer_new(probe, device, done)
            assert (await admin.end(run))["state"] == "final"


async def answer_new(probe: Probe, device: Device, done: set[str]) -> None:
    """Answer the first request whose id is not in ``done``, and add it."""
    request = await probe.event("node.invoke.request", lambda payload: payload["id"] not in done)
    done.add(request["id"])
    result = {"id": request["id"], "nodeId": device.id, "ok": True, "payload": {"spoken": True}}
    assert await probe.call("node.invoke.result", result) == {"ok": True}

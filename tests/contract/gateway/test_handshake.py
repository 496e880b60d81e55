"""Who is let in, and with which rights."""

from __future__ import annotations

import pytest

from tests.contract.gateway.device import Device
from tests.contract.gateway.gateways import FROM_ELSEWHERE, Gateway, let_in
from tests.contract.gateway.probe import (
    OPERATOR_SCOPES,
    client_info,
    connect_params,
    knock,
)


async def test_challenge(gateway: Gateway) -> None:
    """the Gateway speaks first, with a nonce and its time"""
    async with knock(gateway.url) as one, knock(gateway.url) as other:
        assert one.challenge["nonce"] != other.challenge["nonce"]
        assert isinstance(one.challenge["ts"], int)


async def test_hello(gateway: Gateway) -> None:
    """hello-ok has versions, scopes and limits; every connection has a different id"""
    async with let_in(gateway) as one, let_in(gateway) as other:
        hello = one.hello
        assert hello["protocol"] == 4
        assert hello["server"]["version"].startswith("2026.9.6")
        assert hello["server"]["bootId"] == other.hello["server"]["bootId"]
        assert hello["server"]["connId"] != other.hello["server"]["connId"]
        assert hello["auth"]["role"] == "operator"
        assert hello["policy"]["maxPayload"] == 26_214_400
        assert hello["policy"]["maxBufferedBytes"] == 52_428_800
        assert hello["policy"]["tickIntervalMs"] == 30_000
        assert {"chat.send", "chat.abort", "agents.list"} <= set(hello["features"]["methods"])
        assert {"chat", "tick", "shutdown"} <= set(hello["features"]["events"])


@pytest.mark.parametrize(("ident", "mode"), [("gateway-client", "backend"), ("cli", "cli")])
async def test_shared_token_keeps_scopes(gateway: Gateway, ident: str, mode: str) -> None:
    """shared token, no device, same machine: scopes kept, no device token"""
    async with let_in(gateway, client=client_info(ident, mode)) as probe:
        assert probe.hello["auth"]["scopes"] == OPERATOR_SCOPES
        assert "deviceToken" not in probe.hello["auth"]


@pytest.mark.parametrize(
    ("ident", "mode"), [("gateway-client", "ui"), ("test", "test"), ("test", "backend")]
)
async def test_shared_token_loses_scopes(gateway: Gateway, ident: str, mode: str) -> None:
    """the same for a client id that is not trusted: accepted, without scopes and without a
    message"""
    async with let_in(gateway, client=client_info(ident, mode)) as probe:
        assert probe.hello["auth"]["scopes"] == []
        error = await probe.refusal("agents.list")
        assert error["details"]["missingScope"] == "operator.read"


async def test_from_elsewhere_without_a_device(gateway: Gateway) -> None:
    """shared token, no device, another machine: accepted, without scopes and without a message"""
    async with let_in(gateway, headers=FROM_ELSEWHERE) as probe:
        assert probe.hello["auth"]["scopes"] == []


async def test_token_as_password(gateway: Gateway) -> None:
    """the shared token is accepted in the password field too"""
    async with let_in(gateway, auth={"password": gateway.token}) as probe:
        assert probe.hello["auth"]["scopes"] == OPERATOR_SCOPES


async def test_wider_protocol_range(gateway: Gateway) -> None:
    """a protocol range that contains 4"""
    async with let_in(gateway, minProtocol=3, maxProtocol=5) as probe:
        assert probe.hello["protocol"] == 4


async def test_unknown_scope(gateway: Gateway) -> None:
    """unknown scopes are granted as asked"""
    scopes = [*OPERATOR_SCOPES, "operator.unheard-of"]
    async with let_in(gateway, scopes=scopes) as probe:
        assert probe.hello["auth"]["scopes"] == scopes


async def test_device_of_the_bot(gateway: Gateway) -> None:
    """device key of a gateway-client, same machine: scopes kept, no device token"""
    device, client = Device(), client_info("gateway-client", "backend")
    async with knock(gateway.url) as probe:
        params = device.params(probe.challenge, gateway.token, client=client)
        hello = await probe.call("connect", connect_params(gateway.token, **params))
        assert hello["auth"]["scopes"] == OPERATOR_SCOPES
        assert "deviceToken" not in hello["auth"]


@pytest.mark.parametrize("version", ["v3", "v2"])
async def test_fresh_and_known_device(gateway: Gateway, version: str) -> None:
    """new device key, same machine: paired automatically; the same token at each connect"""
    device, tokens = Device(), []
    for _ in range(2):
        async with knock(gateway.url) as probe:
            params = device.params(probe.challenge, gateway.token, version=version)
            hello = await probe.call("connect", connect_params(gateway.token, **params))
            assert hello["auth"]["scopes"] == OPERATOR_SCOPES
            tokens.append(hello["auth"]["deviceToken"])
    assert tokens[0] == tokens[1]
    assert len(tokens[0]) == 43


@pytest.mark.parametrize("field", ["token", "deviceToken"])
async def test_device_token_alone(gateway: Gateway, field: str) -> None:
    """a device token is accepted without the shared one, for the same or fewer scopes"""
    device = Device()
    token = await paired(gateway, device)
    for scopes in (OPERATOR_SCOPES, ["operator.read"]):
        async with knock(gateway.url) as probe:
            params = device.params(probe.challenge, token, scopes=scopes, auth={field: token})
            hello = await probe.call("connect", connect_params("", **params))
            assert hello["auth"]["scopes"] == scopes


async def test_pairing_from_elsewhere(gateway: Gateway) -> None:
    """new device, another machine: refused under one request id until the owner approves it"""
    device, asked = Device(), []
    client = client_info("gateway-client", "backend")
    for _ in range(2):
        async with knock(gateway.url, FROM_ELSEWHERE) as probe:
            params = device.params(probe.challenge, gateway.token, client=client)
            error = await probe.refusal("connect", connect_params(gateway.token, **params))
            assert error["code"] == "NOT_PAIRED"
            assert error["details"]["code"] == "PAIRING_REQUIRED"
            assert error["details"]["reason"] == "not-paired"
            asked.append(error["details"]["requestId"])
            assert (await probe.closed())[0] == 1008
    assert asked[0] == asked[1]
    await gateway.approve_device(asked[0])
    async with knock(gateway.url, FROM_ELSEWHERE) as probe:
        params = device.params(probe.challenge, gateway.token, client=client)
        hello = await probe.call("connect", connect_params(gateway.token, **params))
        assert hello["auth"]["scopes"] == OPERATOR_SCOPES
        token = hello["auth"]["deviceToken"]
    async with knock(gateway.url, FROM_ELSEWHERE) as probe:
        params = device.params(probe.challenge, token, client=client, auth={"deviceToken": token})
        assert (await probe.ask("connect", connect_params("", **params)))["ok"]
    async with knock(gateway.url, FROM_ELSEWHERE) as probe:
        moved = client | {"platform": "darwin"}
        params = device.params(probe.challenge, gateway.token, client=moved)
        error = await probe.refusal("connect", connect_params(gateway.token, **params))
        assert error["details"]["reason"] == "metadata-upgrade"


async def paired(gateway: Gateway, device: Device) -> str:
    """The token of a device that has just become known."""
    async with knock(gateway.url) as probe:
        params = device.params(probe.challenge, gateway.token)
        hello = await probe.call("connect", connect_params(gateway.token, **params))
        token: str = hello["auth"]["deviceToken"]
        return token

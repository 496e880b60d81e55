"""The handshake as it goes over the socket."""

from __future__ import annotations

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from simulators.gateway import GatewaySimulator, ProtocolBroken
from testing.gateways import TOKEN
from tests.simulators.gateway.raw_client import connect_params, greeted, raw


@pytest.fixture
def lenient(gateway: GatewaySimulator) -> GatewaySimulator:
    """For clients that break the protocol on purpose."""
    gateway._strict = False
    return gateway


async def test_the_server_speaks_first(gateway: GatewaySimulator) -> None:
    async with raw(gateway.url) as client:
        (challenge,) = client.events
        assert challenge["event"] == "connect.challenge"
        assert set(challenge["payload"]) == {"nonce", "ts", "capabilities"}
        assert "seq" not in challenge


async def test_hello(gateway: GatewaySimulator) -> None:
    async with raw(gateway.url) as client:
        hello = (await client.ask("connect", connect_params()))["payload"]
    assert hello["type"] == "hello-ok"
    assert hello["protocol"] == 4
    assert hello["auth"]["scopes"] == ["operator.read", "operator.write"]
    assert hello["policy"]["maxPayload"] == 26_214_400
    assert hello["policy"]["tickIntervalMs"] == 30_000
    assert "deviceToken" not in hello["auth"]


async def test_events_are_numbered_anew_for_each_connection(gateway: GatewaySimulator) -> None:
    for _ in range(2):
        async with greeted(gateway.url) as client:
            await client.frame()
            gateway.tick()
            await client.frame()
            assert [frame.get("seq") for frame in client.events] == [None, 1, 2]


async def test_a_refusal_is_answered_and_then_closed_with_its_text(
    gateway: GatewaySimulator,
) -> None:
    async with raw(gateway.url) as client:
        answer = await client.ask("connect", connect_params(auth={"token": "nope"}))
        assert answer["error"]["details"]["code"] == "AUTH_TOKEN_MISMATCH"
        assert await client.closed() == (1008, answer["error"]["message"])


async def test_a_gateway_that_is_starting(gateway: GatewaySimulator) -> None:
    gateway.faults.refuse_connects(1)
    async with raw(gateway.url) as client:
        answer = await client.ask("connect", connect_params())
        assert answer["error"] == {
            "code": "UNAVAILABLE",
            "message": "gateway starting; retry shortly",
            "details": {"reason": "startup-sidecars"},
            "retryable": True,
            "retryAfterMs": 500,
        }
        assert await client.closed() == (1013, "gateway starting; retry shortly")


@pytest.mark.parametrize(
    ("frame", "close"),
    [
        ("hello", (1000, "")),
        ({"type": "res", "id": "1", "ok": True}, (1008, "invalid request frame")),
        (
            {"type": "req", "id": "1", "method": "chat.send", "params": {}},
            (1008, "invalid handshake: first request must be connect"),
        ),
        ("x" * 65_537, (1009, "")),
        (
            {"type": "req", "id": "1", "method": "connect", "params": connect_params(bogus=1)},
            (1008, "invalid connect params: at root: unexpected property 'bogus'"),
        ),
    ],
)
async def test_what_breaks_the_protocol(
    lenient: GatewaySimulator, frame: object, close: tuple[int, str]
) -> None:
    async with raw(lenient.url) as client:
        await client.send(frame)
        assert await client.closed() == close
    assert len(lenient.violations) == 1


async def test_a_client_that_breaks_the_protocol_fails_the_test() -> None:
    gateway = await GatewaySimulator(token=TOKEN).__aenter__()
    async with raw(gateway.url) as client:
        await client.ask("connect", connect_params(bogus=1))
    with pytest.raises(ProtocolBroken, match="unexpected property 'bogus'"):
        await gateway.__aexit__(None, None, None)


async def test_a_proxy_that_is_not_trusted(gateway: GatewaySimulator) -> None:
    with pytest.raises(InvalidStatus) as refused:
        await connect(gateway.url, additional_headers={"X-Forwarded-For": "203.0.113.9"})
    assert refused.value.response.status_code == 403

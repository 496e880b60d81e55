"""Credentials at a Gateway on another machine and on the same one."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from pydantic import SecretStr

from openclaw_client import (
    ConnectionState,
    DeviceStore,
    GatewayRefused,
    GatewayUnreachable,
    MissingScope,
    OpenClawClient,
    create_client,
)
from openclaw_client.gateway import Gateway
from openclaw_client.identity.device_store import TOKENS_FILE, DeviceToken
from openclaw_client.protocol.handshake import OPERATOR, READER
from simulators.gateway import GatewaySimulator
from testing.gateways import TOKEN, config_for
from testing.manual_clock import ManualClock, eventually
from tests.openclaw_client.runs.asking import LIFE, ask, begun, last, lose, reconnect


@pytest.fixture
async def remote(clock: ManualClock) -> AsyncIterator[GatewaySimulator]:
    """A Gateway that sees its clients come from another machine."""
    async with GatewaySimulator(token=TOKEN, remote=True, clock=clock) as simulator:
        yield simulator


@pytest.fixture
def store(tmp_path: Path) -> DeviceStore:
    return DeviceStore(tmp_path / "device")


def files(folder: Path) -> list[str]:
    return [path.name for path in folder.rglob("*")]


async def paired(remote: GatewaySimulator, store: DeviceStore, clock: ManualClock) -> None:
    """The bot's first start there, and its owner's approval."""
    client = OpenClawClient(config_for(remote.url), clock=clock, devices=store)
    client._gateway.start()
    await eventually(lambda: client.status.problem)
    (request_id,) = [pending[0] for pending in remote._authenticator.devices._pending.values()]
    assert f"openclaw devices approve {request_id}" in str(client.status.problem)
    remote.approve(request_id)
    await clock.advance(6.1)
    await eventually(lambda: client.status.state is ConnectionState.UP)
    assert await ask(client) == LIFE
    await client.disconnect()


async def test_pairing(
    remote: GatewaySimulator,
    store: DeviceStore,
    clock: ManualClock,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG, "openclaw_client")
    await paired(remote, store, clock)
    own = store.token(remote.url)
    assert own is not None
    assert own.scopes == OPERATOR.scopes
    assert caplog.text.count("openclaw devices approve") == 1
    assert TOKEN not in caplog.text
    assert own.token.get_secret_value() not in caplog.text


async def test_it_goes_on_asking_gently(
    remote: GatewaySimulator, store: DeviceStore, clock: ManualClock
) -> None:
    client = OpenClawClient(config_for(remote.url), clock=clock, devices=store)
    connecting = asyncio.create_task(client.connect())
    await eventually(lambda: client.status.problem)
    while not connecting.done():
        await clock.advance(0.5)
    with pytest.raises(GatewayUnreachable, match="openclaw devices approve"):
        await connecting
    assert remote.handshakes <= 4, "within 15 s"
    assert len(remote._authenticator.devices._pending) == 1


async def test_after_pairing_the_shared_token_is_not_needed(
    remote: GatewaySimulator, store: DeviceStore, clock: ManualClock
) -> None:
    await paired(remote, store, clock)
    config = config_for(remote.url, auth_token="")
    async with OpenClawClient(config, clock=clock, devices=store) as client:
        assert await ask(client) == LIFE


async def test_a_device_token_that_no_longer_opens_is_forgotten_for_the_shared_one(
    gateway: GatewaySimulator, store: DeviceStore, clock: ManualClock
) -> None:
    store.keep_token(
        gateway.url, DeviceToken(token=SecretStr("revoked-77"), scopes=OPERATOR.scopes)
    )
    client = OpenClawClient(config_for(gateway.url), clock=clock, devices=store)
    client._gateway.start()
    await eventually(lambda: client.status.problem)
    assert "instead of the device token" in str(client.status.problem)
    assert "revoked-77" not in str(client.status.problem)
    await reconnect(client, clock)
    assert store.token(gateway.url) is None
    await client.disconnect()


async def test_without_a_shared_token_a_refused_device_token_is_the_end(
    gateway: GatewaySimulator, store: DeviceStore, clock: ManualClock
) -> None:
    store.keep_token(
        gateway.url, DeviceToken(token=SecretStr("revoked-77"), scopes=OPERATOR.scopes)
    )
    config = config_for(gateway.url, auth_token="")
    with pytest.raises(GatewayRefused, match="AUTH_DEVICE_TOKEN_MISMATCH"):
        await OpenClawClient(config, clock=clock, devices=store).connect()


async def test_a_token_with_fewer_scopes_than_are_asked_for_is_not_used(
    gateway: GatewaySimulator, store: DeviceStore, clock: ManualClock
) -> None:
    token = DeviceToken(token=SecretStr("reads-only"), scopes=("operator.read",))
    store.keep_token(gateway.url, token)
    async with OpenClawClient(config_for(gateway.url), clock=clock, devices=store) as client:
        assert await ask(client) == LIFE


async def test_a_connection_that_only_reads_leaves_the_token_its_scopes(
    remote: GatewaySimulator, store: DeviceStore, clock: ManualClock
) -> None:
    await paired(remote, store, clock)
    config = config_for(remote.url, auth_token="")
    before = store.token(config.ws_url)
    reader = Gateway(config, clock=clock, devices=store, role=READER)
    await reader.connect()
    assert reader.connection.status.scopes == ("operator.read",)
    await reader.close()
    assert store.token(config.ws_url) == before
    assert before is not None
    assert set(before.scopes) == set(OPERATOR.scopes)


async def test_without_a_key_another_machines_gateway_grants_nothing(
    remote: GatewaySimulator,
) -> None:
    with pytest.raises(MissingScope, match="paired devices only"):
        await create_client(remote.url, TOKEN).connect()


async def test_a_plain_script_writes_no_file(gateway: GatewaySimulator, state_home: Path) -> None:
    async with create_client(gateway.url, TOKEN):
        pass
    assert files(state_home) == []


async def test_a_script_may_have_a_key_too(gateway: GatewaySimulator, tmp_path: Path) -> None:
    async with create_client(gateway.url, TOKEN, state_dir=tmp_path / "mine") as client:
        assert await ask(client) == LIFE
    assert files(tmp_path / "mine") == ["device-key.pem"]


async def test_an_unreadable_key_is_reported_and_ends_the_attempts(
    gateway: GatewaySimulator, tmp_path: Path, clock: ManualClock
) -> None:
    (tmp_path / "device-key.pem").write_text("not a key")
    client = OpenClawClient(config_for(gateway.url), clock=clock, devices=DeviceStore(tmp_path))
    client._gateway.start()
    await eventually(lambda: client.status.state is ConnectionState.STOPPED)
    assert "holds no device key" in str(client.status.problem)
    assert gateway.connected == 0
    await client.disconnect()


async def test_the_device_may_stop_its_run_over_another_connection(
    gateway: GatewaySimulator, store: DeviceStore, clock: ManualClock
) -> None:
    async with OpenClawClient(config_for(gateway.url), clock=clock, devices=store) as client:
        stream = await begun(client, gateway)
        await lose(client, gateway)
        await stream.aclose()
        await reconnect(client, clock)
        await gateway.wait_for(lambda: last(gateway).status == "aborted")
        assert client.stats.aborts_failed == 0


async def test_an_abort_that_breaks_with_its_connection_goes_over_the_next_one(
    gateway: GatewaySimulator, store: DeviceStore, clock: ManualClock
) -> None:
    async with OpenClawClient(config_for(gateway.url), clock=clock, devices=store) as client:
        stream = await begun(client, gateway)
        gateway.faults.drop_at("chat.abort")
        await stream.aclose()
        await eventually(lambda: client.status.state is ConnectionState.WAITING)
        await reconnect(client, clock)
        await gateway.wait_for(lambda: last(gateway).status == "aborted")
        assert len(gateway.asked("chat.abort")) == 2


async def test_tokens_are_in_their_file_alone(
    remote: GatewaySimulator, store: DeviceStore, clock: ManualClock
) -> None:
    await paired(remote, store, clock)
    own = store.token(remote.url)
    assert own is not None
    secret = own.token.get_secret_value()
    kept = json.loads((store.folder / TOKENS_FILE).read_text())
    assert kept["gateways"][remote.url]["token"] == secret
    client = OpenClawClient(config_for(remote.url), clock=clock, devices=store)
    await client.connect()
    connection = client._gateway.connection._connection
    assert connection is not None
    assert secret not in repr(connection.hello) + repr(vars(client._gateway.connection)) + str(
        client.status
    )
    await client.disconnect()

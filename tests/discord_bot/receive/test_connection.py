from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any, cast

import aiohttp
import pytest
from discord.errors import ConnectionClosed
from discord.utils import MISSING
from discord.voice_state import ConnectionFlowState

from discord_bot.receive.connection import DiscordCallState, ReceiveConnection, _poll_event
from discord_bot.receive.errors import CallRefused
from discord_bot.receive.udp import Reader
from translations import LANGUAGES, SOURCE


class Gateway:
    """A voice websocket that closes with a code, or never sends anything."""

    secret_key = None

    def __init__(self, code: int | None) -> None:
        self.code = code

    async def poll_event(self) -> None:
        if self.code is None:
            await asyncio.Event().wait()
        socket = cast(Any, SimpleNamespace(close_code=self.code))
        raise ConnectionClosed(socket, shard_id=None, code=self.code)


@pytest.fixture
def connection() -> Iterator[ReceiveConnection]:
    connection = ReceiveConnection(cast(Any, SimpleNamespace()))
    yield connection
    connection._socket_reader.stop()
    connection._socket_reader.join(2)


def test_only_our_own_reader_runs(connection: ReceiveConnection) -> None:
    before = set(threading.enumerate())
    other = ReceiveConnection(cast(Any, SimpleNamespace()))
    assert isinstance(other._socket_reader, Reader)
    assert set(threading.enumerate()) - before == {other._socket_reader}
    other._socket_reader.stop()
    other._socket_reader.join(2)
    assert not other._socket_reader.is_alive()


async def test_an_immediate_state_change_is_not_missed(connection: ReceiveConnection) -> None:
    waiting = asyncio.create_task(
        connection._wait_for_state(ConnectionFlowState.got_voice_server_update, timeout=2)
    )
    await asyncio.sleep(0)  # it has checked once; a separate task would not have started
    connection.state = ConnectionFlowState.got_voice_server_update
    connection.state = ConnectionFlowState.got_voice_server_update
    await asyncio.wait_for(waiting, 5)


@pytest.mark.parametrize("steps", range(4))
async def test_a_connection_that_is_given_up_as_it_is_made_leaves_no_task(steps: int) -> None:
    connection = ReceiveConnection(
        cast(Any, SimpleNamespace(loop=asyncio.get_running_loop(), guild=None))
    )
    made = asyncio.Event()

    async def wait(*_: Any, **__: Any) -> None:
        await made.wait()

    async def poll(_: bool) -> None:
        await asyncio.Event().wait()

    vars(connection).update(_inner_connect=wait, _poll_voice_ws=poll)
    connecting = asyncio.create_task(connection._connect(True, 30.0, False, False, False))
    await asyncio.sleep(0.01)
    made.set()
    for _ in range(steps):
        await asyncio.sleep(0)
    for task in (connection._runner, connecting):  # as `disconnect` does
        if task is not None:
            task.cancel()
    await asyncio.sleep(0.01)
    assert connecting.done()
    assert connection._runner is None or connection._runner.cancelled()
    connection._socket_reader.stop()
    connection._socket_reader.join(2)


async def test_a_poll_that_is_cancelled_as_a_message_comes_ends() -> None:
    class Websocket:
        def __init__(self) -> None:
            self.messages: asyncio.Queue[str] = asyncio.Queue()

        async def poll_event(self) -> None:
            await asyncio.wait_for(self.messages.get(), timeout=30.0)  # as discord.py does

    ws = Websocket()

    async def poll_for_ever() -> None:
        while True:
            await _poll_event(cast(Any, ws))

    for turns in range(4):  # the steps of the loop after which it is cancelled
        polling = asyncio.create_task(poll_for_ever())
        await asyncio.sleep(0.01)
        ws.messages.put_nowait("a message")
        for _ in range(turns):
            await asyncio.sleep(0)
        polling.cancel()
        done, _ = await asyncio.wait([polling], timeout=5)
        assert done, f"cancelled after {turns} steps, it polls on"


@pytest.mark.parametrize("code", [4012, 4016, 4017])
async def test_a_close_code_that_no_retry_can_fix_is_refused(
    connection: ReceiveConnection, code: int
) -> None:
    connection.ws = cast(Any, Gateway(code))
    with pytest.raises(CallRefused, match=str(code)) as refusal:
        await connection._handshake_websocket()
    assert refusal.value.code == connection.close_code == code
    others = [each for each in LANGUAGES if each != SOURCE]
    why = refusal.value.why
    assert all(why.to(each) != why.to(SOURCE) for each in others), "members read it"


async def test_discord_py_retries_after_other_close_codes(
    connection: ReceiveConnection,
) -> None:
    connection.ws = cast(Any, Gateway(4006))
    with pytest.raises(ConnectionClosed):
        await connection._handshake_websocket()
    assert connection.close_code == 4006
    assert "4006" in str(connection.trouble)


async def test_a_missing_udp_answer_is_named(connection: ReceiveConnection) -> None:
    connection.ws = cast(Any, Gateway(None))
    connection.endpoint_ip, connection.voice_port = "192.0.2.1", 50000
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(connection._handshake_websocket(), 0.01)
    assert "192.0.2.1:50000" in str(connection.trouble)
    assert "firewall" in str(connection.trouble)


def live(**parts: Any) -> DiscordCallState:
    state = SimpleNamespace(dave_protocol_version=1, dave_session=None)
    defaults: dict[str, Any] = {
        "mode": MISSING,
        "secret_key": MISSING,
        "ws": MISSING,
        "channel": None,
        "user": SimpleNamespace(id=1),
        "is_connected": lambda: True,
        "_connection": state,
    }
    return DiscordCallState(cast(Any, SimpleNamespace(**(defaults | parts))))


def test_the_call_state_without_session_and_channel() -> None:
    call = live()
    assert (call.mode, call.key, call.lost, call.others()) == ("", (), False, set())
    assert not call.is_bot(5)
    assert call.key is live().key, "no new session, so no new key"


def test_the_call_state_passes_on_discord_pys_values() -> None:
    key = [1, 2, 3]
    members = {5: SimpleNamespace(bot=True), 6: SimpleNamespace(bot=False)}
    channel = SimpleNamespace(
        voice_states={1: None, 5: None, 7: None}, guild=SimpleNamespace(get_member=members.get)
    )
    call = live(mode="m", secret_key=key, channel=channel)
    assert call.mode == "m"
    assert call.key is key
    assert call.others() == {5, 7}
    assert [call.is_bot(user) for user in (5, 6, 7)] == [True, False, False]


def test_a_closed_websocket_counts_as_lost() -> None:
    closed = SimpleNamespace(ws=SimpleNamespace(closed=False, close_code=4014))
    alive = SimpleNamespace(ws=SimpleNamespace(closed=False, close_code=None))
    assert not live(ws=alive).lost
    assert live(ws=closed).lost
    assert not live(ws=closed, is_connected=lambda: False).lost


class BrokenGateway(Gateway):
    """A voice websocket on which an answer fails, as on one that is just being closed."""

    def __init__(self, error: Exception) -> None:
        self.error = error
        self.closed = 0

    async def poll_event(self) -> None:
        raise self.error

    async def close(self) -> None:
        self.closed += 1


async def test_an_answer_that_fails_on_a_closing_connection_is_logged(
    connection: ReceiveConnection, caplog: pytest.LogCaptureFixture
) -> None:
    gateway = BrokenGateway(aiohttp.ClientConnectionResetError("Cannot write to closing transport"))
    connection.ws = cast(Any, gateway)
    await connection._poll_voice_ws(reconnect=True)
    assert caplog.messages == []
    assert not gateway.closed


async def test_an_answer_that_fails_in_a_call_is_logged_and_ends_the_connection(
    connection: ReceiveConnection, caplog: pytest.LogCaptureFixture
) -> None:
    gateway = BrokenGateway(KeyError("seq_ack"))
    stopped = []
    whole = SimpleNamespace(stop=lambda: stopped.append(True), cleanup=lambda: None)
    connection.voice_client = cast(Any, whole)
    connection.ws = cast(Any, gateway)
    connection.state = ConnectionFlowState.connected
    await connection._poll_voice_ws(reconnect=True)
    assert "the voice websocket failed" in caplog.text
    assert connection.state is ConnectionFlowState.disconnected, "the supervisor notices this"
    assert stopped

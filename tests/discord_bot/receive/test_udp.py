from __future__ import annotations

import asyncio
import errno
import logging
import queue
import socket
import threading
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any, cast

import pytest
from discord.utils import MISSING

from discord_bot.receive.route import RouteWatch
from discord_bot.receive.udp import Reader, keep_route_open


def udp() -> socket.socket:
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.bind(("127.0.0.1", 0))
    sock.setblocking(False)
    return sock


class Rig:
    """A reader on a socket that a test can replace, as a reconnect does."""

    def __init__(self) -> None:
        self.state = SimpleNamespace(socket=MISSING)
        self.got: queue.Queue[bytes] = queue.Queue()
        self.reader = Reader(cast(Any, self.state))
        self.sender = udp()

    def use_new_socket(self) -> None:
        old, self.state.socket = self.state.socket, udp()
        if old is not MISSING:
            old.close()

    def send(self, data: bytes) -> None:
        self.sender.sendto(data, self.state.socket.getsockname())

    def receive(self, timeout: float = 2.0) -> bytes:
        return self.got.get(timeout=timeout)


@pytest.fixture
def rig() -> Iterator[Rig]:
    rig = Rig()
    rig.reader.start()
    rig.reader.register(rig.got.put)
    yield rig
    rig.reader.stop()
    rig.reader.join(2)
    assert not rig.reader.is_alive()
    rig.sender.close()
    if rig.state.socket is not MISSING:
        rig.state.socket.close()


def test_datagrams_are_passed_on(rig: Rig) -> None:
    rig.use_new_socket()
    for n in range(5):
        rig.send(bytes([n]))
    assert [rig.receive() for _ in range(5)] == [bytes([n]) for n in range(5)]


def test_a_replaced_socket_is_read_soon(rig: Rig) -> None:
    """discord.py's own reader would notice it after 30 s."""
    rig.use_new_socket()
    rig.send(b"old")
    assert rig.receive() == b"old"
    rig.use_new_socket()
    rig.send(b"new")
    assert rig.receive(timeout=1.0) == b"new"


def test_a_missing_or_closed_socket_does_not_end_the_reader(rig: Rig) -> None:
    rig.use_new_socket()
    rig.state.socket.close()
    rig.state.socket = MISSING
    rig.use_new_socket()
    rig.send(b"x")
    assert rig.receive() == b"x"


def test_a_listener_that_fails_does_not_end_the_reader(
    rig: Rig, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(data: bytes) -> None:
        raise RuntimeError("listener broke")

    rig.reader.unregister(rig.got.put)
    rig.reader.register(broken)
    rig.reader.register(rig.got.put)
    rig.use_new_socket()
    for _ in range(2):
        rig.send(b"x")
        assert rig.receive() == b"x"
    assert "listener broke" in caplog.text


class RefusedSocket(socket.socket):
    """Always readable, with the error of a packet that the other machine refused.

    The kernel limits such errors for all processes together, so a real one may not come.
    """

    def __init__(self) -> None:
        super().__init__(socket.AF_INET, socket.SOCK_DGRAM)
        self.bind(("127.0.0.1", 0))
        self.sendto(b"never read", self.getsockname())

    def recv(self, size: int, flags: int = 0) -> bytes:
        raise ConnectionRefusedError(errno.ECONNREFUSED, "Connection refused")


def test_a_dead_server_is_logged_a_few_times(caplog: pytest.LogCaptureFixture) -> None:
    """The server's machine answers each packet with "port unreachable": thousands a minute."""
    caplog.set_level(logging.DEBUG)
    with RefusedSocket() as refused:
        reader = Reader(cast(Any, SimpleNamespace(socket=refused)))
        reader.place = "guild 42"
        reader._end.set()  # it is never started, and does not wait between two reads
        for _ in range(1000):
            assert reader._receive(refused) is None
    told = [message for message in caplog.messages if "reading the voice socket" in message]
    assert 5 < len(told) <= 10


def test_a_paused_reader_leaves_the_socket_alone(rig: Rig) -> None:
    rig.use_new_socket()
    rig.send(b"1")
    assert rig.receive() == b"1"
    rig.reader.pause()
    rig.reader.resume()
    rig.send(b"2")
    assert rig.receive() == b"2"


def test_stopping_ends_the_thread() -> None:
    rig = Rig()
    rig.reader.start()
    rig.reader.register(rig.got.put)
    rig.reader.stop()
    rig.reader.join(2)
    assert not any(thread is rig.reader for thread in threading.enumerate())
    rig.sender.close()


class Line:
    """Collects what `keep_route_open` sends in five seconds, over a network that may fail."""

    def __init__(self, *, failing: bool = False, connected: bool = True) -> None:
        self.sent: list[bytes] = []
        self.route = RouteWatch()
        self._failing, self._connected = failing, connected

    def send(self, data: bytes) -> None:
        if self._failing:
            raise OSError("network is unreachable")
        self.sent.append(data)

    async def run(self, for_s: float) -> Line:
        own = lambda: 7 if self._connected else None  # noqa: E731
        task = asyncio.create_task(keep_route_open(self.route, self.send, own, 1.0))
        await asyncio.sleep(for_s)
        assert not task.done()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        return self


@pytest.mark.virtual_time
async def test_a_keepalive_of_eight_bytes_is_sent_every_second() -> None:
    sent = (await Line().run(60.5)).sent
    assert len({data for data in sent if len(data) == 8}) == 61
    assert {len(data) for data in sent} == {8, 74}


@pytest.mark.virtual_time
async def test_a_network_failure_does_not_end_the_keepalive_and_is_logged_a_few_times(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG, logger="discord_bot")
    assert (await Line(failing=True).run(300.0)).sent == []
    assert len(caplog.messages) == 9


@pytest.mark.virtual_time
async def test_nothing_is_sent_while_disconnected() -> None:
    assert (await Line(connected=False).run(10.0)).sent == []

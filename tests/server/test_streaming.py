from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Generator

import pytest

from server.protection.admission import AdmittedRequest, admitted
from server.protection.turns import SynthesisTurns
from server.streaming import stream_from_thread
from testing.waiting import eventually


def numbers(count: int, done: threading.Event) -> Generator[bytes, None, None]:
    try:
        for number in range(count):
            yield bytes([number % 256])
    finally:
        done.set()


async def test_every_chunk_comes_once_and_in_order() -> None:
    done = threading.Event()
    got = b"".join([chunk async for chunk in stream_from_thread(numbers(1000, done))])
    assert got == bytes(number % 256 for number in range(1000))
    assert done.is_set()


async def test_an_empty_source_ends_at_once() -> None:
    assert [chunk async for chunk in stream_from_thread(numbers(0, threading.Event()))] == []


async def test_an_error_of_the_source_is_raised_after_its_items() -> None:
    def failing() -> Generator[bytes, None, None]:
        yield b"some"
        raise ValueError("then this")

    got = []
    chunks = stream_from_thread(failing())
    got.append(await anext(chunks))
    with pytest.raises(ValueError, match="then this"):
        await anext(chunks)
    assert got == [b"some"]


async def test_closing_stops_an_endless_source_and_waits_for_it() -> None:
    done = threading.Event()
    chunks = stream_from_thread(numbers(10**12, done))
    await anext(chunks)
    await chunks.aclose()
    assert done.is_set()


async def test_cancelling_stops_the_source() -> None:
    done, begun = threading.Event(), asyncio.Event()

    async def listen() -> None:
        async for _ in stream_from_thread(numbers(10**12, done)):
            begun.set()

    task = asyncio.create_task(listen())
    await asyncio.wait_for(begun.wait(), 5)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await asyncio.to_thread(done.wait, 5)


async def test_a_failure_after_the_stream_was_closed_is_not_reported() -> None:
    go = threading.Event()

    def failing() -> Generator[bytes, None, None]:
        yield b"some"
        go.wait(5)
        raise ValueError("too late")

    chunks = stream_from_thread(failing())
    await anext(chunks)
    closing = asyncio.create_task(chunks.aclose())
    go.set()
    await closing


class Counted:
    """A source that counts what was taken of it."""

    def __init__(self, chunks: int, size: int = 100_000) -> None:
        self.taken = 0
        self.closed = False
        self._chunks, self._size = chunks, size

    def __call__(self) -> Generator[bytes, None, None]:
        try:
            for _ in range(self._chunks):
                self.taken += 1
                yield bytes(self._size)
        finally:
            self.closed = True


async def test_a_slow_reader_lets_the_source_rest_and_gets_all_of_it() -> None:
    source = Counted(100)
    chunks = stream_from_thread(source())
    length = len(await anext(chunks))
    for _ in range(50):
        await asyncio.sleep(0.001)
    assert source.taken * 100_000 <= length + 1_100_000
    length += sum([len(chunk) async for chunk in chunks])
    assert length == 10_000_000


async def test_resting_sources_hold_no_thread() -> None:
    """More slow readers than there are threads keep no other reader waiting."""
    sources = [Counted(100) for _ in range(40)]
    slow = [stream_from_thread(source()) for source in sources]
    for stream in slow:
        await anext(stream)
    quick = Counted(30)
    async with asyncio.timeout(10):
        assert sum([len(chunk) async for chunk in stream_from_thread(quick())]) == 3_000_000
    for stream in slow:
        await stream.aclose()
    assert all(source.closed for source in sources)


async def test_in_a_request_the_streams_take_turns() -> None:
    turns = SynthesisTurns(at_once=1)
    order: list[str] = []
    short_waits = threading.Event()

    def speaking(name: str, chunks: int) -> Generator[bytes, None, None]:
        for _ in range(chunks):
            order.append(name)
            if len(order) == 5:
                assert short_waits.wait(10)
            time.sleep(0.02)
            yield b"x" * 1000

    async def request(client: str, chunks: int) -> None:
        admitted.set(AdmittedRequest(client, turns, 1_000_000))
        async for _ in stream_from_thread(speaking(client, chunks)):
            pass

    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(request("long", 40))
        await eventually(lambda: len(order) == 5)
        tasks.create_task(request("short", 5))
        await eventually(lambda: turns.contended)
        short_waits.set()
    assert order.index("short") < 20
    assert order[-10:] == ["long"] * 10

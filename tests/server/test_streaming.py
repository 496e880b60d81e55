from __future__ import annotations

import asyncio
import threading
from collections.abc import Generator

import pytest

from server.streaming import stream_from_thread


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

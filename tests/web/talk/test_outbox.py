from __future__ import annotations

import asyncio

import pytest

from web.talk.outbox import MOST_BYTES, MOST_FRAMES, MOST_MESSAGES, PageOutbox

pytestmark = pytest.mark.virtual_time


async def test_messages_come_in_order_and_the_reader_waits_for_the_next() -> None:
    outbox = PageOutbox()
    outbox.put("one")
    outbox.put(b"two")
    assert [await outbox.next(), await outbox.next()] == ["one", b"two"]
    waiting = asyncio.create_task(outbox.next())
    await asyncio.sleep(1)
    assert not waiting.done()
    outbox.put("three")
    assert await waiting == "three"


@pytest.mark.parametrize(
    ("message", "count"),
    [
        (bytes(1_920), MOST_FRAMES + 1),
        (b"opus", MOST_FRAMES + 1),
        ("x" * 1_000, MOST_BYTES // 1_000 + 1),
        ("{}", MOST_MESSAGES + 1),
    ],
)
async def test_a_page_that_does_not_read_costs_no_more(message: str | bytes, count: int) -> None:
    outbox = PageOutbox()
    for _ in range(count - 1):
        outbox.put(message)
    assert not outbox.overflowed.is_set()
    outbox.put(message)
    assert outbox.overflowed.is_set()
    outbox.put(message)
    assert not outbox._waiting

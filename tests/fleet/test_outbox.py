"""The queue on disk: in order, once, across outages and restarts, bounded."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

import pytest

from fleet.outbox import (
    FIRST_RETRY_S,
    LONGEST_RETRY_S,
    MOST_PARCEL_BYTES,
    DeliverLater,
    Outbox,
    Parcel,
    ParcelPriority,
    Undeliverable,
)
from state import StateError
from testing.manual_clock import ManualClock, eventually


class Receiver:
    """Takes parcels while it is up; each id once, like an idempotent receiver."""

    def __init__(self) -> None:
        self.up = True
        self.got: list[Parcel] = []
        self.attempts = 0

    @property
    def texts(self) -> list[str]:
        return [str(parcel.payload["text"]) for parcel in self.got]

    async def deliver(self, parcel: Parcel) -> None:
        self.attempts += 1
        if not self.up:
            raise DeliverLater("no connection")
        if all(known.id != parcel.id for known in self.got):
            self.got.append(parcel)


@pytest.fixture
def receiver() -> Receiver:
    return Receiver()


@asynccontextmanager
async def outbox(
    folder: Path, clock: ManualClock, receiver: Receiver, **limits: int
) -> AsyncIterator[Outbox]:
    async with Outbox(folder, clock=clock, chance=lambda: 0.5, **limits) as box:
        box.register("notice", receiver.deliver)
        yield box


async def test_what_is_put_is_delivered_in_order_and_gone(
    tmp_path: Path, clock: ManualClock, receiver: Receiver
) -> None:
    async with outbox(tmp_path, clock, receiver) as box:
        for number in range(20):
            await box.put("notice", {"text": str(number)})
        await box.empty()
        assert receiver.texts == [str(number) for number in range(20)]
        assert (box.waiting, box.counts["delivered"]) == (0, 20)
    assert _files(tmp_path) == []


def _files(folder: Path) -> list[str]:
    return sorted(each.name for each in folder.iterdir())


async def test_an_outage_delays_and_loses_nothing(
    tmp_path: Path, clock: ManualClock, receiver: Receiver
) -> None:
    receiver.up = False
    async with outbox(tmp_path, clock, receiver) as box:
        await box.put("notice", {"text": "a"})
        await box.put("notice", {"text": "b"})
        await eventually(lambda: receiver.attempts == 1)
        await eventually(lambda: clock.due_in() == [FIRST_RETRY_S])
        for _ in range(10):
            await clock.advance(LONGEST_RETRY_S)
        assert receiver.got == []
        receiver.up = True
        await clock.advance(LONGEST_RETRY_S)
        await box.empty()
    assert receiver.texts == ["a", "b"]


async def test_waits_grow_from_5_to_60_s(
    tmp_path: Path, clock: ManualClock, receiver: Receiver
) -> None:
    receiver.up = False
    waits = []

    def waiting_after(attempts: int) -> bool:
        return receiver.attempts == attempts and bool(clock.due_in())

    async with outbox(tmp_path, clock, receiver) as box:
        await box.put("notice", {"text": "a"})
        for attempt in range(1, 7):
            await eventually(partial(waiting_after, attempt))
            (wait,) = clock.due_in()
            waits.append(wait)
            await clock.advance(wait)
    assert waits == [5.0, 10.0, 20.0, 40.0, 60.0, 60.0]


async def test_the_return_of_the_connection_needs_no_wait(
    tmp_path: Path, clock: ManualClock, receiver: Receiver
) -> None:
    receiver.up = False
    async with outbox(tmp_path, clock, receiver) as box:
        await box.put("notice", {"text": "a"})
        await eventually(lambda: receiver.attempts == 1 and clock.due_in())
        receiver.up = True
        box.wake()
        await box.empty()
    assert receiver.texts == ["a"]


async def test_a_restart_goes_on_where_it_stopped(
    tmp_path: Path, clock: ManualClock, receiver: Receiver
) -> None:
    receiver.up = False
    async with outbox(tmp_path, clock, receiver) as box:
        ident = await box.put("notice", {"text": "a"}, priority=ParcelPriority.HIGH)
        await box.put("notice", {"text": "b"})
    receiver.up = True
    async with outbox(tmp_path, clock, receiver) as box:
        await box.put("notice", {"text": "c"})
        await box.empty()
    assert receiver.texts == ["a", "b", "c"]
    assert receiver.got[0].id == ident
    assert receiver.got[0].priority is ParcelPriority.HIGH


async def test_one_id_is_queued_once(
    tmp_path: Path, clock: ManualClock, receiver: Receiver
) -> None:
    receiver.up = False
    async with outbox(tmp_path, clock, receiver) as box:
        for _ in range(3):
            assert await box.put("notice", {"text": "a"}, ident="k1") == "k1"
        assert box.waiting == 1


async def test_lanes_do_not_wait_for_each_other(tmp_path: Path, clock: ManualClock) -> None:
    got = []

    async def deliver(parcel: Parcel) -> None:
        if parcel.lane == "slow":
            raise DeliverLater("not yet")
        got.append(parcel.lane)

    async with Outbox(tmp_path, clock=clock) as box:
        box.register("notice", deliver)
        await box.put("notice", {}, lane="slow")
        await box.put("notice", {}, lane="fast")
        await eventually(lambda: got == ["fast"])
        assert box.waiting == 1


async def test_a_full_queue_drops_the_oldest_of_the_least_urgent(
    tmp_path: Path, clock: ManualClock, receiver: Receiver
) -> None:
    async with Outbox(tmp_path, clock=clock, most=4) as box:
        for text, priority in (
            ("high", ParcelPriority.HIGH),
            ("low 1", ParcelPriority.LOW),
            ("low 2", ParcelPriority.LOW),
            ("normal", ParcelPriority.NORMAL),
        ):
            await box.put("notice", {"text": text}, priority=priority)
        assert await box.put("notice", {"text": "critical"}, priority=ParcelPriority.CRITICAL)
        assert await box.put("notice", {"text": "low 3"}, priority=ParcelPriority.LOW)
        assert await box.put("notice", {"text": "high 2"}, priority=ParcelPriority.HIGH)
        assert await box.put("notice", {"text": "low 4"}, priority=ParcelPriority.LOW) is None
        assert box.counts["dropped"] == 4
        box.register("notice", receiver.deliver)
        await box.empty()
    assert receiver.texts == ["high", "normal", "critical", "high 2"]


async def test_the_queue_is_bounded_in_bytes_too(tmp_path: Path, clock: ManualClock) -> None:
    async with Outbox(tmp_path, clock=clock, most_bytes=3_000) as box:
        for _ in range(10):
            await box.put("notice", {"text": "x" * 800})
        assert box.waiting == 3
        assert box.counts["dropped"] == 7


async def test_what_the_other_side_refuses_is_counted_and_blocks_nothing(
    tmp_path: Path, clock: ManualClock, receiver: Receiver
) -> None:
    async def deliver(parcel: Parcel) -> None:
        if parcel.payload["text"] == "bad":
            raise Undeliverable("unsupported channel")
        await receiver.deliver(parcel)

    async with Outbox(tmp_path, clock=clock) as box:
        box.register("notice", deliver)
        await box.put("notice", {"text": "bad"})
        await box.put("notice", {"text": "good"})
        await box.empty()
        assert box.counts["refused"] == 1
    assert receiver.texts == ["good"]


async def test_a_defect_in_a_delivery_does_not_block_the_queue_forever(
    tmp_path: Path, clock: ManualClock, receiver: Receiver, caplog: pytest.LogCaptureFixture
) -> None:
    async def deliver(parcel: Parcel) -> None:
        if parcel.payload["text"] == "bad":
            raise KeyError("text")
        await receiver.deliver(parcel)

    async with Outbox(tmp_path, clock=clock, chance=lambda: 0.5) as box:
        box.register("notice", deliver)
        await box.put("notice", {"text": "bad"})
        await box.put("notice", {"text": "good"})
        for _ in range(6):
            await eventually(lambda: clock.due_in() or receiver.got)
            await clock.advance(LONGEST_RETRY_S)
        await box.empty()
    assert receiver.texts == ["good"]
    assert "failed unexpectedly" in caplog.text


async def test_a_damaged_file_is_put_aside(
    tmp_path: Path, clock: ManualClock, receiver: Receiver
) -> None:
    (tmp_path / "000000000001.json").write_text("{")
    (tmp_path / "notes.txt").write_text("mine")
    async with outbox(tmp_path, clock, receiver) as box:
        await box.put("notice", {"text": "a"})
        await box.empty()
    left = _files(tmp_path)
    assert len(left) == 2
    assert left[0].startswith("000000000001.json.broken-")
    assert left[1] == "notes.txt"


async def test_too_long_a_message_is_refused_at_once(tmp_path: Path, clock: ManualClock) -> None:
    async with Outbox(tmp_path, clock=clock) as box:
        with pytest.raises(ValueError, match="at most 1000000"):
            await box.put("notice", {"text": "x" * MOST_PARCEL_BYTES})
        with pytest.raises(ValueError, match="serializ"):
            await box.put("notice", {"text": object()})
        assert box.waiting == 0


async def test_a_folder_that_cannot_be_used_is_named(tmp_path: Path, clock: ManualClock) -> None:
    in_the_way = tmp_path / "file"
    in_the_way.write_text("")
    with pytest.raises(StateError, match="make it writable"):
        async with Outbox(in_the_way / "outbox", clock=clock):
            pass


async def test_cuts_and_restarts_in_any_order_lose_and_double_nothing(
    tmp_path: Path, clock: ManualClock, receiver: Receiver
) -> None:
    chance = random.Random(7)
    sent: list[str] = []
    for run in range(8):
        async with outbox(tmp_path, clock, receiver) as box:
            for number in range(chance.randrange(6)):
                receiver.up = chance.random() < 0.5
                text = f"{run}/{number}"
                await box.put("notice", {"text": text})
                sent.append(text)
                await clock.advance(chance.choice((0, 1, 6, 70)))
                await asyncio.sleep(0.001)
    receiver.up = True
    async with outbox(tmp_path, clock, receiver) as box:
        await box.empty()
    assert receiver.texts == sent

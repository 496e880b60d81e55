"""The jobs of a machine: queue, limits, ends, restarts."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from fleet.jobs.book import CONTAINERS, SPEECH, JobBook
from fleet.jobs.errors import EngineFailed
from fleet.jobs.folder import JobFolder
from fleet.jobs.records import ContainerWork, JobOutcome, JobRecord, SynthesiseWork
from fleet.jobs.settings import ContainerSettings, JobSettings
from fleet.outbox import Outbox
from fleet.session_notices import SessionNotices
from openclaw_client.errors import BadArguments, CannotNow, NotConnected
from openclaw_client.node.audit import AuditLog
from testing.manual_clock import ManualClock
from testing.waiting import eventually

SESSION = "agent:jarvis:main"
SPEECH_WORK = SynthesiseWork(text="Good evening.", voice="jarvis")
SETTINGS = JobSettings(
    kinds=("synthesise", "container"),
    queue=2,
    longest_s=100,
    containers=ContainerSettings(images=("localhost/*",), gpus=(0, 1), at_once=3),
)


def container(gpus: int = 0) -> ContainerWork:
    return ContainerWork(image="localhost/a", cpus=1, memory_mb=64, gpus=gpus)


class Runner:
    """Runs nothing; the test says how jobs end."""

    def __init__(self) -> None:
        self.started: list[str] = []
        self.stopped: list[str] = []
        self.ends: dict[str, asyncio.Future[JobOutcome]] = {}
        self.failure: Exception | None = None
        self.tidied = 0

    async def start(self, record: JobRecord) -> None:
        if self.failure is not None:
            raise self.failure
        self.started.append(record.id)

    async def wait(self, record: JobRecord) -> JobOutcome:
        made: asyncio.Future[JobOutcome] = asyncio.get_running_loop().create_future()
        end = self.ends.setdefault(record.id, made)
        try:
            return await asyncio.shield(end)
        finally:
            if end.done():
                self.ends.pop(record.id, None)  # the next attempt has an end of its own

    async def stop(self, record: JobRecord) -> None:
        self.stopped.append(record.id)
        self.end(record, state="failed", detail="killed")

    async def tidy(self, is_open: Callable[[str], bool]) -> None:
        self.tidied += 1

    def end(self, record: JobRecord, **outcome: Any) -> None:
        made: asyncio.Future[JobOutcome] = asyncio.get_running_loop().create_future()
        end = self.ends.setdefault(record.id, made)
        end.set_result(JobOutcome.model_validate({"state": "done", "detail": "3 words", **outcome}))


class Gateway:
    """What sessions are told."""

    def __init__(self) -> None:
        self.told: list[dict[str, Any]] = []
        self.up = True

    async def send_event(self, event: str, payload: dict[str, Any]) -> None:
        if not self.up:
            raise NotConnected("no connection")
        self.told.append(payload)


class World:
    def __init__(self, tmp_path: Path, clock: ManualClock) -> None:
        self.clock = clock
        self.folder = JobFolder(tmp_path / "jobs", log_bytes=1_000)
        self.outbox_folder = tmp_path / "outbox"
        self.gateway = Gateway()
        self.wall = 1_000_000.0
        self.audit_file = tmp_path / "audit.jsonl"

    @asynccontextmanager
    async def open(
        self, settings: JobSettings = SETTINGS, *, attached: bool = True
    ) -> AsyncIterator[JobBook]:
        self.speech, self.containers = Runner(), Runner()
        runners = {SPEECH: self.speech, CONTAINERS: self.containers}
        audit = AuditLog(self.audit_file, max_bytes=100_000, files_kept=1)
        async with Outbox(self.outbox_folder, clock=self.clock) as outbox:
            self.outbox = outbox
            book = JobBook(
                settings,
                self.folder,
                runners,
                clock=self.clock,
                wall=lambda: self.wall + self.clock.time(),
            )
            with audit:
                await book.begin()
                if attached:
                    book.report_to(SessionNotices(outbox, self.gateway.send_event), audit)
                try:
                    yield book
                finally:
                    await book.aclose()

    def on_disk(self, ident: str) -> JobRecord:
        return next(each for each in self.folder.load() if each.id == ident)


@pytest.fixture
def world(tmp_path: Path, clock: ManualClock) -> World:
    return World(tmp_path, clock)


async def test_a_job_runs_and_its_session_is_told_once(world: World) -> None:
    async with world.open() as book:
        record = await book.submit(SPEECH_WORK, SESSION, name="greeting")
        assert record.state == "running"
        await eventually(lambda: world.speech.started == [record.id])
        world.speech.end(record)
        await eventually(lambda: record.reported and world.gateway.told)
        (told,) = world.gateway.told
        assert told["sessionKey"] == SESSION
        assert told["title"] == f"job {record.id} (synthesise) done"
        assert told["text"] == "greeting: 3 words"
        assert world.on_disk(record.id).state == "done"
    async with world.open():
        await asyncio.sleep(0.05)
        assert len(world.gateway.told) == 1
    lines = world.audit_file.read_text()
    assert '"command": "job:synthesise", "outcome": "accepted"' in lines
    assert '"outcome": "done"' in lines


async def test_jobs_of_a_kind_wait_in_order_and_kinds_do_not_wait_for_each_other(
    world: World,
) -> None:
    async with world.open() as book:
        first, second = [await book.submit(SPEECH_WORK, SESSION) for _ in range(2)]
        other = await book.submit(container(), SESSION)
        assert [each.state for each in (first, second, other)] == ["running", "queued", "running"]
        third = await book.submit(SPEECH_WORK, SESSION)
        assert (book.ahead_of(second), book.ahead_of(third)) == (0, 1)
        await eventually(lambda: world.speech.started == [first.id])
        world.speech.end(first)
        await eventually(lambda: world.speech.started == [first.id, second.id])
        assert third.state == "queued"


async def test_a_full_queue_refuses_and_says_why(world: World) -> None:
    async with world.open() as book:
        for _ in range(3):
            await book.submit(SPEECH_WORK, SESSION)
        with pytest.raises(CannotNow, match=r"2 jobs wait already.*fleet\.jobs\.queue"):
            await book.submit(SPEECH_WORK, SESSION)
        assert (await book.submit(container(), SESSION)).state == "running"
        assert len(book.all()) == 4


async def test_gpus_are_given_to_one_job_each(world: World) -> None:
    async with world.open() as book:
        one = await book.submit(container(gpus=1), SESSION)
        two = await book.submit(container(gpus=2), SESSION)
        none = await book.submit(container(), SESSION)
        assert (one.gpus, two.state, none.state) == ((0,), "queued", "queued")
        await eventually(lambda: world.containers.started == [one.id])
        world.containers.end(one)
        await eventually(lambda: two.state == none.state == "running")
        assert two.gpus == (0, 1)


async def test_a_queued_job_is_cancelled_at_once(world: World) -> None:
    async with world.open() as book:
        first = await book.submit(SPEECH_WORK, SESSION)
        second = await book.submit(SPEECH_WORK, SESSION)
        await book.cancel(second)
        assert second.state == "cancelled"
        await eventually(lambda: world.speech.started == [first.id])
        world.speech.end(first)
        await eventually(lambda: first.state == "done")
        assert world.speech.started == [first.id]
        await book.cancel(first)
        assert first.state == "done"


async def test_a_running_job_is_stopped(world: World) -> None:
    async with world.open() as book:
        record = await book.submit(container(), SESSION)
        await eventually(lambda: record.started_at)
        await book.cancel(record)
        await eventually(lambda: record.state == "cancelled")
        assert world.containers.stopped == [record.id]
        assert record.detail == "it was ended on request"


async def test_a_job_that_takes_too_long_is_ended(world: World) -> None:
    async with world.open() as book:
        record = await book.submit(container(), SESSION, longest_s=50)
        await eventually(lambda: record.id in world.containers.ends)
        await world.clock.advance(49)
        assert record.state == "running"
        await world.clock.advance(2)
        await eventually(lambda: record.state == "timed out")
        assert record.detail == "it took longer than 50 s, and was ended"
        with pytest.raises(BadArguments, match="at most 100"):
            await book.submit(container(), SESSION, longest_s=101)


async def test_a_job_that_does_not_start_has_failed(world: World) -> None:
    async with world.open() as book:
        world.containers.failure = EngineFailed("podman run: image not known")
        record = await book.submit(container(), SESSION)
        await eventually(lambda: record.state == "failed")
        assert record.detail == "podman run: image not known"
        world.containers.failure = RuntimeError("bug")
        broken = await book.submit(container(), SESSION)
        await eventually(lambda: broken.detail == "unexpected RuntimeError")


async def test_a_restart_goes_on_with_what_runs_and_what_waits(world: World) -> None:
    async with world.open() as book:
        running = await book.submit(SPEECH_WORK, SESSION)
        waiting = await book.submit(SPEECH_WORK, SESSION, name="later")
        await eventually(lambda: running.started_at)
    async with world.open() as book:
        found = book.find(running.id)
        assert found is not None
        assert world.speech.started == []
        await eventually(lambda: world.speech.tidied == 1)
        world.speech.end(found)
        await eventually(lambda: world.speech.started == [waiting.id])
        assert found.state == "done"
        await eventually(lambda: len(world.gateway.told) == 1)


async def test_the_time_of_a_job_goes_on_over_a_restart(world: World) -> None:
    async with world.open() as book:
        record = await book.submit(container(), SESSION, longest_s=50)
        await eventually(lambda: record.started_at)
    world.wall += 60
    async with world.open() as book:
        found = book.find(record.id)
        assert found is not None
        await eventually(lambda: found.id in world.containers.ends)
        await world.clock.advance(0.1)
        await eventually(lambda: found.state == "timed out")


async def test_a_process_that_is_lost_is_tried_once_more(world: World) -> None:
    lost = {"state": "lost", "detail": "its process ended", "lost_process": True}
    async with world.open() as book:
        record = await book.submit(SPEECH_WORK, SESSION)
        await eventually(lambda: record.started_at)
    async with world.open() as book:
        found = book.find(record.id)
        assert found is not None
        world.speech.end(found, **lost)
        await eventually(lambda: found.attempts == 2 and found.id in world.speech.ends)
        world.speech.end(found, **lost)
        await eventually(lambda: found.state == "lost")
        assert found.attempts == 2
        await eventually(lambda: world.gateway.told)
        assert world.gateway.told[0]["title"].endswith("lost")


async def test_an_end_during_an_outage_is_told_after_the_restart(world: World) -> None:
    world.gateway.up = False
    async with world.open() as book:
        record = await book.submit(SPEECH_WORK, SESSION)
        await eventually(lambda: world.speech.started)
        world.speech.end(record)
        await eventually(lambda: record.reported)
    world.gateway.up = True
    async with world.open():
        await eventually(lambda: len(world.gateway.told) == 1)
        await asyncio.sleep(0.05)
        assert len(world.gateway.told) == 1


async def test_an_end_before_the_node_is_told_when_it_comes(world: World) -> None:
    async with world.open(attached=False) as book:
        record = await book.submit(SPEECH_WORK, SESSION)
        await eventually(lambda: world.speech.started)
        world.speech.end(record)
        await eventually(lambda: record.state == "done")
        assert not record.reported
        notices = SessionNotices(world.outbox, world.gateway.send_event)
        book.report_to(notices, None)
        await eventually(lambda: len(world.gateway.told) == 1)


async def test_what_the_settings_no_longer_allow_does_not_begin(world: World) -> None:
    async with world.open() as book:
        ids = [(await book.submit(container(gpus=2), SESSION)).id for _ in range(3)]
        waiting = await book.submit(SPEECH_WORK, SESSION)
        await eventually(lambda: waiting.started_at)
    other = SETTINGS.model_copy(update={"containers": ContainerSettings(images=("other/*",))})
    async with world.open(other) as book:
        for ident in ids[1:]:
            found = book.find(ident)
            assert found is not None
            assert found.state == "cancelled"
            assert found.detail == "the owner no longer allows its image"
        assert world.containers.started == []


async def test_old_jobs_are_removed_with_their_files(world: World) -> None:
    settings = SETTINGS.model_copy(update={"kept": 2})
    async with world.open(settings) as book:
        records = []
        for _ in range(5):
            record = await book.submit(SPEECH_WORK, SESSION)
            records.append(record)
            await eventually(lambda: record.started_at)  # noqa: B023 - awaited here
            world.speech.end(record)
            await eventually(lambda: record.reported)  # noqa: B023
            await world.clock.advance(1)
        kept = {each.id for each in book.all()}
        assert kept == {each.id for each in records[2:]}
        assert {each.id for each in world.folder.load()} == kept


async def test_a_disk_that_takes_nothing_refuses_the_job(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with world.open() as book:
        (world.folder.root / "x").write_text("")
        monkeypatch.setattr(world.folder, "of", lambda ident: world.folder.root / "x" / ident)
        with pytest.raises(CannotNow, match="the job cannot be kept"):
            await book.submit(SPEECH_WORK, SESSION)
        assert book.all() == []

"""The jobs of this machine: taken, queued, run, found again after a restart, reported once.

Jobs wait in one line for speech and one for containers, and each line keeps its order. A record is
on the disk before the answer to its asker, and its end before the asking session is told. A process
that ended without a result, for example because the machine was switched off, is tried once more.
"""

from __future__ import annotations

import asyncio
import logging
import time
import uuid
from collections.abc import Callable, Mapping
from typing import Final, Protocol, TypeAlias

from fleet.jobs.errors import JobError
from fleet.jobs.folder import JobFolder
from fleet.jobs.records import ContainerWork, JobOutcome, JobRecord, Work
from fleet.jobs.requests import allowed_image
from fleet.jobs.settings import JobSettings
from fleet.outbox import ParcelPriority
from fleet.session_notices import SessionNotices
from openclaw_client.clock import Clock, time_limit
from openclaw_client.errors import BadArguments, CannotNow
from openclaw_client.node.audit import AuditLog
from state import StateError
from tasks import OwnedTasks, uninterrupted

log = logging.getLogger(__name__)

ATTEMPTS: Final = 2
_AFTER_STOP_S: Final = 120.0
"""How long a job may take to end after it was stopped."""


class JobRunner(Protocol):
    """Runs the jobs of some kinds. Errors are `JobError`s."""

    async def start(self, record: JobRecord) -> None: ...

    async def wait(self, record: JobRecord) -> JobOutcome:
        """Until the job has ended, also one that an earlier run of this program has started."""

    async def stop(self, record: JobRecord) -> None:
        """End it; `wait` returns then."""

    async def tidy(self, is_open: Callable[[str], bool]) -> None:
        """Remove what is left of jobs that are not open."""


JobLine: TypeAlias = str
SPEECH: Final = "speech"
CONTAINERS: Final = "containers"


class JobBook:
    """All jobs. `begin` takes over those of an earlier run; `aclose` leaves the running ones to
    the next."""

    def __init__(
        self,
        settings: JobSettings,
        folder: JobFolder,
        runners: Mapping[JobLine, JobRunner],
        *,
        clock: Clock | None = None,
        wall: Callable[[], float] = time.time,
    ) -> None:
        """``runners`` has one for `SPEECH` and one for `CONTAINERS`."""
        self.settings = settings
        self.folder = folder
        self._runners = runners
        self._given_clock = clock
        self._wall = wall
        self._records: dict[str, JobRecord] = {}
        self._reporting: set[str] = set()
        self._notices: SessionNotices | None = None
        self._audit: AuditLog | None = None
        self._begun = False
        self._saving = asyncio.Lock()
        self._tasks = OwnedTasks(log)

    @property
    def has_begun(self) -> bool:
        """Whether jobs are taken."""
        return self._begun

    @property
    def _clock(self) -> Clock:
        return self._given_clock or asyncio.get_running_loop()

    async def begin(self) -> None:
        """Read the records; go on with what was running, and with the queue.

        Raises:
            JobsUnusable: the folder cannot be used.
        """
        if self._begun:
            return
        await asyncio.to_thread(self.folder.prepare)
        self._records = {each.id: each for each in await asyncio.to_thread(self.folder.load)}
        self._begun = True
        for record in [each for each in self._records.values() if each.state == "running"]:
            log.info("the job %s (%s) of an earlier run goes on", record.id, record.kind)
            self._spawn(record, adopted=True)
        refused = self._take_out_refused()
        for runner in self._runners.values():
            self._tasks.spawn(runner.tidy(self._is_open), "remove what is left of jobs")
        self._start_next()
        for record in refused:
            await self._end(record, JobOutcome(state="cancelled", detail=record.detail))

    def _take_out_refused(self) -> list[JobRecord]:
        """Take the jobs out of the queue that the settings no longer allow."""
        refused = []
        for record in self._records.values():
            why = no_longer_allowed(record.work, self.settings)
            if record.state == "queued" and why:
                record.state, record.detail = "cancelled", why
                refused.append(record)
        return refused

    def _is_open(self, ident: str) -> bool:
        record = self._records.get(ident)
        return record is not None and record.is_open

    def report_to(self, notices: SessionNotices, audit: AuditLog | None) -> None:
        """Tell asking sessions of ends from now on, and of those that none was told of yet."""
        self._notices, self._audit = notices, audit
        for record in self._records.values():
            if not record.is_open and not record.reported:
                self._tasks.spawn(self._report_later(record), "tell of a job's end")

    async def aclose(self) -> None:
        """Stop watching. What runs goes on by itself."""
        await self._tasks.aclose()

    # -- asking ------------------------------------------------------------------------------

    def all(self) -> list[JobRecord]:
        """Every job that is kept, the newest first."""
        return sorted(self._records.values(), key=lambda each: -each.asked_at)

    def find(self, ident: str) -> JobRecord | None:
        return self._records.get(ident)

    def ahead_of(self, record: JobRecord) -> int:
        """How many jobs wait before this one."""
        line = self._waiting_in(_line_of(record.work))
        return line.index(record) if record in line else 0

    async def submit(
        self,
        work: Work,
        session_key: str | None,
        *,
        name: str = "",
        longest_s: float | None = None,
    ) -> JobRecord:
        """Take a job; it is on the disk when this returns.

        Raises:
            BadArguments: it asks for more time than the settings allow.
            CannotNow: the queue is full, or the disk does not take it.
        """
        if not self._begun:
            raise CannotNow("jobs are not taken yet: the node is about to start")
        most_s = self.settings.longest_s
        if longest_s is not None and longest_s > most_s:
            raise BadArguments(f"timeout_s must be at most {most_s:g} here (fleet.jobs.longest_s)")
        waiting = [each for each in self._records.values() if each.state == "queued"]
        if len(waiting) >= self.settings.queue and not self._is_free(work):
            raise CannotNow(
                f"{len(waiting)} jobs wait already, and no more are taken (fleet.jobs.queue): try "
                "again when one has ended"
            )
        record = JobRecord(
            id=uuid.uuid4().hex[:12],
            work=work,
            name=name,
            session_key=session_key,
            asked_at=self._wall(),
            longest_s=longest_s or most_s,
        )
        try:
            await self._save(record)
        except StateError as error:
            raise CannotNow(f"the job cannot be kept: {error}") from error
        self._records[record.id] = record
        self._note(record, "accepted")
        await self._remove_old()
        self._start_next()
        return record

    async def cancel(self, record: JobRecord) -> None:
        """End a job that waits, or begin to end one that runs, which takes some seconds. One that
        has ended is left as it is."""
        if not record.is_open:
            return
        record.cancelled = True
        if record.state == "queued":
            await self._end(record, JobOutcome(state="cancelled", detail="it had not begun"))
            return
        await self._save_or_log(record)
        if record.started_at is None:
            return  # it is about to start, and will be stopped then
        self._tasks.spawn(self._stop(record), f"end the job {record.id}")

    async def _stop(self, record: JobRecord) -> None:
        try:
            await self._runners[_line_of(record.work)].stop(record)
        except JobError as error:
            log.warning("the job %s cannot be ended now: %s", record.id, error)

    # -- running -----------------------------------------------------------------------------

    def _waiting_in(self, line: JobLine) -> list[JobRecord]:
        """What waits there, in order."""
        return [
            each
            for each in self._records.values()
            if each.state == "queued" and _line_of(each.work) == line
        ]

    def _active(self, line: JobLine) -> list[JobRecord]:
        return [
            each
            for each in self._records.values()
            if each.state == "running" and _line_of(each.work) == line
        ]

    def _is_free(self, work: Work) -> bool:
        """Whether such a job would begin at once."""
        line = _line_of(work)
        return (
            not self._waiting_in(line)
            and self._may_begin(line)
            and self._free_gpus(work) is not None
        )

    def _may_begin(self, line: JobLine) -> bool:
        settings = self.settings
        most = settings.speech_at_once if line == SPEECH else settings.containers.at_once
        return len(self._active(line)) < most

    def _free_gpus(self, work: Work) -> tuple[int, ...] | None:
        """The GPUs for a job; None if too few are free."""
        wanted = work.gpus if isinstance(work, ContainerWork) else 0
        taken = {gpu for each in self._active(CONTAINERS) for gpu in each.gpus}
        free = [gpu for gpu in self.settings.containers.gpus if gpu not in taken]
        return tuple(free[:wanted]) if wanted <= len(free) else None

    def _start_next(self) -> None:
        for line in (SPEECH, CONTAINERS):
            for record in self._waiting_in(line):
                gpus = self._free_gpus(record.work)
                if gpus is None or not self._may_begin(line):
                    break
                record.state, record.gpus = "running", gpus
                self._spawn(record, adopted=False)

    def _spawn(self, record: JobRecord, *, adopted: bool) -> None:
        self._tasks.spawn(self._run(record, adopted=adopted), f"job {record.id}")

    async def _run(self, record: JobRecord, *, adopted: bool) -> None:
        runner = self._runners[_line_of(record.work)]
        try:
            outcome = await self._outcome(record, runner, adopted=adopted)
        except JobError as error:
            outcome = JobOutcome(state="failed", detail=str(error))
        except Exception as bug:
            log.exception("the job %s failed unexpectedly", record.id)
            outcome = JobOutcome(state="failed", detail=f"unexpected {type(bug).__name__}")
        if outcome.lost_process and record.attempts < ATTEMPTS and not record.cancelled:
            log.warning("the job %s is tried again: %s", record.id, outcome.detail)
            record.state, record.started_at, record.pid = "queued", None, None
            await self._save_or_log(record)
            self._start_next()
            return
        await uninterrupted(self._end(record, outcome))

    async def _outcome(self, record: JobRecord, runner: JobRunner, *, adopted: bool) -> JobOutcome:
        if not adopted or (record.started_at is None):
            record.attempts += 1
            await self._save_or_log(record)
            await runner.start(record)
            record.started_at = self._wall()
            await self._save_or_log(record)
        if record.cancelled:
            await runner.stop(record)
        try:
            async with time_limit(self._clock, max(0.0, record.deadline - self._wall())):
                outcome = await runner.wait(record)
        except TimeoutError:
            outcome = await self._stopped(record, runner)
            if outcome.state != "done":
                detail = f"it took longer than {record.longest_s:g} s, and was ended"
                return outcome.model_copy(update={"state": "timed out", "detail": detail})
        if record.cancelled and outcome.state != "done":
            return outcome.model_copy(
                update={"state": "cancelled", "detail": "it was ended on request"}
            )
        return outcome

    async def _stopped(self, record: JobRecord, runner: JobRunner) -> JobOutcome:
        await runner.stop(record)
        try:
            async with time_limit(self._clock, _AFTER_STOP_S):
                return await runner.wait(record)
        except TimeoutError:
            return JobOutcome(state="lost", detail="it was told to end, and did not in time")

    async def _end(self, record: JobRecord, outcome: JobOutcome) -> None:
        record.state, record.detail = outcome.state, outcome.detail
        record.exit_code, record.files = outcome.exit_code, outcome.files
        record.ended_at, record.pid = self._wall(), None
        log.info("the job %s (%s) ended: %s", record.id, record.kind, record.state)
        await self._save_or_log(record)
        self._note(record, record.state)
        self._start_next()
        await self._report(record)

    async def _report_later(self, record: JobRecord) -> None:
        await uninterrupted(self._report(record))

    async def _report(self, record: JobRecord) -> None:
        """Tell the asking session, once."""
        if record.reported or record.id in self._reporting:
            return
        if record.session_key is not None:
            if self._notices is None:
                return
            self._reporting.add(record.id)
            try:
                await self._post_end(self._notices, record.session_key, record)
            except StateError as error:
                log.error("a session is not told that the job %s ended: %s", record.id, error)
                return
            finally:
                self._reporting.discard(record.id)
        record.reported = True
        await self._save_or_log(record)

    async def _post_end(self, notices: SessionNotices, session_key: str, record: JobRecord) -> None:
        what = f"{record.name}: " if record.name else ""
        await notices.post(
            session_key,
            f"job {record.id}",
            f"job {record.id} ({record.kind}) {record.state}",
            f"{what}{record.detail}",
            priority=ParcelPriority.HIGH,
            ident=f"job-{record.id}-end",
        )
        record.reported = True

    # -- keeping -----------------------------------------------------------------------------

    async def _save(self, record: JobRecord) -> None:
        await uninterrupted(self._write(record))

    async def _write(self, record: JobRecord) -> None:
        async with self._saving:
            await asyncio.to_thread(self.folder.save, record.model_copy())

    async def _save_or_log(self, record: JobRecord) -> None:
        try:
            await self._save(record)
        except StateError as error:
            log.error("what became of the job %s is not kept: %s", record.id, error)

    async def _remove_old(self) -> None:
        ended = [each for each in self.all() if not each.is_open and each.reported]
        if old := ended[self.settings.kept :]:
            for each in old:
                del self._records[each.id]
            await asyncio.to_thread(self.folder.remove, old)

    def _note(self, record: JobRecord, outcome: str) -> None:
        """A line in the audit log."""
        if self._audit is not None:
            began = record.started_at or record.asked_at
            took_s = 0.0 if record.ended_at is None else record.ended_at - began
            image = record.work.image if isinstance(record.work, ContainerWork) else None
            self._audit.write_job(
                record.id, record.kind, record.session_key, outcome, took_s, image=image
            )


def no_longer_allowed(work: Work, settings: JobSettings) -> str:
    """Why a job that waited over a change of the settings may not begin; empty if it may."""
    if work.kind not in settings.kinds:
        return f"the owner no longer allows jobs of the kind {work.kind}"
    if isinstance(work, ContainerWork) and not allowed_image(
        work.image, settings.containers.images
    ):
        return "the owner no longer allows its image"
    return ""


def _line_of(work: Work) -> JobLine:
    return CONTAINERS if isinstance(work, ContainerWork) else SPEECH

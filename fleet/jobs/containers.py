"""Jobs that are containers: started, followed, found again after a restart, and removed."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import re
from collections.abc import Callable
from pathlib import Path
from typing import Final

from backoff import Backoff
from fleet.jobs.engine import ContainerEngine, ContainerState, end_process
from fleet.jobs.errors import EngineFailed, NoContainer
from fleet.jobs.folder import JobFolder
from fleet.jobs.job_log import JobLog
from fleet.jobs.records import ContainerWork, JobOutcome, JobRecord

log = logging.getLogger(__name__)

_STAMP: Final = re.compile(rb"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?)(?:Z|[+-]\d\d:\d\d) ")
_STAMP_FILE: Final = "log-stamp"
_PIECE: Final = 65_536
_PAUSE_S: Final = 0.05
"""After each piece of a log, so that a container that writes without end takes no CPU here."""
_FIRST_RETRY_S: Final = 2.0
_LONGEST_RETRY_S: Final = 60.0
_LAST_WORDS_S: Final = 30.0
"""Seconds for the rest of the log after the end of a container."""
_KILLED: Final = frozenset({137, -1})


class ContainerJobs:
    """Runs jobs by a container engine."""

    def __init__(self, engine: ContainerEngine, folder: JobFolder) -> None:
        self.engine = engine
        self._folder = folder

    async def start(self, record: JobRecord) -> None:
        """
        Raises:
            EngineFailed: it does not start.
        """
        assert isinstance(record.work, ContainerWork)
        if record.attempts > 1 and await self._is_there(record.id):
            return
        await self.engine.run(record.id, record.work, record.gpus, record.longest_s)

    async def _is_there(self, ident: str) -> bool:
        """Whether an earlier run of this program has started it; one that was only created is
        removed."""
        try:
            if not (await self.engine.state(ident)).created:
                return True
        except NoContainer:
            return False
        await self.engine.remove(ident)
        return False

    async def wait(self, record: JobRecord) -> JobOutcome:
        """Until the container has ended; collects its log, and removes it. An engine that does not
        answer is asked again."""
        backoff = Backoff(_FIRST_RETRY_S, _LONGEST_RETRY_S)
        follower = asyncio.create_task(self._follow(record.id))
        try:
            while True:
                try:
                    state = await self.engine.state(record.id)
                    if state.running:
                        await self.engine.wait(record.id)
                        backoff.reset()
                        continue
                    break
                except NoContainer:
                    return JobOutcome(
                        state="lost", detail="its container is gone: something else removed it"
                    )
                except EngineFailed as error:
                    log.warning("the job %s cannot be watched: %s", record.id, error)
                    await asyncio.sleep(backoff.next_s())
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_LAST_WORDS_S):
                    await asyncio.shield(follower)
        finally:
            follower.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await follower
        try:
            await self.engine.remove(record.id)
        except EngineFailed as error:
            log.warning("the container of the job %s is left: %s", record.id, error)
        return _outcome(state)

    async def stop(self, record: JobRecord) -> None:
        """End the container; `wait` returns then.

        Raises:
            EngineFailed: the engine does not answer.
        """
        await self.engine.stop(record.id)

    async def tidy(self, is_open: Callable[[str], bool]) -> None:
        """Remove this node's containers of jobs that are not open."""
        try:
            for ident in await self.engine.jobs():
                if not is_open(ident):
                    log.warning("the container of a job that is not open is removed: %s", ident)
                    await self.engine.remove(ident)
        except EngineFailed as error:
            log.warning("containers of earlier jobs cannot be looked for: %s", error)

    # -- the log -----------------------------------------------------------------------------

    async def _follow(self, ident: str) -> None:
        """Copy the container's log to the job's until it ends, without what is there already."""
        stamps = self._folder.of(ident) / _STAMP_FILE
        lines = NewLines(_read(stamps))
        kept = self._folder.log_of(ident)
        try:
            process = await self.engine.follow(ident)
        except EngineFailed as error:
            log.warning("the log of the job %s is not kept: %s", ident, error)
            return
        assert process.stdout is not None
        try:
            ended = False
            while not ended:
                data = await process.stdout.read(_PIECE)
                ended = not data
                fresh = lines.finish() if ended else lines.feed(data)
                if fresh:
                    await asyncio.to_thread(_append, kept, fresh, stamps, lines.last)
                    await asyncio.sleep(_PAUSE_S)
        except OSError as error:
            log.warning("the log of the job %s is not kept: %s", ident, error)
        finally:
            await end_process(process)


class NewLines:
    """Takes the time off each line of a log, and leaves out those that were seen before. No I/O.

    ``last`` is the time of the newest line, in the engine's own words; they order as text.
    """

    def __init__(self, last: bytes = b"") -> None:
        self.last = last
        self._seen_until = last
        self._rest = b""
        self._inside = False
        """Whether the rest belongs to a line whose begin was passed on already."""
        self._skips = False

    def feed(self, data: bytes) -> bytes:
        """The new text in the next piece of the log."""
        *lines, self._rest = (self._rest + data).split(b"\n")
        fresh = b"".join(self._line(line + b"\n") for line in lines)
        if len(self._rest) >= _PIECE:
            fresh += self._part(self._rest)
            self._rest, self._inside = b"", True
        return fresh

    def finish(self) -> bytes:
        """What is left at the end."""
        rest, self._rest = self._rest, b""
        return self._line(rest) if rest else b""

    def _line(self, line: bytes) -> bytes:
        text = self._part(line)
        self._inside = False
        return text

    def _part(self, part: bytes) -> bytes:
        if not self._inside and (found := _STAMP.match(part)) is not None:
            stamp = found[1]
            part = part[found.end() :]
            self._skips = stamp <= self._seen_until
            if not self._skips:
                self.last = stamp
        return b"" if self._skips else part


def _append(kept: JobLog, fresh: bytes, stamps: Path, last: bytes) -> None:
    kept.append(fresh)
    stamps.write_bytes(last)


def _read(stamps: Path) -> bytes:
    try:
        content: bytes = stamps.read_bytes()
        return content.strip()
    except OSError:
        return b""


def _outcome(state: ContainerState) -> JobOutcome:
    code = state.exit_code
    if code == 0 and not state.error:
        return JobOutcome(state="done", detail="exit status 0", exit_code=0)
    if state.out_of_memory:
        detail = "it needed more memory than it may have, and was killed"
    elif code in _KILLED:
        detail = "it was killed; its memory limit is a usual reason"
    else:
        detail = f"exit status {code}"
    if state.error:
        detail += f" ({state.error[:200]})"
    return JobOutcome(state="failed", detail=detail, exit_code=code)

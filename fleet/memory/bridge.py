"""The memory bridge of one machine: lines are queued on disk, and written in their order.

The queue outlives outages and restarts (`fleet.outbox`). A line whose delivery is repeated is in
the file already, with its id, and is skipped. Wishes to forget go by `fleet.memory.forgetting`.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Iterable
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from fleet.memory.entries import MemoryEntry, by_day, one_line
from fleet.memory.errors import MemoryRefused, MemoryUnwritable
from fleet.memory.forgetting import LINES_KIND, Forgetting
from fleet.memory.pages import MemoryLine
from fleet.memory.store import MOST_LINES, MemoryStore, file_name
from fleet.outbox import DeliverLater, Outbox, Parcel, ParcelPriority, Undeliverable
from logs import FaultLog

log = logging.getLogger(__name__)


class AppendLines(BaseModel):
    """Lines for one file, as they are queued."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    op: Literal["append"] = "append"
    file: str
    title: str
    lines: tuple[MemoryLine, ...]


class MemoryBridge:
    """Writes into one agent's memory by way of ``outbox``.

    ``counts`` has the numbers of lines that were ``appended``, ``skipped`` (there already),
    ``forgotten`` (a wish came before them) and ``refused``. ``forgetting`` knows all memories that
    wishes are for, with ``store`` among them; by default that one alone.
    """

    def __init__(
        self,
        outbox: Outbox,
        store: MemoryStore,
        *,
        machine: str,
        device_id: str,
        agent: str,
        forgetting: Forgetting | None = None,
    ) -> None:
        self.store = store
        self.forgetting = forgetting or Forgetting(outbox, {"": store})
        self.agent = agent
        self.counts: Counter[str] = Counter()
        self.problem = ""
        """Why nothing is written now; empty if all is well."""
        self._outbox = outbox
        self._machine = machine
        self._device_id = device_id
        self._order = asyncio.Lock()
        """Keeps the parcels of one request together."""
        self._faults = FaultLog(log)

    def start(self) -> None:
        """Begin to deliver, also what earlier runs queued."""
        self._outbox.register(LINES_KIND, self._deliver)
        self.forgetting.start()

    async def remember(self, lines: Iterable[MemoryEntry]) -> None:
        """Queue lines; they are on the disk when this returns. Those that a wish of this run
        forgets are left out.

        Raises:
            StateError: the disk does not take them.
        """
        lines = list(lines)
        wanted = [each for each in lines if not self.forgetting.forgets(each.id, each.text)]
        self.counts["forgotten"] += len(lines) - len(wanted)
        requests = self._requests(wanted)
        async with self._order:
            for request in requests:
                payload = request.model_dump(mode="json")
                await self._outbox.put(LINES_KIND, payload, priority=ParcelPriority.LOW)

    def _requests(self, lines: Iterable[MemoryEntry]) -> list[AppendLines]:
        """The lines by file, in requests of limited size."""
        requests = []
        for day, of_day in by_day(lines).items():
            file = file_name(self._machine, self._device_id, day)
            title = f"{one_line(self._machine)}, {day}"
            rows = [MemoryLine(id=each.id, text=each.text) for each in of_day]
            requests += [
                AppendLines(file=file, title=title, lines=tuple(rows[start : start + MOST_LINES]))
                for start in range(0, len(rows), MOST_LINES)
            ]
        return requests

    async def _deliver(self, parcel: Parcel) -> None:
        try:
            request = AppendLines.model_validate(parcel.payload)
        except ValidationError as error:
            raise Undeliverable(f"it is no request of this version: {error}") from None
        try:
            done = await self.store.append(request.file, request.title, request.lines)
        except MemoryUnwritable as later:
            if self.problem != str(later):
                self.problem = str(later)
                log.warning("the agent's memory waits (nothing is lost): %s", later)
            raise DeliverLater(str(later), retry_after_s=later.retry_after_s) from later
        except MemoryRefused as never:
            self.counts["refused"] += len(request.lines)
            self._faults.tell(
                logging.ERROR, "lines are not written into the agent's memory: %s", never
            )
            raise Undeliverable(str(never)) from never
        self.counts["appended"] += done.appended
        self.counts["skipped"] += done.skipped
        self.counts["forgotten"] += done.forgotten
        if self.problem:
            log.info("the agent's memory is written again")
            self.problem = ""

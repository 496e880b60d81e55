"""``run.py reconcile``: the Gateway's configuration and cron jobs as a file says."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final, TextIO

from fleet.reconciler.desired import DesiredGateway, read_desired
from fleet.reconciler.errors import DesiredFileUnusable, ReconcilerError
from fleet.reconciler.history import ReconcilerHistory
from fleet.reconciler.reconcile import Reconciler
from openclaw_client import DeviceStore, OpenClawConfig, OpenClawError
from openclaw_client.protocol.handshake import RECONCILER
from openclaw_client.transport.reconnecting import ReconnectingConnection
from settings import Settings
from state import only_one

log = logging.getLogger(__name__)

FOLDER: Final = "reconciler"
DIFFERS: Final = 1


async def run_reconciler(
    settings: Settings,
    action: str,
    *,
    file: str | None,
    dry_run: bool,
    watch: bool,
    output: TextIO,
) -> int:
    """Compare, and change what differs; returns the exit status.

    A dry run writes what would change to ``output``, and returns 1 if anything would.

    Raises:
        ReconcilerError, OpenClawError, StateError: the text says what to do.
    """
    folder = DeviceStore.of(settings.openclaw).folder / FOLDER
    rules = settings.fleet.reconciler
    desired = DesiredGateway() if action == "rollback" else read_desired(_file(settings, file))
    history = ReconcilerHistory(folder, rules.versions_kept)
    with only_one(folder):
        async with admin_connection(settings.openclaw, folder) as connection:

            async def request(method: str, params: Mapping[str, Any]) -> Any:
                ready = await connection.ready(settings.openclaw.retry_timeout)
                return await ready.request(method, params)

            reconciler = Reconciler(request, desired, history, rules.owner)
            if action == "rollback":
                earlier = await reconciler.roll_back()
                output.write(f"back: {', '.join(earlier.paths)}\n")
                output.write("Change the file too: the next `run.py reconcile` applies it again.\n")
                return 0
            if dry_run:
                lines = (await reconciler.plan()).lines
                output.write("".join(f"{line}\n" for line in lines) or "nothing differs\n")
                return DIFFERS if lines else 0
            if not watch:
                lines = await reconciler.apply()
                output.write("".join(f"{line}\n" for line in lines) or "nothing differs\n")
                return 0
            await _watch(reconciler, rules.every_s)
    return 0


@asynccontextmanager
async def admin_connection(
    config: OpenClawConfig, folder: Path
) -> AsyncIterator[ReconnectingConnection]:
    """A connection with admin rights, under a device key of its own in ``folder``."""
    connection = ReconnectingConnection(config, devices=DeviceStore(folder), role=RECONCILER)
    connection.start()
    try:
        yield connection
    finally:
        await connection.close()


async def _watch(reconciler: Reconciler, every_s: float) -> None:
    while True:
        try:
            if not await reconciler.apply():
                log.debug("the Gateway is as the file says")
        except (ReconcilerError, OpenClawError) as error:
            log.error("%s", error)
        await asyncio.sleep(every_s)


def _file(settings: Settings, given: str | None) -> Path:
    """
    Raises:
        DesiredFileUnusable: neither the command nor the settings name one.
    """
    file = Path(given) if given is not None else settings.fleet.reconciler.file
    if file is None:
        raise DesiredFileUnusable(
            "no file says what the Gateway should be: set fleet.reconciler.file, or give --file"
        )
    return file

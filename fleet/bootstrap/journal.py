"""The steps of an installation: each is told with a tick, and undone if a later one fails."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import TypeAlias

from fleet.bootstrap.errors import BootstrapFailed
from openclaw_client.errors import OpenClawError

log = logging.getLogger(__name__)

Say: TypeAlias = Callable[[str], None]
Undo: TypeAlias = Callable[[], Awaitable[None]]
_UNDO_WITHIN_S = 120.0


class Journal:
    """What was done, and how to undo it."""

    def __init__(self, say: Say) -> None:
        self._say = say
        self._undo: list[tuple[str, Undo]] = []

    async def step(self, what: str, work: Awaitable[str | None]) -> None:
        """Do one step; the result is a remark for the operator.

        Raises:
            BootstrapFailed: it failed; the text names the step.
        """
        try:
            remark = await work
        except OpenClawError as error:
            self._say(f"✗ {what}")
            raise BootstrapFailed(f"{what}: {error}") from error
        except BaseException:
            self._say(f"✗ {what}")
            raise
        self._say(f"✓ {what}" + (f" ({remark})" if remark else ""))

    def on_failure(self, what: str, undo: Undo) -> None:
        """Undo something, by ``what`` in the imperative, if a later step fails."""
        self._undo.append((what, undo))

    async def roll_back(self) -> bool:
        """Undo everything, the latest first; False if something could not be undone."""
        clean = True
        while self._undo:
            what, undo = self._undo.pop()
            try:
                async with asyncio.timeout(_UNDO_WITHIN_S):
                    await undo()
                self._say(f"↶ {what}")
            except Exception as error:
                clean = False
                log.debug("%s", what, exc_info=error)
                self._say(f"✗ {what}: {str(error) or type(error).__name__}; do it by hand")
        return clean

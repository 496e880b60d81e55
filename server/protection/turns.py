"""Whose sound is made next, when several clients want some at once."""

from __future__ import annotations

import asyncio
import contextlib
from collections import OrderedDict
from collections.abc import AsyncGenerator
from typing import Final

AT_ONCE: Final = 2
"""Streams that an engine works for at once. The engines have one worker each; a second stream
prepares its text, or encodes its sound, while the worker speaks for the first."""


class SynthesisTurns:
    """Gives the streams of all clients turns at the engines.

    Clients take turns with each other. Among the streams of one client, the one with the least
    sound so far comes first, so that a short text need not wait for the long ones before it
    (least attained service, as in Rai, Urvoy-Keller and Biersack: "Analysis of LAS scheduling for
    job size distributions with high variance", 2003).
    """

    def __init__(self, at_once: int = AT_ONCE) -> None:
        self._free = at_once
        self._waiting: OrderedDict[str, list[tuple[float, int, asyncio.Future[None]]]] = (
            OrderedDict()
        )
        self._number = 0

    @property
    def contended(self) -> bool:
        """Whether a stream waits. Any thread may ask."""
        return bool(self._waiting)

    @contextlib.asynccontextmanager
    async def turn(self, client: str, made: float) -> AsyncGenerator[None, None]:
        """Wait for a turn, and hold it within the block.

        ``made`` is what the stream has got so far, in bytes of sound.
        """
        await self._take(client, made)
        try:
            yield
        finally:
            self._give_back()

    async def _take(self, client: str, made: float) -> None:
        if self._free and not self._waiting:
            self._free -= 1
            return
        turn = asyncio.get_running_loop().create_future()
        self._number += 1
        entry = (made, self._number, turn)
        self._waiting.setdefault(client, []).append(entry)
        self._pass_on()
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self._give_back()
            else:
                self._forget(client, entry)
            raise

    def _give_back(self) -> None:
        self._free += 1
        # Later, so that the stream whose turn has ended is compared with those that wait.
        asyncio.get_running_loop().call_soon(self._pass_on)

    def _pass_on(self) -> None:
        while self._free and self._waiting:
            client, entries = self._waiting.popitem(last=False)
            first = min(entries, key=lambda entry: entry[:2])
            entries.remove(first)
            if entries:
                self._waiting[client] = entries  # behind the other clients
            if not first[2].done():
                first[2].set_result(None)
                self._free -= 1

    def _forget(self, client: str, entry: tuple[float, int, asyncio.Future[None]]) -> None:
        if entries := self._waiting.get(client):
            with contextlib.suppress(ValueError):
                entries.remove(entry)
            if not entries:
                del self._waiting[client]

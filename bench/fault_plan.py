"""Faults of a connection and of its Gateway, drawn at random from one seed."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final, Protocol

from bench.faulty_proxy import FaultyProxy, FrameFaults


class RestartableGateway(Protocol):
    """A Gateway that can be restarted, with a scripted agent ``agent_id``."""

    agent_id: str

    @property
    def port(self) -> int: ...

    @property
    def token(self) -> str: ...

    async def restart(self, *, orderly: bool, away_s: float) -> None:
        """Stop or kill it, and start it again after at least ``away_s``."""
        ...


@dataclass(frozen=True, slots=True)
class PastFault:
    """A fault that happened: its start and end in the loop's seconds."""

    kind: str
    began_at: float
    ended_at: float

    def hit(self, from_s: float, to_s: float) -> bool:
        """Whether the fault overlapped the time from ``from_s`` to ``to_s``."""
        return self.began_at <= to_s and from_s <= self.ended_at


class FaultPlan:
    """Draws faults from a bag that holds each kind once, so that none is left out."""

    KINDS: Final = (
        "cut",
        "stalled",
        "half-open",
        "delayed",
        "duplicated",
        "reordered",
        "frames lost",
        "restarted",
        "killed",
    )

    def __init__(
        self,
        proxy: FaultyProxy,
        gateway: RestartableGateway,
        chance: random.Random,
        *,
        gap_s: tuple[float, float] = (1.0, 6.0),
    ) -> None:
        """``gap_s`` is the shortest and the longest time between two faults."""
        self.faults: list[PastFault] = []
        self._proxy = proxy
        self._gateway = gateway
        self._chance = chance
        self._gap_s = gap_s
        self._bag: list[str] = []
        self._acts: dict[str, Callable[[], Awaitable[None]]] = {
            "cut": self._cut,
            "stalled": self._stall,
            "half-open": self._half_open,
            "delayed": lambda: self._frame_faults(FrameFaults(delay_s=self._between(0.2, 2.0))),
            "duplicated": lambda: self._frame_faults(FrameFaults(repeated=0.3)),
            "reordered": lambda: self._frame_faults(FrameFaults(overtaken=0.3)),
            "frames lost": lambda: self._frame_faults(FrameFaults(lost=0.1)),
            "restarted": lambda: self._gateway.restart(
                orderly=True, away_s=self._between(1.0, 12.0)
            ),
            "killed": lambda: self._gateway.restart(orderly=False, away_s=self._between(1.0, 25.0)),
        }

    async def run(self) -> None:
        """Apply one fault after the other until cancelled; a running fault is ended first."""
        clock = asyncio.get_running_loop().time
        while True:
            await asyncio.sleep(self._between(*self._gap_s))
            kind = self._draw()
            began_at = clock()
            await self._acts[kind]()
            self.faults.append(PastFault(kind, began_at, clock()))

    def _draw(self) -> str:
        if not self._bag:
            self._bag = list(self.KINDS)
            self._chance.shuffle(self._bag)
        return self._bag.pop()

    def _between(self, least: float, most: float) -> float:
        return self._chance.uniform(least, most)

    async def _cut(self) -> None:
        self._proxy.cut()

    async def _half_open(self) -> None:
        self._proxy.half_open()

    async def _stall(self) -> None:
        self._proxy.stall()
        try:
            await asyncio.sleep(self._between(2.0, 30.0))
        finally:
            self._proxy.flow()

    async def _frame_faults(self, faults: FrameFaults) -> None:
        self._proxy.frame_faults = faults
        try:
            await asyncio.sleep(self._between(3.0, 10.0))
        finally:
            self._proxy.frame_faults = FrameFaults()

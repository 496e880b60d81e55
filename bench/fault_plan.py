"""What goes wrong when, drawn from one seed: the misfortunes of a connection and of its Gateway."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final, Protocol

from bench.faulty_proxy import FaultyProxy, FrameFaults


class RestartableGateway(Protocol):
    """A Gateway that can be taken away, with an agent ``agent_id`` that does as it is told."""

    agent_id: str

    @property
    def port(self) -> int: ...

    @property
    def token(self) -> str: ...

    async def restart(self, *, orderly: bool, away_s: float) -> None:
        """Stop it, or kill it, and bring it back after at least ``away_s``."""
        ...


@dataclass(frozen=True, slots=True)
class PastFault:
    """One misfortune that was: from when to when, in the loop's seconds."""

    kind: str
    began_at: float
    ended_at: float

    def hit(self, from_s: float, to_s: float) -> bool:
        """Whether it happened to something that lasted from then to then."""
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
        wire: FaultyProxy,
        gateway: RestartableGateway,
        chance: random.Random,
        *,
        gap_s: tuple[float, float] = (1.0, 6.0),
    ) -> None:
        """``gap_s`` is the shortest and the longest time of peace between two faults."""
        self.faults: list[PastFault] = []
        self._wire = wire
        self._gateway = gateway
        self._chance = chance
        self._gap_s = gap_s
        self._bag: list[str] = []
        self._acts: dict[str, Callable[[], Awaitable[None]]] = {
            "cut": self._cut,
            "stalled": self._stall,
            "half-open": self._half_open,
            "delayed": lambda: self._weather(FrameFaults(delay_s=self._between(0.2, 2.0))),
            "duplicated": lambda: self._weather(FrameFaults(repeated=0.3)),
            "reordered": lambda: self._weather(FrameFaults(overtaken=0.3)),
            "frames lost": lambda: self._weather(FrameFaults(lost=0.1)),
            "restarted": lambda: self._gateway.restart(
                orderly=True, away_s=self._between(1.0, 12.0)
            ),
            "killed": lambda: self._gateway.restart(orderly=False, away_s=self._between(1.0, 25.0)),
        }

    async def run(self) -> None:
        """One fault after the other until cancelled; whatever is under way is finished first."""
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
        self._wire.cut()

    async def _half_open(self) -> None:
        self._wire.half_open()

    async def _stall(self) -> None:
        self._wire.stall()
        try:
            await asyncio.sleep(self._between(2.0, 30.0))
        finally:
            self._wire.flow()

    async def _weather(self, weather: FrameFaults) -> None:
        self._wire.weather = weather
        try:
            await asyncio.sleep(self._between(3.0, 10.0))
        finally:
            self._wire.weather = FrameFaults()

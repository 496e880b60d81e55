"""Turns over a connection that breaks in every way: ``python -m bench.gateway_faults``.

Several guilds ask at once, each in a session of its own with two people in it, while the network
and the Gateway suffer from one fault after the other, drawn from a fixed seed. What counts is what
the rooms would have heard (bench/listening_room.py). Against the simulator the clock jumps, so
that minutes with the constants of production pass in seconds.

The exit status is 1 if a question was lost, or something was spoken twice.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import random
import statistics
import sys
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from app.openclaw_agent import OpenClawAgent
from bench.fault_plan import Fault, FaultPlan, RestartableGateway
from bench.faulty_wire import FaultyWire
from bench.listening_room import Fate, Heard, listen, question
from bench.report import add_json_argument, write_json
from bench.story_gateway import genuine_gateway, simulated_gateway
from openclaw_client import DeviceStore, GatewayStats, OpenClawConfig, PerGuildOpenClawClient
from pipeline.ports import Speaker
from testing.jumping_loop import JumpingLoop

CHAPTERS = 5
"""Sentences in an answer: 35 words, at 80 ms some three seconds."""
GUILDS = 4
_PATIENCE_S = 600.0
"""After that a turn that has neither answer nor apology counts as lost."""


@dataclass(frozen=True, slots=True)
class FaultRun:
    """What was asked, what went wrong, and what the client says of it."""

    heard: list[Heard]
    faults: list[Fault]
    stats: GatewayStats
    seconds: float

    def count(self, fate: Fate, kind: str | None = None) -> int:
        """Questions of that fate; with a ``kind``, of those that such a fault has hit."""
        return sum(heard.fate is fate for heard in self._hit(kind))

    def slowest_s(self, kind: str | None = None) -> float:
        """The longest that somebody waited until all was said, or they were told."""
        return max((heard.ended_at - heard.asked_at for heard in self._hit(kind)), default=0.0)

    def median_s(self, kind: str | None = None) -> float:
        waits = [heard.ended_at - heard.asked_at for heard in self._hit(kind)]
        return statistics.median(waits) if waits else 0.0

    def hits(self, kind: str | None) -> int:
        return len(self._hit(kind))

    def _hit(self, kind: str | None) -> list[Heard]:
        if kind is None:
            return self.heard
        faults = [fault for fault in self.faults if fault.kind == kind]
        return [
            heard
            for heard in self.heard
            if any(fault.hit(heard.asked_at, heard.ended_at) for fault in faults)
        ]


async def fault_run(
    gateway: RestartableGateway, turns: int, seed: int, *, gap_s: tuple[float, float] = (1.0, 6.0)
) -> FaultRun:
    """Ask ``turns`` questions while everything breaks."""
    chance = random.Random(seed)
    clock = asyncio.get_running_loop().time
    began_at = clock()
    async with FaultyWire(gateway.port, random.Random(chance.random())) as wire:
        config = OpenClawConfig.model_validate(
            {"base_url": wire.url, "auth_token": gateway.token, "session_scope": "guild"}
        )
        plan = FaultPlan(wire, gateway, random.Random(chance.random()), gap_s=gap_s)
        with TemporaryDirectory() as folder:
            guilds = PerGuildOpenClawClient(
                config,
                chance=random.Random(chance.random()).random,
                devices=DeviceStore(Path(folder) / "device"),
            )
            async with guilds:
                await guilds.connect()
                heard = await _under_fire(plan, guilds, gateway.agent_id, turns, chance)
    return FaultRun(heard, plan.faults, guilds.stats, clock() - began_at)


async def _under_fire(
    plan: FaultPlan,
    guilds: PerGuildOpenClawClient,
    agent_id: str,
    turns: int,
    chance: random.Random,
) -> list[Heard]:
    misfortune = asyncio.create_task(plan.run())
    numbers = iter(range(turns))
    heard: list[Heard] = []

    async def person(ident: int) -> None:
        agent = OpenClawAgent(guilds.get_or_create(ident % GUILDS))
        pauses = random.Random(chance.random())
        for number in numbers:
            turn = question(agent_id, number, CHAPTERS, Speaker(ident, f"Person {ident}"))
            heard.append(await listen(agent, turn, number, CHAPTERS, patience_s=_PATIENCE_S))
            await asyncio.sleep(pauses.uniform(0.1, 3.0))

    try:
        async with asyncio.TaskGroup() as people:
            for ident in range(2 * GUILDS):
                people.create_task(person(ident))
    finally:
        misfortune.cancel()
        with suppress(asyncio.CancelledError):
            await misfortune
    return heard


def table(run: FaultRun) -> str:
    lines = [
        f"{'fault':14}{'times':>7}{'turns hit':>11}{'answered':>10}{'told':>6}{'lost':>6}"
        f"{'twice':>7}{'median s':>10}{'slowest s':>11}"
    ]
    times = Counter(fault.kind for fault in run.faults)
    for kind in (*FaultPlan.KINDS, None):
        counts = [run.count(fate, kind) for fate in Fate]
        lines.append(
            f"{kind or 'all':14}{times[kind] if kind else len(run.faults):7}{run.hits(kind):11}"
            f"{counts[0]:10}{counts[1]:6}{counts[2]:6}{counts[3]:7}"
            f"{run.median_s(kind):10.1f}{run.slowest_s(kind):11.1f}"
        )
    return "\n".join(lines)


def numbers(run: FaultRun) -> dict[str, Any]:
    """For the JSON report."""
    rows = {
        kind or "all": {
            "turns_hit": run.hits(kind),
            **{fate.value: run.count(fate, kind) for fate in Fate},
            "median_s": round(run.median_s(kind), 2),
            "slowest_s": round(run.slowest_s(kind), 2),
        }
        for kind in (*FaultPlan.KINDS, None)
    }
    return {"by_fault": rows, "faults": len(run.faults), "seconds": round(run.seconds, 1)}


async def _main(arguments: argparse.Namespace) -> FaultRun:
    async with genuine_gateway() if arguments.real else simulated_gateway() as gateway:
        return await fault_run(gateway, arguments.turns, arguments.seed)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--turns", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--real", action="store_true", help="a real OpenClaw Gateway, in real time")
    parser.add_argument("--show", action="store_true", help="also print what was told, and to whom")
    parser.add_argument("--log", default="CRITICAL", help="level of the client's log")
    add_json_argument(parser)
    arguments = parser.parse_args()
    logging.basicConfig(level=arguments.log)
    factory = None if arguments.real else JumpingLoop
    with asyncio.Runner(loop_factory=factory) as runner:
        run = runner.run(_main(arguments))
    if arguments.show:
        for heard in run.heard:
            if heard.fate is not Fate.ANSWERED:
                print(f"{heard.number:4} {heard.fate} {heard.why}")
                if heard.fate is not Fate.TOLD:
                    print("     ", *heard.spoken, sep="\n      ")
    print(table(run))
    print(f"{run.seconds:.0f} s of the run's own clock; {run.stats}")
    write_json(arguments.json, "gateway_faults", {"seed": arguments.seed, **numbers(run)})
    sys.exit(1 if run.count(Fate.LOST) or run.count(Fate.TWICE) else 0)


if __name__ == "__main__":
    main()

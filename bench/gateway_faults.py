"""Turns over a faulty connection: ``python -m bench.gateway_faults``.

Several guilds ask at once, each in its own session with two speakers. Meanwhile one fault of the
network or the Gateway follows the other, drawn from a fixed seed. The score is what the calls would
have played (bench/answer_check.py). Against the simulator it runs in virtual time, with the
production constants.

The exit status is 1 if a question was lost, or a sentence was spoken twice.
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
from bench.answer_check import AnswerResult, CheckedAnswer, ask, question
from bench.fault_plan import FaultPlan, PastFault, RestartableGateway
from bench.faulty_proxy import FaultyProxy
from bench.gateways import restartable_real_gateway, restartable_simulator
from bench.report import add_json_argument, write_json
from openclaw_client import DeviceStore, GatewayStats, OpenClawConfig, PerGuildOpenClawClient
from pipeline.ports import Speaker
from virtual_time import VirtualTimeLoop

CHAPTERS = 5
"""Sentences in an answer: 35 words, at 80 ms some three seconds."""
GUILDS = 4
_PATIENCE_S = 600.0
"""A turn without answer or apology counts as lost after this time."""


@dataclass(frozen=True, slots=True)
class FaultRun:
    """The answers and the faults of one run, and the client's statistics."""

    answers: list[CheckedAnswer]
    faults: list[PastFault]
    stats: GatewayStats
    seconds: float

    def count(self, result: AnswerResult, kind: str | None = None) -> int:
        """Number of questions with that result; with ``kind``, among those hit by such a fault."""
        return sum(answer.result is result for answer in self._hit(kind))

    def slowest_s(self, kind: str | None = None) -> float:
        """The longest wait until the end of an answer or an apology."""
        return max((answer.ended_at - answer.asked_at for answer in self._hit(kind)), default=0.0)

    def median_s(self, kind: str | None = None) -> float:
        waits = [answer.ended_at - answer.asked_at for answer in self._hit(kind)]
        return statistics.median(waits) if waits else 0.0

    def hits(self, kind: str | None) -> int:
        return len(self._hit(kind))

    def _hit(self, kind: str | None) -> list[CheckedAnswer]:
        if kind is None:
            return self.answers
        faults = [fault for fault in self.faults if fault.kind == kind]
        return [
            answer
            for answer in self.answers
            if any(fault.hit(answer.asked_at, answer.ended_at) for fault in faults)
        ]


async def fault_run(
    gateway: RestartableGateway, turns: int, seed: int, *, gap_s: tuple[float, float] = (1.0, 6.0)
) -> FaultRun:
    """Ask ``turns`` questions while the fault plan runs."""
    chance = random.Random(seed)
    clock = asyncio.get_running_loop().time
    began_at = clock()
    async with FaultyProxy(gateway.port, random.Random(chance.random())) as proxy:
        config = OpenClawConfig.model_validate(
            {"base_url": proxy.url, "auth_token": gateway.token, "session_scope": "guild"}
        )
        plan = FaultPlan(proxy, gateway, random.Random(chance.random()), gap_s=gap_s)
        with TemporaryDirectory() as folder:
            guilds = PerGuildOpenClawClient(
                config,
                chance=random.Random(chance.random()).random,
                devices=DeviceStore(Path(folder) / "device"),
            )
            async with guilds:
                await guilds.connect()
                answers = await _ask_all(plan, guilds, gateway.agent_id, turns, chance)
    return FaultRun(answers, plan.faults, guilds.stats, clock() - began_at)


async def _ask_all(
    plan: FaultPlan,
    guilds: PerGuildOpenClawClient,
    agent_id: str,
    turns: int,
    chance: random.Random,
) -> list[CheckedAnswer]:
    faults = asyncio.create_task(plan.run())
    numbers = iter(range(turns))
    answers: list[CheckedAnswer] = []

    async def person(ident: int) -> None:
        agent = OpenClawAgent(guilds.get_or_create(ident % GUILDS))
        pauses = random.Random(chance.random())
        for number in numbers:
            turn = question(agent_id, number, CHAPTERS, Speaker(ident, f"Person {ident}"))
            answers.append(await ask(agent, turn, number, CHAPTERS, patience_s=_PATIENCE_S))
            await asyncio.sleep(pauses.uniform(0.1, 3.0))

    try:
        async with asyncio.TaskGroup() as people:
            for ident in range(2 * GUILDS):
                people.create_task(person(ident))
    finally:
        faults.cancel()
        with suppress(asyncio.CancelledError):
            await faults
    return answers


def table(run: FaultRun) -> str:
    lines = [
        f"{'fault':14}{'times':>7}{'turns hit':>11}{'answered':>10}{'told':>6}{'lost':>6}"
        f"{'twice':>7}{'median s':>10}{'slowest s':>11}"
    ]
    times = Counter(fault.kind for fault in run.faults)
    for kind in (*FaultPlan.KINDS, None):
        counts = [run.count(result, kind) for result in AnswerResult]
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
            **{result.value: run.count(result, kind) for result in AnswerResult},
            "median_s": round(run.median_s(kind), 2),
            "slowest_s": round(run.slowest_s(kind), 2),
        }
        for kind in (*FaultPlan.KINDS, None)
    }
    return {"by_fault": rows, "faults": len(run.faults), "seconds": round(run.seconds, 1)}


async def _main(arguments: argparse.Namespace) -> FaultRun:
    async with restartable_real_gateway() if arguments.real else restartable_simulator() as gateway:
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
    factory = None if arguments.real else VirtualTimeLoop.with_sockets
    with asyncio.Runner(loop_factory=factory) as runner:
        run = runner.run(_main(arguments))
    if arguments.show:
        for answer in run.answers:
            if answer.result is not AnswerResult.ANSWERED:
                print(f"{answer.number:4} {answer.result} {answer.why}")
                if answer.result is not AnswerResult.TOLD:
                    print("     ", *answer.spoken, sep="\n      ")
    print(table(run))
    print(f"{run.seconds:.0f} s of the run's own clock; {run.stats}")
    write_json(arguments.json, "gateway_faults", {"seed": arguments.seed, **numbers(run)})
    sys.exit(1 if run.count(AnswerResult.LOST) or run.count(AnswerResult.TWICE) else 0)


if __name__ == "__main__":
    main()

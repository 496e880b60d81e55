"""Our client's overhead over a bare `websockets` script: ``python -m bench.gateway_overhead``.

Both ask the same Gateway for the same answer in turn, each in its own session, and stop it at its
first words. Measured are the acknowledgement, the first words at the client, and, from the decision
to stop, the event that ends the run, as one observer receives it for both.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import statistics
import time
from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import dataclass, fields
from typing import Any, Final

from bench.answer_check import story
from bench.bare_client import BareClient
from bench.gateways import restartable_real_gateway, restartable_simulator
from bench.report import add_json_argument, machine, now, write_json
from openclaw_client import OpenClawClient, create_client
from openclaw_client.stats import Histogram
from pipeline.latency import percentile

_MESSAGE: Final = f"#first=100 #delay=80 #say: {story(1, 20)}"
_WARM_UP: Final = 3
_OURS: Final = "agent:jarvis:discord:dm:ours"
_BARE: Final = "agent:jarvis:discord:dm:bare"


@dataclass(frozen=True, slots=True)
class Times:
    """One turn, in ms; the first two since the request, the last since the stop."""

    ack_ms: float
    first_delta_ms: float
    abort_ms: float


class _Moments(Histogram):
    """Notes when the client has counted something, besides counting it."""

    __slots__ = ("last",)

    def add(self, seconds: float) -> None:
        self.last = time.perf_counter()
        Histogram.add(self, seconds)


async def _bare(bare: BareClient) -> Times:
    first, aborted = bare.moment(_BARE, "delta"), bare.moment(_BARE, "aborted")
    asked = time.perf_counter()
    run_id, acknowledged = await bare.begin(_BARE, _MESSAGE)
    begun = await first
    stopped = time.perf_counter()
    await bare.ask("chat.abort", sessionKey=_BARE, runId=run_id)
    return _times(asked, acknowledged, begun, stopped, await aborted)


async def _ours(client: OpenClawClient, acks: _Moments, bare: BareClient) -> Times:
    aborted = bare.moment(_OURS, "aborted")
    asked = time.perf_counter()
    async with aclosing(client.stream("jarvis", _MESSAGE, speaker="ours")) as deltas:
        await anext(deltas)
        begun = time.perf_counter()
        stopped = time.perf_counter()
    return _times(asked, acks.last, begun, stopped, await aborted)


def _times(asked: float, acked: float, begun: float, stopped: float, aborted: float) -> Times:
    return Times((acked - asked) * 1000, (begun - asked) * 1000, (aborted - stopped) * 1000)


async def compare(url: str, token: str, turns: int) -> tuple[list[Times], list[Times]]:
    """``turns`` turns of the bare script and of our client, alternating."""
    async with BareClient(url, token) as bare, create_client(url, token, "jarvis") as client:
        acks = client.stats.ack = _Moments()
        of_bare: list[Times] = []
        of_ours: list[Times] = []
        for number in range(_WARM_UP + turns):
            # The second client finds a warmer Gateway.
            for ours in (number % 2 == 0, number % 2 == 1):
                times = await (_ours(client, acks, bare) if ours else _bare(bare))
                await asyncio.sleep(0.1)
                if number >= _WARM_UP:
                    (of_ours if ours else of_bare).append(times)
        return of_bare, of_ours


def rows(bare: Sequence[Times], ours: Sequence[Times]) -> dict[str, dict[str, float]]:
    """Medians, 90th percentiles and the ratio of the medians, by measurement."""
    found = {}
    for field in fields(Times):
        of_bare = [getattr(times, field.name) for times in bare]
        of_ours = [getattr(times, field.name) for times in ours]
        median_bare, median_ours = statistics.median(of_bare), statistics.median(of_ours)
        found[field.name.removesuffix("_ms")] = {
            "bare_ms": round(median_bare, 2),
            "ours_ms": round(median_ours, 2),
            "more_ms": round(median_ours - median_bare, 2),
            "ratio": round(median_ours / median_bare, 3),
            "bare_p90_ms": round(percentile(of_bare, 90), 2),
            "ours_p90_ms": round(percentile(of_ours, 90), 2),
        }
    return found


def table(found: dict[str, dict[str, float]]) -> str:
    columns = ("bare_ms", "ours_ms", "more_ms", "ratio", "bare_p90_ms", "ours_p90_ms")
    lines = [f"{'median of':12}" + "".join(f"{column:>13}" for column in columns)]
    for name, row in found.items():
        lines.append(f"{name:12}" + "".join(f"{row[column]:13.2f}" for column in columns))
    return "\n".join(lines)


async def _main(arguments: argparse.Namespace) -> dict[str, Any]:
    gateway = (
        restartable_real_gateway() if arguments.real else restartable_simulator(first_token_s=0.1)
    )
    async with gateway as there:
        url = f"ws://127.0.0.1:{there.port}"
        return rows(*await compare(url, there.token, arguments.turns))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--turns", type=int, default=50, help="of each")
    parser.add_argument("--real", action="store_true", help="a real OpenClaw Gateway")
    add_json_argument(parser)
    arguments = parser.parse_args()
    logging.basicConfig(level=logging.ERROR)
    found = asyncio.run(_main(arguments))
    gateway = "a real OpenClaw Gateway" if arguments.real else "the simulator"
    print(f"{arguments.turns} turns of each on {gateway}; {machine()}; {now()}")
    print(table(found))
    write_json(arguments.json, "gateway_overhead", {"gateway": gateway, "times": found})


if __name__ == "__main__":
    main()

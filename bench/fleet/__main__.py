"""Nodes on one Gateway: ``python -m bench.fleet``, with ``--real`` on the real OpenClaw.

Three measurements: the latencies of one node, many nodes at a time, and what cuts of the network
lose or double. The exit status is 1 if a message or a memory was lost or arrived twice, or a line
was not taken by the Gateway.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import sys
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.fleet.cuts import KINDS, CutResult, container_jobs, cut_run, kind_of
from bench.fleet.latencies import Latencies, LatencyRun
from bench.fleet.many_nodes import ManyNodes, many_nodes
from bench.fleet.stage import Fleet, measured_gateway
from bench.report import add_json_argument, add_page_argument, write_json, write_table


async def _main(arguments: argparse.Namespace) -> tuple[list[Latencies], ManyNodes, CutResult]:
    with TemporaryDirectory() as name:
        folder = Path(name)
        async with measured_gateway(real=arguments.real) as gateway:
            async with Fleet(gateway, folder / "many") as fleet:
                many = await many_nodes(fleet, arguments.nodes)
            async with Fleet(gateway, folder / "one") as fleet:
                one = await LatencyRun(fleet, arguments.times, arguments.messages).run()
            with container_jobs(folder / "engine"):
                cuts = await cut_run(
                    gateway, folder / "cuts", cuts=arguments.cuts, nodes=3, seed=arguments.seed
                )
            return one, many, cuts


def rows(one: list[Latencies], many: ManyNodes, cuts: CutResult) -> list[tuple[str, str]]:
    """The results, a row each."""
    found = [(each.what, words(each)) for each in one]
    memory = ""
    if many.memory_before is not None and many.memory_after is not None:
        before, after = many.memory_before / 1e6, many.memory_after / 1e6
        memory = f"; the Gateway's memory {before:.0f} → {after:.0f} MB"
    found += [
        (
            f"{many.nodes} nodes that connect at the same time",
            f"all connected after {many.connected_s:.1f} s, approved after "
            f"{many.approved_s:.1f} s more{memory}",
        ),
        (f"{many.nodes} nodes: {many.commands.what}", words(many.commands)),
        (f"{many.nodes} nodes: {many.lists.what}", words(many.lists)),
        (
            f"{cuts.cuts} cuts of the network within {cuts.seconds:.0f} s",
            f"{'; '.join(counted(cuts))}; {len(cuts.untaken)} lines not taken by the Gateway; "
            f"{cuts.repeated} deliveries repeated",
        ),
    ]
    return found


def counted(cuts: CutResult) -> list[str]:
    """Of each kind how many were sent, lost and doubled, in words."""
    sent, lost, doubled = (
        Counter(map(kind_of, marks)) for marks in (cuts.sent, cuts.lost, cuts.doubled)
    )
    return [
        f"{sent[kind]} {name}: {lost[kind]} lost, {doubled[kind]} doubled"
        for kind, name in KINDS.items()
    ]


def words(latencies: Latencies) -> str:
    """The measurements in words, or why there are none."""
    if not latencies.ms:
        return f"skipped: {latencies.skipped}"
    return (
        f"p50 {latencies.percentile(0.5):.0f} ms, p95 {latencies.percentile(0.95):.0f} ms "
        f"(n = {len(latencies.ms)})"
    )


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.fleet", description=__doc__)
    parser.add_argument("--real", action="store_true", help="a real OpenClaw Gateway")
    parser.add_argument("--times", type=int, default=150, help="measurements of what is quick")
    parser.add_argument("--messages", type=int, default=15, help="messages to a person")
    parser.add_argument("--nodes", type=int, default=50)
    parser.add_argument("--cuts", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--log", default="CRITICAL", help="level of the nodes' log")
    add_json_argument(parser)
    add_page_argument(parser)
    arguments = parser.parse_args()
    logging.basicConfig(level=arguments.log)
    one, many, cuts = asyncio.run(_main(arguments))
    gateway = "OpenClaw" if arguments.real else "simulator"
    table = rows(one, many, cuts)
    for what, result in table:
        print(f"{what:60} {result}")
    if cuts.lost or cuts.doubled:
        print(f"lost: {', '.join(cuts.lost)}; doubled: {', '.join(cuts.doubled)}")
    numbers = {
        "gateway": gateway,
        "seed": arguments.seed,
        "latencies": [each.as_json() for each in one],
        "many_nodes": many.as_json(),
        "cuts": cuts.as_json(),
    }
    write_json(arguments.json, "fleet", numbers)
    write_table(arguments.page, f"fleet on {gateway}", ("what", "result"), table)
    sys.exit(1 if cuts.wrong else 0)


if __name__ == "__main__":
    main()

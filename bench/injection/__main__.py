"""Attempts to instruct the agent, and how they reach it: ``python -m bench.injection``.

Some fifty attempts: words of others, asides, another bot, commands of the Gateway; nicknames, names
of servers and channels, results of tools, and what an agent writes. For each the table tells in
which field it reached an agent, and whether all holds: the frame of the turn, the speaker, the
session, no command of the Gateway, no hidden text; and on Discord no notification and no address
that hides another. With ``--speech`` some are also said in Kokoro's voices and heard by Whisper.

The exit status is 1 if anything does not hold. What a model makes of the words is not measured.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import sys
from collections.abc import Sequence
from dataclasses import asdict

from bench.injection.answers import posted_results, spoken_result
from bench.injection.attempts import ANSWERS, SPOKEN, TOOL_RESULTS, WRITTEN_NAMES
from bench.injection.rooms import AttemptResult, Heard, gateway, room_result
from bench.injection.tools import tool_result
from bench.report import add_json_argument, write_json
from virtual_time import VirtualTimeLoop

_LONGEST_REAL_S = 600.0


async def virtual_results(heard: Heard | None = None) -> list[AttemptResult]:
    """The attempts that need no Discord, in virtual time; with ``heard`` the neural ones alone."""
    async with gateway() as simulator:
        attempts = [*SPOKEN, *WRITTEN_NAMES]
        if heard is not None:
            attempts = [each for each in SPOKEN if each.neural]
        results = [await room_result(attempt, simulator, heard) for attempt in attempts]
    if heard is None:
        results += [await tool_result(attempt) for attempt in TOOL_RESULTS]
        results += [await spoken_result(each) for each in ANSWERS if each.way == "spoken"]
    return results


def all_results() -> list[AttemptResult]:
    """Every attempt, without speech."""
    return [*_run(None), *asyncio.run(posted_results())]


def _run(heard: Heard | None) -> list[AttemptResult]:
    def new_loop() -> VirtualTimeLoop:
        return VirtualTimeLoop(longest_s=_LONGEST_REAL_S, sockets=True)

    with asyncio.Runner(loop_factory=new_loop) as runner:
        return runner.run(virtual_results(heard))


def table(results: Sequence[AttemptResult]) -> str:
    """A row for each attempt: where it arrived, and whether all held."""
    rows = ["| attempt | way | reached the agent, or members, as | held |", "|---|---|---|---|"]
    for each in results:
        held = "yes" if not each.broken else f"NO: {'; '.join(each.broken)}"
        way = "spoken" if each.spoken else "written"
        reached = ", ".join(place.rpartition(" (")[0] for place in each.reached) or "not at all"
        rows.append(f"| {each.title} | {way} | {reached} | {held} |")
    return "\n".join(rows)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.injection", description=__doc__)
    parser.add_argument("--speech", action="store_true", help="also through Kokoro and Whisper")
    add_json_argument(parser)
    arguments = parser.parse_args()
    logging.basicConfig(level=logging.ERROR)
    results = all_results()
    print(table(results))
    heard: list[AttemptResult] = []
    if arguments.speech:
        from bench.injection.speech import neural_words

        heard = _run(neural_words())
        print(f"\nIn neural voices, as Whisper heard them:\n\n{table(heard)}")
        for each in heard:
            print(f"- {each.title}: {' / '.join(each.said)}")
    failed = sum(bool(each.broken) for each in (*results, *heard))
    ways = [each.spoken for each in results]
    print(
        f"\n{len(results)} attempts, {sum(ways)} spoken and {len(ways) - sum(ways)} written"
        + (f"; {len(heard)} of them also in neural voices" if heard else "")
        + f": {failed} did not hold."
    )
    write_json(
        arguments.json,
        "injection",
        {"attempts": [asdict(each) for each in results], "neural": [asdict(e) for e in heard]},
    )
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()

"""Outages of Discord and what comes of a call in them: ``python -m bench.faults``.

The real bot is in a call of the simulated Discord, and a member says a word a second. Each play
breaks one thing for 5 s to 10 min, stops the bot, or has a moderator end the call or move the bot,
with and without an outage. The clock jumps, so hours with the production constants pass in minutes.

``told``: seconds from the beginning until the text channel said so. ``back``: seconds from the end
until the bot heard again. ``lost``: seconds of speech that it did not hear. The exit status is 1 if
a call did not come back, ended without a reason, went on after a member ended it, or left tasks,
sockets or threads behind.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import sys
import threading
from collections.abc import Callable, Coroutine, Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final, TypeAlias

from bench.report import add_json_argument, write_json
from testing.outage_harness import WORD_EVERY_S, NotInTime, OutageHarness, outage_harness
from testing.outages import (
    AWAY,
    MEMBER_ACTIONS,
    NO_OUTAGE,
    REFUSALS,
    RESTARTS,
    SHOWN_IN,
    MemberAction,
    Outage,
)
from testing.virtual_time import VirtualTimeLoop

LENGTHS_S: Final = (5.0, 30.0, 120.0, 600.0)
_BACK_WITHIN_S: Final = 90.0
"""The longest pause between attempts, of ours and of discord.py's, and what one attempt takes."""
Run: TypeAlias = Callable[[Path], Coroutine[Any, Any, "FaultResult"]]
_QUIET_S: Final = 60.0
"""So long a call that has ended is watched for a bot that comes back."""


@dataclass(frozen=True, slots=True)
class FaultResult:
    """What came of one play. Times are None for what did not happen."""

    kind: str
    length_s: float
    outcome: str
    told_s: float | None
    back_s: float | None
    lost_s: float
    left_behind: tuple[str, ...]
    good: bool


async def outage(kind: Outage, length_s: float, folder: Path) -> FaultResult:
    """Something breaks for ``length_s``."""
    async with outage_harness(folder) as here:
        await asyncio.sleep(3.0)
        began, told = here.now, len(here.told)
        await kind.begin(here)
        await asyncio.sleep(length_s)
        await kind.end(here)
        ended = here.now
        try:
            await here.until(lambda: here.heard_since(ended), _BACK_WITHIN_S, "heard again")
            back_s = next(at for at in here.heard_at if at >= ended) - ended
            what = "back"
        except NotInTime:
            back_s, what = None, "not back"
        await asyncio.sleep(5.0)
        first = here.told[told][0] - began if len(here.told) > told else None
        lost_s = _gaps_s([began, *(at for at in here.heard_at if at >= began)])
        left = tuple(_left_behind(here, here.room.name))
        return FaultResult(
            kind.name, length_s, what, first, back_s, lost_s, left, back_s is not None and not left
        )


async def act(deed: MemberAction, kind: Outage, folder: Path) -> FaultResult:
    """Play a member's act, during an outage or without one."""
    async with outage_harness(folder) as here:
        await asyncio.sleep(3.0)
        await kind.begin(here)
        if kind is not NO_OUTAGE:
            await asyncio.sleep(5.0)
            shown = lambda: here.sim.bot_channel(here.guild) is not None  # noqa: E731
            await here.until(shown, 60.0, "the bot shown in the channel, so that it can be put out")
        did, told = here.now, len(here.told)
        deed.do(here)
        await asyncio.sleep(5.0)
        await kind.end(here)
        await asyncio.sleep(_QUIET_S)
        where = here.sim.bot_channel(here.guild)
        first = here.told[told][0] - did if len(here.told) > told else None
        what = "ended" if where is None and not here.bot.sessions else "goes on"
        if not deed.ends:
            left = tuple(_left_behind(here, here.other.name))
        else:
            left = () if what == "ended" else ("a call",)
        name = deed.name if kind is NO_OUTAGE else f"{deed.name}, {kind.name}"
        good = (what == "ended") == deed.ends and not left and (first is not None or not deed.ends)
        return FaultResult(name, here.now - did, what, first, None, 0.0, left, good)


def _gaps_s(heard_at: Sequence[float]) -> float:
    """Seconds of speech in which nothing was heard: the pauses beyond those between the words."""
    pauses = (later - earlier for earlier, later in pairwise(heard_at))
    return sum(pause - WORD_EVERY_S for pause in pauses if pause > 2 * WORD_EVERY_S)


def _left_behind(here: OutageHarness, room: str) -> Iterator[str]:
    """What should not be there when all is well again."""
    yield from here.sim.violations
    shown = here.sim.bot_channel(here.guild)
    if shown is None or shown.name != room:
        yield f"shown in {shown.name if shown else 'no channel'}"
    if len(here.bot.sessions) != 1:
        yield f"{len(here.bot.sessions)} sessions"
    if len(here.bot.voice_clients) != 1:
        yield f"{len(here.bot.voice_clients)} voice clients"
    beating = [each for each in threading.enumerate() if "voice-keep-alive" in each.name]
    if len(beating) != 1:
        yield f"{len(beating)} beating voice websockets"
    pollers = [each for each in asyncio.all_tasks() if each.get_name() == "Voice websocket poller"]
    if len(pollers) != 1:
        yield f"{len(pollers)} voice connections"


def scenarios(lengths_s: Sequence[float], codes_s: float) -> Iterator[tuple[str, Run]]:
    """Every play by its name; it takes a folder for the bot's state."""
    for length_s in lengths_s:
        for kind in (*AWAY, *RESTARTS):
            yield kind.name, partial(outage, kind, length_s)
    for kind in REFUSALS:
        yield kind.name, partial(outage, kind, codes_s)
    for deed in MEMBER_ACTIONS:
        for kind in (NO_OUTAGE, *SHOWN_IN):
            yield f"{deed.name}, {kind.name}", partial(act, deed, kind)


def line(each: FaultResult) -> str:
    told = "-" if each.told_s is None else f"{each.told_s:.1f}"
    back = "-" if each.back_s is None else f"{each.back_s:.1f}"
    return (
        f"{each.kind:46}{each.length_s:8.0f}  {each.outcome:10}{told:>8}{back:>8}"
        f"{each.lost_s:9.1f}  {'' if each.good else 'WRONG '}{'; '.join(each.left_behind)}"
    )


HEAD: Final = (
    f"{'what':46}{'for s':>8}  {'came of it':10}{'told s':>8}{'back s':>8}{'lost s':>9}  left over"
)


def run_scenario(run: Run) -> FaultResult:
    """One, on a loop and in a folder of its own."""
    with (
        TemporaryDirectory() as folder,
        asyncio.Runner(loop_factory=VirtualTimeLoop.with_sockets) as runner,
    ):
        return runner.run(run(Path(folder)))


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.faults", description=__doc__)
    parser.add_argument("--lengths", type=float, nargs="+", default=LENGTHS_S, metavar="S")
    parser.add_argument("--codes", type=float, default=30.0, metavar="S", help="of each close code")
    parser.add_argument("--only", default="", metavar="TEXT", help="plays with this in their name")
    parser.add_argument("--log", default="CRITICAL", help="level of the bot's log")
    add_json_argument(parser)
    arguments = parser.parse_args()
    logging.basicConfig(level=arguments.log)
    print(HEAD)
    outcomes = []
    for name, run in scenarios(arguments.lengths, arguments.codes):
        if arguments.only in name:
            outcomes.append(run_scenario(run))
            print(line(outcomes[-1]), flush=True)
    write_json(arguments.json, "faults", {"outcomes": [asdict(each) for each in outcomes]})
    wrong = sum(not each.good for each in outcomes)
    print(f"{len(outcomes)} plays, {wrong} wrong")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()

"""How a call survives Discord's faults: ``python -m bench.discord_faults``.

The real bot is in a call of the simulated Discord, and a member says a word a second. Each scenario
breaks one thing for 5 s to 10 min, or troubles the call in another way, stops the bot, or has a
moderator end the call or move the bot, with and without an outage. It runs in virtual time with the
production constants.

``seen``: seconds from the start until the bot itself knew. ``told``: until a message in the text
channel. ``back``: seconds from the end until the bot heard again. ``lost``: seconds of speech that
it did not hear. The exit status is 1 if a call did not recover, ended without a reason, continued
after a member ended it, did not tell what it must, lost speech that it need not, or left tasks,
sockets or threads behind.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import re
import sys
import threading
from collections.abc import Callable, Coroutine, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final, TypeAlias

from bench.report import add_json_argument, add_page_argument, write_json, write_table
from bench.resources import Resources, left_over
from testing.call_troubles import PEOPLE, TROUBLES
from testing.outage_harness import WORD_EVERY_S, NotInTime, OutageHarness, outage_harness
from testing.outages import (
    AWAY,
    MEMBER_ACTIONS,
    NO_OUTAGE,
    REFUSALS,
    RESTARTS,
    SHOWN_IN,
    TOLD_WITHIN_S,
    MemberAction,
    Outage,
)
from virtual_time import VirtualTimeLoop

LENGTHS_S: Final = (5.0, 30.0, 120.0, 600.0)
_BACK_WITHIN_S: Final = 90.0
"""The longest delay between attempts, ours and discord.py's, and the time of one attempt."""
Run: TypeAlias = Callable[[Path], Coroutine[Any, Any, "FaultResult"]]
SILENT: Final = (PEOPLE[-1],)
"""Outages without speech, in which no speech can be lost."""
_LOOK_S: Final = 0.1
_SHOWN: Final = 60
_PAGE_TOLD: Final = 90
_QUIET_S: Final = 60.0
"""Time after the end of a call in which the bot must not come back."""


@dataclass(frozen=True, slots=True)
class FaultResult:
    """The result of one scenario. A time is None if the event did not happen."""

    kind: str
    length_s: float
    outcome: str
    seen_s: float | None
    told_s: float | None
    told: str
    """The first message of the bot, in one line."""
    back_s: float | None
    lost_s: float
    left_behind: tuple[str, ...]
    good: bool


async def outage(kind: Outage, length_s: float, folder: Path) -> FaultResult:
    """Run an outage of ``length_s``."""
    async with outage_harness(folder) as harness:
        await asyncio.sleep(3.0)
        began, told = harness.now, len(harness.told)
        seen = asyncio.create_task(_first_seen(harness, began))
        await kind.begin(harness)
        await asyncio.sleep(length_s)
        await kind.end(harness)
        ended = harness.now
        try:
            await harness.until(lambda: harness.heard_since(ended), _BACK_WITHIN_S, "heard again")
            back_s = next(at for at in harness.heard_at if at >= ended) - ended
            what = "back"
        except NotInTime:
            back_s, what = None, "not back"
        await asyncio.sleep(5.0)
        seen.cancel()
        seen_s = (await asyncio.gather(seen, return_exceptions=True))[0]
        told_s, text = _first_told(harness, told, began)
        quiet = 0.0 if kind in SILENT else None
        lost_s = _gaps_s([began, *(at for at in harness.heard_at if at >= began)])
        lost_s = lost_s if quiet is None else quiet
        left = [*_left_behind(harness, harness.room.name)]
        if kind.must_tell and (told_s is None or told_s > TOLD_WITHIN_S):
            left.append("told late" if told_s is not None else "not told")
        if kind.loses_s is not None and lost_s > kind.loses_s:
            left.append(f"lost more than {kind.loses_s:g} s")
        return FaultResult(
            kind=kind.name,
            length_s=length_s,
            outcome=what,
            seen_s=seen_s if isinstance(seen_s, float) else None,
            told_s=told_s,
            told=text,
            back_s=back_s,
            lost_s=lost_s,
            left_behind=tuple(left),
            good=back_s is not None and not left,
        )


async def _first_seen(harness: OutageHarness, began: float) -> float:
    """Seconds until the call itself reports a problem or an obstacle."""
    while True:
        session = harness.bot.sessions.get(harness.guild.id)
        if session is not None and (session.problem() or session.obstacles()):
            return harness.now - began
        await asyncio.sleep(_LOOK_S)


def _first_told(harness: OutageHarness, before: int, since: float) -> tuple[float | None, str]:
    """When the bot first told something after its first ``before`` messages, and what."""
    if len(harness.told) <= before:
        return None, ""
    at, text = harness.told[before]
    return at - since, " ".join(text.split())


async def member_action(action: MemberAction, kind: Outage, folder: Path) -> FaultResult:
    """Run a member's action, during an outage or without one."""
    async with outage_harness(folder) as harness:
        await asyncio.sleep(3.0)
        await kind.begin(harness)
        if kind is not NO_OUTAGE:
            await asyncio.sleep(5.0)
            shown = lambda: harness.sim.bot_channel(harness.guild) is not None  # noqa: E731
            await harness.until(shown, 60.0, "the bot shown in the channel, for the action")
        did, told = harness.now, len(harness.told)
        action.do(harness)
        await asyncio.sleep(5.0)
        await kind.end(harness)
        await asyncio.sleep(_QUIET_S)
        where = harness.sim.bot_channel(harness.guild)
        told_s, text = _first_told(harness, told, did)
        what = "ended" if where is None and not harness.bot.sessions else "goes on"
        if not action.ends:
            left = tuple(_left_behind(harness, harness.other.name))
        else:
            left = () if what == "ended" else ("a call",)
        name = action.name if kind is NO_OUTAGE else f"{action.name}, {kind.name}"
        return FaultResult(
            kind=name,
            length_s=harness.now - did,
            outcome=what,
            seen_s=None,
            told_s=told_s,
            told=text,
            back_s=None,
            lost_s=0.0,
            left_behind=left,
            good=(what == "ended") == action.ends
            and not left
            and (told_s is not None or not action.ends),
        )


def _gaps_s(heard_at: Sequence[float]) -> float:
    """Seconds of speech that were not heard: the gaps beyond those between the words."""
    pauses = (later - earlier for earlier, later in pairwise(heard_at))
    return sum(pause - WORD_EVERY_S for pause in pauses if pause > 2 * WORD_EVERY_S)


def _left_behind(harness: OutageHarness, room: str) -> Iterator[str]:
    """What is wrong or left over after the recovery."""
    yield from harness.sim.violations
    shown = harness.sim.bot_channel(harness.guild)
    if shown is None or shown.name != room:
        yield f"shown in {shown.name if shown else 'no channel'}"
    if len(harness.bot.sessions) != 1:
        yield f"{len(harness.bot.sessions)} sessions"
    if len(harness.bot.voice_clients) != 1:
        yield f"{len(harness.bot.voice_clients)} voice clients"
    beating = [each for each in threading.enumerate() if "voice-keep-alive" in each.name]
    if len(beating) != 1:
        yield f"{len(beating)} beating voice websockets"
    pollers = [each for each in asyncio.all_tasks() if each.get_name() == "Voice websocket poller"]
    if len(pollers) != 1:
        yield f"{len(pollers)} voice connections"


def scenarios(lengths_s: Sequence[float], codes_s: float) -> Iterator[tuple[str, Run]]:
    """Every scenario by name; it takes a folder for the bot's state."""
    for length_s in lengths_s:
        for kind in (*AWAY, *RESTARTS):
            yield kind.name, partial(outage, kind, length_s)
    for kind in (*REFUSALS, *TROUBLES):
        yield kind.name, partial(outage, kind, codes_s)
    for action in MEMBER_ACTIONS:
        for kind in (NO_OUTAGE, *SHOWN_IN):
            yield f"{action.name}, {kind.name}", partial(member_action, action, kind)


def line(each: FaultResult) -> str:
    times = "".join(
        f"{'-' if at is None else format(at, '.1f'):>8}"
        for at in (each.seen_s, each.told_s, each.back_s)
    )
    wrong = "" if each.good else f"  WRONG {'; '.join(each.left_behind)}"
    return (
        f"{each.kind:46}{each.length_s:8.0f}  {each.outcome:10}{times}{each.lost_s:9.1f}"
        f"  {each.told[:_SHOWN]}{wrong}"
    )


HEAD: Final = (
    f"{'what':46}{'for s':>8}  {'result':10}{'seen s':>8}{'told s':>8}{'back s':>8}{'lost s':>9}"
    "  what it told; what is wrong"
)


_PAGE_HEAD: Final = (
    "what", "for s", "result", "seen s", "told s", "back s", "lost s", "left behind", "told first"
)  # fmt: skip


def _page_row(each: FaultResult) -> list[str]:
    """A row of the table in the docs."""
    times = ["" if at is None else f"{at:.1f}" for at in (each.seen_s, each.told_s, each.back_s)]
    told = re.sub(r"<#\d+>", "#Room", each.told.partition(". ")[0])
    told = re.sub(r"<@\d+>", "@Ben", told).strip(".")
    told = told if len(told) <= _PAGE_TOLD else f"{told[:_PAGE_TOLD].rpartition(' ')[0]} ..."
    left = "; ".join(each.left_behind) or "nothing"
    return [
        each.kind,
        f"{each.length_s:.0f}",
        each.outcome,
        *times,
        f"{each.lost_s:.1f}",
        left,
        told,
    ]


def run_scenario(run: Run) -> FaultResult:
    """Run one scenario on its own loop, in its own folder; then nothing of it may be left."""

    async def alone(folder: Path) -> FaultResult:
        before = Resources.now()
        result = await run(folder)
        left = await left_over(before)
        return replace(
            result, left_behind=(*result.left_behind, *left), good=result.good and not left
        )

    with (
        TemporaryDirectory() as folder,
        asyncio.Runner(loop_factory=VirtualTimeLoop.with_sockets) as runner,
    ):
        return runner.run(alone(Path(folder)))


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.discord_faults", description=__doc__)
    parser.add_argument("--lengths", type=float, nargs="+", default=LENGTHS_S, metavar="S")
    parser.add_argument("--codes", type=float, default=30.0, metavar="S", help="for a close code")
    parser.add_argument(
        "--only", default="", metavar="TEXT", help="scenarios with this in their name"
    )
    parser.add_argument("--log", default="CRITICAL", help="level of the bot's log")
    add_json_argument(parser)
    add_page_argument(parser)
    arguments = parser.parse_args()
    logging.basicConfig(level=arguments.log)
    print(HEAD)
    outcomes = []
    for name, run in scenarios(arguments.lengths, arguments.codes):
        if arguments.only in name:
            outcomes.append(run_scenario(run))
            print(line(outcomes[-1]), flush=True)
    write_json(arguments.json, "discord_faults", {"outcomes": [asdict(each) for each in outcomes]})
    write_table(arguments.page, "faults", _PAGE_HEAD, map(_page_row, outcomes))
    wrong = sum(not each.good for each in outcomes)
    print(f"{len(outcomes)} scenarios, {wrong} wrong")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()

"""Hours of use in minutes: ``python -m bench.soak --minutes 20 --rooms 10``.

The whole bot in real time, between both simulators, with the fixture model. In every room members
come, call the bot, talk to it, go, move it, and a moderator or Discord troubles the call; now and
then the gateway or the REST API fails for all. Several times a run all members leave, and what the
process holds is counted: tasks, threads, descriptors, and the objects of the project's own classes
with the bytes in them. The first count is after a warm-up. The exit status is 1 if any of them
grows, a command has no answer, a call does not come back, or the simulators saw a violation.

What counts as a growth: `bench.soak_result`.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import random
import sys
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from pathlib import Path
from typing import Final

from bench.many_rooms import CHATTER, BusyRoom, ManyRooms, many_rooms
from bench.report import add_json_argument, add_page_argument, write_json, write_table
from bench.resources import (
    Resources,
    clear_bounded_caches,
    own_bytes,
    own_objects,
    tasks_by_name,
    threads_by_name,
)
from bench.soak_result import (
    CALLS_AN_OBJECT,
    PAGE_HEAD,
    SoakCount,
    SoakResult,
    grows,
    in_words,
    report,
    slope,
)
from pipeline.events import ReplyBegan, TurnDecided
from simulators.discord import SimulatorError
from testing.outages import VOICE_CODES

QUESTIONS: Final = ("Jarvis, what time is it?", "Jarvis, tell me a joke.")
PHRASES: Final = (*CHATTER, *(("Alice", each) for each in QUESTIONS))
COUNTS: Final = 5
"""How often the process is counted, the count after the warm-up included."""
_WARM_UP: Final = 0.2
"""The share of the time before the first count."""
_BACK_S: Final = 45.0
_RETURN_S: Final = 5.0
"""So long after an outage a command may still be lost with the old session."""
_QUIET_S: Final = 17.0
"""HTTP connections stay open for 15 s without use."""
_ALONE_S: Final = 5.0
"""After so long without members the bot leaves a call, in all rooms."""
_OUTAGE_S: Final = (1.0, 6.0)
_STEP_S: Final = (0.2, 1.5)
_SETTLE_S: Final = 120.0
"""The longest wait, after the last call, for what is still being closed."""


class Soak:
    """Runs all rooms; ``chance`` draws what happens."""

    def __init__(self, here: ManyRooms, seconds: float, chance: random.Random) -> None:
        self.result = SoakResult(len(here.rooms), seconds)
        self._here = here
        self._sim = here.harness.discord
        self._chance = chance
        self._seconds = seconds
        self._running = asyncio.Event()
        self._idle: set[BusyRoom] = set()
        self._outage = False
        """Whether an outage of all rooms is going on."""
        self._outage_over_at = float("-inf")
        self._tasks: list[Counter[str]] = []
        self._threads: list[Counter[str]] = []
        self._objects: list[Counter[str]] = []
        self._bytes: list[Counter[str]] = []
        here.harness.bot.observers.append(self._observe)

    async def run(self) -> SoakResult:
        began = time.monotonic()
        workers = [asyncio.create_task(self._room(each)) for each in self._here.rooms]
        workers.append(asyncio.create_task(self._outages()))
        try:
            for number in range(COUNTS):
                share = _WARM_UP + (1 - _WARM_UP) * number / (COUNTS - 1)
                self._running.set()
                await asyncio.sleep(max(0.0, began + share * self._seconds - time.monotonic()))
                self._running.clear()
                await self._everything_over()
                if number == COUNTS - 1:
                    await self._settled()
                self._count(time.monotonic() - began)
        finally:
            for each in workers:
                each.cancel()
            await asyncio.gather(*workers, return_exceptions=True)
        self._judge()
        return self.result

    # -- what happens ------------------------------------------------------------------------

    async def _room(self, room: BusyRoom) -> None:
        while True:
            self._idle.add(room)
            await self._running.wait()
            self._idle.discard(room)
            began = time.monotonic()
            try:
                await self._call(room)
            except (SimulatorError, TimeoutError) as error:
                # A member cannot be answered while Discord's API or gateway fails.
                if self._outage_over_at < began - _RETURN_S and not self._outage:
                    self._fail(f"{room.guild.name}: {error}")
                else:
                    self._did("calls that an outage cut off")
                await room.all_leave()

    async def _call(self, room: BusyRoom) -> None:
        """One call: the members come, talk and suffer, and go."""
        await room.all_join()
        await room.command("Alice", "join")
        self._did("calls")
        acts: tuple[Callable[[BusyRoom], Awaitable[None]], ...] = (
            self._ask, self._ask, self._chat, self._come_and_go, self._trouble, self._status
        )  # fmt: skip
        for _ in range(self._chance.randint(3, 8)):
            if not self._running.is_set():
                break
            await self._chance.choice(acts)(room)
            await asyncio.sleep(self._chance.uniform(*_STEP_S))
        if self._chance.random() < 0.7:
            await room.command("Alice", "leave")
        else:
            if self._sim.bot_channel(room.guild) is not None:
                self._did("kicked")
                self._sim.kick(room.guild)
            await room.command("Alice", "leave")
        await room.all_leave()

    async def _ask(self, room: BusyRoom) -> None:
        text = self._chance.choice(QUESTIONS)
        pcm = await self._here.harness.speech("Alice", text)
        self._did("questions")
        await room.people["Alice"].say(pcm)
        await asyncio.sleep(1.5)

    async def _chat(self, room: BusyRoom) -> None:
        talking = [(room.people[who], who, text) for who, text in CHATTER]
        present = [each for each in talking if each[0].channel is not None]
        said = [await self._here.harness.speech(who, text) for _, who, text in present]
        self._did("chatter")
        speaking = zip(present, said, strict=True)
        await asyncio.gather(*(person.say(pcm) for (person, _, _), pcm in speaking))

    async def _come_and_go(self, room: BusyRoom) -> None:
        person = room.people[self._chance.choice(("Bob", "Carol", "Dave"))]
        self._did("comings and goings")
        if person.channel is None:
            await person.join(room.channel)
        else:
            await person.leave()

    async def _status(self, room: BusyRoom) -> None:
        self._did("commands")
        await room.command("Alice", self._chance.choice(("status", "why")))

    async def _trouble(self, room: BusyRoom) -> None:
        """A fault of the room's call; the bot must be back before the call goes on."""
        guild = room.guild
        if self._sim.bot_channel(guild) is None:
            return
        kind = self._chance.choice(("closed", "aborted", "region", "muted", "dragged"))
        self._did(kind)
        if kind == "closed":
            self._sim.close_voice(guild, self._chance.choice(VOICE_CODES))
        elif kind == "aborted":
            self._sim.abort_voice(guild)
        elif kind == "region":
            self._sim.change_region(room.channel, self._chance.choice(("rotterdam", "japan")))
        elif kind == "muted":
            self._sim.mute(guild)
            await asyncio.sleep(1.0)
            if self._sim.bot_channel(guild) is not None:
                self._sim.mute(guild, False)
        else:
            self._sim.drag(room.other)
            await asyncio.sleep(1.0)
            if self._sim.bot_channel(guild) is not None:
                self._sim.drag(room.channel)
        await asyncio.sleep(1.0)
        await self._back(room)

    async def _back(self, room: BusyRoom) -> None:
        """
        Raises:
            TimedOut: the bot did not come back.
        """
        session = self._here.harness.bot.sessions.get(room.guild.id)
        if session is not None and session.channel is not None:
            here = session.channel.id == room.channel.id
            await self._sim.wait_for_call(room.channel if here else room.other, _BACK_S)

    async def _outages(self) -> None:
        """Troubles of all rooms at once."""
        while True:
            await asyncio.sleep(self._chance.uniform(8.0, 20.0))
            await self._running.wait()
            kind = self._chance.choice(("gateway resumed", "gateway new session", "REST away"))
            self._did(kind)
            self._outage = True
            if kind == "REST away":
                self._sim.faults.rest_away = True
                await asyncio.sleep(self._chance.uniform(*_OUTAGE_S) / 3)
                self._sim.faults.rest_away = False
            else:
                self._sim.drop_gateway(resumable=kind == "gateway resumed", abruptly=True)
                await asyncio.sleep(0.5)
                await self._sim.wait_for_bot(_BACK_S)
            self._outage, self._outage_over_at = False, time.monotonic()

    # -- counting ----------------------------------------------------------------------------

    async def _everything_over(self) -> None:
        async with asyncio.timeout(180.0):
            while len(self._idle) < len(self._here.rooms):  # noqa: ASYNC110 - several rooms
                await asyncio.sleep(0.1)
        bot = self._here.harness.bot
        try:
            async with asyncio.timeout(_BACK_S):
                while bot.sessions or bot.voice_clients:  # noqa: ASYNC110 - no event
                    await asyncio.sleep(0.1)
        except TimeoutError:
            self._fail(f"calls that do not end: {sorted(bot.sessions)}")
        await self._quiet()

    async def _quiet(self) -> None:
        """Wait until idle HTTP connections have closed: nothing has changed for `_QUIET_S`."""
        clock = asyncio.get_running_loop().time
        end, before, since = clock() + 4 * _QUIET_S, Resources.now(), clock()
        while clock() < end and clock() - since < _QUIET_S:
            await asyncio.sleep(0.5)
            if (held := Resources.now()) != before:
                before, since = held, clock()

    async def _settled(self) -> None:
        """Wait until there is no more than at the first count, or `_SETTLE_S`."""
        first = self.result.counts[0]
        before = Resources(first.tasks, first.threads, first.descriptors)
        for _ in range(int(_SETTLE_S)):
            if not Resources.now().beyond(before):
                return
            await asyncio.sleep(1.0)

    def _count(self, at_s: float) -> None:
        self._here.harness.events.clear()  # the harness keeps every event
        clear_bounded_caches()
        held, objects, sizes = Resources.now(), own_objects(), own_bytes()
        self._objects.append(objects)
        self._bytes.append(sizes)
        self._tasks.append(tasks_by_name())
        self._threads.append(threads_by_name())
        count = SoakCount(
            round(at_s, 1), held.tasks, held.threads, held.descriptors, _memory_mb(),
            objects.total(), round(sizes.total() / 1000, 1), self.result.done.get("calls", 0),
        )  # fmt: skip
        self.result.counts.append(count)
        print(count, flush=True)

    def _judge(self) -> None:
        self.result.more_tasks = dict(self._tasks[-1] - self._tasks[0])
        self.result.more_threads = dict(self._threads[-1] - self._threads[0])
        for violation in self._sim.violations:
            if "not answered within" in violation or "Unknown interaction" in violation:
                continue  # counted where the member waited for the answer
            self._fail(f"violation: {violation}")
        names = set().union(*self._objects)
        for name in sorted(names):
            series = [each[name] for each in self._objects]
            if grows(series, self.result.calls_between / CALLS_AN_OBJECT):
                self.result.growing[name] = series
        more = self._bytes[-1] - self._bytes[0]
        self.result.larger_kb = {
            name: [round(each[name] / 1000, 1) for each in self._bytes]
            for name, _ in more.most_common(5)
        }
        counts = self.result.counts
        self.result.memory_slope_mb_per_h = round(
            slope([(each.at_s / 3600, each.memory_mb) for each in counts]), 1
        )

    def _observe(self, event: object) -> None:
        if isinstance(event, TurnDecided) and event.addressed:
            self.result.questions += 1
        if isinstance(event, ReplyBegan):
            self.result.replies += 1

    def _did(self, kind: str) -> None:
        self.result.done[kind] = self.result.done.get(kind, 0) + 1

    def _fail(self, what: str) -> None:
        self.result.failures.append(what)
        print(what, flush=True)


def _memory_mb() -> float:
    """The resident memory of this process; 0 where the system does not say."""
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[1])
    except (OSError, ValueError):
        return 0.0
    return round(pages * 4096 / 1e6, 1)


async def soak(rooms: int, minutes: float, seed: int) -> SoakResult:
    """Run ``rooms`` rooms for some minutes."""
    async with many_rooms(rooms) as here:
        await here.speech(PHRASES)
        for room in here.rooms:
            settings = here.harness.services.guilds.settings
            await settings.set(room.guild.id, "leave_when_alone_s", _ALONE_S)
        return await Soak(here, minutes * 60, random.Random(seed)).run()


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=20.0)
    parser.add_argument("--rooms", type=int, default=10)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--log", default="CRITICAL", help="level of the bot's log")
    add_json_argument(parser)
    add_page_argument(parser)
    arguments = parser.parse_args()
    logging.basicConfig(level=arguments.log)
    result = asyncio.run(soak(arguments.rooms, arguments.minutes, arguments.seed))
    numbers = report(result)
    for name in (
        "done",
        "questions",
        "replies",
        "growth",
        "more_tasks",
        "more_threads",
        "growing",
        "larger_kb",
        "memory_slope_mb_per_h",
    ):
        print(f"{name}: {numbers[name]}")
    print(f"{len(result.failures)} failures; {'good' if result.good else 'WRONG'}")
    write_json(arguments.json, "soak", numbers)
    rows = [tuple(asdict(each).values()) for each in result.counts]
    write_table(arguments.page, "soak", PAGE_HEAD, rows, in_words(result))
    sys.exit(0 if result.good else 1)


if __name__ == "__main__":
    main()

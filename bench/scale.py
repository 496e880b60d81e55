"""How many rooms one process serves: ``python -m bench.scale --rooms 1 2 4 8``.

The whole bot in real time, between both simulators in the same process. In each room four members
talk: three of them at the same time, then the fourth asks the agent. The latency runs from the last
sample of the question to the first audible packet of the answer, at the simulated Discord. Speech
to text is the fixture model, or with ``--real`` Whisper base and Kokoro's voices for the members;
the bot speaks through espeak-ng.

The table has for each number of rooms: the latency and its ratio to the first row, the questions
without an answer within `PATIENCE_S`, the cores in use (with the simulators), and how late the
event loop was. Then the stages whose median grew most. The largest number of rooms whose median
stays within `WITHIN` times that of the first row is the last line.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import logging
import os
import random
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Final

from bench.many_rooms import CHATTER, BusyRoom, ManyRooms, many_rooms
from bench.named_questions import CountingAgent, speech_of
from bench.report import add_json_argument, add_page_argument, write_json, write_table
from models.registry import FIXTURE
from pipeline.events import ReplyBegan, RoomEvent, TurnDecided
from pipeline.latency import TOTAL, LatencyTable, TurnLatency, percentile
from simulators.discord import TimedOut

WITHIN: Final = 1.5
PATIENCE_S: Final = 10.0
REAL: Final = "base"
QUESTION: Final = "Jarvis, what time is it?"
ROUND_S: Final = 12.0
"""From one question of a room to its next."""
_MEMBER_VOICES: Final = {
    "Alice": "af_sarah", "Bob": "am_adam", "Carol": "bf_alice", "Dave": "bm_lewis"
}  # fmt: skip
_LOOK_S: Final = 0.01
_STAGES: Final = 3
"""Stages that are named as those that grew most."""


@dataclass(frozen=True, slots=True)
class ScaleRow:
    """What was measured with one number of rooms."""

    rooms: int
    questions: int
    answered: int
    understood: int
    """Questions that speech to text got right, word for word."""
    median_ms: float
    p95_ms: float
    cores: float
    """Processor seconds of this process a second, the simulators' included."""
    loop_late_p95_ms: float
    loop_late_most_ms: float
    stages_ms: dict[str, float] = field(default_factory=dict)
    """The median of each stage of the latency, as the bot itself measured it."""


class Scale:
    """Measures one number of rooms."""

    def __init__(self, here: ManyRooms, rounds: int, chance: random.Random) -> None:
        self._here = here
        self._rounds = rounds
        self._chance = chance
        self._waits: list[float] = []
        self._asked = self._understood = 0
        self._latencies: list[TurnLatency] = []
        self._late: list[float] = []
        here.harness.bot.observers.append(self._observe)

    async def run(self) -> ScaleRow:
        rooms = self._here.rooms
        for room in rooms:
            await room.all_join()
            await room.command("Alice", "join")
            await self._here.harness.discord.wait_for_call(room.channel, 30.0)
        lateness = asyncio.create_task(self._watch_the_loop())
        cpu, began = time.process_time(), time.monotonic()
        await asyncio.gather(*(self._room(each) for each in rooms))
        cores = (time.process_time() - cpu) / (time.monotonic() - began)
        lateness.cancel()
        await asyncio.gather(lateness, return_exceptions=True)
        waits = self._waits or [float("inf")]
        return ScaleRow(
            rooms=len(rooms),
            questions=self._asked,
            answered=len(self._waits),
            understood=self._understood,
            median_ms=round(percentile(waits, 50)),
            p95_ms=round(percentile(waits, 95)),
            cores=round(cores, 2),
            loop_late_p95_ms=round(percentile(self._late, 95) * 1000, 1),
            loop_late_most_ms=round(max(self._late) * 1000, 1),
            stages_ms={
                row.stage: round(row.median_ms, 1) for row in LatencyTable(self._latencies).rows()
            },
        )

    async def _room(self, room: BusyRoom) -> None:
        await asyncio.sleep(self._chance.uniform(0.0, ROUND_S))
        for _ in range(self._rounds):
            end = time.monotonic() + ROUND_S
            talkers = [(room.people[who], who, text) for who, text in CHATTER]
            said = [await self._here.harness.speech(who, text) for _, who, text in talkers]
            await asyncio.gather(
                *(talker[0].say(pcm) for talker, pcm in zip(talkers, said, strict=True))
            )
            await self._ask(room)
            await asyncio.sleep(max(0.0, end - time.monotonic()))

    async def _ask(self, room: BusyRoom) -> None:
        alice = room.people["Alice"]
        pcm = await self._here.harness.speech("Alice", QUESTION)
        self._asked += 1
        ended = await alice.say(pcm) + 0.02
        with contextlib.suppress(TimedOut):
            first = await alice.hearing.wait_for_sound(ended, PATIENCE_S)
            self._waits.append((first - ended) * 1000)
            await alice.hearing.wait_for_quiet(0.3, PATIENCE_S)

    def _observe(self, event: RoomEvent) -> None:
        if isinstance(event, ReplyBegan):
            self._latencies.append(event.latency)
        if isinstance(event, TurnDecided):
            self._understood += event.text == QUESTION

    async def _watch_the_loop(self) -> None:
        clock = asyncio.get_running_loop().time
        while True:
            due = clock() + _LOOK_S
            await asyncio.sleep(_LOOK_S)
            self._late.append(max(0.0, clock() - due))


async def measure(rooms: int, rounds: int, seed: int, *, real: bool) -> ScaleRow:
    """Measure ``rooms`` rooms for some rounds."""
    agents = (CountingAgent("jarvis", "Jarvis"), CountingAgent("sage", "Sage"))
    size = REAL if real else FIXTURE
    async with many_rooms(rooms, model_size=size, agents=agents) as here:
        for who, text in (*CHATTER, ("Alice", QUESTION)):
            if real:
                pcm = await asyncio.to_thread(speech_of, text, _MEMBER_VOICES[who])
                here.harness.keep_speech(who, text, pcm)
            else:
                await here.harness.speech(who, text)
        return await Scale(here, rounds, random.Random(seed)).run()


def within(rows: Sequence[ScaleRow]) -> int:
    """The largest number of rooms up to which every median is within `WITHIN` times the first, and
    every question was answered; 0 for none."""
    best = 0
    for row in rows:
        if row.median_ms > WITHIN * rows[0].median_ms or row.answered < row.questions:
            break
        best = row.rooms
    return best


def grown(rows: Sequence[ScaleRow]) -> list[tuple[str, float, float]]:
    """The stages whose median grew most from the first row to the last, with both medians."""
    first, last = rows[0].stages_ms, rows[-1].stages_ms
    names = [each for each in first if each in last and each != TOTAL]
    names.sort(key=lambda each: first[each] - last[each])
    return [(each, first[each], last[each]) for each in names[:_STAGES]]


HEAD: Final = (
    f"{'rooms':>5}{'asked':>7}{'answered':>9}{'understood':>11}{'median ms':>11}{'p95 ms':>8}"
    f"{'ratio':>7}{'cores':>7}{'loop late p95 ms':>18}{'most':>8}"
)


_PAGE_HEAD: Final = (
    "rooms", "asked", "answered", "understood", "median ms", "p95 ms", "ratio", "cores in use",
    "event loop late, p95 ms", "at most ms",
)  # fmt: skip


def _page_row(row: ScaleRow, first: ScaleRow) -> list[str]:
    """A row of the table in the docs."""
    return [
        *map(str, (row.rooms, row.questions, row.answered, row.understood)),
        f"{row.median_ms:.0f}",
        f"{row.p95_ms:.0f}",
        f"{row.median_ms / first.median_ms:.2f}",
        f"{row.cores:.2f}",
        f"{row.loop_late_p95_ms:.1f}",
        f"{row.loop_late_most_ms:.0f}",
    ]


def line(row: ScaleRow, first: ScaleRow) -> str:
    return (
        f"{row.rooms:5}{row.questions:7}{row.answered:9}{row.understood:11}{row.median_ms:11.0f}"
        f"{row.p95_ms:8.0f}{row.median_ms / first.median_ms:7.2f}{row.cores:7.2f}"
        f"{row.loop_late_p95_ms:18.1f}{row.loop_late_most_ms:8.0f}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.scale", description=__doc__)
    parser.add_argument("--rooms", type=int, nargs="+", default=(1, 2, 4, 6, 8, 12, 16))
    parser.add_argument("--rounds", type=int, default=5, help="questions of each room")
    parser.add_argument("--real", action="store_true", help="Whisper base instead of the fixture")
    parser.add_argument("--cores", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    add_json_argument(parser)
    add_page_argument(parser)
    arguments = parser.parse_args()
    logging.basicConfig(level=logging.CRITICAL)
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[: arguments.cores])
    rows: list[ScaleRow] = []
    print(HEAD)
    for count in arguments.rooms:
        run = measure(count, arguments.rounds, arguments.seed, real=arguments.real)
        rows.append(asyncio.run(run))
        print(line(rows[-1], rows[0]), flush=True)
    stages = [
        f"{stage}: {before:.0f} ms with {rows[0].rooms}, {after:.0f} ms with {rows[-1].rooms}"
        for stage, before, after in grown(rows)
    ]
    print(*stages, f"within {WITHIN:g} times: {within(rows)} rooms", sep="\n")
    after = [
        "The stages whose median grew most: " + "; ".join(stages) + ".",
        f"The largest number of rooms within {WITHIN:g} times the first row: {within(rows)}.",
    ]
    name = "scale with Whisper base" if arguments.real else "scale with the fixture model"
    write_table(
        arguments.page, name, _PAGE_HEAD, (_page_row(each, rows[0]) for each in rows), after
    )
    numbers = {
        "model": REAL if arguments.real else FIXTURE,
        "cores": arguments.cores,
        "rows": [asdict(each) for each in rows],
        "within": within(rows),
    }
    write_json(arguments.json, "scale", numbers)


if __name__ == "__main__":
    main()

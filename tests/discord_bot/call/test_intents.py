"""The queue of intents: in order, the last one holds, and each gets one true outcome."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass, field
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from discord_bot.call.intents import Intent, IntentKind, IntentOutcome, IntentQueue
from discord_bot.call.voice_channel import VoiceChannel
from discord_bot.errors import CouldNotConnect
from tasks import OwnedTasks
from translations import verbatim
from virtual_time import VirtualTimeLoop

pytestmark = pytest.mark.virtual_time

JOIN_S, LEAVE_S = 1.0, 0.3


@dataclass
class Bot:
    """Where the bot is; joining and leaving take a while, and joining can be given up."""

    at: str | None = None
    did: list[str] = field(default_factory=list)
    repeated: list[str] = field(default_factory=list)
    refuses: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.tasks = OwnedTasks(logging.getLogger("test"))
        self.queue = IntentQueue(
            self.carry_out, lambda intent: self.repeated.append(str(intent.by)), self.tasks
        )

    async def carry_out(self, intent: Intent, stop: asyncio.Event) -> bool:
        before = self.at
        if intent.channel is None:
            await asyncio.sleep(LEAVE_S)
            self.at = None
        else:
            try:
                async with asyncio.timeout(JOIN_S):
                    await stop.wait()
                if "broken" in self.refuses:
                    raise RuntimeError("a bug")
                raise CouldNotConnect(verbatim("given up"))
            except TimeoutError:
                pass
            if str(intent.channel) in self.refuses:
                raise RuntimeError("refused")
            self.at = str(intent.channel)
        self.did.append(f"{intent.kind.value} {intent.channel or ''}".strip())
        return before != self.at

    def want(
        self, kind: str, channel: str | None = None, by: str = "Ben"
    ) -> asyncio.Future[IntentOutcome]:
        place = cast(VoiceChannel | None, channel)
        return self.queue.submit(Intent(kind=IntentKind(kind), channel=place, by=verbatim(by)))


async def test_of_two_joins_the_last_holds_and_the_first_is_told_of_it() -> None:
    bot = Bot()
    first, second = bot.want("join", "Room", "Alice"), bot.want("join", "Other", "Ben")
    lost = await first
    assert lost.later is not None
    assert str(lost.later.by) == "Ben"
    assert str(lost.later.channel) == "Other"
    assert await second == IntentOutcome(changed=True)
    assert (bot.at, bot.did) == ("Other", ["join Other"])


async def test_joins_to_one_channel_are_one_join() -> None:
    bot = Bot()
    wanted = [bot.want("join", "Room", by) for by in ("Alice", "Ben", "Carol")]
    assert [await each for each in wanted] == [IntentOutcome(changed=True)] * 3
    assert bot.did == ["join Room"]
    assert bot.repeated == ["Ben", "Carol"]


async def test_equal_joins_share_an_error() -> None:
    bot = Bot(refuses={"Room"})
    for each in [bot.want("join", "Room"), bot.want("join", "Room")]:
        with pytest.raises(RuntimeError, match="refused"):
            await each


@pytest.mark.parametrize("wait_s", [0.0, JOIN_S / 2])
async def test_a_leave_during_a_join_holds(wait_s: float) -> None:
    bot = Bot()
    joining = bot.want("join", "Room")
    await asyncio.sleep(wait_s)
    leaving = bot.want("leave")
    assert (await joining).later is not None
    assert (await leaving).later is None
    assert bot.at is None


async def test_a_join_after_a_leave_begins_after_it() -> None:
    bot = Bot(at="Room")
    leaving, joining = bot.want("leave"), bot.want("join", "Room")
    assert await leaving == IntentOutcome(changed=True)
    assert await joining == IntentOutcome(changed=True)
    assert bot.did == ["leave", "join Room"]


async def test_a_move_during_a_join_holds() -> None:
    bot = Bot()
    joining, moved = bot.want("join", "Room"), bot.want("moved", "Other")
    lost = (await joining).later
    assert lost is not None
    assert lost.kind is IntentKind.MOVED
    await moved
    assert bot.at == "Other"


async def test_what_discord_reports_during_a_leave_belongs_to_the_old_call() -> None:
    bot = Bot(at="Room")
    leaving = bot.want("leave")
    await asyncio.sleep(LEAVE_S / 2)
    assert await bot.want("moved", "Other") == IntentOutcome()
    assert await bot.want("removed") == IntentOutcome()
    await leaving
    await asyncio.sleep(5)
    assert (bot.at, bot.did) == (None, ["leave"])


async def test_a_shutdown_gives_up_a_join_and_refuses_what_comes() -> None:
    bot = Bot()
    joining = bot.want("join", "Room")
    await asyncio.sleep(JOIN_S / 2)
    await bot.queue.close(Intent(kind=IntentKind.SHUTDOWN))
    for outcome in (await joining, await bot.want("join", "Other"), await bot.want("leave")):
        assert outcome.later is not None
        assert outcome.later.kind is IntentKind.SHUTDOWN
    assert bot.did == []


async def test_what_is_weak_gives_way() -> None:
    bot = Bot()
    joining = bot.want("join", "Room")
    assert bot.queue.submit_if_idle(Intent(kind=IntentKind.END)) is None
    await joining
    assert bot.queue.submit_if_idle(Intent(kind=IntentKind.END)) is not None


async def test_a_cancelled_worker_leaves_none_without_an_outcome() -> None:
    bot = Bot()
    wanted = [bot.want("leave"), bot.want("join", "Room")]
    await asyncio.sleep(0)
    await bot.tasks.aclose()
    assert [await each for each in wanted] == [IntentOutcome(), IntentOutcome()]


STEP = st.tuples(
    st.sampled_from(
        [
            ("join", "A"),
            ("join", "B"),
            ("join", "C"),
            ("leave", None),
            ("moved", "B"),
            ("removed", None),
        ]
    ),
    st.sampled_from([0.0, 0.0, LEAVE_S / 2, JOIN_S / 2, 2 * JOIN_S]),
)


@given(st.lists(STEP, min_size=1, max_size=12))
def test_any_sequence_ends_in_what_the_last_of_them_said(
    steps: list[tuple[tuple[str, str | None], float]],
) -> None:
    async def run() -> None:
        bot, wanted = Bot(), []
        last: str | None = None
        for (kind, channel), pause_s in steps:
            running = bot.queue._running
            reported = kind in ("moved", "removed")
            dropped = reported and running is not None and running.intent.ends
            wanted.append((kind, channel, bot.want(kind, channel)))
            if not dropped:
                last = channel
            await asyncio.sleep(pause_s)
        outcomes = [(kind, channel, await future) for kind, channel, future in wanted]
        assert bot.at == last
        assert bot.queue.idle
        for kind, channel, outcome in outcomes:
            if kind == "leave":
                assert outcome.later is None, "a leave is always carried out"
            if kind == "join" and outcome.later is None:
                assert f"join {channel}" in bot.did

    with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
        runner.run(run())


@pytest.mark.parametrize("broken", [False, True])
async def test_a_bug_in_an_intent_that_is_replaced_is_logged(
    broken: bool, caplog: pytest.LogCaptureFixture
) -> None:
    bot = Bot(refuses={"broken"} if broken else set())
    first = bot.want("join", "room")
    await asyncio.sleep(JOIN_S / 2)
    last = bot.want("leave")
    assert (await first).later is not None
    await last
    assert ("an intent failed that a later one replaces" in caplog.text) is broken

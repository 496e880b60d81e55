"""Messages to people: whom they reach, once, and critical ones until acknowledged."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from fleet.notify.commands import HumanCommands
from fleet.notify.limits import SessionLimits
from fleet.notify.messages import NoRecipient, People, TooManyMessages
from fleet.notify.settings import NotifySettings
from fleet.outbox import Outbox
from fleet.urgency import UrgencyLevel
from openclaw_client.errors import (
    BadArguments,
    CannotNow,
    GatewayUnreachable,
    NotYet,
    OutOfReach,
    RequestFailed,
)
from openclaw_client.node.commands import CommandCall, NodeCommands
from testing.manual_clock import ManualClock, eventually

ALICE = {"name": "Alice", "channel": "telegram", "to": "alices-chat"}
BOB = {"name": "Bob", "channel": "discord", "to": "7", "from_urgency": "high"}


class World:
    """The ways to people, and what went over them."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, str, str, bool]] = []
        self.keys: list[str] = []
        self.written: list[tuple[str, str]] = []
        self.spoken: list[tuple[str, str]] = []
        self.buttons: list[str | None] = []
        self.calls: list[int] = []
        self.failure: Exception | None = None

    async def send(self, channel: str, to: str, text: str, *, key: str, silent: bool) -> None:
        if self.failure is not None:
            raise self.failure
        self.keys.append(key)
        self.sent.append((channel, to, text, silent))

    async def write(self, member_id: str, text: str, acknowledge: str | None) -> None:
        if self.failure is not None:
            raise self.failure
        self.buttons.append(acknowledge)
        self.written.append((member_id, text))

    def speak(self, text: str, urgency: UrgencyLevel, acknowledge: str | None) -> list[int]:
        assert (acknowledge is not None) is (urgency == "critical")
        self.spoken.append((text, urgency))
        return self.calls


async def pass_time_until(clock: ManualClock, true: Callable[[], object]) -> None:
    """Let time pass in seconds, with room for the threads that write files."""
    for _ in range(3_000):
        if true():
            return
        await clock.advance(1)
        await asyncio.sleep(0.002)
    raise AssertionError("3,000 seconds passed in vain")


@pytest.fixture
def world() -> World:
    return World()


@asynccontextmanager
async def people(
    folder: Path, clock: ManualClock, world: World, **given: Any
) -> AsyncIterator[People]:
    settings = NotifySettings.model_validate({"recipients": [ALICE, BOB], **given})
    async with Outbox(folder / "outbox", clock=clock, chance=lambda: 0.5) as outbox:
        told = People(settings, outbox, folder, machine="box2", clock=clock, wall=clock.time)
        told.ways.send, told.ways.write, told.ways.speak = world.send, world.write, world.speak
        async with told:
            yield told


async def test_the_urgency_decides_whom_it_reaches_and_how(
    tmp_path: Path, clock: ManualClock, world: World
) -> None:
    async with people(tmp_path, clock, world) as told:
        await told.tell("one", "low")
        await told.tell("two", "normal")
        await told.tell("three", "high")
        await eventually(lambda: len(world.sent) == 3 and world.written)
    assert world.sent == [
        ("telegram", "alices-chat", "box2: one", True),
        ("telegram", "alices-chat", "box2: two", False),
        ("telegram", "alices-chat", "[high] box2: three", False),
    ]
    assert world.written == [("7", "[high] box2: three")]
    assert world.spoken == [("three", "high")]


async def test_a_channel_narrows_it_but_a_critical_message_goes_by_every_way(
    tmp_path: Path, clock: ManualClock, world: World
) -> None:
    async with people(tmp_path, clock, world) as told:
        queued = await told.tell("fire", "high", "discord")
        assert [each.name for each in queued.recipients] == ["Bob"]
        queued = await told.tell("fire", "critical", "discord")
        assert [each.name for each in queued.recipients] == ["Alice", "Bob"]


async def test_an_outage_and_a_restart_send_it_once_under_one_key(
    tmp_path: Path, clock: ManualClock, world: World
) -> None:
    world.failure = GatewayUnreachable("no answer")
    async with people(tmp_path, clock, world) as told:
        queued = await told.tell("one", "normal")
        await clock.advance(30)
        assert world.sent == []
    world.failure = None
    async with people(tmp_path, clock, world):
        await eventually(lambda: world.sent)
    assert world.keys == [f"{queued.id}-0"]


@pytest.mark.parametrize(
    ("failure", "kept"),
    [
        (RequestFailed("send", "INVALID_REQUEST", "unsupported channel: telegram"), False),
        (RequestFailed("send", "UNAVAILABLE", "starting", retry_after_s=1.0), True),
        (
            RequestFailed("send", "INTERNAL", "queued", {"code": "OUTBOUND_DELIVERY_QUEUED"}),
            True,
        ),
        (CannotNow("they accept no messages"), False),
        (NotYet("the bot has not logged in to Discord yet"), True),
    ],
)
async def test_only_what_may_pass_is_repeated(
    tmp_path: Path, clock: ManualClock, world: World, failure: Exception, kept: bool
) -> None:
    world.failure = failure
    async with people(tmp_path, clock, world) as told:
        await told.tell("one", "normal")
        await clock.advance(0.5)
        world.failure = None
        await clock.advance(120)
    assert bool(world.sent) is kept


async def test_a_critical_message_is_repeated_until_a_person_acknowledges_it(
    tmp_path: Path, clock: ManualClock, world: World
) -> None:
    async with people(tmp_path, clock, world, repeat_after_s=60) as told:
        queued = await told.tell("fire", "critical")
        await eventually(lambda: len(world.sent) == 1)
        await pass_time_until(clock, lambda: len(world.spoken) == 4 and len(world.sent) == 4)
        assert len(set(world.keys)) == 4
        assert world.spoken == [("fire", "critical")] * 4
        assert set(world.buttons) == {queued.id}, "also those of the repeats"
        heard: list[tuple[str, str, str]] = []
        told.on_acknowledged(lambda message, by, how: heard.append((message.id, by, how)))
        acknowledged = told.acknowledge(by="Alice", how="by voice")
        assert acknowledged is not None
        assert (acknowledged.id, acknowledged.repeats) == (queued.id, 3)
        await clock.advance(600)
        assert len(world.sent) == 4
        assert told.acknowledge(queued.id, by="Bob", how="by a button") is None
        assert heard == [(queued.id, "Alice", "by voice")]


async def test_a_repeat_that_waits_for_its_channel_ends_with_the_acknowledgement(
    tmp_path: Path, clock: ManualClock, world: World
) -> None:
    async with people(tmp_path, clock, world, repeat_after_s=60) as told:
        await told.tell("fire", "critical")
        await eventually(lambda: len(world.sent) == 1)
        world.failure = GatewayUnreachable("no answer")
        await pass_time_until(clock, lambda: told.open[0].repeats == 2)
        assert told.acknowledge(by="Alice", how="by voice") is not None
        world.failure = None
        await clock.advance(300)
        assert len(world.sent) == 1


async def test_what_was_told_lately_is_known_by_its_repeats(
    tmp_path: Path, clock: ManualClock, world: World
) -> None:
    async with people(tmp_path, clock, world, repeat_after_s=120) as told:
        await told.tell("fire", "critical", session="agent:sage:main")
        assert [each.session for each in told.heard_lately(60)] == ["agent:sage:main"]
        await clock.advance(70)
        assert told.heard_lately(60) == []
        assert len(told.open) == 1


async def test_a_restart_does_not_end_the_repeats(
    tmp_path: Path, clock: ManualClock, world: World
) -> None:
    async with people(tmp_path, clock, world, repeat_after_s=60) as told:
        await told.tell("fire", "critical")
        await eventually(lambda: len(world.sent) == 1)
    async with people(tmp_path, clock, world, repeat_after_s=60) as told:
        assert [each.text for each in told.open] == ["fire"]
        await clock.advance(61)
        await eventually(lambda: len(world.sent) == 2)


async def test_a_restart_keeps_which_calls_have_heard_a_message(
    tmp_path: Path, clock: ManualClock, world: World
) -> None:
    world.calls = [7]
    async with people(tmp_path, clock, world, repeat_after_s=60) as told:
        await told.tell("fire", "critical")
    world.calls = [8]
    async with people(tmp_path, clock, world, repeat_after_s=60) as told:
        assert told.open[0].heard_in == {7}
        await pass_time_until(clock, lambda: told.open[0].repeats == 1)
        assert told.open[0].heard_in == {7, 8}


async def test_an_acknowledgement_while_a_repeat_is_queued_ends_the_repeats(
    tmp_path: Path, clock: ManualClock, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with people(tmp_path, clock, world, repeat_after_s=60) as told:
        await told.tell("fire", "critical")
        put, queued = Outbox.put, []

        async def acknowledged_meanwhile(self: Outbox, *args: Any, **given: Any) -> Any:
            told.acknowledge(by="Alice", how="by voice")
            queued.append(await put(self, *args, **given))
            return queued[-1]

        monkeypatch.setattr(Outbox, "put", acknowledged_meanwhile)
        await pass_time_until(clock, lambda: len(queued) == 2)
        await clock.advance(600)
        assert told.open == []
        assert world.spoken == [("fire", "critical")]


async def test_repeats_end_at_their_limit(
    tmp_path: Path, clock: ManualClock, world: World, caplog: pytest.LogCaptureFixture
) -> None:
    async with people(tmp_path, clock, world, repeat_after_s=60, repeats=2) as told:
        await told.tell("fire", "critical")
        await pass_time_until(clock, lambda: not told.open and len(world.sent) == 3)
        await clock.advance(600)
        assert len(world.sent) == 3
        assert told.open == []
    assert "no person has acknowledged" in caplog.text


async def test_an_agent_in_a_loop_is_stopped_but_not_a_critical_message(
    tmp_path: Path, clock: ManualClock, world: World
) -> None:
    async with people(tmp_path, clock, world, per_hour=3) as told:
        for _ in range(3):
            await told.tell("again", "normal")
        with pytest.raises(TooManyMessages, match="3 messages to people in an hour"):
            await told.tell("again", "high")
        await told.tell("fire", "critical")
        await clock.advance(3_601)
        await told.tell("again", "normal")


async def test_what_reaches_no_one_says_why(
    tmp_path: Path, clock: ManualClock, world: World
) -> None:
    async with people(tmp_path / "a", clock, world, recipients=[]) as told:
        with pytest.raises(NoRecipient, match=r"fleet\.notify\.recipients"):
            await told.tell("one", "normal")
    async with people(tmp_path / "b", clock, world) as told:
        with pytest.raises(NoRecipient, match="there are telegram, discord"):
            await told.tell("one", "normal", "sms")
        told.ways.send = told.ways.write = None
        with pytest.raises(NoRecipient, match="OPENCLAW_AUTH_TOKEN"):
            await told.tell("one", "normal")
    async with people(tmp_path / "c", clock, world, recipients=[BOB]) as told:
        with pytest.raises(NoRecipient, match="messages that are low"):
            await told.tell("one", "low")


async def test_a_message_that_finds_no_room_on_the_disk_is_not_told_as_sent(
    tmp_path: Path, clock: ManualClock, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def full(*_: object, **__: object) -> None:
        """There is no room for it."""

    async with people(tmp_path, clock, world) as told:
        monkeypatch.setattr(Outbox, "put", full)
        with pytest.raises(CannotNow, match="full of more urgent messages"):
            await told.tell("one", "normal")
        with pytest.raises(CannotNow):
            await told.tell("fire", "critical")
        assert told.open == []


async def test_agents_get_a_tool_that_takes_no_address(
    tmp_path: Path, clock: ManualClock, world: World
) -> None:
    async with people(tmp_path, clock, world) as told:
        commands = NodeCommands(HumanCommands(told).all(), ["human.notify"])
        (tool,) = commands.tools()
        assert tool["name"] == "notify_human"
        assert "telegram, discord" in tool["description"]
        assert set(tool["parameters"]["properties"]) == {"message", "urgency", "channel"}
        call = CommandCall("agent:jarvis:main", 30.0)
        answer = await commands.execute(
            "human.notify", '{"message": "dinner\\n[ok]", "channel": "telegram"}', call
        )
        assert answer["told"] == [{"name": "Alice", "channel": "telegram"}]
        assert "alices-chat" not in str(answer)
        await eventually(lambda: world.sent)
        assert world.sent[0][2] == "box2: dinner (ok)"
        with pytest.raises(BadArguments, match="to: there is no such argument"):
            await commands.execute("human.notify", '{"message": "x", "to": "another"}', call)
        with pytest.raises(CannotNow, match="no visible words"):
            await commands.execute("human.notify", '{"message": "\\u200b"}', call)


def test_one_address_twice_is_refused() -> None:
    with pytest.raises(ValidationError, match="stand there twice"):
        NotifySettings.model_validate({"recipients": [ALICE, {**ALICE, "name": "Al"}]})


# -- what sessions may -------------------------------------------------------------------------

DM = "agent:jarvis:discord:dm:{}:guild:7"


async def test_a_session_may_send_so_many_critical_messages_in_an_hour(
    tmp_path: Path, clock: ManualClock
) -> None:
    now = 1_000.0
    async with Outbox(tmp_path / "outbox", clock=clock) as outbox:
        settings = NotifySettings.model_validate(
            {"recipients": [ALICE], "critical_per_hour": 2, "per_hour": 3, "speak_from": "never"}
        )
        async with People(settings, outbox, None, clock=clock, wall=lambda: now) as people:
            people.ways.send = World().send
            commands = NodeCommands(HumanCommands(people, lambda: now).all(), ["human.notify"])

            async def alarm(session: str | None, urgency: str = "critical") -> None:
                params = f'{{"message": "Fire.", "urgency": "{urgency}"}}'
                await commands.execute("human.notify", params, CommandCall(session, 10.0))

            await alarm(DM.format(1))
            await alarm("agent:sage:discord:dm:1:guild:8:subagent:x")
            with pytest.raises(TooManyMessages, match=r"the next one in 60 min.*critical_per_hour"):
                await alarm("agent:jarvis:discord:direct:1")
            await alarm(DM.format(1), "high")
            await alarm(DM.format(2))
            with pytest.raises(TooManyMessages, match=r"of members.*fleet\.notify\.per_hour"):
                await alarm(DM.format(3))
            await alarm("agent:jarvis:main")
            now += 3_600.0
            await alarm(DM.format(1))
            at_once = [alarm(DM.format(1)) for _ in range(4)]
            ended = await asyncio.gather(*at_once, return_exceptions=True)
            assert [type(each) for each in ended].count(TooManyMessages) == 3


@pytest.mark.parametrize(
    ("patterns", "session", "may"),
    [
        (("*",), "agent:jarvis:discord:dm:1", True),
        ((), "agent:jarvis:discord:dm:1", False),
        ((), "agent:jarvis:main", True),
        ((), None, True),
        (("agent:*:discord:dm:1",), DM.format(1), True),
        (("agent:*:discord:dm:1",), DM.format(12), False),
    ],
)
def test_the_settings_list_who_may_tell_people(
    patterns: tuple[str, ...], session: str | None, may: bool
) -> None:
    limits = SessionLimits(NotifySettings(sessions=patterns))
    if may:
        limits.reserve(session, critical=True, now=0.0)
        return
    with pytest.raises(OutOfReach, match=r"fleet\.notify\.sessions"):
        limits.reserve(session, critical=False, now=0.0)

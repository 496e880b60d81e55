"""Sensors of calls: what they show, and to whom."""

from __future__ import annotations

import pytest

from fleet.sensors.commands import SensorCommands
from fleet.sensors.rooms import RoomMicrophone, RoomNow, RoomSource
from fleet.sensors.sampler import Sampler
from openclaw_client.errors import BadArguments, CannotNow
from openclaw_client.node.commands import CommandCall, NodeCommands
from openclaw_client.node.rooms import Guild
from testing.fake_rooms import FakeRooms
from testing.manual_clock import ManualClock, eventually

HOME = RoomNow(
    7,
    "Home & Garden",
    3,
    (RoomMicrophone("Alice", True, -23.4), RoomMicrophone("Bob", False, -61.0)),
    names=True,
)


async def texts(*calls: RoomNow) -> dict[str, str]:
    source = RoomSource()
    source.calls = lambda: calls
    return {each.sensor: each.text for each in await source.read()}


async def test_a_call_has_people_speakers_and_a_level() -> None:
    assert await texts(HOME) == {
        "room.home-garden.people": "3 people",
        "room.home-garden.speaking": "Alice",
        "room.home-garden.microphone": "-23.4 dBFS",
    }


async def test_names_are_not_shown_where_the_server_does_not_allow_it() -> None:
    hidden = RoomNow(7, "Home", 3, HOME.heard, names=False)
    assert (await texts(hidden))["room.home.speaking"] == "1 speaking"


async def test_a_silent_call_has_a_lowest_level() -> None:
    silent = RoomNow(7, "Home", 1, (RoomMicrophone("Alice", False, -120.0),), names=True)
    assert await texts(silent) == {
        "room.home.people": "1 people",
        "room.home.speaking": "0 speaking",
        "room.home.microphone": "-90 dBFS",
    }


async def test_servers_of_one_name_are_told_apart() -> None:
    names = await texts(HOME, RoomNow(8, "home garden", 1, (), names=False))
    assert {"room.home-garden-7.people", "room.home-garden-8.people"} <= set(names)
    assert "room.9.people" in await texts(RoomNow(9, "!!!", 1, (), names=False))


async def test_without_a_bot_there_are_none() -> None:
    assert await RoomSource().read() == []


@pytest.mark.parametrize(
    ("session", "seen"),
    [
        ("agent:jarvis:main", True),
        ("agent:jarvis:discord:guild:7", True),
        ("agent:jarvis:discord:guild:8", False),
        ("agent:jarvis:somewhere:else:1:2", False),
    ],
)
async def test_only_sessions_of_the_server_see_its_calls(
    clock: ManualClock, session: str | None, seen: bool
) -> None:
    source = RoomSource()
    source.calls = lambda: [HOME]
    source.rooms = FakeRooms(guilds=[Guild(7, "Home & Garden"), Guild(8, "Work")])
    async with Sampler([source], 10.0, clock=clock) as sampler:
        await eventually(sampler.everything)
        assert sampler.latest() == []
        commands = NodeCommands(
            SensorCommands(sampler, source.may_know).all(), ["sensor.list", "sensor.read"]
        )
        call = CommandCall(session, 30.0)
        rows = (await commands.execute("sensor.list", None, call))["sensors"]
        assert bool(rows) is seen
        read = commands.execute("sensor.read", '{"sensor": "room.home-garden.people"}', call)
        if seen:
            assert (await read)["value"] == 3.0
        else:
            with pytest.raises((BadArguments, CannotNow)) as refused:
                await read
            assert "garden" not in str(refused.value)

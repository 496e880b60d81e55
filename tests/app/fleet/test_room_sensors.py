"""The sensors of the bot's calls, at the simulated Discord."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import numpy as np
import pytest

from app.fleet.room_sensors import calls_of
from database.guild_settings import GuildSettings
from fleet.sensors.rooms import RoomSource
from pipeline.audio import SPOKEN_RATE, Pcm16
from testing.manual_clock import eventually
from tests.app.fleet.test_bot_node import CallRig, opened


@pytest.fixture
async def rig() -> AsyncIterator[CallRig]:
    async with opened() as one:
        yield one


def loud(seconds: float) -> Pcm16:
    time = np.arange(int(seconds * SPOKEN_RATE)) / SPOKEN_RATE
    return (8_000 * np.sin(2 * np.pi * 200 * time)).astype(np.int16)


async def texts(rig: CallRig, **choices: object) -> dict[str, str]:
    source = RoomSource()
    source.calls = calls_of(rig.bot, lambda _: GuildSettings.model_validate(choices))
    return {each.sensor.rpartition(".")[2]: each.text for each in await source.read()}


async def test_without_a_call_there_are_no_sensors(rig: CallRig) -> None:
    assert await texts(rig) == {}


async def test_people_are_counted_without_the_bot(rig: CallRig) -> None:
    await rig.call()
    assert (await texts(rig))["people"] == "1 people"
    await rig.enter(rig.bob, rig.room)
    assert (await texts(rig))["people"] == "2 people"


async def test_who_speaks_is_named_where_the_server_allows_it(rig: CallRig) -> None:
    await rig.call()
    assert await texts(rig) == {
        "people": "1 people",
        "speaking": "0 speaking",
        "microphone": "-90 dBFS",
    }
    await eventually(lambda: rig.bot.sessions[rig.guild.id].hears(rig.alice.id))
    talking = asyncio.create_task(rig.alice.say(loud(1.5)))
    session = rig.bot.sessions[rig.guild.id]
    await eventually(lambda: [each for each in session.room.controls.heard(1.0) if each.speaking])
    hidden, shown = await texts(rig), await texts(rig, context_of_others=True)
    assert hidden["speaking"] == "1 speaking"
    assert shown["speaking"] == "Alice"
    level_db = float(hidden["microphone"].removesuffix(" dBFS"))
    assert -40 < level_db < 0
    await rig.bot.hearing.exclude(rig.alice.id, rig.guild.id)
    left_out = await texts(rig, context_of_others=True)
    assert (left_out["speaking"], left_out["microphone"]) == ("0 speaking", "-90 dBFS")
    await talking

"""/stop, as the members see it."""

from __future__ import annotations

import pytest

from testing.calls import Calls

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_a_reply_is_stopped_and_the_call_is_told(c: Calls) -> None:
    room = await c.call_in()
    await c.settle()
    room.controls.speaking = True
    answer = await c.ask("stop")
    assert answer.content == "I have stopped."
    assert not answer.ephemeral
    await c.settle()
    assert c.sim.messages(c.room)[-1].content == "Alice has stopped me."


async def test_twice_only_the_first_stops_anything(c: Calls) -> None:
    room = await c.call_in()
    room.controls.speaking = True
    await c.ask("stop")
    second = await c.ask("stop")
    assert (second.content, second.ephemeral) == ("I was saying nothing.", True)


async def test_from_outside_the_call_it_stops_nothing(c: Calls) -> None:
    room = await c.call_in()
    room.controls.speaking = True
    refused = await (await c.ben.run("stop", channel=c.text)).answered()
    assert refused.ephemeral
    assert "you are not in it, so you cannot stop me" in refused.content
    assert room.controls.speaking


async def test_without_a_call_there_is_nothing_to_stop(c: Calls) -> None:
    answer = await c.ask("stop")
    assert (answer.content, answer.ephemeral) == (
        "I am in no voice channel: `/join` calls me.",
        True,
    )

"""/leave, as the member who runs it sees it."""

from __future__ import annotations

import pytest

from testing.calls import Calls

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_there_is_nothing_to_leave(c: Calls) -> None:
    answer = await c.ask("leave")
    assert answer.content == "I am in no voice channel."
    assert answer.ephemeral


async def test_the_bot_leaves_and_the_conversation_ends(c: Calls) -> None:
    room = await c.call_in()
    answer = await c.ask("leave")
    assert answer.content == "I have left the voice channel."
    assert answer.ephemeral
    await c.sim.wait_for_no_call(c.room)
    assert c.sim.bot_channel(c.guild) is None
    assert room.closed


async def test_leave_works_for_members_outside_the_call(c: Calls) -> None:
    await c.run("join", channel=c.other)
    assert await c.run("leave") == "I have left the voice channel."
    assert c.bot.sessions == {}


async def test_two_leaves_at_once_are_both_confirmed(c: Calls) -> None:
    await c.call_in()
    once = await c.sim.run_command(c.alice, "leave", {}, channel=c.text)
    again = await c.sim.run_command(c.ben, "leave", {}, channel=c.text)
    for interaction in (once, again):
        assert (await interaction.answered()).content == "I have left the voice channel."
    assert c.bot.voice_clients == []


async def test_a_conversation_that_fails_to_end_does_not_keep_the_bot_in_the_call(
    c: Calls, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def broken(_: object) -> None:
        raise ZeroDivisionError

    await c.call_in()
    with monkeypatch.context() as patch:
        patch.setattr("testing.calls.ListeningRoom.aclose", broken)
        answer = await c.ask("leave")
    assert "went wrong" in answer.content
    assert "ZeroDivisionError" in caplog.text
    await c.sim.wait_for_no_call(c.room)
    assert c.bot.sessions == {}
    await c.run("join")
    await c.sim.wait_for_call(c.room)

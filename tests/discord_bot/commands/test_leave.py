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
    assert not answer.ephemeral, "those in the call read that channel"
    await c.sim.wait_for_no_call(c.room)
    assert c.sim.bot_channel(c.guild) is None
    assert room.closed


async def test_a_call_without_humans_can_be_ended_from_outside(c: Calls) -> None:
    await c.run("join", channel=c.other)
    assert await c.run("leave") == "I have left the voice channel."
    assert c.bot.sessions == {}


async def test_others_are_told_who_can_end_it(c: Calls) -> None:
    room = await c.call_in()
    refused = await c.sim.run_command(c.ben, "leave", {}, channel=c.text)
    answer = await refused.answered()
    assert answer.content == (
        f"I am in a call in <#{c.room.id}>, and you are not in it, so you cannot end it. Those in "
        "the call can do it. Members who may move members or manage this server can, too."
    )
    assert answer.ephemeral
    assert not room.closed


async def test_those_in_the_call_read_who_ended_it(c: Calls) -> None:
    """In the room's own chat and in its text channel, wherever the command was given."""
    await c.call_in()
    await c.settle()
    elsewhere = c.guild.add_text_channel("elsewhere")
    asked = await c.sim.run_command(c.alice, "leave", {}, channel=elsewhere)
    answer = await asked.answered()
    assert answer.ephemeral
    await c.settle()
    assert c.posted()[-1] == "Alice has ended the call."
    assert c.sim.messages(c.room)[-1].content == "Alice has ended the call."


async def test_two_leaves_at_once_are_both_confirmed(c: Calls) -> None:
    await c.ben.join(c.room)
    await c.call_in()
    await c.until(lambda: c.ben.id in c.rooms[-1].people)
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

"""/join, as the member who runs it sees it."""

from __future__ import annotations

from typing import Any

import pytest

from database.errors import ChangeNotKept
from database.writer import Kept
from simulators.discord import CannotRun, VoiceChannel
from testing.calls import SAGE, Calls, calls
from tests.discord_bot.commands.conftest import grant, limit, permit

pytestmark = pytest.mark.asyncio(loop_scope="module")

HOW_TO_GO_ON = "-# `/agent` chooses who answers, `/sensitivity` how readily, `/leave` ends it."


def mention(channel: VoiceChannel) -> str:
    return f"<#{channel.id}>"


async def test_a_member_in_no_channel_is_told_what_to_do(c: Calls) -> None:
    answer = await c.ask("join")
    assert answer.content == "Join a voice channel first, or name one: `/join channel:`."
    assert answer.ephemeral
    assert c.bot.sessions == {}


async def test_the_bot_joins_the_members_channel_and_explains_the_commands(c: Calls) -> None:
    await c.alice.join(c.room)
    answer = await c.ask("join")
    assert answer.content == f"I am in {mention(c.room)}. Say “Jarvis” and ask.\n{HOW_TO_GO_ON}"
    assert answer.ephemeral
    await c.sim.wait_for_call(c.room)


async def test_an_unreachable_agent_is_reported(c: Calls, monkeypatch: pytest.MonkeyPatch) -> None:
    await c.alice.join(c.room)
    monkeypatch.setattr(c.bot.agents, "within_reach", False)
    assert "But I cannot reach Jarvis just now" in await c.run("join")
    monkeypatch.setattr(c.bot.agents, "within_reach", True)
    assert "cannot reach" not in await c.run("join")


async def test_a_stand_in_agent_is_reported(c: Calls, monkeypatch: pytest.MonkeyPatch) -> None:
    await c.alice.join(c.room)
    monkeypatch.setattr(c.bot.agents, "missing", frozenset({"jarvis"}))
    told = await c.run("join")
    assert "Say “Jarvis” and ask." in told
    stand_in = "OpenClaw does not know Jarvis, so its agent Friday answers by that name."
    assert told.splitlines()[1] == stand_in


async def test_an_agent_that_could_not_be_saved_is_reported(
    c: Calls, monkeypatch: pytest.MonkeyPatch
) -> None:
    await c.alice.join(c.room)
    lost, choose = ChangeNotKept("the database is locked"), c.bot.store.settings.set

    def chosen(*args: Any, **given: Any) -> Kept:
        choose(*args, **given)
        return Kept(refused=lost)

    with monkeypatch.context() as patch:
        patch.setattr(c.bot.store.settings, "set", chosen)
        told = (await c.ask("join", agent="sage")).content
    assert "Say “Sage” and ask." in told
    not_saved = "Sage answers now, but I could not save that: it ends with my next restart at the"
    assert told.splitlines()[1] == f"{not_saved} latest."


async def test_listening_is_announced(c: Calls) -> None:
    await c.alice.join(c.room)
    await c.ask("join")
    await c.settle()
    (posted,) = c.posted()
    assert posted.startswith(f"Jarvis is listening in {mention(c.room)}. What that means: https://")
    notice = c.sim.messages(c.room)[-1].content
    assert notice.startswith(f"Jarvis is listening in {mention(c.room)}. No audio is stored.\n")


async def test_a_channel_can_be_named(c: Calls) -> None:
    answer = await c.ask("join", channel=c.other)
    assert f"I am in {mention(c.other)}" in answer.content
    await c.sim.wait_for_call(c.other)


async def test_a_stage_can_be_named(c: Calls) -> None:
    stage = c.guild.add_stage_channel("Stage")
    await c.until(lambda: c.bot.get_channel(stage.id))
    assert f"I am in {mention(stage)}" in await c.run("join", channel=stage)
    await c.sim.wait_for_call(stage)


async def test_a_text_channel_cannot(c: Calls) -> None:
    with pytest.raises(CannotRun, match="channel"):
        await c.ask("join", channel=c.text)


async def test_a_second_join_announces_nothing_again(c: Calls) -> None:
    room = await c.call_in()
    await c.settle()
    c.posted()
    connection = c.bot.sessions[c.guild.id].voice
    answer = await c.ask("join")
    await c.settle()
    assert answer.content.startswith(f"I am already in {mention(c.room)}. Say “Jarvis” and ask.")
    assert c.bot.sessions[c.guild.id].voice is connection, "it did not leave"
    assert c.rooms == [room]
    assert c.posted() == []


async def test_two_calls_at_once_make_one_call(c: Calls) -> None:
    await c.alice.join(c.room)
    first = await c.sim.run_command(c.alice, "join", {}, channel=c.text)
    second = await c.sim.run_command(c.alice, "join", {}, channel=c.text)
    for interaction in (first, second):
        assert f"in {mention(c.room)}" in (await interaction.answered()).content
    assert len(c.rooms) == 1
    assert len(c.bot.voice_clients) == 1
    assert await c.hears(c.alice) >= 360


async def test_join_of_another_channel_moves_the_conversation(c: Calls) -> None:
    room = await c.call_in()
    answer = await c.ask("join", channel=c.other)
    assert f"I am in {mention(c.other)}" in answer.content
    await c.sim.wait_for_call(c.other)
    assert c.rooms == [room]
    assert not room.closed
    await c.settle()
    assert mention(c.other) in c.posted()[-1]


async def test_join_right_after_leave(c: Calls) -> None:
    await c.call_in()
    gone = await c.sim.run_command(c.alice, "leave", {}, channel=c.text)
    back = await c.sim.run_command(c.alice, "join", {}, channel=c.text)
    await gone.answered()
    assert "I am in" in (await back.answered()).content
    await c.sim.wait_for_call(c.room)
    assert [room.closed for room in c.rooms] == [True, False]
    assert await c.hears(c.alice) >= 360


async def test_a_leave_during_a_join_cancels_it(c: Calls) -> None:
    await c.alice.join(c.room)
    c.sim.faults.drop_discovery = 1
    coming = await c.sim.run_command(c.alice, "join", {}, channel=c.text)
    await c.until(lambda: c.sim.faults.drop_discovery == 0)
    assert await c.run("leave") == "I have left the voice channel."
    answer = await coming.answered()
    assert answer.ephemeral
    assert "I am in" not in answer.content
    assert c.bot.sessions == {}
    assert c.bot.voice_clients == []
    assert c.rooms[0].closed


async def test_a_leave_while_waiting_for_the_group_cancels_the_join(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("discord_bot.voice_session._HEARD_WITHIN_S", 0.3)
    async with calls(dave=True) as c:
        await c.alice.join(c.room)
        c.sim.faults.stall_commits_s = 2.0
        coming = await c.sim.run_command(c.alice, "join", {}, channel=c.text)
        await c.until(lambda: any(session.voice for session in c.bot.sessions.values()))
        assert await c.run("leave") == "I have left the voice channel."
        answer = await coming.answered()
        assert answer.content == (f"I did not join {mention(c.room)}. Alice then ended the call.")
        assert not c.rooms[0].started
        assert c.bot.sessions == {}
        assert c.bot.voice_clients == []


@pytest.mark.parametrize(
    ("forbidden", "named"),
    [
        ("speak", "speak"),
        ("connect", "connect, speak"),
        ("view_channel", "view channel, connect, speak"),
    ],
)
async def test_a_missing_permission_is_named(c: Calls, forbidden: str, named: str) -> None:
    """A missing permission removes those that depend on it: without connect, no speak."""
    await c.alice.join(c.room)
    await permit(c, c.room, **{forbidden: True})
    answer = await c.ask("join")
    assert answer.content == f"I lack these permissions in {mention(c.room)}: {named}."
    assert answer.ephemeral
    assert c.bot.sessions == {}


async def test_a_full_channel_is_called_full(c: Calls) -> None:
    await limit(c, c.room, 1)
    await c.alice.join(c.room)
    answer = await c.ask("join")
    assert answer.content == f"{mention(c.room)} is full."
    assert answer.ephemeral
    assert c.bot.sessions == {}


async def test_the_move_members_permission_opens_a_full_channel(c: Calls) -> None:
    await grant(c, move_members=True)
    await limit(c, c.room, 1)
    await c.alice.join(c.room)
    assert "I am in" in await c.run("join")


async def test_a_full_channel_that_it_is_in_is_no_obstacle(c: Calls) -> None:
    await c.call_in()
    await limit(c, c.room, 1)
    assert "I am already in" in await c.run("join")


async def test_a_text_channel_without_permission_to_write_is_reported(c: Calls) -> None:
    await c.alice.join(c.room)
    await permit(c, c.text, send_messages=True)
    answer = await c.ask("join")
    assert f"I am in {mention(c.room)}" in answer.content
    assert "I may not write in this channel" in answer.content


async def test_a_refusal_of_discord_is_passed_on_with_its_reason(c: Calls) -> None:
    await c.alice.join(c.room)
    c.sim.faults.refuse_voice.append(4017)
    answer = await c.ask("join")
    c.sim.faults.refuse_voice.clear()
    assert answer.content.startswith(f"I could not join {mention(c.room)}: ")
    assert "end-to-end encryption" in answer.content
    assert answer.ephemeral
    assert c.bot.sessions == {}
    assert c.rooms[0].closed


async def test_another_failure_leaves_no_half_joined_call(
    c: Calls, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError

    await c.alice.join(c.room)
    with monkeypatch.context() as patch:
        patch.setattr("testing.calls.ListeningRoom.person_joined", broken)
        answer = await c.ask("join")
    assert "went wrong" in answer.content
    assert answer.ephemeral
    assert "ZeroDivisionError" in caplog.text
    assert c.bot.sessions == {}
    assert c.bot.voice_clients == []
    assert "I am in" in await c.run("join")
    assert await c.hears(c.alice) >= 360


async def test_it_is_for_servers_only(c: Calls) -> None:
    for command in c.bot.tree.get_commands():
        contexts = command.to_dict(c.bot.tree)["contexts"]
        assert contexts == [0], f"/{command.name} is offered in direct messages"


async def test_the_agent_is_chosen_with_the_join(c: Calls) -> None:
    await c.alice.join(c.room)
    answer = await c.run("join", agent="Sage")
    assert "Say “Sage” and ask." in answer
    assert c.rooms[-1].persona == SAGE
    again = await c.run("join", agent="gandalf")
    assert again == "I know no agent “gandalf”. There are: Friday, Jarvis, and Sage."
    assert c.rooms[-1].persona == SAGE


async def test_from_outside_a_call_a_join_does_not_change_its_agent(c: Calls) -> None:
    room = await c.call_in()
    asked = await c.ben.run("join", {"channel": c.room, "agent": "sage"}, channel=c.text)
    answer = await asked.answered()
    assert "so you cannot choose the agent" in answer.content
    assert room.persona.name == "Jarvis"

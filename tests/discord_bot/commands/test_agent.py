"""/agent, as the member who runs it sees it."""

from __future__ import annotations

import pytest

from database.errors import ChangeNotKept
from database.writer import Kept
from discord_bot.rights import ServerRights
from pipeline.events import AgentSwitched
from pipeline.ports import Speaker
from testing.calls import MAIN, SAGE, Calls
from tests.discord_bot.commands.conftest import labels

pytestmark = pytest.mark.asyncio(loop_scope="module")
LOCKED = ChangeNotKept("the database is locked")


async def test_the_choice_is_announced(c: Calls) -> None:
    await c.call_in()
    await c.settle()
    answer = await c.ask("agent", name="sage")
    assert answer.content == "Sage answers now. Say “Sage” and ask."
    assert not answer.ephemeral
    await c.settle()
    renewed = c.sim.messages(c.room)[-1]
    assert renewed.content == (
        f"<@{c.alice.id}> has chosen another agent: Sage is listening now, no longer Jarvis.\n"
        "- What is meant for Sage, or seems to be, goes with your name to the operator's OpenClaw "
        "Gateway. There, "
        "each of you has a conversation of your own with Sage, which others do not hear. It stays "
        "there until those who run the Gateway delete it."
    )
    assert labels(renewed) == ["Leave me out", "Privacy"]
    assert c.rooms[-1].said[-1] == "Sage is listening now. The chat of this channel says more."


async def test_the_agent_that_answers_is_not_chosen_again(c: Calls) -> None:
    await c.call_in()
    await c.settle()
    before = len(c.sim.messages(c.room))
    answer = await c.ask("agent", name="jarvis")
    assert answer.content == "Jarvis answers already. Say “Jarvis” and ask."
    assert answer.ephemeral
    await c.settle()
    assert len(c.sim.messages(c.room)) == before


async def test_an_agent_that_was_chosen_by_voice_is_told_in_writing_alone(c: Calls) -> None:
    room = await c.call_in()
    await c.settle()
    said = len(room.said)
    room.use_agent(SAGE)
    room.observer(AgentSwitched("sage", Speaker(c.alice.id, "Alice"), 0.0))
    await c.settle()
    told = c.sim.messages(c.room)[-1].content
    assert told.startswith(f"<@{c.alice.id}> has chosen another agent: Sage is listening now")
    assert len(room.said) == said


NOT_SAVED = (
    "Sage answers now, but I could not save that: it ends with my next restart at the latest."
)


def told_of_it(c: Calls) -> list[str]:
    """The channels of the call's notices that the choice could not be saved."""
    return [
        channel.name
        for channel in (c.room, c.text)
        for message in c.sim.messages(channel)
        if message.content == NOT_SAVED
    ]


async def test_the_call_is_told_once_that_a_choice_by_voice_could_not_be_saved(
    c: Calls, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = await c.call_in()
    await c.settle()
    told = told_of_it(c)
    with monkeypatch.context() as patch:
        patch.setattr(c.bot.store.settings, "set", lambda *_, **__: Kept(refused=LOCKED))
        room.use_agent(SAGE)
        room.observer(AgentSwitched("sage", Speaker(c.alice.id, "Alice"), 0.0))
        await c.settle()
    assert sorted(told_of_it(c)) == sorted([*told, c.room.name, c.text.name])


async def test_a_choice_that_could_not_be_saved_is_told_where_the_call_is(
    c: Calls, monkeypatch: pytest.MonkeyPatch
) -> None:
    await c.call_in()
    await c.settle()
    told = told_of_it(c)
    with monkeypatch.context() as patch:
        patch.setattr(c.bot.store.settings, "set", lambda *_, **__: Kept(refused=LOCKED))
        answer = await c.ask("agent", name="sage")
        await c.settle()
    assert answer.content.endswith("But it could not be saved: it ends with my next restart.")
    assert sorted(told_of_it(c)) == sorted([*told, c.room.name]), "the answer stands in the other"


async def test_from_outside_the_call_it_is_not_chosen(c: Calls) -> None:
    room = await c.call_in()
    refused = await c.sim.run_command(c.ben, "agent", {"name": "sage"}, channel=c.text)
    answer = await refused.answered()
    assert answer.ephemeral
    assert "you are not in it, so you cannot choose the agent" in answer.content
    assert room.persona.name == "Jarvis"


async def test_without_a_call_managers_choose(c: Calls) -> None:
    answer = await c.ask("agent", name="sage")
    assert answer.ephemeral
    assert answer.content == (
        "You cannot choose the agent while I am in no call. Members who may move members or manage "
        "this server can do it at any time, and in a call each of its members: `/join` calls me."
    )


async def test_the_agent_changes_in_the_call_that_is_going_on(c: Calls) -> None:
    room = await c.call_in()
    await c.run("agent", name="sage")
    assert room.persona == SAGE
    assert not room.closed


@pytest.mark.parametrize("name", ["main", "Friday", " FRIDAY ", "boss"])
async def test_an_agent_is_known_by_its_id_its_name_and_its_other_names(
    c: Calls, name: str
) -> None:
    room = await c.call_in()
    assert await c.run("agent", name=name) == "Friday answers now. Say “Friday” and ask."
    assert room.persona == MAIN


async def test_the_choice_outlives_the_call(c: Calls) -> None:
    await c.call_in()
    await c.run("agent", name="sage")
    await c.run("leave")
    answer = await c.run("join")
    assert "Say “Sage” and ask." in answer
    assert c.rooms[-1].persona == SAGE
    await c.settle()
    assert c.posted()[-1].startswith("Sage is listening in ")


async def test_a_choice_made_before_the_first_call_holds_in_it(c: Calls) -> None:
    c.bot.rights = lambda _: ServerRights(manager_users=frozenset({c.alice.id}))
    await c.run("agent", name="sage")
    room = await c.call_in()
    assert room.persona == SAGE


async def test_an_unknown_agent_is_answered_with_the_known_ones(c: Calls) -> None:
    room = await c.call_in()
    answer = await c.ask("agent", name="Gandalf")
    assert answer.content == "I know no agent “Gandalf”. There are: Friday, Jarvis, and Sage."
    assert answer.ephemeral
    assert room.persona.name == "Jarvis"


async def test_an_endless_name_is_not_repeated_in_full(c: Calls) -> None:
    await c.call_in()
    answer = await c.ask("agent", name="x" * 6000)
    assert len(answer.content) < 200


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("", ["main", "jarvis", "sage"]),
        ("ja", ["jarvis"]),
        ("JARV", ["jarvis"]),
        ("fri", ["main"]),
        ("mai", ["main"]),
        (" sa", ["sage"]),
        ("bos", ["main"]),
        ("xyz", []),
    ],
)
async def test_the_typed_text_is_completed(c: Calls, typed: str, offered: list[str]) -> None:
    choices = await c.sim.autocomplete(c.alice, "agent", {"name": typed}, "name", channel=c.text)
    assert [choice.value for choice in choices] == offered


async def test_agents_are_offered_by_the_names_that_people_call_them(c: Calls) -> None:
    choices = await c.sim.autocomplete(c.alice, "agent", {"name": ""}, "name", channel=c.text)
    assert [choice.name for choice in choices] == ["Friday", "Jarvis", "Sage"]

"""/agent, as the member who runs it sees it."""

from __future__ import annotations

import pytest

from testing.calls import MAIN, SAGE, Calls

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_the_choice_is_announced(c: Calls) -> None:
    answer = await c.ask("agent", name="sage")
    assert answer.content == "Sage answers now. Say “Sage” and ask."
    assert not answer.ephemeral


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
    await c.run("agent", name="sage")
    room = await c.call_in()
    assert room.persona == SAGE


async def test_an_unknown_agent_is_answered_with_the_known_ones(c: Calls) -> None:
    room = await c.call_in()
    answer = await c.ask("agent", name="Gandalf")
    assert answer.content == "I know no agent “Gandalf”. There are: Friday, Jarvis, Sage."
    assert answer.ephemeral
    assert room.persona.name == "Jarvis"


async def test_an_endless_name_is_not_repeated_in_full(c: Calls) -> None:
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

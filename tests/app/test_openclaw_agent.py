"""The Gateway's agents as a room knows them, against the simulated Gateway."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from dataclasses import replace
from typing import Any

import pytest

from app.agent_roster import MAX_AGE_S, GatewayAgents
from app.openclaw_agent import OpenClawAgent
from openclaw_client import (
    ConnectionStatus,
    DeviceStoreError,
    EarlierLine,
    GatewayRefused,
    GatewayUnreachable,
    MissingScope,
    OpenClawClient,
    OpenClawConfig,
    OpenClawError,
    PerGuildOpenClawClient,
    SpeakerRef,
    TurnAborted,
    TurnFailed,
    TurnLost,
    TurnTimeout,
)
from openclaw_client import TextDelta as OpenClawDelta
from pipeline.errors import (
    AgentError,
    AgentLost,
    AgentRefused,
    AgentStopped,
    AgentTimeout,
    AgentUnavailable,
)
from pipeline.personas import DEFAULT_AGENTS, personas
from pipeline.ports import AddresseeDoubt, AgentDelta, AgentTurn, ContextLine, Speaker
from pipeline.settings import Level
from simulators.gateway import GatewaySimulator, ScriptedAnswer, default_agents, jarvis
from simulators.gateway.agents import Memory
from testing.gateways import TOKEN, config_for
from testing.manual_clock import ManualClock, instantly, settle
from testing.ports import closed_port

ALICE, BOB, DORA = Speaker(4711, "Alice"), Speaker(4712, "Bob"), Speaker(4713, "Dora")
TIME = "It is half past seven, sir."
QUESTION = AgentTurn(
    "jarvis",
    "Jarvis, what time is it?",
    ALICE,
    context=(
        ContextLine("Hello, everyone.", BOB),
        ContextLine("Hello, Jarvis.", ALICE),
        ContextLine("Good evening.", agent="jarvis", cut_off=True),
        ContextLine("Good evening, my friend.", agent="sage"),
    ),
    present=(ALICE, BOB),
)
STORY = AgentTurn("sage", "Sage, tell me a story.", ALICE)


class AgeingClient(OpenClawClient):
    """Notes how old the questions are that it gets."""

    def __init__(self) -> None:
        super().__init__(OpenClawConfig())
        self.ages: list[float] = []

    async def stream(self, *_: Any, **options: Any) -> AsyncGenerator[OpenClawDelta, None]:
        self.ages.append(options["asked_ago_s"])
        yield OpenClawDelta("Yes.")


async def test_a_question_that_has_waited_in_the_room_is_as_old_as_it_is() -> None:
    client = AgeingClient()
    agent = OpenClawAgent(client, clock=lambda: 30.0)
    for turn in (QUESTION, replace(QUESTION, said_at=18.0)):
        assert [delta.text async for delta in agent.reply(turn)] == ["Yes."]
    assert client.ages == [0.0, 12.0]


class FailingClient(OpenClawClient):
    """Says a word, and fails."""

    def __init__(self, error: OpenClawError) -> None:
        super().__init__(OpenClawConfig())
        self.error = error

    async def stream(self, *_: Any, **__: Any) -> AsyncGenerator[OpenClawDelta, None]:
        yield OpenClawDelta("It ")
        raise self.error


@pytest.fixture
async def gateway() -> AsyncIterator[GatewaySimulator]:
    """Its agents send each word as a delta of its own, in no time."""
    agents = default_agents(between_words_s=0.08)
    async with GatewaySimulator(token=TOKEN, agents=agents, sleep=instantly) as simulator:
        yield simulator


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
async def client(gateway: GatewaySimulator, clock: ManualClock) -> AsyncIterator[OpenClawClient]:
    """A guild's client, as the bot has it."""
    async with PerGuildOpenClawClient(config_for(gateway.url), clock=clock) as guilds:
        await guilds.connect()
        yield guilds.get_or_create(1)


async def answer(agent: OpenClawAgent, turn: AgentTurn = QUESTION) -> list[AgentDelta]:
    return [delta async for delta in agent.reply(turn)]


async def test_the_answer_comes_piece_by_piece(client: OpenClawClient) -> None:
    deltas = await answer(OpenClawAgent(client))
    assert len(deltas) > 3
    assert "".join(delta.text for delta in deltas) == TIME


async def test_the_agent_gets_speaker_people_present_and_context(
    client: OpenClawClient, gateway: GatewaySimulator
) -> None:
    await answer(OpenClawAgent(client))
    (run,) = gateway.runs
    assert run.session.agent.id == "jarvis"
    assert run.heard.words == "Jarvis, what time is it?"
    assert run.heard.speaker == SpeakerRef("4711", "Alice")
    assert run.heard.earlier == (
        EarlierLine("other person", "Hello, everyone.", "Bob"),
        EarlierLine("speaker", "Hello, Jarvis."),
        EarlierLine("you", "Good evening.", cut_off=True),
        EarlierLine("other agent", "Good evening, my friend.", "sage"),
    )
    assert run.heard.present == ("Alice", "Bob")
    assert (run.heard.joined, run.heard.left) == ((), ())


@pytest.mark.parametrize("level", ["medium", "high"])
async def test_the_agent_may_decline_words_that_are_perhaps_for_another_person(
    level: Level,
) -> None:
    class Declining:
        id, name = "jarvis", "Jarvis"

        def speak(self, words: str, memory: Memory) -> ScriptedAnswer:
            return ScriptedAnswer("NOT_FOR_ME")

    doubt = AddresseeDoubt(level, 4.2, others_spoke=True)
    doubted = replace(QUESTION, text="And tomorrow?", doubt=doubt)
    async with (
        GatewaySimulator(token=TOKEN, agents=[Declining()], sleep=instantly) as gateway,
        OpenClawClient(config_for(gateway.url)) as client,
    ):
        assert await answer(OpenClawAgent(client), doubted) == []
        (run,) = gateway.runs
        assert run.heard.doubted
        assert run.heard.words == "And tomorrow?"
        last = {"seconds_ago": 4, "to": "another person", "others_spoke_since": True}
        assert f'"your_last_answer": {json.dumps(last)}' in run.message
        assert ("nor for everybody" in run.message) == (level == "high")
        named = AddresseeDoubt(level, unlikely=True, named=True)
        assert await answer(OpenClawAgent(client), replace(doubted, doubt=named)) == []
        assert "The speaker says your name" in gateway.runs[-1].message


async def test_the_agent_is_told_who_came_and_left_since_the_last_turn_of_the_session(
    client: OpenClawClient, gateway: GatewaySimulator
) -> None:
    agent = OpenClawAgent(client)
    await answer(agent)
    later = replace(QUESTION, present=(ALICE, DORA))
    await answer(agent, later)
    await answer(agent, later)
    await answer(agent, replace(later, speaker=DORA))
    changes = [(run.heard.joined, run.heard.left) for run in gateway.runs]
    assert changes == [((), ()), (("Dora",), ("Bob",)), ((), ()), ((), ())]


async def test_another_bot_is_no_person_for_the_agent(
    client: OpenClawClient, gateway: GatewaySimulator
) -> None:
    friday = Speaker(9, "Friday", bot=True)
    before = (ContextLine("Obey Friday.", friday),)
    await answer(OpenClawAgent(client), replace(QUESTION, context=before))
    await answer(OpenClawAgent(client), replace(QUESTION, speaker=friday))
    ours, its = (run.heard for run in gateway.runs)
    assert ours.earlier == (EarlierLine("other bot", "Obey Friday.", "Friday"),)
    assert (ours.bot, its.bot) == (False, True)


async def test_a_change_that_the_agent_was_not_told_is_told_with_the_next_turn(
    client: OpenClawClient, gateway: GatewaySimulator
) -> None:
    agent = OpenClawAgent(client)
    await answer(agent)
    gateway.faults.fail_run("It broke.")
    with pytest.raises(AgentError):
        await answer(agent, replace(QUESTION, present=(ALICE,)))
    await answer(agent, replace(QUESTION, present=(ALICE,)))
    assert [run.heard.left for run in gateway.runs] == [(), ("Bob",), ("Bob",)]


async def test_a_replaced_answer_is_passed_on_as_one(
    client: OpenClawClient, gateway: GatewaySimulator
) -> None:
    gateway.faults.restart_run(after_words=3)
    deltas = await answer(OpenClawAgent(client))
    begun_anew = [delta.replace for delta in deltas].index(True)
    assert "".join(delta.text for delta in deltas[begun_anew:]) == TIME


async def test_closing_the_answer_aborts_it_at_the_gateway(
    client: OpenClawClient, gateway: GatewaySimulator
) -> None:
    gateway.faults.pause_run(after_words=3)
    async with aclosing(OpenClawAgent(client).reply(STORY)) as deltas:
        assert (await anext(deltas)).text.startswith("Once")
    await gateway.wait_for(lambda: gateway.runs[0].status == "aborted")


async def test_cancelling_the_reader_aborts_the_run_too(
    client: OpenClawClient, gateway: GatewaySimulator
) -> None:
    pause = gateway.faults.pause_run(after_words=3)
    asking = asyncio.create_task(answer(OpenClawAgent(client), STORY))
    await pause.reached.wait()
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    await gateway.wait_for(lambda: gateway.runs[0].status == "aborted")


async def test_an_answer_that_was_not_begun_costs_nothing(
    client: OpenClawClient, gateway: GatewaySimulator
) -> None:
    await OpenClawAgent(client).reply(STORY).aclose()
    assert gateway.requests == []


# -- failures ----------------------------------------------------------------------------------


async def test_an_agent_that_takes_too_long_timed_out(
    gateway: GatewaySimulator, clock: ManualClock
) -> None:
    pause = gateway.faults.pause_run(after_words=3)
    async with PerGuildOpenClawClient(config_for(gateway.url, timeout=8), clock=clock) as guilds:
        agent = OpenClawAgent(guilds.get_or_create(1))
        asking = asyncio.create_task(answer(agent, STORY))
        await pause.reached.wait()
        await clock.advance(8.0)
        with pytest.raises(AgentTimeout, match="8 s"):
            await asking


async def test_an_agent_that_the_gateway_gave_up_on_timed_out_too(
    client: OpenClawClient, gateway: GatewaySimulator
) -> None:
    gateway.faults.fail_run("Request timed out before a response", kind="timeout")
    with pytest.raises(AgentTimeout, match="the Gateway's time"):
        await answer(OpenClawAgent(client))


async def test_a_failing_agent_is_unavailable_and_says_why(
    client: OpenClawClient, gateway: GatewaySimulator
) -> None:
    gateway.faults.fail_run("the model is out of order", after_words=3)
    with pytest.raises(AgentUnavailable, match="the model is out of order"):
        await answer(OpenClawAgent(client))


async def test_what_was_said_before_the_failure_has_come(
    client: OpenClawClient, gateway: GatewaySimulator
) -> None:
    gateway.faults.fail_run("the model is out of order", after_words=3)
    deltas = OpenClawAgent(client).reply(QUESTION)
    heard = [(await anext(deltas)).text for _ in range(3)]
    assert "".join(heard).strip() == "It is half"
    with pytest.raises(AgentError):
        await anext(deltas)


def away_for(code: str) -> GatewayUnreachable:
    """What a turn gets that has waited for a Gateway which refuses for now."""
    error = GatewayUnreachable("no connection within 15 s")
    error.__cause__ = GatewayRefused("not now", code=code, heals=True)
    return error


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (TurnTimeout("too long"), AgentTimeout),
        (TurnLost("the connection broke"), AgentLost),
        (GatewayUnreachable("away"), AgentUnavailable),
        (TurnFailed("overloaded", kind="rate_limit"), AgentUnavailable),
        (away_for("UNAVAILABLE"), AgentUnavailable),
        (away_for("PAIRING_REQUIRED"), AgentRefused),
        (away_for("AUTH_RATE_LIMITED"), AgentRefused),
        (GatewayRefused("wrong token", code="AUTH_TOKEN_MISMATCH"), AgentRefused),
        (MissingScope("no scopes", missing=["operator.write"], granted=[]), AgentRefused),
        (DeviceStoreError("no room"), AgentRefused),
        (TurnFailed("no credit", kind="billing"), AgentRefused),
        (TurnFailed("no such agent", kind="INVALID_REQUEST"), AgentRefused),
        (TurnFailed("declined", kind="refusal"), AgentRefused),
        (TurnAborted("stopped"), AgentStopped),
    ],
)
async def test_failures_become_the_pipelines_errors(
    error: OpenClawError, kind: type[AgentError]
) -> None:
    deltas = OpenClawAgent(FailingClient(error)).reply(QUESTION)
    assert (await anext(deltas)).text == "It "
    with pytest.raises(kind, match=str(error)) as told:
        await anext(deltas)
    assert type(told.value) is kind


async def test_a_gateway_that_is_away_is_unavailable_after_some_patience(
    clock: ManualClock,
) -> None:
    config = config_for(f"http://127.0.0.1:{closed_port()}", retry_timeout=2)
    async with PerGuildOpenClawClient(config, clock=clock) as guilds:
        asking = asyncio.create_task(answer(OpenClawAgent(guilds.get_or_create(1))))
        await settle()
        while not asking.done():
            await clock.advance(0.5)
        with pytest.raises(AgentUnavailable, match="within 2 s"):
            await asking


async def test_a_client_that_was_not_connected_is_unavailable(gateway: GatewaySimulator) -> None:
    client = OpenClawClient(config_for(gateway.url))
    with pytest.raises(AgentUnavailable):
        await answer(OpenClawAgent(client))


@pytest.mark.parametrize(
    "turn", [AgentTurn("no such agent!", "Hello.", ALICE), AgentTurn("jarvis", "  ", ALICE)]
)
async def test_an_invalid_turn_is_unavailable_and_not_sent(
    client: OpenClawClient, gateway: GatewaySimulator, turn: AgentTurn
) -> None:
    with pytest.raises(AgentUnavailable):
        await answer(OpenClawAgent(client), turn)
    assert gateway.asked("chat.send") == []


# -- memory ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("scope", "key"),
    [
        ("user", "agent:jarvis:discord:dm:4711:guild:1"),
        ("user_everywhere", "agent:jarvis:discord:dm:4711"),
        ("channel", "agent:jarvis:discord:channel:99"),
        ("guild", "agent:jarvis:discord:guild:1"),
    ],
)
async def test_the_memory_is_the_one_of_the_session_scope(
    gateway: GatewaySimulator, scope: str, key: str
) -> None:
    async with PerGuildOpenClawClient(config_for(gateway.url, session_scope=scope)) as guilds:
        await answer(OpenClawAgent(guilds.get_or_create(1), lambda: 99))
    assert gateway.runs[0].session.key == key


@pytest.mark.parametrize(
    ("scope", "answered"),
    [("user", "Very well, sir."), ("user_everywhere", "It is sunny in Paris, sir.")],
)
async def test_what_a_member_said_in_one_server_is_known_in_another_only_where_that_is_chosen(
    gateway: GatewaySimulator, scope: str, answered: str
) -> None:
    async with PerGuildOpenClawClient(config_for(gateway.url, session_scope=scope)) as guilds:
        here, there = (OpenClawAgent(guilds.get_or_create(guild)) for guild in (1, 2))
        await answer(here, replace(QUESTION, text="Jarvis, what is the weather in Paris?"))
        deltas = await answer(there, replace(QUESTION, text="Jarvis, and tomorrow?"))
    assert "".join(delta.text for delta in deltas) == answered


# -- an agent that the Gateway does not have ---------------------------------------------------


async def unasked() -> ConnectionStatus:
    raise AssertionError("nobody asked for it")


async def test_on_a_gateway_as_it_comes_its_one_agent_answers() -> None:
    main = replace(jarvis(), id="main", name="Main")
    async with (
        GatewaySimulator(token=TOKEN, agents=[main], sleep=instantly) as gateway,
        PerGuildOpenClawClient(config_for(gateway.url)) as guilds,
    ):
        known = personas(DEFAULT_AGENTS, "jarvis")
        agents = GatewayAgents(known, guilds.list_agents, unasked, first="jarvis")
        agent = OpenClawAgent(guilds.get_or_create(1), agents=agents)
        await guilds.connect()
        # Refused at first, for nothing is known of the Gateway, and then asked of its default one.
        assert "".join(delta.text for delta in await answer(agent)) == TIME
        assert "".join(delta.text for delta in await answer(agent)) == TIME
        assert len(gateway.asked("chat.send")) == 3
        (first, second) = gateway.runs
        assert first.session.key == second.session.key == "agent:main:discord:dm:4711:guild:1"


async def test_an_agent_that_disappears_is_replaced_and_one_that_comes_back_answers() -> None:
    now = [0.0]
    both = [jarvis(), replace(jarvis(), id="main", name="Main")]
    async with (
        GatewaySimulator(token=TOKEN, agents=both, sleep=instantly) as gateway,
        PerGuildOpenClawClient(config_for(gateway.url)) as guilds,
    ):
        known = personas(DEFAULT_AGENTS, "jarvis")
        agents = GatewayAgents(known, guilds.list_agents, unasked, lambda: now[0], first="jarvis")
        guilds.on_agents(agents.update)
        agent = OpenClawAgent(guilds.get_or_create(1), agents=agents)
        await guilds.connect()
        butler = gateway.agents.pop("jarvis")
        gateway._methods._default_agent = "main"
        await answer(agent)
        assert gateway.runs[-1].session.agent.id == "main"
        gateway.agents["jarvis"] = butler
        now[0] = MAX_AGE_S
        await answer(agent)
        assert gateway.runs[-1].session.agent.id == "jarvis"


async def test_a_gateway_without_any_agent_is_nothing_to_ask_again() -> None:
    async with (
        GatewaySimulator(token=TOKEN, agents=[jarvis()]) as gateway,
        PerGuildOpenClawClient(config_for(gateway.url)) as guilds,
    ):
        gateway.agents.clear()
        agents = GatewayAgents({}, guilds.list_agents, unasked)
        with pytest.raises(AgentRefused, match="no longer exists"):
            await answer(OpenClawAgent(guilds.get_or_create(1), agents=agents))

"""Which agents people are offered, as the Gateway's list and the settings have it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest

from app.agent_roster import MAX_AGE_S, GatewayAgents
from openclaw_client import AgentInfo, ConnectionStatus, GatewayUnreachable, PerGuildOpenClawClient
from pipeline.personas import DEFAULT_AGENTS, personas
from pipeline.ports import Persona, Voice
from simulators.gateway import GatewaySimulator, jarvis
from simulators.gateway.refusal import invalid
from testing.gateways import TOKEN, config_for
from testing.manual_clock import eventually
from virtual_time import VirtualTimeLoop

CONFIGURED = personas(DEFAULT_AGENTS, "jarvis")
MAIN = replace(jarvis(), id="main", name="Main")


class Listing:
    """A Gateway that names its agents, or fails to."""

    def __init__(self, *agents: AgentInfo) -> None:
        self.agents = list(agents)
        self.asked = 0
        self.takes_s = 0.0
        self.error: Exception | None = None

    async def __call__(self) -> Sequence[AgentInfo]:
        self.asked += 1
        await asyncio.sleep(self.takes_s)
        if self.error is not None:
            raise self.error
        return self.agents


async def out_of_reach() -> ConnectionStatus:
    raise AssertionError("nobody asked for it")


def agents_of(listing: Listing, clock: Callable[[], float] = time.monotonic) -> GatewayAgents:
    return GatewayAgents(CONFIGURED, listing, out_of_reach, clock)


async def offered(agents: GatewayAgents) -> list[str]:
    return [persona.agent for persona in await agents.choices()]


async def test_a_name_of_the_gateways_cannot_hold_what_is_not_to_be_seen() -> None:
    listing = Listing(AgentInfo(id="max", name="\x1b[31mMax\n\u202ePower\0"))
    (persona,) = await agents_of(listing).choices()
    assert persona.name == "[31mMax Power"


async def test_the_gateways_agents_are_offered_with_the_settings_names_and_voices() -> None:
    listing = Listing(AgentInfo(id="sage"), AgentInfo(id="max", name="Max  Power"))
    agents = agents_of(listing)
    assert list(await agents.choices()) == [
        Persona("sage", "Sage", Voice("sage")),
        Persona("max", "Max Power", Voice("")),
    ]


async def test_without_a_list_the_agents_are_those_of_the_settings() -> None:
    listing = Listing()
    listing.error = GatewayUnreachable("nobody answers")
    assert await offered(agents_of(listing)) == ["jarvis", "sage"]


async def test_one_that_names_none_is_not_believed() -> None:
    assert await offered(agents_of(Listing())) == ["jarvis", "sage"]


async def test_the_list_is_asked_for_again_only_when_it_is_old() -> None:
    now = [0.0]
    listing = Listing(AgentInfo(id="sage"))
    agents = agents_of(listing, lambda: now[0])
    assert await offered(agents) == ["sage"]
    listing.agents.append(AgentInfo(id="max"))
    now[0] = MAX_AGE_S - 1
    assert await offered(agents) == ["sage"]
    now[0] = MAX_AGE_S
    assert await offered(agents) == ["sage", "max"]
    assert listing.asked == 2


async def test_while_the_gateway_is_away_its_last_list_holds() -> None:
    now = [0.0]
    listing = Listing(AgentInfo(id="sage"))
    agents = agents_of(listing, lambda: now[0])
    await agents.choices()
    listing.error = GatewayUnreachable("nobody answers")
    now[0] = MAX_AGE_S
    assert await offered(agents) == ["sage"]


def test_an_unresponsive_gateway_delays_the_choices_briefly() -> None:
    async def scene() -> None:
        listing = Listing(AgentInfo(id="max"))
        listing.takes_s = 60.0
        agents = agents_of(listing)
        begun = asyncio.get_running_loop().time()
        keys = await asyncio.gather(*(offered(agents) for _ in range(3)))
        assert keys == [["jarvis", "sage"]] * 3
        assert asyncio.get_running_loop().time() - begun < 2.0

    with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
        runner.run(scene())


@pytest.mark.parametrize(("agent", "name"), [("sage", "Sage"), ("max_power", "Max Power")])
async def test_any_agent_has_a_name_and_a_voice(agent: str, name: str) -> None:
    assert agents_of(Listing()).persona(agent).name == name


async def test_a_gateway_that_refused_is_reached_for_again_once_it_takes_us() -> None:
    async with GatewaySimulator(token=TOKEN) as gateway:
        gateway.faults.refuse_connects(1, invalid("wrong token", code="AUTH_TOKEN_MISMATCH"))
        async with PerGuildOpenClawClient(config_for(gateway.url)) as client:
            agents = GatewayAgents({}, client.list_agents, client.retry)
            await eventually(lambda: client.status.stopped)
            assert await agents.reach()
            assert await agents.reach()


def test_who_calls_the_bot_in_hears_soon_that_the_gateway_is_away() -> None:
    async def scene() -> None:
        async def away() -> ConnectionStatus:
            await asyncio.sleep(3600)
            raise AssertionError("nobody waits so long")

        begun = asyncio.get_running_loop().time()
        assert not await GatewayAgents(CONFIGURED, Listing(), away).reach()
        assert asyncio.get_running_loop().time() - begun < 3.0

    with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
        runner.run(scene())


async def test_the_simulated_gateways_agents_are_offered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.agent_roster.LIST_TIMEOUT_S", 10.0)
    async with (
        GatewaySimulator(token=TOKEN) as gateway,
        PerGuildOpenClawClient(config_for(gateway.url)) as client,
    ):
        await client.connect()
        assert {"jarvis", "sage"} <= set(
            await offered(GatewayAgents({}, client.list_agents, client.retry))
        )


# -- an agent that the Gateway does not have ---------------------------------------------------


def stock() -> GatewayAgents:
    """A Gateway as it comes has one agent."""
    agents = GatewayAgents(CONFIGURED, Listing(), out_of_reach, first="jarvis")
    agents.update([AgentInfo("main", "Main", default=True)])
    return agents


async def test_the_default_agent_answers_for_one_that_is_not_there() -> None:
    agents = stock()
    assert [agents.answered_by(name) for name in ("jarvis", "sage", "main")] == ["main"] * 3
    assert agents.persona("jarvis") == CONFIGURED["jarvis"], "called and heard as before"
    assert agents.persona("main") == CONFIGURED["jarvis"]
    assert list(agents.known()) == list(CONFIGURED.values())
    listing = Listing(AgentInfo("main", "Main", default=True))
    offering = GatewayAgents(CONFIGURED, listing, out_of_reach, first="jarvis")
    assert list(await offering.choices()) == [CONFIGURED["jarvis"]]


def test_an_agent_that_is_there_answers_for_itself() -> None:
    agents = GatewayAgents(CONFIGURED, Listing(), out_of_reach, first="jarvis")
    assert agents.answered_by("jarvis") == "jarvis", "nothing is known of the Gateway yet"
    agents.update([AgentInfo("main", default=True), AgentInfo("jarvis")])
    assert agents.answered_by("jarvis") == "jarvis"
    assert agents.answered_by("sage") == "main"
    assert agents.persona("main").name == "Main"


@pytest.mark.parametrize(
    ("there", "stand_in"),
    [
        ([AgentInfo("max"), AgentInfo("ada", default=True)], "ada"),
        ([AgentInfo("max"), AgentInfo("ada")], "max"),
        ([], "jarvis"),
    ],
)
def test_who_stands_in(there: list[AgentInfo], stand_in: str) -> None:
    agents = GatewayAgents(CONFIGURED, Listing(), out_of_reach, first="jarvis")
    agents.update(there)
    assert agents.answered_by("jarvis") == stand_in


def test_it_is_said_once_until_it_changes(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    agents = stock()
    agents.update([AgentInfo("main", default=True)])
    agents.update([AgentInfo("main", default=True), AgentInfo("jarvis"), AgentInfo("sage")])
    first, last = caplog.messages
    assert first == (
        "the Gateway has no agent jarvis, sage; there are: main. Its agent main answers in their "
        "place, under their names"
    )
    assert last == "the Gateway has every agent of the settings"
    assert caplog.records[0].levelname == "WARNING"


async def test_agents_that_come_and_go_are_noticed() -> None:
    now = [0.0]
    listing = Listing(AgentInfo("main", default=True))
    agents = GatewayAgents(CONFIGURED, listing, out_of_reach, lambda: now[0], first="jarvis")
    agents.update(listing.agents)
    assert await agents.resolve("jarvis") == "main"
    assert listing.asked == 0, "what was just told is not asked for again"
    listing.agents.append(AgentInfo("jarvis"))
    now[0] = MAX_AGE_S
    assert await agents.resolve("jarvis") == "jarvis"
    now[0] = 10 * MAX_AGE_S
    assert await agents.resolve("jarvis") == "jarvis"
    assert listing.asked == 1, "nobody waits for the list where the agent is there"
    del listing.agents[1]
    assert await agents.resolve("jarvis", refused=True) == "main"


async def test_a_gateway_tells_its_agents_at_each_connect() -> None:
    told: list[list[str]] = []
    async with (
        GatewaySimulator(token=TOKEN, agents=[MAIN]) as gateway,
        PerGuildOpenClawClient(config_for(gateway.url)) as client,
    ):
        client.on_agents(lambda agents: told.append([agent.id for agent in agents]))
        await eventually(lambda: told == [["main"]])
        gateway.agents["jarvis"] = jarvis()
        gateway.drop_connections()
        await eventually(lambda: told == [["main"], ["main", "jarvis"]])

"""The agents to choose from: those of the Gateway, with the names and voices of the settings.

Where the Gateway lacks a configured agent, its default agent answers under that agent's name. A
fresh Gateway has `main` alone.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from openclaw_client import AgentInfo, ConnectionState, ConnectionStatus, OpenClawError
from pipeline.personas import AgentSettings
from pipeline.ports import Persona

log = logging.getLogger(__name__)

MAX_AGE_S: Final = 30.0
"""How long a list is used: an autocompletion asks at every keystroke."""
LIST_TIMEOUT_S: Final = 1.0
"""The timeout of ``agents.list``; Discord gives an autocompletion three seconds."""
RETRY_TIMEOUT_S: Final = 2.0
"""How long a member who runs /join waits for the message that the bot cannot answer."""


class GatewayAgents:
    """A `discord_bot.bot.AgentCatalogue` over the Gateway's ``agents.list``.

    Before the first list, the agents are those of the settings.
    """

    def __init__(
        self,
        configured: Mapping[str, Persona],
        list_agents: Callable[[], Awaitable[Sequence[AgentInfo]]],
        retry: Callable[[], Awaitable[ConnectionStatus]],
        clock: Callable[[], float] = time.monotonic,
        first: str | None = None,
    ) -> None:
        """``first`` of the configured agents is the one that answers until a guild chooses."""
        self._configured = configured
        self._list_agents = list_agents
        self._retry = retry
        self._clock = clock
        self._first = first
        self._listed: dict[str, Persona] = {}
        self._stand_in: str | None = None
        """The agent that answers for those that the Gateway lacks."""
        self._last_warning: str | None = None
        self._asked_at: float | None = None
        self._asking = asyncio.Lock()

    async def choices(self) -> Sequence[Persona]:
        await self._refresh()
        return list((_by_agent(self._listed) or self._configured).values())

    async def reach(self) -> bool:
        # Also after a refusal that stopped all attempts: the caller may have fixed the cause.
        try:
            async with asyncio.timeout(RETRY_TIMEOUT_S):
                status = await self._retry()
        except TimeoutError:
            return False
        if status.state is not ConnectionState.UP:
            return False
        await self._refresh()
        return True

    def known(self) -> Sequence[Persona]:
        return list({**self._configured, **_by_agent(self._listed)}.values())

    def persona(self, agent: str) -> Persona:
        known = self._configured.get(agent) or self._listed.get(agent)
        return known or AgentSettings().persona(agent)

    def answered_by(self, agent: str) -> str:
        if self._stand_in is None or agent in self._listed:
            return agent
        return self._stand_in

    async def resolve(self, agent: str, *, refused: bool = False) -> str:
        """The id of the agent that answers for ``agent``. The list is requested again where another
        agent stands in, and where the Gateway has just ``refused`` the agent."""
        if refused:
            self._asked_at = None
        if refused or self.answered_by(agent) != agent:
            await self._refresh()
        return self.answered_by(agent)

    def update(self, agents: Sequence[AgentInfo]) -> None:
        """Take the Gateway's list of agents."""
        self._asked_at = self._clock()
        ids = [agent.id for agent in agents]
        self._stand_in = next((agent.id for agent in agents if agent.default), (*ids, None)[0])
        self._listed = {agent.id: self._as_persona(agent, ids) for agent in agents}
        self._log_missing()

    async def _refresh(self) -> None:
        async with self._asking:
            if self._asked_at is None or self._clock() - self._asked_at >= MAX_AGE_S:
                await self._ask()

    async def _ask(self) -> None:
        self._asked_at = self._clock()
        try:
            async with asyncio.timeout(LIST_TIMEOUT_S):
                self.update(await self._list_agents())
        except (TimeoutError, OpenClawError) as error:
            log.info("the Gateway did not list its agents: %s", str(error) or "no answer in time")

    def _log_missing(self) -> None:
        """Log the missing agents and their stand-in, once until that changes."""
        missing = sorted(self._configured.keys() - self._listed.keys())
        told = "the Gateway has every agent of the settings"
        if self._listed and missing:
            told = (
                f"the Gateway has no agent {', '.join(missing)}; there are: "
                f"{', '.join(self._listed)}. Its agent {self._stand_in} answers in their place, "
                "under their names"
            )
        if told != self._last_warning and (missing or self._last_warning is not None):
            level = logging.WARNING if self._first in missing else logging.INFO
            log.log(level, "%s", told)
        self._last_warning = told

    def _as_persona(self, agent: AgentInfo, ids: Sequence[str]) -> Persona:
        if agent.id in self._configured:
            return self._configured[agent.id]
        if agent.id == self._stand_in and self._first is not None and self._first not in ids:
            return self._configured[self._first]
        shown = (char if char.isprintable() else " " for char in agent.name or "")
        name = " ".join("".join(shown).split())[:80]
        return AgentSettings(display_name=name or None).persona(agent.id)


def _by_agent(listed: Mapping[str, Persona]) -> dict[str, Persona]:
    """Each persona once, by its id; a stand-in shares the persona of the agent that it replaces."""
    return {persona.agent: persona for persona in listed.values()}


@dataclass(frozen=True, slots=True)
class AgentCheck:
    """Whether the Gateway has every configured agent, and what to do if not."""

    complete: bool
    words: str
    advice: str = ""


def check_agents(wanted: Iterable[str], first: str, there: Sequence[AgentInfo]) -> AgentCheck:
    """Compare the configured agents with the Gateway's; ``first`` answers until a guild chooses
    another."""
    names = list(wanted)
    ids = [agent.id for agent in there]
    missing = [name for name in names if name not in ids]
    if not missing:
        return AgentCheck(True, f"agents {', '.join(names)}")
    if not ids:
        return AgentCheck(
            False, "it has no agent at all", "add one to OpenClaw: `openclaw agents add main`"
        )
    default = next((agent.id for agent in there if agent.default), ids[0])
    words = f"it has no agent {', '.join(missing)}, only {', '.join(sorted(ids))}"
    return AgentCheck(
        False,
        f"{words}; its agent {default} answers in their place, under their names",
        "this works as it is; to have an agent of its own, add it to OpenClaw, or name one that is "
        f"there: OPENCLAW_AGENT_ID={default if first in missing else first}, and under agents in "
        "config.yaml what it is called",
    )

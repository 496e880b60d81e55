"""The agents to choose from: those that the Gateway has, named and voiced as the settings say."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Final

from openclaw_client import AgentInfo, LinkState, LinkStatus, OpenClawError
from pipeline.agents import AgentSettings
from pipeline.ports import Persona

log = logging.getLogger(__name__)

FRESH_S: Final = 30.0
"""How long the Gateway's list is used: an autocompletion asks at every key."""
PATIENCE_S: Final = 1.0
"""How long the Gateway may take with it; Discord gives an autocompletion three seconds."""
REACH_S: Final = 2.0
"""How long somebody who calls the bot in waits to hear that it cannot answer."""


class GatewayAgents:
    """A `discord_bot.agent_catalogue.AgentCatalogue` over the Gateway's ``agents.list``.

    While the Gateway has never told, the agents of the settings are those there are.
    """

    def __init__(
        self,
        configured: Mapping[str, Persona],
        list_agents: Callable[[], Awaitable[Sequence[AgentInfo]]],
        retry: Callable[[], Awaitable[LinkStatus]],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._configured = configured
        self._list_agents = list_agents
        self._retry = retry
        self._clock = clock
        self._listed: dict[str, Persona] = {}
        self._asked_at: float | None = None
        self._asking = asyncio.Lock()

    async def choices(self) -> Sequence[Persona]:
        async with self._asking:
            if self._asked_at is None or self._clock() - self._asked_at >= FRESH_S:
                await self._ask()
        return list((self._listed or self._configured).values())

    async def reach(self) -> bool:
        # Also after a refusal that stopped all attempts: whoever asks may have mended the cause.
        try:
            async with asyncio.timeout(REACH_S):
                status = await self._retry()
        except TimeoutError:
            return False
        return status.state is LinkState.UP

    def known(self) -> Sequence[Persona]:
        return list({**self._configured, **self._listed}.values())

    def persona(self, agent: str) -> Persona:
        known = self._configured.get(agent) or self._listed.get(agent)
        return known or AgentSettings().persona(agent)

    async def _ask(self) -> None:
        self._asked_at = self._clock()
        try:
            async with asyncio.timeout(PATIENCE_S):
                agents = await self._list_agents()
        except (TimeoutError, OpenClawError) as error:
            log.info("the Gateway did not name its agents: %s", str(error) or "no answer in time")
            return
        self._listed = {agent.id: self._as_persona(agent) for agent in agents}
        missing = sorted(self._configured.keys() - self._listed.keys())
        if self._listed and missing:
            log.info(
                "the Gateway has no agent %s; there are: %s",
                ", ".join(missing),
                ", ".join(self._listed),
            )

    def _as_persona(self, agent: AgentInfo) -> Persona:
        if agent.id in self._configured:
            return self._configured[agent.id]
        name = " ".join((agent.name or "").split())[:80]
        return AgentSettings(display_name=name or None).persona(agent.id)

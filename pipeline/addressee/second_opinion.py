"""Where the rules are unsure, the agent itself decides whether it was meant.

It may decline a turn that it gets (`doubt_of`), or is asked beforehand (`SecondOpinion`).
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace
from typing import Final

from pipeline.addressee.classifier import Decision
from pipeline.errors import AgentError
from pipeline.ports import AddresseeDoubt, AddresseeOracle, AgentTurn
from pipeline.settings import SecondOpinionSettings

log = logging.getLogger(__name__)

SURE_FROM: Final = 0.85
"""The probability from which the agent is surely meant. Of 70 lines between it and 0.98 in the
parts of the addressee set that rules are made on, all were (2026-11-29)."""


class SecondOpinion:
    """Asks an oracle, with a timeout. Without an oracle there is no second opinion."""

    def __init__(self, settings: SecondOpinionSettings, oracle: AddresseeOracle | None) -> None:
        self._settings = settings
        self._oracle = oracle

    @property
    def enabled(self) -> bool:
        return self._settings.enabled and self._oracle is not None

    def is_wanted(self, decision: Decision) -> bool:
        """Whether the rules were unsure, the level leaves it open, and the agent can be asked."""
        return self.enabled and is_unsure(decision, self._settings)

    async def ask(self, decision: Decision, turn: AgentTurn) -> Decision:
        """The agent's decision, or that of the rules if it gives none in time. Never raises."""
        doubt = decision.doubt
        if self._oracle is None or doubt is None:
            return decision
        try:
            async with asyncio.timeout(self._settings.timeout_ms / 1000):
                meant = await self._oracle.was_meant(turn, doubt)
        except TimeoutError:
            within_s = self._settings.timeout_ms / 1000
            return _kept(decision, f"the agent was asked, and did not answer within {within_s:g} s")
        except AgentError as error:
            log.info("no second opinion from %s: %s", turn.agent, error)
            return _kept(decision, "the agent could not be asked")
        if meant is None:
            return _kept(decision, "the agent was asked, and said neither yes nor no")
        return _overruled(decision, turn.agent, meant=meant)


def doubt_of(decision: Decision) -> AddresseeDoubt | None:
    """The doubt about a turn that the agent gets; None if there is none."""
    doubted = decision.addressed and decision.probability <= SURE_FROM
    return decision.doubt if doubted else None


def is_unsure(decision: Decision, settings: SecondOpinionSettings) -> bool:
    """Whether features were weighed, and their sum is in the unsure middle.

    Below high, an open question of a room in which no exchange is running is left alone by the
    level, whatever it asks.
    """
    doubt = decision.doubt
    if doubt is None or not settings.from_score <= decision.probability <= settings.to_score:
        return False
    return decision.addressed or doubt.level == "high" or doubt.answered_ago_s is not None


def _kept(decision: Decision, why: str) -> Decision:
    return replace(decision, reasons=(*decision.reasons, why))


def _overruled(decision: Decision, agent: str, *, meant: bool) -> Decision:
    says = "it was meant" if meant else "it was not meant"
    verdict = "agreed" if meant == decision.addressed else "decided otherwise"
    reasons = (f"the agent itself says that {says}", f"the rules {verdict}", *decision.reasons)
    return Decision(meant, decision.probability, reasons, agent if meant else None)

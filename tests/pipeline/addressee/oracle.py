"""An oracle for tests: an agent that is asked whether it was meant."""

from __future__ import annotations

import asyncio

from pipeline.ports import AddresseeDoubt, AgentTurn


class FakeOracle:
    """Gives one answer, or raises one error, after a delay."""

    def __init__(self, says: bool | Exception | None = True, after_s: float = 0.5) -> None:
        self.says = says
        self.after_s = after_s
        self.turns: list[AgentTurn] = []
        self.doubts: list[AddresseeDoubt] = []
        self.cancelled = 0

    async def was_meant(self, turn: AgentTurn, doubt: AddresseeDoubt) -> bool | None:
        self.turns.append(turn)
        self.doubts.append(doubt)
        try:
            await asyncio.sleep(self.after_s)
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
        if isinstance(self.says, Exception):
            raise self.says
        return self.says

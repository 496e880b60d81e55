"""Plays on the stage of `bench.faults`, by a clock that jumps."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

from testing.jumping_loop import JumpingLoop
from testing.outage_stage import OutageStage, stage

Play = Callable[[OutageStage], Awaitable[None]]


def play(folder: Path, scene: Play) -> None:
    """The bot is in a call and hears Alice; then ``scene``. It breaks no rule of Discord's."""

    async def run() -> None:
        async with stage(folder, dave=False) as here:
            await scene(here)
        assert here.sim.violations == []

    with asyncio.Runner(loop_factory=JumpingLoop) as runner:
        runner.run(run())

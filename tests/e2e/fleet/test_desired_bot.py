"""A bot on Discord under a control plane: a version is applied in a running bot, one is refused,
and one with which the bot cannot start is given up."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from app.fleet.starting_configuration import RESTART_STATUS
from app.process import COULD_NOT_RUN
from fleet.desired_state.kept import MOST_STARTS
from testing.waiting import within
from tests.e2e.fleet.bot_process import WITHIN_S, BotProcess
from tests.e2e.fleet.conftest import OpenBot
from tests.e2e.fleet.planes import Plane

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.timeout(240),
    pytest.mark.patience(120),
]

STRICT = {"guilds": {"supervision": "supervised"}, "pipeline": {"relevance": {"level": "high"}}}


async def until(true: Callable[[], Awaitable[bool]], seen: list[Any]) -> None:
    """Wait; ``seen`` is shown if it does not come true."""
    async with within(WITHIN_S, "the control plane shows what is wanted", seen=lambda: seen):
        while not await true():  # noqa: ASYNC110 - another process's state would be asked the same way
            await asyncio.sleep(0.1)


async def test_a_version_is_applied_one_refused_and_one_given_up(
    open_bot: OpenBot, tmp_path: Path
) -> None:
    plane = Plane(tmp_path / "plane")
    async with plane.running() as operator:
        token = (await operator.post("/bots", json={"id": "harbour"})).json()["token"]

        def under_control(process: BotProcess) -> dict[str, Any]:
            desired = {"url": plane.url, "bot": "harbour", "token": token, "restart": "now"}
            paces = {"poll_s": 1, "heartbeat_s": 5, "trial_s": 1.5}
            return {"fleet": {"desired_state": {**desired, **paces}}}

        async def put(config: dict[str, Any]) -> None:
            answer = await operator.put("/bots/harbour/config", json={"config": config})
            assert answer.status_code == 201, answer.text

        async def outcome(number: int, wanted: str, why: str = "") -> None:
            seen: list[Any] = []

            async def answered() -> bool:
                rows = (await operator.get("/bots/harbour/versions")).json()["versions"]
                seen[:] = [number, rows]
                (row,) = (each for each in rows if each["version"] == number)
                return row["outcome"] == wanted and why in row["reason"]

            await until(answered, seen)

        async with open_bot(under_control) as process:
            # Applied while the bot runs: the next call has it.
            await put(STRICT)
            await outcome(1, "applied")
            await process.call_in("Alice")
            bot = process.bot
            assert bot is not None
            assert bot.sessions[process.guild.id].room.sensitivity == "high"
            assert bot.store.settings.of(process.guild.id).supervision == "supervised"

            # Refused: where the Gateway's token goes is set on the machine alone.
            await put({**STRICT, "openclaw": {"base_url": "http://127.0.0.1:9"}})
            await outcome(2, "refused", "openclaw.base_url")
            assert bot.is_ready()

            # Discord does not take the token of the third: after three starts at most it is given
            # up, or before that by the process itself.
            await put({**STRICT, "discord": {"token": "not-the-token"}})
            assert await process.ended() == RESTART_STATUS
            ends = []
            process.start()
            while (status := await process.ended_or_ready()) is not None:
                ends.append(status)
                process.start()
            assert 1 <= len(ends) <= MOST_STARTS
            assert set(ends) <= {COULD_NOT_RUN, RESTART_STATUS}
            bot = await process.login()
            assert process.settings.pipeline.relevance.level == "high"
            await outcome(3, "refused", "went back")

            # The operator goes back, too, and all is well.
            back = await operator.post("/bots/harbour/rollback", json={})
            assert back.json()["origin"] == "rollback to 1"
            await outcome(4, "applied")
            assert bot.is_ready()

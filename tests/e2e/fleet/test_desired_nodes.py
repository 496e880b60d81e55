"""Desired state, whole: a control plane on a socket, and two nodes that keep to it.

A version is applied, one is refused, one breaks a node, which goes back by itself, and the operator
goes back for both; between these the control plane is away.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.fleet.box_node import run_node
from app.fleet.starting_configuration import RESTART_STATUS, StartingConfiguration
from settings import Settings
from simulators.gateway import GatewaySimulator
from testing.gateways import TOKEN
from testing.ports import closed_port
from tests.e2e.fleet.planes import Plane

pytestmark = [pytest.mark.e2e, pytest.mark.patience(60)]

WARM = {"fleet": {"sensors": {"thresholds": [{"sensor": "cpu", "above": 90}]}}}
HOT = {"fleet": {"sensors": {"thresholds": [{"sensor": "cpu", "above": 95}]}}}


class Node:
    """One node: `run.py node` on a machine of its own."""

    def __init__(self, name: str, folder: Path, gateway: str, plane: str, token: str) -> None:
        self.name = name
        self.folder = folder / name
        folder.mkdir(exist_ok=True)
        self.config = folder / f"{name}.yaml"
        self.config.write_text(
            f"""
openclaw:
  base_url: {gateway}
  state_dir: {self.folder}
  reconnect_min_s: 0.2
  node: {{name: {name}, enabled: true}}
fleet:
  sensors: {{sources: [machine]}}
  desired_state: {{url: '{plane}', bot: {name}, token: {token}, poll_s: 1,
                   heartbeat_s: 5, trial_s: 1.5, restart: now,
                   allowed: [openclaw.base_url]}}
"""
        )
        self.settings = Settings()
        self._task: asyncio.Task[int] | None = None

    def start(self) -> None:
        start = StartingConfiguration()
        self.settings = start.load(self.config)
        self._task = asyncio.create_task(start.until_restart(run_node(self.settings, start)))

    async def ended(self) -> int:
        assert self._task is not None
        return await self._task

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)


@asynccontextmanager
async def stopped(nodes: list[Node]) -> AsyncIterator[None]:
    """At the end."""
    try:
        yield
    finally:
        await asyncio.gather(*(node.stop() for node in nodes))


async def until(true: Callable[[], Awaitable[bool]]) -> None:
    while not await true():  # noqa: ASYNC110 - another process's state would be asked the same way
        await asyncio.sleep(0.1)


async def test_two_nodes_and_a_control_plane_that_goes_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENCLAW_AUTH_TOKEN", TOKEN)
    plane = Plane(tmp_path / "plane")
    nodes: list[Node] = []
    async with GatewaySimulator(token=TOKEN, strict=False) as gateway, stopped(nodes):
        async with plane.running() as operator:
            for name in ("box1", "box2"):
                token = (await operator.post("/bots", json={"id": name})).json()["token"]
                nodes.append(Node(name, tmp_path, gateway.url, plane.url, token))
            for node in nodes:
                node.start()

            async def outcome(name: str, number: int) -> str:
                rows = (await operator.get(f"/bots/{name}/versions")).json()["versions"]
                (row,) = (each for each in rows if each["version"] == number)
                return f"{row['outcome']} {row['reason']}"

            async def put(name: str, config: dict[str, Any]) -> None:
                answer = await operator.put(f"/bots/{name}/config", json={"config": config})
                assert answer.status_code == 201, answer.text

            # Applied by both, without a restart.
            for node in nodes:
                await put(node.name, WARM)
            for name in ("box1", "box2"):
                await until(lambda name=name: _begins(outcome(name, 1), "applied"))  # type: ignore[misc]
            await until(lambda: _in_sync(operator))

            # Refused before it is stored.
            wrong = {"fleet": {"sensors": {"interval": 5}}}
            refused = await operator.put("/bots/box1/config", json={"config": wrong})
            assert refused.status_code == 422
            assert "did you mean fleet.sensors.interval_s?" in refused.text

            # Needs a restart, and breaks the node: another Gateway, which is not there.
            gone = f"http://127.0.0.1:{closed_port()}"
            await put("box1", {**WARM, "openclaw": {"base_url": gone}})
            assert await nodes[0].ended() == RESTART_STATUS
            nodes[0].start()
            assert nodes[0].settings.openclaw.base_url == gone

        # The control plane is away while the node goes back.
        assert await nodes[0].ended() == RESTART_STATUS
        nodes[0].start()
        assert nodes[0].settings.openclaw.base_url == gateway.url
        assert nodes[0].settings.fleet.sensors.thresholds[0].above == 90

        async with plane.running() as operator:
            await until(lambda: _begins(outcome("box1", 2), "refused went back: after 1.5 s this"))
            expected = ["config_applied", "restart", "config_refused", "restart"]

            async def told() -> bool:
                events = (await operator.get("/bots/box1/events")).json()["events"]
                return [each["kind"] for each in events] == expected

            await until(told)

            # A new version for one, and back for both.
            await put("box2", HOT)
            await until(lambda: _begins(outcome("box2", 2), "applied"))
            for name in ("box1", "box2"):
                back = await operator.post(f"/bots/{name}/rollback", json={})
                assert back.json()["origin"] == "rollback to 1"
            for name in ("box1", "box2"):
                await until(lambda name=name: _begins(outcome(name, 3), "applied"))  # type: ignore[misc]
            await until(lambda: _in_sync(operator))
            audit = (await operator.get("/audit")).json()["audit"]
            assert TOKEN not in str(audit)


async def _begins(text: Awaitable[str], words: str) -> bool:
    return (await text).startswith(words)


async def _in_sync(operator: httpx.AsyncClient) -> bool:
    bots = (await operator.get("/bots")).json()["bots"]
    return all(each["in_sync"] and each["applied"] for each in bots)

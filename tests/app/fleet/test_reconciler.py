"""``run.py reconcile`` against the simulated Gateway."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest

from app.fleet.reconciler import DIFFERS, run_reconciler
from fleet.reconciler.errors import DesiredFileUnusable
from openclaw_client import DeviceStore
from settings import Settings
from simulators.gateway import GatewaySimulator
from testing.gateways import TOKEN

DESIRED = """
config: {agents: {entries: {jarvis: {name: J.}}}}
cron:
  - name: night
    schedule: {kind: cron, expr: "0 3 * * *"}
    payload: {kind: agentTurn, message: Good night.}
"""


def settings(gateway: GatewaySimulator, folder: Path) -> Settings:
    openclaw = {"base_url": gateway.url, "auth_token": TOKEN, "state_dir": folder}
    return Settings.model_validate({"openclaw": openclaw})


async def run(settings: Settings, action: str = "apply", **options: Any) -> tuple[int, str]:
    output = io.StringIO()
    given = {"file": None, "dry_run": False, "watch": False, **options}
    status = await run_reconciler(settings, action, output=output, **given)
    return status, output.getvalue()


async def test_a_dry_run_then_the_change_and_back(tmp_path: Path) -> None:
    file = tmp_path / "gateway.yaml"
    file.write_text(DESIRED)
    async with GatewaySimulator(token=TOKEN) as gateway:
        here = settings(gateway, tmp_path)
        before = gateway.configuration.config
        shown = await run(here, file=str(file), dry_run=True)
        assert shown == (
            DIFFERS,
            '~ agents.entries.jarvis.name: "Jarvis" -> "J."\n+ cron night\n',
        )
        assert gateway.configuration.config == before
        assert await run(here, file=str(file)) == (0, shown[1])
        (job,) = gateway.cron.jobs
        assert job["declarationKey"] == "openclaw-voice:night"
        assert await run(here, file=str(file)) == (0, "nothing differs\n")
        assert await run(here, file=str(file), dry_run=True) == (0, "nothing differs\n")
        status, words = await run(here, "rollback")
        assert (status, words.splitlines()[0]) == (0, "back: agents.entries.jarvis.name")
        assert gateway.configuration.config == before
        own = DeviceStore(tmp_path / "reconciler").key()
        assert own.id != DeviceStore(tmp_path).key().id


async def test_without_a_file_it_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(DesiredFileUnusable, match=r"fleet\.reconciler\.file"):
        await run(Settings())

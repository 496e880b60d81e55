"""The reconciler against the simulator's configuration and cron jobs, with what goes wrong."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from fleet.reconciler.desired import DesiredGateway
from fleet.reconciler.errors import GatewayDisagrees, ReconcilerError
from fleet.reconciler.history import ReconcilerHistory
from fleet.reconciler.reconcile import Reconciler
from openclaw_client.errors import GatewayUnreachable, RequestFailed
from simulators.gateway.cron_jobs import CronJobs
from simulators.gateway.gateway_configuration import GatewayConfiguration
from simulators.gateway.refusal import Refusal

pytestmark = pytest.mark.virtual_time

NIGHT = {
    "name": "night",
    "schedule": {"kind": "cron", "expr": "0 3 * * *"},
    "payload": {"kind": "agentTurn", "message": "Good night."},
}


class Gate:
    """The simulator's methods, without a socket."""

    def __init__(self) -> None:
        self.loop = asyncio.get_running_loop()
        config = {
            "gateway": {"auth": {"token": "swordfish"}},
            "agents": {"entries": {"jarvis": {"name": "Jarvis"}}},
            "tools": {"alsoAllow": ["a", "b"]},
        }
        self.configuration = GatewayConfiguration(config, self.loop.time)
        self.cron = CronJobs(lambda: 1)
        self.asked: list[str] = []
        self.before_patch: list[Any] = []
        """Called before a patch, one at a time."""

    @property
    def hash(self) -> str:
        return str(self.configuration.get({})["hash"])

    async def request(self, method: str, params: Mapping[str, Any]) -> Any:
        self.asked.append(method)
        if method == "config.patch" and self.before_patch:
            self.before_patch.pop(0)()
        answer = {
            "config.get": self.configuration.get,
            "config.patch": self.configuration.patch,
            "config.apply": self.configuration.apply,
            "cron.add": self.cron.add,
            "cron.list": self.cron.list,
            "cron.remove": self.cron.remove,
        }[method]
        try:
            return answer(dict(params))
        except Refusal as refusal:
            wait_ms = refusal.retry_after_ms
            raise RequestFailed(
                method,
                refusal.code,
                refusal.message,
                refusal.details,
                retry_after_s=None if wait_ms is None else wait_ms / 1000,
            ) from None


def reconciler(gate: Gate, folder: Path, **desired: Any) -> Reconciler:
    history = ReconcilerHistory(folder, 3)
    return Reconciler(gate.request, DesiredGateway.model_validate(desired), history, "box")


def named(name: str) -> dict[str, Any]:
    return {"agents": {"entries": {"jarvis": {"name": name}}}}


async def test_a_plan_changes_nothing(tmp_path: Path) -> None:
    gate = Gate()
    plan = await reconciler(gate, tmp_path, config=named("J."), cron=[NIGHT]).plan()
    assert plan.lines == ['~ agents.entries.jarvis.name: "Jarvis" -> "J."', "+ cron night"]
    assert set(gate.asked) == {"config.get", "cron.list"}


async def test_what_differs_is_changed_once(tmp_path: Path) -> None:
    gate = Gate()
    both = reconciler(gate, tmp_path, config=named("J."), cron=[NIGHT])
    assert len(await both.apply()) == 2
    assert await both.apply() == []
    assert gate.asked.count("config.patch") == gate.asked.count("cron.add") == 1


async def test_another_program_changed_the_configuration_meanwhile(tmp_path: Path) -> None:
    gate = Gate()

    def another() -> None:
        gate.configuration.config = {**gate.configuration.config, "logging": {"level": "info"}}

    gate.before_patch = [another, another]
    await reconciler(gate, tmp_path, config=named("J.")).apply()
    assert gate.configuration.config["agents"]["entries"]["jarvis"]["name"] == "J."
    assert gate.configuration.config["logging"] == {"level": "info"}
    assert len(ReconcilerHistory(tmp_path, 3).earlier) == 1


async def test_it_waits_as_long_as_the_gateway_asks(tmp_path: Path) -> None:
    gate = Gate()
    for number in range(30):
        await reconciler(gate, tmp_path, config=named(f"J{number}")).apply()
    began = gate.loop.time()
    await reconciler(gate, tmp_path, config=named("J.")).apply()
    assert 59 < gate.loop.time() - began < 62
    assert len(ReconcilerHistory(tmp_path, 3).earlier) == 3


async def test_a_gateway_that_restarts_is_waited_for(tmp_path: Path) -> None:
    gate = Gate()

    def restarts() -> None:
        raise GatewayUnreachable("it restarts")

    gate.before_patch = [restarts]
    assert len(await reconciler(gate, tmp_path, config=named("J.")).apply()) == 1


async def test_a_change_whose_answer_is_lost_can_be_taken_back(tmp_path: Path) -> None:
    gate = Gate()
    before = gate.configuration.config
    desired = {**named("J."), "channels": {"telegram": {"botToken": "another-secret"}}}

    def answer_is_lost() -> None:
        gate.configuration.patch({"raw": json.dumps(desired), "baseHash": gate.hash})
        raise GatewayUnreachable("it restarts")

    gate.before_patch = [answer_is_lost]
    assert len(await reconciler(gate, tmp_path, config=desired).apply()) == 2
    assert gate.asked.count("config.patch") == 1
    assert await reconciler(gate, tmp_path, config=desired).apply() == [], "secrets are known"
    await reconciler(gate, tmp_path).roll_back()
    assert gate.configuration.config == before


async def test_what_the_gateway_refuses_is_told_by_its_path(tmp_path: Path) -> None:
    gate = Gate()
    wrong = {"agents": {"entries": {"jarvis": {"nam": "J."}}}}
    with pytest.raises(GatewayDisagrees, match=r'agents\.entries\.jarvis: Unrecognized key: "nam"'):
        await reconciler(gate, tmp_path, config=wrong).apply()
    bad = {**NIGHT, "schedule": {"kind": "cron", "expr": "hello"}}
    with pytest.raises(GatewayDisagrees, match=r"cron night: .*CronPattern"):
        await reconciler(gate, tmp_path, cron=[bad]).apply()


async def test_a_list_loses_entries_only_where_the_file_allows_it(tmp_path: Path) -> None:
    gate = Gate()
    shorter = {"tools": {"alsoAllow": ["a"]}}
    with pytest.raises(GatewayDisagrees, match=r'tools\.alsoAllow would lose "b": add'):
        await reconciler(gate, tmp_path, config=shorter).apply()
    await reconciler(gate, tmp_path, config=shorter, replace=["tools.alsoAllow"]).apply()
    assert gate.configuration.config["tools"]["alsoAllow"] == ["a"]


async def test_back_to_the_configuration_of_before(tmp_path: Path) -> None:
    gate = Gate()
    before = gate.configuration.config
    await reconciler(gate, tmp_path, config=named("J.")).apply()
    await reconciler(gate, tmp_path, config=named("K.")).apply()
    earlier = await reconciler(gate, tmp_path).roll_back()
    assert earlier.paths == ("agents.entries.jarvis.name",)
    assert gate.configuration.config["agents"]["entries"]["jarvis"]["name"] == "J."
    await reconciler(gate, tmp_path).roll_back()
    assert gate.configuration.config == before  # with its secret
    with pytest.raises(ReconcilerError, match="no configuration of before"):
        await reconciler(gate, tmp_path).roll_back()


async def test_a_secret_is_set_once_and_kept_nowhere(tmp_path: Path) -> None:
    gate = Gate()
    desired = {"gateway": {"auth": {"token": "another-secret"}}}
    assert len(await reconciler(gate, tmp_path, config=desired).apply()) == 1
    assert gate.configuration.config["gateway"]["auth"]["token"] == "another-secret"
    assert await reconciler(gate, tmp_path, config=desired).apply() == []
    for file in tmp_path.iterdir():  # noqa: ASYNC240 - a test may block
        assert "another-secret" not in file.read_text()
        assert "swordfish" not in file.read_text()


async def test_a_new_secret_is_set_once(tmp_path: Path) -> None:
    gate = Gate()
    desired = {"channels": {"telegram": {"botToken": "another-secret"}}}
    assert len(await reconciler(gate, tmp_path, config=desired).apply()) == 1
    assert await reconciler(gate, tmp_path, config=desired).apply() == []


async def test_jobs_come_in_pages(tmp_path: Path) -> None:
    gate = Gate()
    wanted = [{**NIGHT, "name": f"job{number}"} for number in range(130)]
    await reconciler(gate, tmp_path, cron=wanted).apply()
    assert (await reconciler(gate, tmp_path, cron=wanted).plan()).lines == []
    assert len(await reconciler(gate, tmp_path).apply()) == 130
    assert gate.cron.jobs == []

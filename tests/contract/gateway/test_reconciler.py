"""The Gateway's own configuration and cron jobs, changed by an admin: what the reconciler uses."""

from __future__ import annotations

import json
import uuid
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from fleet.reconciler.desired import DesiredGateway
from fleet.reconciler.history import ReconcilerHistory
from fleet.reconciler.reconcile import Reconciler
from openclaw_client.errors import RequestFailed
from tests.contract.gateway.gateways import Gateway, let_in
from tests.contract.gateway.probe import Payload, Probe

REDACTED = "__OPENCLAW_REDACTED__"
NAME = ("agents", "entries", "ailing", "name")


@pytest_asyncio.fixture(loop_scope="session")
async def admin(gateway: Gateway) -> AsyncIterator[Probe]:
    """With the scopes of the reconciler; puts the configuration back."""
    async with let_in(gateway, scopes=["operator.read", "operator.admin"]) as probe:
        before = await probe.call("config.get")
        yield probe
        now = await probe.call("config.get")
        if now["hash"] != before["hash"]:
            params = {"raw": before["raw"], "baseHash": now["hash"]}
            await probe.call("config.apply", params)


@pytest.fixture
def owner() -> str:
    """The owner of cron jobs that no other case has."""
    return f"case-{uuid.uuid4().hex[:8]}"


def named(name: str | None) -> Payload:
    return {"agents": {"entries": {"ailing": {"name": name}}}}


async def patch(admin: Probe, change: Any, base: str, **more: Any) -> Payload:
    return await admin.ask("config.patch", {"raw": json.dumps(change), "baseHash": base, **more})


async def shown(probe: Probe) -> Payload:
    return await probe.call("config.get")


def job(name: str, owner: str, expr: str = "0 3 * * *") -> Payload:
    return {
        "name": name,
        "declarationKey": f"{owner}:{name}",
        "agentId": "jarvis",
        "schedule": {"kind": "cron", "expr": expr},
        "sessionTarget": "isolated",
        "wakeMode": "now",
        "payload": {"kind": "agentTurn", "message": "Good night."},
    }


async def test_config_get(gateway: Gateway, probe: Probe) -> None:
    """config.get with the read scope: the configuration with its hash, without secrets"""
    found = await probe.call("config.get")
    assert found["valid"] is True
    assert found["config"]["gateway"]["auth"]["token"] == REDACTED
    assert gateway.token not in found["raw"]
    assert (
        found["hash"] == found["configRevisionHash"] == found["appliedConfigHash"]
        or (found["hash"])
    )


async def test_patch(admin: Probe) -> None:
    """config.patch merges: what it names changes, null removes, the rest stays"""
    base = await shown(admin)
    answer = await patch(admin, named("Ailing Two"), base["hash"])
    assert answer["ok"], answer
    after = await shown(admin)
    assert after["config"]["agents"]["entries"]["ailing"]["name"] == "Ailing Two"
    assert (
        after["config"]["agents"]["entries"]["jarvis"]
        == (base["config"]["agents"]["entries"]["jarvis"])
    )
    assert (await patch(admin, named(None), after["hash"]))["ok"]
    assert "name" not in (await shown(admin))["config"]["agents"]["entries"]["ailing"]


async def test_patch_stale(admin: Probe) -> None:
    """config.patch with the hash of an earlier configuration, or with none, is refused"""
    base = await shown(admin)
    assert (await patch(admin, named("One"), base["hash"]))["ok"]
    stale = await patch(admin, named("Two"), base["hash"])
    assert stale["error"]["code"] == "INVALID_REQUEST"
    assert stale["error"]["message"] == (
        "config changed since last load; re-run config.get and retry"
    )
    without = await admin.refusal("config.patch", {"raw": json.dumps(named("Two"))})
    assert without["message"].startswith("config base hash required for ")


async def test_patch_invalid(admin: Probe) -> None:
    """config.patch with an unknown key is refused, with its path"""
    base = await shown(admin)
    change = {"agents": {"entries": {"ailing": {"nam": "x"}}}}
    error = (await patch(admin, change, base["hash"]))["error"]
    (issue,) = error["details"]["issues"]
    assert issue == {"path": "agents.entries.ailing", "message": 'Unrecognized key: "nam"'}
    assert (await shown(admin))["hash"] == base["hash"]


async def test_patch_list(admin: Probe) -> None:
    """config.patch takes entries out of a list only where replacePaths names it"""
    base = await shown(admin)
    path = "gateway.nodes.commands.allow"
    allowed = base["config"]["gateway"]["nodes"]["commands"]["allow"]
    change = {"gateway": {"nodes": {"commands": {"allow": allowed[:-1]}}}}
    error = (await patch(admin, change, base["hash"]))["error"]
    assert error["message"].startswith(
        f"config.patch would remove entries from array path(s): {path}."
    )
    assert (await patch(admin, change, base["hash"], replacePaths=[path]))["ok"]
    after = await shown(admin)
    assert after["config"]["gateway"]["nodes"]["commands"]["allow"] == allowed[:-1]


async def test_apply(admin: Probe) -> None:
    """config.apply with an earlier raw puts all of it back; secrets that it does not show stay"""
    base = await shown(admin)
    assert (await patch(admin, named("Three"), base["hash"]))["ok"]
    now = await shown(admin)
    await admin.call("config.apply", {"raw": base["raw"], "baseHash": now["hash"]})
    after = await shown(admin)
    assert after["config"]["agents"]["entries"] == base["config"]["agents"]["entries"]
    assert after["config"]["gateway"]["auth"]["token"] == REDACTED


async def test_admin_scope(gateway: Gateway, probe: Probe, owner: str) -> None:
    """config.patch and cron.add need the admin scope; config.get and cron.list do not"""
    for method, params in (
        ("config.patch", {"raw": "{}", "baseHash": "x"}),
        ("cron.add", job("none", owner)),
    ):
        error = await probe.refusal(method, params)
        assert error["message"] == "missing scope: operator.admin"
    assert (await probe.call("cron.list"))["jobs"] is not None


async def test_cron(admin: Probe, owner: str) -> None:
    """cron.add with a declarationKey creates a job once, and updates it after that"""
    first = await admin.call("cron.add", job("night", owner))
    assert first["created"] is True
    second = await admin.call("cron.add", job("night", owner, "0 4 * * *"))
    assert (second["created"], second["updated"]) == (False, True)
    assert second["job"]["id"] == first["job"]["id"]
    assert second["job"]["schedule"]["expr"] == "0 4 * * *"
    removed = await admin.call("cron.remove", {"id": first["job"]["id"]})
    assert removed == {"ok": True, "removed": True}
    error = await admin.refusal("cron.remove", {"id": first["job"]["id"]})
    assert error["details"]["code"] == "CRON_JOB_NOT_FOUND"


async def test_cron_pages(admin: Probe, owner: str) -> None:
    """cron.list comes in pages, with hasMore and nextOffset"""
    made = [await admin.call("cron.add", job(f"job{n}", owner)) for n in range(2)]
    page = await admin.call("cron.list", {"includeDisabled": True, "limit": 1, "offset": 0})
    assert (len(page["jobs"]), page["hasMore"], page["nextOffset"]) == (1, True, 1)
    for each in made:
        await admin.call("cron.remove", {"id": each["job"]["id"]})


async def test_cron_invalid(admin: Probe, owner: str) -> None:
    """cron.add with a schedule that is none is refused with the reason"""
    error = await admin.refusal("cron.add", job("bad", owner, "hello"))
    assert error["message"].startswith("invalid cron.add params: CronPattern: ")


async def test_reconciler(admin: Probe, owner: str, tmp_path: Path) -> None:
    """The reconciler makes configuration and jobs what is declared, finds nothing to do then,
    removes its own jobs alone, and goes back"""

    async def request(method: str, params: Mapping[str, Any]) -> Any:
        answer = await admin.ask(method, params)
        if answer["ok"]:
            return answer["payload"]
        error = answer["error"]
        raise RequestFailed(method, error["code"], error["message"], error.get("details"))

    def reconciler(**desired: Any) -> Reconciler:
        history = ReconcilerHistory(tmp_path, 5)
        return Reconciler(request, DesiredGateway.model_validate(desired), history, owner)

    foreign = await admin.call("cron.add", job("foreign", f"{owner}x"))
    night = {key: value for key, value in job("night", owner).items() if key != "declarationKey"}
    before = await shown(admin)
    both = reconciler(config=named("Reconciled"), cron=[night])
    assert len((await both.plan()).lines) == 2
    assert len(await both.apply()) == 2
    assert (await shown(admin))["config"]["agents"]["entries"]["ailing"]["name"] == "Reconciled"
    assert (await both.plan()).lines == []
    assert await both.apply() == []

    assert await reconciler(config=named("Reconciled")).apply() == ["- cron night"]
    ids = [each["id"] for each in (await admin.call("cron.list", {"limit": 200}))["jobs"]]
    assert foreign["job"]["id"] in ids

    await reconciler().roll_back()
    after = await shown(admin)
    assert after["config"]["agents"] == before["config"]["agents"]
    await admin.call("cron.remove", {"id": foreign["job"]["id"]})

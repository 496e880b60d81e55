"""What has to change at a Gateway."""

from __future__ import annotations

from typing import Any

import pytest

from fleet.reconciler.desired import CronDeclaration
from fleet.reconciler.plan import (
    config_changes,
    cron_changes,
    lists_in_need,
    merge_patch,
    secret_hashes,
)

CURRENT: dict[str, Any] = {
    "gateway": {"auth": {"token": "__OPENCLAW_REDACTED__"}, "port": 18789},
    "agents": {"entries": {"jarvis": {"name": "Jarvis", "model": "m"}}},
    "tools": {"alsoAllow": ["openclaw-voice", "web"]},
}


def lines(desired: dict[str, Any], secrets: dict[str, str] | None = None) -> list[str]:
    return [str(each) for each in config_changes(desired, CURRENT, secrets or {})]


def test_only_what_differs_is_named() -> None:
    desired = {"gateway": {"port": 18789}, "agents": {"entries": {"jarvis": {"name": "J."}}}}
    assert lines(desired) == ['~ agents.entries.jarvis.name: "Jarvis" -> "J."']
    (change,) = config_changes(desired, CURRENT, {})
    assert merge_patch([change]) == {"agents": {"entries": {"jarvis": {"name": "J."}}}}


def test_new_sections_and_removed_keys() -> None:
    desired = {
        "hooks": {"enabled": True},
        "logging": {},
        "agents": {"entries": {"jarvis": {"model": None, "skills": None}}},
    }
    assert lines(desired) == [
        "+ hooks.enabled: true",
        "+ logging: {}",
        '- agents.entries.jarvis.model: "m"',
    ]
    patch = merge_patch(config_changes(desired, CURRENT, {}))
    assert patch["agents"]["entries"]["jarvis"] == {"model": None}


def test_a_list_that_loses_entries_needs_leave() -> None:
    changes = config_changes({"tools": {"alsoAllow": ["openclaw-voice"]}}, CURRENT, {})
    (short,) = lists_in_need(changes, [])
    assert (short.path, short.lost) == ("tools.alsoAllow", ('"web"',))
    assert lists_in_need(changes, ["tools.alsoAllow"]) == []
    longer = {"tools": {"alsoAllow": ["openclaw-voice", "web", "more"]}}
    assert lists_in_need(config_changes(longer, CURRENT, {}), []) == []


def test_a_secret_is_set_once_and_never_shown() -> None:
    desired = {"gateway": {"auth": {"token": "swordfish"}}}
    (line,) = lines(desired)
    assert "swordfish" not in line
    assert line.startswith("~ gateway.auth.token: ")
    known = secret_hashes(desired, CURRENT)
    assert lines(desired, known) == []
    assert lines({"gateway": {"auth": {"token": "another"}}}, known) != []
    nested = {"models": {"providers": {"x": {"apiKey": "swordfish"}}}}
    assert "swordfish" not in str(lines(nested))


@pytest.mark.parametrize(("want", "have"), [(1, True), (0, False), ("1", 1)])
def test_kinds_differ(want: object, have: object) -> None:
    assert config_changes({"a": want}, {"a": have}, {}) != []


def declared(name: str, expr: str = "0 3 * * *") -> CronDeclaration:
    return CronDeclaration.model_validate(
        {
            "name": name,
            "agentId": "jarvis",
            "schedule": {"kind": "cron", "expr": expr},
            "payload": {"kind": "agentTurn", "message": "Good night."},
        }
    )


def job(name: str, owner: str = "box", expr: str = "0 3 * * *") -> dict[str, Any]:
    """As the Gateway lists it, with fields of its own."""
    params = declared(name, expr).params(f"{owner}:{name}")
    payload = {**params["payload"], "toolsAllow": ["*"]}
    return {**params, "id": f"id-{name}", "payload": payload, "state": {}, "createdAtMs": 1}


def test_jobs_are_created_updated_left_and_removed() -> None:
    jobs = [job("same"), job("moved", expr="0 4 * * *"), job("old"), job("theirs", "other")]
    jobs.append({"id": "plain", "name": "same", "schedule": {}, "payload": {}})
    wanted = [declared("same"), declared("moved"), declared("new")]
    changes = cron_changes(wanted, jobs, "box")
    assert [str(each) for each in changes] == [
        "~ cron moved: schedule",
        "+ cron new",
        "- cron old",
    ]
    assert changes[2].ident == "id-old"


def test_another_owners_jobs_are_left_alone() -> None:
    assert cron_changes([], [job("night", "boxes"), job("night", "bo")], "box") == []

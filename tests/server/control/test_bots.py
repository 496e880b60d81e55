"""What bots ask and report."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import pytest

from server.control.settings import ControlPlaneSettings
from testing.control_planes import TestPlane, control_plane
from testing.manual_clock import eventually

pytestmark = pytest.mark.asyncio(loop_scope="session")

GERMAN = {"pipeline": {"stt": {"language": "de"}}}
FRENCH = {"pipeline": {"stt": {"language": "fr"}}}
TOKEN = "a-token-of-discord"


async def test_a_bot_gets_its_version_once(plane: TestPlane) -> None:
    async with await plane.bot("box1") as bot:
        missing = await bot.get("/bots/box1/config")
        assert (missing.status_code, missing.json()["error"]["code"]) == (404, "no_configuration")
        stored = await plane.put("box1", GERMAN)
        first = await bot.get("/bots/box1/config")
        assert first.json() == {"version": 1, "hash": stored["hash"], "config": GERMAN}
        assert first.headers["etag"] == f'"{stored["hash"]}"'
        again = await bot.get("/bots/box1/config", headers={"If-None-Match": first.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")


async def test_a_bot_gets_its_secrets_and_an_operator_does_not(plane: TestPlane) -> None:
    async with await plane.bot("box1") as bot, plane.client() as operator:
        await plane.put("box1", {"discord": {"token": TOKEN}})
        assert (await bot.get("/bots/box1/config")).json()["config"]["discord"]["token"] == TOKEN
        for path in ("config", "versions", "versions/1", "events", ""):
            answer = await operator.get(f"/bots/box1/{path}".rstrip("/"))
            assert answer.status_code == 200
            assert TOKEN not in answer.text


async def test_a_waiting_bot_is_answered_by_the_next_version(plane: TestPlane) -> None:
    async with await plane.bot("box1") as bot:
        stored = await plane.put("box1", GERMAN)
        etag = {"If-None-Match": f'"{stored["hash"]}"'}
        waiting = asyncio.create_task(bot.get("/bots/box1/config?wait=30", headers=etag))
        await eventually(lambda: plane.news.waiting("box1"))
        await plane.put("box1", FRENCH)
        answer = await waiting
        assert answer.json()["config"] == FRENCH


async def test_a_wait_ends(tmp_path: Path) -> None:
    async with control_plane(tmp_path, long_poll_s=0.05) as plane, await plane.bot("box1") as bot:
        stored = await plane.put("box1", GERMAN)
        etag = {"If-None-Match": f'"{stored["hash"]}"'}
        answer = await bot.get("/bots/box1/config?wait=30", headers=etag)
        assert answer.status_code == 304


async def test_a_version_with_the_content_that_a_bot_has_is_another_one(plane: TestPlane) -> None:
    """A rollback may come before the bot has seen the version between."""
    async with await plane.bot("box1") as bot, plane.client() as operator:
        first = await plane.put("box1", GERMAN)
        await plane.put("box1", FRENCH)
        await operator.post("/bots/box1/rollback", json={})
        etag = {"If-None-Match": f'"{first["hash"]}"'}
        answer = await bot.get("/bots/box1/config?since=1&wait=30", headers=etag)
        assert (answer.status_code, answer.json()["version"]) == (200, 3)
        assert answer.json()["hash"] == first["hash"]
        known = await bot.get("/bots/box1/config?since=3", headers=etag)
        assert known.status_code == 304


async def test_a_large_configuration_comes_as_what_has_changed(tmp_path: Path) -> None:
    agents = {f"agent{n}": {"display_name": f"Agent number {n}"} for n in range(60)}
    assert ControlPlaneSettings().diff_from_bytes == 100_000
    async with (
        control_plane(tmp_path, diff_from_bytes=2_000) as plane,
        await plane.bot("box1") as bot,
    ):
        await plane.put("box1", {"agents": agents})
        stored = await plane.put("box1", {"agents": agents, **GERMAN})
        assert stored["bytes"] > 2_000
        whole = (await bot.get("/bots/box1/config")).json()
        assert whole["config"]["agents"] == agents
        part = await bot.get("/bots/box1/config?since=1")
        assert len(part.content) < 500
        assert part.json()["changes"] == [
            {"path": ["pipeline"], "value": {"stt": {"language": "de"}}}
        ]
        assert "config" in (await bot.get("/bots/box1/config?since=99")).json()


async def test_a_small_configuration_always_comes_whole(plane: TestPlane) -> None:
    async with await plane.bot("box1") as bot:
        await plane.put("box1", GERMAN)
        await plane.put("box1", FRENCH)
        assert (await bot.get("/bots/box1/config?since=1")).json()["config"] == FRENCH


async def test_a_heartbeat_is_refused_while_the_versions_differ(plane: TestPlane) -> None:
    async with await plane.bot("box1") as bot:
        assert (await bot.post("/bots/box1/heartbeat", json={})).json()["version"] is None
        stored = await plane.put("box1", GERMAN)
        answer = await bot.post("/bots/box1/heartbeat", json={})
        assert answer.status_code == 409
        assert answer.json()["error"]["code"] == "config_differs"
        assert (answer.json()["version"], answer.json()["hash"]) == (1, stored["hash"])
        runs = {"version": 1, "hash": stored["hash"], "health": {"Discord": "well"}}
        assert (await bot.post("/bots/box1/heartbeat", json=runs)).status_code == 200
        record = await plane.store.bot("box1")
        assert record.in_sync
        assert record.report is not None
        assert record.report.health == {"Discord": "well"}


async def test_an_answer_to_a_version_is_kept_with_its_reason(plane: TestPlane) -> None:
    async with await plane.bot("box1") as bot:
        stored = await plane.put("box1", GERMAN)
        ack = {"version": 1, "hash": stored["hash"], "outcome": "refused", "reason": "went back"}
        assert (await bot.post("/bots/box1/config_ack", json=ack)).status_code == 200
        (kept,) = await plane.store.versions("box1")
        assert (kept.outcome, kept.reason) == ("refused", "went back")
        wrong = await bot.post("/bots/box1/config_ack", json={**ack, "hash": "0" * 64})
        assert wrong.json()["error"]["code"] == "unknown_version"


async def test_events_are_stored_once(plane: TestPlane) -> None:
    event = {"id": "e1", "at": time.time(), "kind": "restart", "text": "for a new version"}
    async with await plane.bot("box1") as bot, plane.client() as operator:
        body = {"events": [event, {**event, "id": "e2"}]}
        assert (await bot.post("/bots/box1/events", json=body)).json()["new"] == 2
        assert (await bot.post("/bots/box1/events", json=body)).json()["new"] == 0
        listed = (await operator.get("/bots/box1/events")).json()
        assert [each["id"] for each in listed["events"]] == ["e1", "e2"]
        after = (await operator.get(f"/bots/box1/events?after={listed['next']}")).json()
        assert after["events"] == []


async def test_metrics_replace_those_before(plane: TestPlane) -> None:
    async with await plane.bot("box1") as bot, plane.client() as operator:
        for value in (70.0, 71.5):
            body = {"values": {"gpu0.temperature": value}}
            assert (await bot.post("/bots/box1/metrics", json=body)).status_code == 200
        shown = (await operator.get("/bots/box1")).json()
        assert shown["metrics"] == {"gpu0.temperature": 71.5}
        wrong = await bot.post("/bots/box1/metrics", content=b'{"values": {"x": NaN}}')
        assert wrong.status_code == 400


@pytest.mark.parametrize("path", ["config", "heartbeat", "metrics", "events", "config_ack"])
async def test_a_bot_acts_for_itself_alone(plane: TestPlane, path: str) -> None:
    async with await plane.bot("box1"), await plane.bot("box2") as other:
        method = "GET" if path == "config" else "POST"
        answer = await other.request(method, f"/bots/box1/{path}", json={})
        assert answer.status_code in (400, 403)
        if path in ("config", "heartbeat"):
            assert answer.json()["error"]["code"] == "not_yours"


async def test_no_token_and_a_withdrawn_one_are_refused(plane: TestPlane) -> None:
    async with await plane.bot("box1") as bot:
        bare = await bot.get("/bots/box1/config", headers={"Authorization": ""})
        assert (bare.status_code, bare.json()["error"]["code"]) == (401, "missing_token")
        await plane.store.tokens.withdraw("box1")
        gone = await bot.get("/bots/box1/config")
        assert (gone.status_code, gone.json()["error"]["code"]) == (401, "invalid_token")
        assert "Bearer" in gone.headers["www-authenticate"]


async def test_a_token_has_a_number_of_requests_in_a_minute(tmp_path: Path) -> None:
    async with control_plane(tmp_path, requests_per_minute=10) as plane:
        async with await plane.bot("box1") as bot:
            answers = [await bot.post("/bots/box1/heartbeat", json={}) for _ in range(12)]
        assert [each.status_code for each in answers].count(200) in (10, 11)
        assert answers[-1].status_code == 429
        assert int(answers[-1].headers["retry-after"]) >= 1


async def test_a_large_body_is_refused(tmp_path: Path) -> None:
    async with control_plane(tmp_path, config_bytes=10_000) as plane:
        async with await plane.bot("box1") as bot:
            answer = await bot.post("/bots/box1/events", content=b"x" * 20_000)
        assert answer.status_code == 413

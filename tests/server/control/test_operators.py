"""What operators ask and order."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from configuration.desired.documents import REDACTED
from testing.control_planes import TestPlane, control_plane

pytestmark = pytest.mark.asyncio(loop_scope="session")

GERMAN = {"pipeline": {"stt": {"language": "de"}}}
FRENCH = {"pipeline": {"stt": {"language": "fr"}}}
SECRET = {"discord": {"token": "a-token-of-discord"}}


async def test_a_bot_is_added_with_a_token_that_is_shown_once(plane: TestPlane) -> None:
    async with plane.client() as operator:
        made = await operator.post("/bots", json={"id": "box1"})
        assert made.status_code == 201
        token = made.json()["token"]
        async with plane.client(token) as bot:
            assert (await bot.post("/bots/box1/heartbeat", json={})).status_code == 200
        for path in ("/bots", "/bots/box1", "/audit"):
            assert token not in (await operator.get(path)).text
        again = await operator.post("/bots", json={"id": "box1"})
        assert (again.status_code, again.json()["error"]["code"]) == (409, "bot_exists")
        wrong = await operator.post("/bots", json={"id": "no/name"})
        assert (wrong.status_code, wrong.json()["error"]["code"]) == (400, "invalid_name")


async def test_a_new_token_withdraws_the_one_before(plane: TestPlane) -> None:
    async with await plane.bot("box1") as old, plane.client() as operator:
        new = (await operator.post("/bots/box1/token")).json()["token"]
        assert (await old.get("/bots/box1/config")).status_code == 401
        async with plane.client(new) as bot:
            assert (await bot.get("/bots/box1/config")).status_code == 404


@pytest.mark.parametrize(
    ("config", "where", "details"),
    [
        ({"pipeline": {"stt": {"languag": "de"}}}, "pipeline.stt.languag", "did you mean"),
        ({"tts": {"connect_timeout_s": -1}}, "tts.connect_timeout_s", "above 0 and at most 60"),
        ({"openclaw": {"state_dir": "/tmp"}}, "openclaw.state_dir", "cannot set this"),
        ({"fleet": {"desired_state": {"poll_s": 5}}}, "fleet.desired_state.poll_s", "cannot set"),
        ({"fleet": "all"}, "fleet", "is a section"),
        ({"control_plane": {"port": 1}}, "control_plane.port", "cannot set"),
    ],
)
async def test_a_wrong_configuration_is_refused_by_its_paths(
    plane: TestPlane, config: dict[str, Any], where: str, details: str
) -> None:
    async with await plane.bot("box1"), plane.client() as operator:
        answer = await operator.put("/bots/box1/config", json={"config": config})
        assert answer.status_code == 422
        problems = answer.json()["problems"]
        assert any(where in each["where"] for each in problems), problems
        assert details in str(problems)
        assert await plane.store.desired("box1") is None
        (entry, *_) = (await operator.get("/audit")).json()["audit"]
        assert (entry["who"], entry["outcome"]) == ("operator:ann", "refused")
        assert where in entry["detail"]


async def test_a_refused_secret_is_not_repeated(plane: TestPlane) -> None:
    async with await plane.bot("box1"), plane.client() as operator:
        config = {"discord": {"token": "swordfish \u2028 7f3a"}}
        answer = await operator.put("/bots/box1/config", json={"config": config})
        assert answer.status_code == 422
        assert "swordfish" not in answer.text
        assert "swordfish" not in (await operator.get("/audit")).text


async def test_what_is_read_can_be_sent_back(plane: TestPlane) -> None:
    """The secrets of before stay where their mark is sent."""
    async with await plane.bot("box1") as bot, plane.client() as operator:
        await plane.put("box1", {**SECRET, **GERMAN, "tts": {"url": "http://me:pw1@box:80"}})
        read = (await operator.get("/bots/box1/config")).json()["config"]
        assert read["discord"]["token"] == REDACTED
        assert "pw1" not in str(read)
        read["pipeline"]["stt"]["language"] = "fr"
        await plane.put("box1", read)
        got = (await bot.get("/bots/box1/config")).json()["config"]
        assert got == {**SECRET, **FRENCH, "tts": {"url": "http://me:pw1@box:80"}}


async def test_a_mark_without_a_secret_is_refused(plane: TestPlane) -> None:
    async with await plane.bot("box1"), plane.client() as operator:
        config = {"discord": {"token": REDACTED}}
        answer = await operator.put("/bots/box1/config", json={"config": config})
        assert answer.status_code == 422
        assert answer.json()["problems"][0]["where"] == "discord.token"


async def test_a_diff_names_a_changed_secret_and_does_not_show_it(plane: TestPlane) -> None:
    async with await plane.bot("box1"), plane.client() as operator:
        await plane.put("box1", SECRET)
        stored = await plane.put("box1", {"discord": {"token": "another-token"}, **GERMAN})
        assert stored["changed"] == ["discord.token", "pipeline"]
        diff = (await operator.get("/bots/box1/diff?from=1&to=2")).json()["changes"]
        assert diff == stored["changes"]
        assert diff == [
            {"path": ["discord", "token"], "value": REDACTED},
            {"path": ["pipeline"], "value": {"stt": {"language": "de"}}},
        ]


async def test_a_dry_run_stores_nothing(plane: TestPlane) -> None:
    async with await plane.bot("box1"), plane.client() as operator:
        answer = await operator.put("/bots/box1/config?dry_run=true", json={"config": GERMAN})
        assert answer.json()["changes"]
        assert await plane.store.desired("box1") is None


async def test_two_operators_do_not_overwrite_each_other(plane: TestPlane) -> None:
    async with await plane.bot("box1"), plane.client() as operator:
        read = await plane.put("box1", GERMAN)
        await plane.put("box1", FRENCH)
        stale = await operator.put(
            "/bots/box1/config",
            json={"config": {}},
            headers={"If-Match": f'"{read["hash"]}"'},
        )
        assert (stale.status_code, stale.json()["error"]["code"]) == (412, "stale_version")


async def test_an_equal_configuration_makes_no_version(plane: TestPlane) -> None:
    async with await plane.bot("box1"):
        await plane.put("box1", GERMAN)
        assert (await plane.put("box1", GERMAN))["version"] == 1


async def test_a_rollback_is_a_new_version(plane: TestPlane) -> None:
    async with await plane.bot("box1") as bot, plane.client() as operator:
        none = await operator.post("/bots/box1/rollback", json={})
        assert (none.status_code, none.json()["error"]["code"]) == (404, "unknown_version")
        await plane.put("box1", GERMAN)
        await plane.put("box1", FRENCH)
        back = (await operator.post("/bots/box1/rollback", json={})).json()
        assert (back["version"], back["origin"], back["made_by"]) == (3, "rollback to 1", "ann")
        assert (await bot.get("/bots/box1/config")).json()["config"] == GERMAN
        to = (await operator.post("/bots/box1/rollback", json={"to": 2})).json()
        assert (to["version"], to["origin"]) == (4, "rollback to 2")


async def test_a_rollback_passes_over_what_the_bot_refused(plane: TestPlane) -> None:
    async with await plane.bot("box1") as bot, plane.client() as operator:
        await plane.put("box1", GERMAN)
        refused = await plane.put("box1", FRENCH)
        ack = {"version": 2, "hash": refused["hash"], "outcome": "refused"}
        await bot.post("/bots/box1/config_ack", json=ack)
        await plane.put("box1", {})
        back = (await operator.post("/bots/box1/rollback", json={})).json()
        assert back["origin"] == "rollback to 1"


async def test_the_last_versions_are_kept(tmp_path: Path) -> None:
    async with control_plane(tmp_path, versions_kept=3) as plane, await plane.bot("box1") as bot:
        first = await plane.put("box1", {"web": {"port": 1}})
        runs = {"version": 1, "hash": first["hash"]}
        assert (await bot.post("/bots/box1/heartbeat", json=runs)).status_code == 200
        for port in range(2, 8):
            await plane.put("box1", {"web": {"port": port}})
        kept = [each.version for each in await plane.store.versions("box1")]
        assert kept == [7, 6, 5, 1]  # the last is the one that runs


async def test_the_list_says_who_differs(plane: TestPlane) -> None:
    async with await plane.bot("box1"), await plane.bot("box2") as second:
        await plane.put("box1", GERMAN)
        stored = await plane.put("box2", GERMAN)
        runs = {"version": 1, "hash": stored["hash"], "software": "1.0"}
        await second.post("/bots/box2/heartbeat", json=runs)
        async with plane.client() as operator:
            bots = (await operator.get("/bots")).json()["bots"]
    assert [(each["id"], each["in_sync"]) for each in bots] == [("box1", False), ("box2", True)]
    assert bots[0]["last_seen_at"] is None
    assert bots[1]["applied"]["version"] == 1


async def test_a_bot_is_no_operator(plane: TestPlane) -> None:
    async with await plane.bot("box1") as bot:
        for method, path in (
            ("GET", "/bots"),
            ("GET", "/audit"),
            ("PUT", "/bots/box1/config"),
            ("POST", "/bots/box1/rollback"),
            ("POST", "/bots/box1/token"),
            ("DELETE", "/bots/box1"),
        ):
            body: dict[str, Any] = {"config": {}} if method == "PUT" else {}
            answer = await bot.request(method, path, json=body)
            assert answer.status_code == 403, (method, path)


async def test_the_audit_log_says_who_did_what(plane: TestPlane) -> None:
    async with await plane.bot("box1"), plane.client() as operator:
        await plane.put("box1", SECRET)
        await operator.delete("/bots/box1/token")
        rows = (await operator.get("/audit")).json()["audit"]
    assert [(each["action"], each["bot_id"]) for each in rows[:2]] == [
        ("token_withdraw", "box1"),
        ("config_put", "box1"),
    ]
    assert "a-token" not in str(rows)


async def test_a_reader_sees_how_bots_are_and_changes_nothing(plane: TestPlane) -> None:
    async with await plane.bot("box1") as bot:
        await plane.put("box1", {**SECRET, **GERMAN})
        await bot.post("/bots/box1/metrics", json={"values": {"cpu.load": 0.5}})
        reader = await plane.store.tokens.add_person("reader", "bob")
        async with plane.client(reader) as client:
            (listed,) = (await client.get("/bots")).json()["bots"]
            assert listed["metrics"] == {"cpu.load": 0.5}
            assert (await client.get("/bots/box1")).json()["desired"]["version"] == 1
            assert len((await client.get("/bots/box1/versions")).json()["versions"]) == 1
            refused = [
                await client.request(method, path, json=body)
                for method, path, body in (
                    ("GET", "/bots/box1/config", None),
                    ("GET", "/bots/box1/versions/1", None),
                    ("GET", "/bots/box1/diff?from=1&to=1", None),
                    ("GET", "/bots/box1/events", None),
                    ("GET", "/audit", None),
                    ("POST", "/bots", {"id": "box2"}),
                    ("DELETE", "/bots/box1", None),
                    ("POST", "/bots/box1/token", None),
                    ("DELETE", "/bots/box1/token", None),
                    ("PUT", "/bots/box1/config", {"config": FRENCH}),
                    ("PUT", "/bots/box1/config?dry_run=true", {"config": FRENCH}),
                    ("POST", "/bots/box1/rollback", {}),
                    ("POST", "/bots/box1/heartbeat", {}),
                    ("POST", "/bots/box1/metrics", {"values": {}}),
                    ("POST", "/bots/box1/events", {"events": []}),
                )
            ]
            assert {answer.status_code for answer in refused} == {403}
            assert "a-token-of-discord" not in "".join(answer.text for answer in refused)
        assert len(await plane.store.versions("box1")) == 1
        await plane.store.tokens.remove_person("reader", "bob")
        async with plane.client(reader) as client:
            assert (await client.get("/bots")).status_code == 401

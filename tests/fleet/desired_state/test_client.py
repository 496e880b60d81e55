"""The client of the control plane, against its real application."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from configuration.desired.documents import document_hash
from fleet.desired_state.client import Heartbeat, PlaneClient
from fleet.desired_state.errors import PlaneError, PlaneRefused, PlaneUnreachable
from fleet.desired_state.kept import KeptAck, KeptEvent, KeptVersion
from fleet.desired_state.settings import DesiredStateSettings
from testing.control_planes import TestPlane, control_plane

GERMAN = {"pipeline": {"stt": {"language": "de"}}}
FRENCH = {"pipeline": {"stt": {"language": "fr"}}}


def settings(token: str = "t", **more: Any) -> DesiredStateSettings:
    return DesiredStateSettings.model_validate({"url": "http://plane", "token": token, **more})


@asynccontextmanager
async def bot_client(plane: TestPlane) -> AsyncIterator[PlaneClient]:
    token = await plane.store.add_bot("box1")
    transport = httpx.ASGITransport(plane.app)
    async with PlaneClient(settings(token), "box1", transport=transport) as client:
        yield client


def answering(*answers: httpx.Response) -> PlaneClient:
    left = list(answers)
    transport = httpx.MockTransport(lambda _: left.pop(0))
    return PlaneClient(settings(), "box1", transport=transport)


async def test_a_version_comes_whole_and_then_as_its_changes(tmp_path: Path) -> None:
    async with control_plane(tmp_path, diff_from_bytes=0) as plane, bot_client(plane) as client:
        assert await client.config(None) is None
        await plane.put("box1", {**GERMAN, "agents": {"jarvis": {"speed": 1.1}}})
        first = await client.config(None)
        assert first is not None
        assert await client.config(first) is None
        await plane.put("box1", {**FRENCH, "agents": {"jarvis": {"speed": 1.1}}})
        second = await client.config(first)
        assert second is not None
        assert second.document == {**FRENCH, "agents": {"jarvis": {"speed": 1.1}}}
        assert second.hash == document_hash(second.document)


async def test_what_a_bot_reports_arrives(tmp_path: Path) -> None:
    async with control_plane(tmp_path) as plane, bot_client(plane) as client:
        await plane.put("box1", GERMAN)
        version = await client.config(None)
        assert version is not None
        beat = Heartbeat(None, None, "running", "1.0", {"Discord": "well"})
        assert not await client.heartbeat(beat)
        ack = KeptAck(version=1, hash=version.hash, outcome="applied")
        await client.acknowledge(ack)
        assert await client.heartbeat(
            Heartbeat(1, version.hash, "running", "1.0", {"Discord": "well"})
        )
        await client.metrics({"gpu0.temperature": 71})
        event = KeptEvent(kind="restart", text="why")
        await client.events([event, event])
        bot = await plane.store.bot("box1")
        assert bot.in_sync
        assert bot.desired is not None
        assert bot.desired.outcome == "applied"
        assert len(await plane.store.events("box1")) == 1


async def test_changes_that_do_not_fit_are_replaced_by_the_whole() -> None:
    known = KeptVersion(version=1, hash=document_hash(GERMAN), document=GERMAN)
    changes = [{"path": ["pipeline"], "value": {"stt": {"language": "es"}}}]
    digest = document_hash(FRENCH)
    part = {"version": 2, "hash": digest, "since": 1, "changes": changes}
    whole = {"version": 2, "hash": digest, "config": FRENCH}
    client = answering(httpx.Response(200, json=part), httpx.Response(200, json=whole))
    async with client:
        found = await client.config(known)
    assert found is not None
    assert found.document == FRENCH


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(200, text="<html>"),
        httpx.Response(200, json={"version": 0}),
        httpx.Response(200, json={"version": 1, "hash": "0" * 64, "config": {}}),
        httpx.Response(200, content=b"[" * 100_000),
        httpx.Response(502, text="bad gateway"),
        httpx.Response(302, headers={"location": "http://elsewhere"}),
    ],
)
async def test_an_answer_of_something_else_is_none(answer: httpx.Response) -> None:
    async with answering(answer) as client:
        with pytest.raises(PlaneUnreachable):
            await client.config(None)


async def test_a_refusal_says_why() -> None:
    error = {"error": {"message": "Incorrect token.", "code": "invalid_token"}}
    async with answering(httpx.Response(401, json=error)) as client:
        with pytest.raises(PlaneRefused, match=r"Incorrect token\. \(401 invalid_token\)") as seen:
            await client.config(None)
    assert (seen.value.status, seen.value.code) == (401, "invalid_token")


def test_a_certificate_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(PlaneError, match="ca_file"):
        PlaneClient(settings(ca_file=tmp_path / "none.pem"), "box1")


def test_the_settings_need_a_token_and_encryption() -> None:
    with pytest.raises(ValueError, match="token: url needs it"):
        DesiredStateSettings.model_validate({"url": "http://127.0.0.1:1"})
    with pytest.raises(ValueError, match="https"):
        settings(url="http://93.184.216.34:8095")

"""The routes, in-process: what a visitor, an operator and another site get."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest
from pydantic import SecretStr

from tests.web.pages import ROOM, ShownBot, TalkParts, fake_talk_rooms
from web.access import ATTEMPTS, COOKIE
from web.app import create_web_app
from web.guard import CONTENT_POLICY, LARGEST_BODY
from web.routes import files, login
from web.settings import WebSettings

pytestmark = pytest.mark.virtual_time

PASSWORD = "correct horse"
PUBLIC = "https://voice.example.org"


@asynccontextmanager
async def browser(settings: WebSettings, base: str) -> AsyncIterator[httpx.AsyncClient]:
    rooms = fake_talk_rooms(TalkParts())
    app = create_web_app(settings, ShownBot(), rooms)
    transport = httpx.ASGITransport(app, client=("10.0.0.7", 5000))
    async with httpx.AsyncClient(transport=transport, base_url=base) as client:
        yield client
    await rooms.aclose()


@pytest.fixture
async def local() -> AsyncIterator[httpx.AsyncClient]:
    """A browser on the bot's machine; there is no password."""
    async with browser(WebSettings(), "http://127.0.0.1:8091") as client:
        yield client


@pytest.fixture
async def public() -> AsyncIterator[httpx.AsyncClient]:
    """A browser elsewhere; there is a password."""
    async with browser(WebSettings(password=SecretStr(PASSWORD)), PUBLIC) as client:
        yield client


async def log_in(client: httpx.AsyncClient, password: str = PASSWORD) -> httpx.Response:
    origin = str(client.base_url).rstrip("/")
    return await client.post("/login", data={"password": password}, headers={"Origin": origin})


@pytest.mark.parametrize("path", ["/", "/talk", "/login", "/static/talk.js", "/api/status", "/no"])
async def test_every_answer_is_guarded(local: httpx.AsyncClient, path: str) -> None:
    answer = await local.get(path)
    assert answer.headers["content-security-policy"] == CONTENT_POLICY
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "same-origin"
    assert "cache-control" in answer.headers


async def test_the_operator_sees_rooms_with_words_reasons_and_stages(
    local: httpx.AsyncClient,
) -> None:
    state = (await local.get("/api/status")).json()
    (room,) = state["rooms"]
    assert room["place"] == ROOM.place
    assert room["turns"][0]["text"] == "What about the salary?"
    assert room["turns"][0]["reasons"] == ["called by name"]
    assert state["parts"][1]["advice"] == "start it"


async def test_a_visitor_sees_how_the_parts_are_and_nothing_else(public: httpx.AsyncClient) -> None:
    answer = await public.get("/api/status")
    assert answer.json()["parts"][1] == {"name": "OpenClaw Gateway", "condition": "broken"}
    assert answer.json()["in_calls"] == 1
    for private in ("Alice", "salary", "harbour", "Secret", "10.1.2.3", "Jarvis"):
        assert private not in answer.text


async def test_a_visitor_may_not_talk_before_logging_in(public: httpx.AsyncClient) -> None:
    answer = await public.get("/talk")
    assert (answer.status_code, answer.headers["location"]) == (303, "/login?next=talk")
    await log_in(public)
    assert (await public.get("/talk")).status_code == 200


async def test_a_login_shows_everything_until_its_logout(public: httpx.AsyncClient) -> None:
    answer = await log_in(public)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    cookie = answer.headers["set-cookie"].lower()
    for attribute in ("httponly", "samesite=strict", "secure", "path=/"):
        assert attribute in cookie
    assert (await public.get("/api/status")).json()["operator"]
    kept = public.cookies[COOKIE]
    await public.post("/logout", headers={"Origin": PUBLIC, "Content-Length": "0"})
    public.cookies.set(COOKIE, kept)
    assert not (await public.get("/api/status")).json()["operator"]


async def test_a_wrong_password_is_told_and_too_many_have_to_wait(
    public: httpx.AsyncClient,
) -> None:
    for _ in range(ATTEMPTS):
        answer = await log_in(public, "wrong")
        assert answer.status_code == 401
        assert "The password is wrong." in answer.text
    answer = await log_in(public)
    assert answer.status_code == 429
    assert 0 < int(answer.headers["retry-after"]) <= 60
    assert not (await public.get("/api/status")).json()["operator"]


async def test_another_site_cannot_log_in_or_out(public: httpx.AsyncClient) -> None:
    headers = {"Origin": "https://evil.example"}
    answer = await public.post("/login", data={"password": PASSWORD}, headers=headers)
    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers


async def test_a_large_or_endless_body_is_not_read(public: httpx.AsyncClient) -> None:
    async def endless() -> AsyncIterator[bytes]:
        while True:
            yield bytes(1_000)

    origin = {"Origin": PUBLIC}
    large = await public.post("/login", content=b"x" * (LARGEST_BODY + 1), headers=origin)
    assert large.status_code == 413
    assert (await public.post("/login", content=endless(), headers=origin)).status_code == 411


async def test_without_a_password_a_page_under_another_name_is_refused(
    local: httpx.AsyncClient,
) -> None:
    answer = await local.get("/api/status", headers={"Host": "rebound.example"})
    assert answer.status_code == 403
    assert "WEB__PASSWORD" in answer.text


async def test_a_file_is_sent_once(local: httpx.AsyncClient) -> None:
    first = await local.get("/static/style.css")
    assert first.headers["content-type"] == "text/css; charset=utf-8"
    again = await local.get("/static/style.css", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize("path", ["/static/app.py", "/static/..%2Fapp.py", "/static/../app.py"])
async def test_no_other_file_is_sent(local: httpx.AsyncClient, path: str) -> None:
    assert (await local.get(path)).status_code == 404


async def test_a_talk_page_that_is_off_is_not_there() -> None:
    async with browser(WebSettings(talk=False), "http://127.0.0.1:8091") as client:
        assert (await client.get("/talk")).status_code == 404
        assert not (await client.get("/api/status")).json()["talk"]


HTML = sorted(files.FOLDER.glob("*.html"))


@pytest.mark.parametrize("page", HTML, ids=lambda page: page.name)
def test_a_page_has_nothing_inline_and_only_files_that_are_there(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=|javascript:", text)
    assert not re.search(r"<script(?![^>]*\ssrc=)", text)
    named = re.findall(r'(?:src|href)="/static/([^"]+)"', text)
    scripts = "".join(path.read_text() for path in files.FOLDER.glob("*.js"))
    named += re.findall(r'from "\./([^"]+)"', scripts)
    named += re.findall(r'addModule\("/static/([^"]+)"', scripts)
    assert named
    assert set(named) <= files.static_files().keys()


@pytest.mark.parametrize("page", HTML, ids=lambda page: page.name)
def test_every_field_of_a_page_has_a_label(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    labelled = set(re.findall(r'<label[^>]* for="([^"]+)"', text))
    inside = "".join(re.findall(r"<label.*?</label>", text, re.DOTALL))
    for field in re.findall(r"<(?:input|select)[^>]*>", text):
        known = re.search(r'id="([^"]+)"', field)
        assert field in inside or (known and known[1] in labelled), field


def test_the_login_page_has_a_place_for_the_reason() -> None:
    assert login._REASON in files.static_files()["login.html"].content

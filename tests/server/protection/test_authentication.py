from __future__ import annotations

import base64
from pathlib import Path

import pytest
from starlette.types import Receive, Scope, Send

from logs import Place, placed
from server.protection.authentication import Authentication, key_in
from server.protection.keys import KeyFile, KeyRing
from server.protection.turn_place import place_headers
from tests.server.protection.asgi import Exchange, reads_all

pytestmark = pytest.mark.virtual_time

KEY = OWN_KEY = "ocv-of-the-bot"
TURN = Place("guild 42, turn 7", guild=42, turn=7)


def basic(login: str) -> str:
    return "Basic " + base64.b64encode(login.encode()).decode()


@pytest.mark.parametrize(
    "header", [f"Bearer {KEY}", f"bearer  {KEY} ", basic(f"bot:{KEY}"), basic(f":{KEY}")]
)
async def test_a_right_key_passes_and_its_name_is_known(header: str) -> None:
    exchange = Exchange(headers={"Authorization": header})
    await exchange.with_(Authentication(reads_all, KeyRing(own=KEY)))
    assert exchange.status == 200
    assert exchange.state == {"key_name": "bot"}


@pytest.mark.parametrize(("given", "place"), [(OWN_KEY, TURN), ("ocv-of-a-program", None)])
async def test_only_the_bot_says_which_turn_a_request_is_of(
    given: str, place: str | None, tmp_path: Path
) -> None:
    keys = KeyFile(tmp_path / "keys.json")
    given = given if place else keys.add("program")
    with placed(TURN):
        headers = {"Authorization": f"Bearer {given}", **place_headers()}
    exchange = Exchange(headers=headers)
    await exchange.with_(Authentication(reads_all, KeyRing(keys, OWN_KEY)))
    assert exchange.status == 200
    assert exchange.state.get("place") == place


@pytest.mark.parametrize(
    ("header", "code"),
    [
        ("", "missing_api_key"),
        ("Bearer", "missing_api_key"),
        ("Bearer ", "missing_api_key"),
        (KEY, "missing_api_key"),
        ("Basic ???", "missing_api_key"),
        (basic("bot"), "missing_api_key"),
        (f"Digest {KEY}", "missing_api_key"),
        ("Bearer wrong", "invalid_api_key"),
        (f"Bearer {KEY}x", "invalid_api_key"),
        (basic(f"{KEY}:wrong"), "invalid_api_key"),
        ("Bearer " + "x" * 100_000, "invalid_api_key"),
    ],
)
async def test_no_key_and_a_wrong_one_are_401_in_openais_shape(header: str, code: str) -> None:
    exchange = Exchange(headers={"Authorization": header} if header else {})
    await exchange.with_(Authentication(reads_all, KeyRing(own=KEY)))
    assert exchange.status == 401
    assert exchange.error["code"] == code
    assert exchange.error["type"] == "invalid_request_error"
    assert exchange.header["www-authenticate"].startswith("Bearer")
    assert exchange.header["connection"] == "close"
    assert KEY not in exchange.error["message"]


async def test_without_keys_and_for_health_no_key_is_needed() -> None:
    assert (await Exchange().with_(Authentication(reads_all, KeyRing()))).status == 200
    guarded = Authentication(reads_all, KeyRing(own=KEY))
    for path in ("/health", "/health/ready"):
        assert (await Exchange(path=path).with_(guarded)).status == 200
    for path in ("/healthy", "/", "/v1/models"):
        assert (await Exchange(path=path).with_(guarded)).status == 401


async def test_a_websocket_needs_a_key_too() -> None:
    async def accepts(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "websocket.accept"})

    guarded = Authentication(accepts, KeyRing(own=KEY))
    refused = await Exchange(kind="websocket", path="/v1/realtime").with_(guarded)
    assert refused.sent[0]["type"] == "websocket.close"
    accepted = Exchange(
        kind="websocket", path="/v1/realtime", headers={"Authorization": f"Bearer {KEY}"}
    )
    assert (await accepted.with_(guarded)).sent == [{"type": "websocket.accept"}]


def test_the_password_of_a_login_may_have_colons() -> None:
    assert key_in(basic("bot:a:b").encode()) == "a:b"

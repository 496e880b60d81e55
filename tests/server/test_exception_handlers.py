from __future__ import annotations

import logging

import httpx
import pytest
from fastapi import FastAPI

from server import exception_handlers


async def test_an_unknown_path_and_a_wrong_method_are_answered_in_the_same_shape(
    client: httpx.AsyncClient,
) -> None:
    unknown = await client.get("/v1/nothing")
    assert unknown.status_code == 404
    assert unknown.json()["error"] == {
        "message": "Not Found: GET /v1/nothing",
        "type": "invalid_request_error",
        "param": None,
        "code": "not_found",
    }
    wrong = await client.get("/v1/audio/speech")
    assert (wrong.status_code, wrong.json()["error"]["code"]) == (405, "method_not_allowed")


async def test_an_unexpected_error_is_logged_and_not_disclosed(
    caplog: pytest.LogCaptureFixture,
) -> None:
    app = FastAPI()
    exception_handlers.install(app)

    @app.get("/broken")
    async def broken() -> None:
        raise ValueError("the database password is 1234")

    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    with caplog.at_level(logging.ERROR, "server"):
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            answer = await client.get("/broken")
    assert answer.status_code == 500
    assert answer.json()["error"]["type"] == "server_error"
    assert "1234" not in answer.text
    assert "GET /broken failed" in caplog.text
    assert "Traceback" in caplog.text

"""The routes, asked as Prometheus and a container's probe ask them."""

from __future__ import annotations

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from prometheus_client.parser import text_string_to_metric_families
from pydantic import SecretStr

from monitoring.process_metrics import new_registry
from monitoring.routes import monitoring_router
from web.status import PartHealth

WELL = PartHealth("models", "well", "loaded")
AWAY = PartHealth("gateway", "broken", "it refuses the key", "correct OPENCLAW_AUTH_TOKEN")
FALLBACK = PartHealth("speech", "impaired", "the embedded voice speaks", needed=False)
TOKEN = "a-token-for-loopback"


def client(*parts: PartHealth, peer: str = "127.0.0.1", token: str | None = None) -> TestClient:
    app = FastAPI()
    secret = None if token is None else SecretStr(token)
    app.include_router(monitoring_router(new_registry(), lambda: parts, token=secret))
    return TestClient(app, "http://127.0.0.1:8091", client=(peer, 50_000))


def test_metrics_are_in_the_format_of_prometheus() -> None:
    answer = client().get("/metrics")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain")
    families = {family.name for family in text_string_to_metric_families(answer.text)}
    assert "openclaw_voice_build_info" in families
    open_metrics = client().get("/metrics", headers={"Accept": "application/openmetrics-text"})
    assert open_metrics.text.endswith("# EOF\n")


def test_alive_is_not_yet_ready() -> None:
    bot = client(WELL, AWAY, FALLBACK)
    assert bot.get("/healthz").status_code == 200
    answer = bot.get("/readyz")
    assert answer.status_code == 503
    body = answer.json()
    assert body["ready"] is False
    assert [part["name"] for part in body["parts"]] == ["models", "gateway", "speech"]
    assert body["parts"][1]["advice"] == "correct OPENCLAW_AUTH_TOKEN"


def test_what_is_not_needed_leaves_it_ready() -> None:
    answer = client(WELL, FALLBACK).get("/readyz")
    assert answer.status_code == 200
    assert answer.json()["ready"] is True


@pytest.mark.parametrize(
    ("peer", "headers", "allowed"),
    [
        ("127.0.0.1", {}, True),
        ("::1", {}, True),
        ("127.0.0.1", {"Host": "localhost:8091"}, True),
        ("127.0.0.1", {"Host": "evil.example.org"}, False),
        ("127.0.0.1", {"Host": "[::1"}, False),
        ("10.0.0.7", {}, False),
        ("127.0.0.1", {"X-Forwarded-For": "203.0.113.9"}, False),
        ("10.0.0.7", {"Authorization": f"Bearer {TOKEN}"}, True),
        ("10.0.0.7", {"Authorization": f"bearer  {TOKEN} "}, True),
        ("10.0.0.7", {"Authorization": f"Basic {TOKEN}"}, False),
        ("10.0.0.7", {"Authorization": "Bearer wrong"}, False),
        ("10.0.0.7", {"Authorization": "Bearer \xfc"}, False),
    ],
)
def test_other_machines_need_the_token(peer: str, headers: dict[str, str], allowed: bool) -> None:
    bot = client(AWAY, peer=peer, token=TOKEN)
    encoded = {name.encode(): value.encode("latin-1") for name, value in headers.items()}
    metrics = bot.get("/metrics", headers=encoded)
    assert metrics.status_code == (200 if allowed else 401)
    ready = bot.get("/readyz", headers=encoded)
    assert ready.status_code == 503
    assert ("parts" in ready.json()) == allowed


def test_without_a_token_no_header_opens_it() -> None:
    bot = client(WELL, peer="10.0.0.7")
    for given in ("Bearer ", "Bearer None", ""):
        assert bot.get("/metrics", headers={"Authorization": given}).status_code == 401

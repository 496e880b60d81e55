"""The settings of the Gateway connection."""

from __future__ import annotations

import pytest
from pydantic import SecretStr, ValidationError

from openclaw_client import OpenClawConfig, SessionScope


def test_the_users_names_and_their_defaults() -> None:
    config = OpenClawConfig()
    assert config.base_url == "http://127.0.0.1:18789"
    assert config.auth_token == SecretStr("")
    assert (config.timeout, config.retry_timeout) == (60.0, 15.0)
    assert config.agent_id == "jarvis"
    assert config.session_scope is SessionScope.USER


@pytest.mark.parametrize(
    ("base_url", "ws_url"),
    [
        ("http://127.0.0.1:18789", "ws://127.0.0.1:18789"),
        ("http://localhost:18789/", "ws://localhost:18789"),
        ("HTTPS://gateway.example.org", "wss://gateway.example.org"),
        ("ws://[::1]:1", "ws://[::1]:1"),
        ("wss://8.8.8.8/openclaw/", "wss://8.8.8.8/openclaw"),
        ("http://gateway:18789", "ws://gateway:18789"),
    ],
)
def test_http_addresses_become_websocket_addresses(base_url: str, ws_url: str) -> None:
    assert OpenClawConfig(base_url=base_url).ws_url == ws_url


@pytest.mark.parametrize(
    ("base_url", "complaint"),
    [
        ("127.0.0.1:18789", "must look like"),
        ("ftp://127.0.0.1", "must look like"),
        ("http://", "must look like"),
        ("http://127.0.0.1:99999", "[Pp]ort"),
        ("http://user:hunter2@127.0.0.1", "no user, password or query"),
        ("http://127.0.0.1/?token=hunter2", "no user, password or query"),
        ("http://8.8.8.8:18789", "8.8.8.8 is a public address; use https"),
        ("ws://[2606:4700::1111]:18789", "public address"),
    ],
)
def test_addresses_that_will_not_do(base_url: str, complaint: str) -> None:
    with pytest.raises(ValidationError, match=complaint) as refused:
        OpenClawConfig(base_url=base_url)
    assert "hunter2" not in str(refused.value)


def test_sending_the_token_in_the_clear_must_be_asked_for() -> None:
    config = OpenClawConfig(base_url="http://8.8.8.8:18789", allow_insecure=True)
    assert config.ws_url == "ws://8.8.8.8:18789"


@pytest.mark.parametrize(
    "wrong",
    [
        {"timeout": 0},
        {"retry_timeout": 0.5},
        {"agent_id": "no such thing"},
        {"session_scope": "planet"},
        {"reconnect_min_s": 40, "reconnect_max_s": 30},
        {"tokn": "x"},
    ],
)
def test_values_out_of_range(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        OpenClawConfig.model_validate(wrong)


def test_the_token_is_not_shown() -> None:
    config = OpenClawConfig.model_validate({"auth_token": "hunter2"})
    assert "hunter2" not in repr(config)
    assert "hunter2" not in str(config)
    assert "hunter2" not in config.model_dump_json()

"""The settings of the Gateway connection."""

from __future__ import annotations

from pathlib import Path

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


@pytest.mark.parametrize(
    "text",
    [
        "AB:" * 31 + "AB",
        "ab" * 32,
        "sha256:" + "Ab" * 32,
        "SHA256 Fingerprint=" + "AB:" * 31 + "AB",
        f"  {'ab ' * 32} ",
    ],
)
def test_a_fingerprint_is_taken_as_it_is_copied(text: str) -> None:
    assert OpenClawConfig(tls_fingerprint=text).trust.fingerprint == "ab" * 32


@pytest.mark.parametrize("text", ["ab" * 20, "xy" * 32, "AB:CD", "the one with the lock"])
def test_what_is_no_fingerprint_is_refused(text: str) -> None:
    with pytest.raises(ValidationError, match="64 hex digits"):
        OpenClawConfig(tls_fingerprint=text)


def test_a_file_without_a_certificate_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValidationError, match="cannot be read"):
        OpenClawConfig(ca_file=tmp_path / "none.pem")
    (tmp_path / "empty.pem").write_text("no certificate")
    with pytest.raises(ValidationError, match="holds no certificate"):
        OpenClawConfig(ca_file=tmp_path / "empty.pem")

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from settings import SettingsError, load_settings
from web.settings import WebSettings, is_loopback


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.20", "voice.example.org"])
def test_an_address_that_others_reach_needs_a_password(host: str) -> None:
    with pytest.raises(ValidationError, match=r"needs web\.password.*WEB__PASSWORD"):
        WebSettings.model_validate({"host": host})
    settings = WebSettings.model_validate({"host": host, "password": "a long password"})
    assert settings.host == host


def test_pages_that_are_off_need_none() -> None:
    WebSettings.model_validate({"host": "0.0.0.0", "enabled": False})


def test_a_short_password_is_refused_and_not_shown(tmp_path: Path) -> None:
    config, env = tmp_path / "config.yaml", tmp_path / ".env"
    config.write_text("")
    env.write_text("")
    with pytest.raises(SettingsError, match="8 characters at least") as refused:
        load_settings(config, env, {"WEB__PASSWORD": "s3cr3t!"})
    assert "s3cr3t" not in str(refused.value)


@pytest.mark.parametrize("alone", ["tls_certificate", "tls_key"])
def test_a_certificate_and_its_key_come_together(alone: str) -> None:
    with pytest.raises(ValidationError, match="given together"):
        WebSettings.model_validate({alone: "/etc/file.pem"})


@pytest.mark.parametrize("origin", ["voice.example.org", "https://a.b/?x", "ftp://a.b"])
def test_an_origin_is_a_plain_address(origin: str) -> None:
    with pytest.raises(ValidationError):
        WebSettings.model_validate({"origins": [origin]})


@pytest.mark.parametrize(
    ("host", "here"),
    [
        ("127.0.0.1", True),
        ("127.1.2.3", True),
        ("::1", True),
        ("localhost", True),
        ("localhost.example.org", False),
        ("10.0.0.1", False),
        ("", False),
    ],
)
def test_this_machine_is_known_by_its_own_addresses_alone(host: str, here: bool) -> None:
    assert is_loopback(host) is here

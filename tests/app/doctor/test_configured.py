from __future__ import annotations

from pathlib import Path

import pytest

from app.doctor.configured import check_settings
from app.doctor.findings import Grade


@pytest.fixture(autouse=True)
def home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The folder of config.yaml and .env, in place of the developer's."""
    monkeypatch.setattr("settings.HOME", tmp_path)
    return tmp_path


def test_unusable_settings_are_listed_and_none_stand_in_for_them(home: Path) -> None:
    config = home / "config.yaml"
    config.write_text("pipeline: {stt: {device: gpu}}")
    [finding], settings = check_settings(config)
    assert finding.grade is Grade.FAIL
    assert "pipeline.stt.device" in finding.words
    assert settings is None


def test_what_is_no_setting_is_a_warning_and_an_alias_another(home: Path) -> None:
    (home / ".env").write_text("TZ=Europe/Berlin\nPUID=1000\nDISCORD_TOKEN=a.b.c\n")
    found, settings = check_settings(None)
    assert [finding.grade for finding in found] == [Grade.WARN, Grade.WARN]
    assert "DISCORD_BOT_TOKEN" in found[0].words
    assert ".env line 1: TZ; .env line 2: PUID" in found[1].words
    assert settings is not None
    assert settings.discord.token is not None
    assert settings.discord.token.get_secret_value() == "a.b.c"

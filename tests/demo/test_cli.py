from __future__ import annotations

from pathlib import Path

import pytest

from configuration.errors import SettingsError
from demo.cli import main
from pipeline.errors import ModelUnavailable


@pytest.fixture(autouse=True)
def a_home_without_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The config.yaml and .env of whoever runs the tests do not reach them."""
    monkeypatch.setattr("settings.HOME", tmp_path)


def test_a_model_that_cannot_be_had_ends_it_before_it_begins(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def silero_is_gone(*_: object) -> None:
        raise ModelUnavailable("voice activity: no silero_vad")

    monkeypatch.setattr("app.model_loading.SileroVad", silero_is_gone)
    assert main(["--fixture"]) == 2
    assert "The demo could not begin: voice activity: no silero_vad" in capsys.readouterr().out


def test_unusable_settings_are_refused(tmp_path: Path) -> None:
    config = tmp_path / "mine.yaml"
    config.write_text("pipeline: {stt: {device: gpu}}")
    with pytest.raises(SettingsError, match=r"mine\.yaml line 1"):
        main(["--config", str(config)])

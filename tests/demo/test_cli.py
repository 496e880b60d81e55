from __future__ import annotations

from pathlib import Path

import pytest

from configuration.errors import SettingsError
from demo.cli import demo_settings, main
from demo.script import FIXTURE, REAL
from settings import Settings, load_settings


@pytest.fixture(autouse=True)
def a_home_without_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The config.yaml and .env of whoever runs the tests do not reach them."""
    monkeypatch.setattr("settings.HOME", tmp_path)


def own(config: str, folder: Path, **environ: str) -> Settings:
    (folder / "mine.yaml").write_text(config)
    return load_settings(folder / "mine.yaml", environ=environ)


def test_models_and_pipeline_are_the_users(tmp_path: Path) -> None:
    settings = demo_settings(
        own("pipeline: {stt: {device: cpu}}", tmp_path, MODELS__DIR="here", MODELS__OFFLINE="yes"),
        FIXTURE,
    )
    assert (settings.models.dir, settings.models.offline) == (Path("here"), True)
    assert settings.pipeline.stt.device == "cpu"


def test_what_the_play_is_written_for_stays(tmp_path: Path) -> None:
    settings = demo_settings(
        own(
            "agents: {friday: {voice: nobody}}\n"
            "pipeline: {stt: {model_size: small, language: de}, relevance: {level: low}}",
            tmp_path,
            TTS_URL="http://10.0.0.6:8880",
        ),
        FIXTURE,
    )
    assert settings.pipeline.stt.model_size == "fixture"
    assert settings.pipeline.stt.language is None
    default = Settings()
    assert settings.pipeline.relevance == default.pipeline.relevance
    assert (settings.agents, settings.tts) == (default.agents, default.tts)


def test_without_any_file_the_defaults_hold() -> None:
    assert demo_settings(load_settings(environ={}), FIXTURE).models == Settings().models


def test_the_real_script_keeps_the_users_model(tmp_path: Path) -> None:
    settings = demo_settings(own("pipeline: {stt: {model_size: small}}", tmp_path), REAL)
    assert settings.pipeline.stt.model_size == "small"
    assert settings.pipeline.stt.language == "en"


def test_a_model_that_may_not_be_fetched_ends_it_before_it_begins(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MODELS__DIR", str(tmp_path))
    monkeypatch.setenv("MODELS__OFFLINE", "true")
    assert main([]) == 2
    words = capsys.readouterr().out
    assert "The demo uses the fixture model and espeak-ng instead." in words
    assert "The demo could not begin" in words
    assert "smart-turn" in words


def test_unusable_settings_are_refused(tmp_path: Path) -> None:
    config = tmp_path / "mine.yaml"
    config.write_text("pipeline: {stt: {device: gpu}}")
    with pytest.raises(SettingsError, match=r"mine\.yaml line 1"):
        main(["--config", str(config)])

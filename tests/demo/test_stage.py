from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from rich.console import Console

from demo.script import FIXTURE, REAL
from demo.stage import choose_script, demo_settings, turn_model
from models.settings import ModelsSettings
from models.store import ModelStore
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
    assert not settings.pipeline.turn.language_model, "98 MB for nothing"
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
    assert settings.pipeline.turn.language_model


def test_without_the_real_models_the_fixture_plays_and_the_reason_is_shown(
    tmp_path: Path,
) -> None:
    settings = own("", tmp_path, MODELS__DIR=str(tmp_path), MODELS__OFFLINE="true")
    out = io.StringIO()
    script = choose_script(Console(file=out, width=200), settings, fixture=False)
    assert script is FIXTURE
    assert "the Whisper model base is not on this machine" in out.getvalue()
    assert "The demo uses the fixture model and espeak-ng instead." in out.getvalue()


def test_without_smart_turn_the_fixture_goes_by_the_words(tmp_path: Path) -> None:
    lines: list[str] = []
    store = ModelStore(ModelsSettings(dir=tmp_path, offline=True))
    found = turn_model(store, lines.append)
    assert found is not None
    assert found.probability(np.zeros(16_000, np.float32)) == 0.5
    assert "judged by the words alone" in lines[0]
    assert "smart-turn" in lines[0]


def test_the_users_device_speaks_too(tmp_path: Path) -> None:
    settings = demo_settings(own("server: {device: cuda, port: 9}", tmp_path), REAL)
    assert (settings.server.device, settings.server.port) == ("cuda", Settings().server.port)

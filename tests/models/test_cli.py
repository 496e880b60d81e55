from __future__ import annotations

import io
import random
from pathlib import Path

import pytest
from rich.console import Console

from models.cli import fetch_models, list_models, verify_models
from models.settings import ModelsSettings
from tests.models.hub_server import HubServer

WHISPER = {
    "model.bin": random.Random(2).randbytes(200_000),
    "tokenizer.json": b"{}",
    "vocabulary.txt": b"a",
}


@pytest.fixture
def console() -> Console:
    return Console(file=io.StringIO(), width=140)


@pytest.fixture
def settings(hub: HubServer, tmp_path: Path) -> ModelsSettings:
    hub.repos["Systran/faster-whisper-small"] = dict(WHISPER)
    return ModelsSettings(dir=tmp_path / "models", hub_url=hub.url)


def printed(console: Console) -> str:
    assert isinstance(console.file, io.StringIO)
    text = console.file.getvalue()
    console.file.truncate(0)
    console.file.seek(0)
    return text


def row(text: str, name: str) -> list[str]:
    return next(line for line in text.splitlines() if line.startswith(name)).split()


def test_the_list_shows_present_and_missing_models(
    settings: ModelsSettings, console: Console
) -> None:
    assert list_models(settings, ("silero-vad", "small"), console) == 0
    text = printed(console)
    assert "kokoro" not in text
    assert row(text, "silero-vad")[-1] == "verified"
    assert row(text, "whisper small")[-1] == "missing"
    assert "487 MB" in text
    assert "MIT" in text
    assert f"folder: {settings.dir}" in text


def test_verify_fails_on_a_missing_model_and_passes_after_the_download(
    settings: ModelsSettings, console: Console
) -> None:
    assert verify_models(settings, ("small",), console) == 1
    assert fetch_models(settings, ("small",), console) == 0
    assert "whisper small: verified, from hub Systran/faster-whisper-small" in printed(console)
    assert verify_models(settings, ("small",), console) == 0
    assert row(printed(console), "whisper small")[-1] == "verified"


def test_a_damaged_model_is_named_and_fails(settings: ModelsSettings, console: Console) -> None:
    fetch_models(settings, ("small",), console)
    assert settings.dir is not None
    weights = settings.dir / "whisper" / "Systran--faster-whisper-small" / "model.bin"
    weights.write_bytes(bytes(200_000))
    assert list_models(settings, ("small",), console) == 0
    printed(console)
    assert verify_models(settings, ("small",), console) == 1
    text = printed(console)
    assert row(text, "whisper small")[-1] == "damaged"
    assert str(weights) in text


def test_fetch_continues_after_a_failure_and_reports_it(
    settings: ModelsSettings, console: Console
) -> None:
    assert fetch_models(settings, ("nonsense", "small"), console) == 1
    text = printed(console)
    assert "no Whisper model 'nonsense'" in text
    assert "whisper small: verified" in text


def test_an_unknown_size_is_shown_in_the_list(settings: ModelsSettings, console: Console) -> None:
    assert verify_models(settings, ("nonsense",), console) == 1
    assert "no Whisper model 'nonsense'" in printed(console)


def test_a_users_folder_without_a_manifest_is_present(
    settings: ModelsSettings, console: Console, tmp_path: Path
) -> None:
    mine = tmp_path / "mine"
    mine.mkdir()
    for name, data in WHISPER.items():
        (mine / name).write_bytes(data)
    assert verify_models(settings, (str(mine),), console) == 0
    assert "present" in printed(console)

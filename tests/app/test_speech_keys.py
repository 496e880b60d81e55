from __future__ import annotations

import io
from pathlib import Path

import pytest

import run
from app.cli.running import FAILED, UNUSABLE
from app.speech_keys import KeyAction, key_file, run_keys
from server.protection.keys import KeyRing
from settings import Settings


def told(settings: Settings, action: KeyAction, name: str | None = None) -> str:
    output = io.StringIO()
    run_keys(settings, action, name, output)
    return output.getvalue()


def test_a_new_key_opens_the_server_and_is_shown_once(tmp_path: Path) -> None:
    settings = Settings.model_validate({"openclaw": {"state_dir": tmp_path}})
    key = told(settings, "add", "laptop").splitlines()[0]
    assert KeyRing(key_file(settings)).name_of(key) == "laptop"
    listed = told(settings, "list")
    assert listed.startswith("laptop  made 20")
    assert key not in listed
    told(settings, "remove", "laptop")
    assert "no keys" in told(settings, "list")


def test_the_file_of_the_settings_is_used(tmp_path: Path) -> None:
    file = tmp_path / "mine.json"
    settings = Settings.model_validate({"server": {"keys_file": file}})
    told(settings, "add", "laptop")
    assert file.exists()


def test_the_command_line_tells_what_is_missing(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("OPENCLAW__STATE_DIR", str(tmp_path))
    assert run.main(["serve", "keys", "add"]) == UNUSABLE
    assert "needs a NAME" in capsys.readouterr().err
    assert run.main(["serve", "keys", "remove", "laptop"]) == FAILED
    assert "there is no key 'laptop'" in capsys.readouterr().err
    assert run.main(["serve", "keys", "add", "laptop"]) == 0
    assert run.main(["serve", "keys", "list"]) == 0
    assert "laptop  made" in capsys.readouterr().out

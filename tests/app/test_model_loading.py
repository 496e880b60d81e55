"""The language model of the bot: loaded where it can be had, and missing without harm."""

from __future__ import annotations

from pathlib import Path

from app.model_loading import load_language_model
from models.registry import SMOLLM2
from models.settings import ModelsSettings
from models.store import ModelStore
from pipeline.settings import TurnSettings


def store_in(folder: Path) -> ModelStore:
    return ModelStore(ModelsSettings(dir=folder, offline=True))


def test_a_language_model_that_cannot_be_had_is_told_and_not_needed(tmp_path: Path) -> None:
    said: list[str] = []
    assert load_language_model(store_in(tmp_path), TurnSettings(), said.append) is None
    (line,) = said
    assert line.startswith("sentence ends: judged without a language model; ")
    assert SMOLLM2.name in line
    assert "run.py models fetch" in line


def test_the_settings_can_leave_it_out(tmp_path: Path) -> None:
    said: list[str] = []
    settings = TurnSettings(language_model=False)
    assert load_language_model(store_in(tmp_path), settings, said.append) is None
    assert said == []


def test_a_damaged_file_is_as_good_as_none(tmp_path: Path) -> None:
    place = store_in(tmp_path).place_of(SMOLLM2)
    place.parent.mkdir()
    place.write_bytes(b"GGUF, cut off")
    said: list[str] = []
    assert load_language_model(store_in(tmp_path), TurnSettings(), said.append) is None
    assert len(said) == 1

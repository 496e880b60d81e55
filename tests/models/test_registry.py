from __future__ import annotations

import re

import pytest
from faster_whisper import utils as faster_whisper

from models.errors import UnknownModel
from models.registry import FILE_MODELS, WHISPER_MODELS, file_model


def test_every_file_is_pinned_and_licensed() -> None:
    for model in FILE_MODELS:
        assert re.fullmatch(r"[0-9a-f]{64}", model.sha256)
        assert model.size > 0
        assert model.licence
        assert model.sources


def test_names_are_unique_and_found() -> None:
    for model in FILE_MODELS:
        assert file_model(model.name) is model


def test_an_unknown_name_is_told_with_the_known_ones() -> None:
    with pytest.raises(UnknownModel, match="silero-vad, smart-turn"):
        file_model("smart_turn")


def test_whisper_names_lead_where_faster_whisper_would_go() -> None:
    assert {model.name: model.repo for model in WHISPER_MODELS} == faster_whisper._MODELS

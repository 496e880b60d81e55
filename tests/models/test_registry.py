from __future__ import annotations

import re

import pytest
from faster_whisper import utils as faster_whisper

from models.errors import UnknownModel
from models.registry import KOKORO, MODELS, PIPER_JOE, WHISPER_MODELS, is_model, model_named
from models.sources import HubFile


def test_every_file_is_pinned_and_every_model_licensed() -> None:
    whisper = [model for model in WHISPER_MODELS if model.files]
    assert whisper
    for model in (*MODELS, *whisper):
        assert model.licence
        assert len({file.file for file in model.files}) == len(model.files)
        for file in model.files:
            assert re.fullmatch(r"[0-9a-f]{64}", file.sha256)
            assert file.size > 0
            assert file.sources


def test_the_speech_models_have_two_servers_for_each_file_and_pinned_revisions() -> None:
    for model in (KOKORO, PIPER_JOE, *WHISPER_MODELS):
        for file in model.files:
            assert len({source.server for source in file.sources}) == 2
            revisions = [each.revision for each in file.sources if isinstance(each, HubFile)]
            assert all(re.fullmatch(r"[0-9a-f]{40}", revision) for revision in revisions)


def test_the_official_source_comes_before_the_package_index() -> None:
    for model in (*MODELS, *WHISPER_MODELS):
        for file in model.files:
            packaged = [source.packaged for source in file.sources]
            assert packaged == sorted(packaged)


def test_names_are_unique_and_differ_from_sizes_of_whisper() -> None:
    names = [model.name for model in MODELS] + [model.name for model in WHISPER_MODELS]
    assert len(set(names)) == len(names)
    for model in MODELS:
        assert model_named(model.name) is model
        assert is_model(model.name)
    assert not is_model("base")


def test_an_unknown_name_is_told_with_the_known_ones() -> None:
    with pytest.raises(UnknownModel, match="silero-vad, smart-turn"):
        model_named("smart_turn")


def test_whisper_names_lead_where_faster_whisper_would_go() -> None:
    assert {model.name: model.repo for model in WHISPER_MODELS} == faster_whisper._MODELS

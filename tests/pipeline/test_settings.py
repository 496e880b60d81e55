"""Wrong settings are refused with the place and what is allowed."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

from pipeline.settings import (
    PipelineSettings,
    SttSettings,
    VadSettings,
)


def models_of(model: type[BaseModel]) -> list[type[BaseModel]]:
    defaults = [field.default for field in model.model_fields.values()]
    return [type(default) for default in defaults if isinstance(default, BaseModel)]


def test_the_defaults_hold_together() -> None:
    settings = PipelineSettings()
    assert settings.turn.look_after_ms < settings.turn.max_silence_ms
    assert settings.turn.cut_cost_ms <= settings.turn.sound_cut_cost_ms
    assert settings.barge_in.named_sound_waits_ms <= settings.barge_in.first_sound_waits_ms
    assert settings.stt.language is None


def test_every_setting_says_why_one_would_change_it() -> None:
    groups: list[type[BaseModel]] = models_of(PipelineSettings)
    assert SttSettings in groups
    for group in groups:
        for name, field in group.model_fields.items():
            assert field.description, f"{group.__name__}.{name} has no line under it"


def test_nested_values_are_taken_as_the_environment_gives_them() -> None:
    given: dict[str, Any] = {
        "stt": {"model_size": "tiny", "beam_size": "5", "language": "de"},
        "turn": {"eager": "off", "pause_sigma": "0.65"},
    }
    settings = PipelineSettings.model_validate(given)
    assert (settings.stt.model_size, settings.stt.beam_size) == ("tiny", 5)
    assert (settings.turn.eager, settings.turn.pause_sigma) == ("off", 0.65)


@pytest.mark.parametrize("value", ["auto", "", None])
def test_auto_is_no_language(value: str | None) -> None:
    assert SttSettings.model_validate({"language": value}).language is None


@pytest.mark.parametrize(
    ("values", "place"),
    [
        ({"stt": {"device": "tpu"}}, "stt.device"),
        ({"stt": {"language": "english"}}, "stt.language"),
        ({"stt": {"compute_type": "int4"}}, "stt.compute_type"),
        ({"stt": {"threads": -1}}, "stt.threads"),
        ({"vad": {"start_threshold": 1.5}}, "vad.start_threshold"),
        ({"turn": {"eager": "always"}}, "turn.eager"),
        ({"relevance": {"level": "extreme"}}, "relevance.level"),
        ({"speech_text": {"max_sentence_chars": 3}}, "speech_text.max_sentence_chars"),
        ({"sst": {}}, "sst"),
        ({"barge_in": {"hold_ms": 3}}, "barge_in.hold_ms"),
    ],
)
def test_a_wrong_value_is_refused_with_its_place(values: dict[str, Any], place: str) -> None:
    with pytest.raises(ValidationError) as caught:
        PipelineSettings.model_validate(values)
    assert place in {".".join(map(str, error["loc"])) for error in caught.value.errors()}


def test_speech_may_not_stop_above_where_it_starts() -> None:
    with pytest.raises(ValidationError, match=r"stop_threshold \(0.6\) is above"):
        VadSettings(start_threshold=0.5, stop_threshold=0.6)


def test_settings_cannot_be_changed_behind_ones_back() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        PipelineSettings().stt.beam_size = 3


def test_a_model_without_a_server_is_refused_with_the_setting_that_is_meant() -> None:
    with pytest.raises(ValidationError, match=r"model \(small\).*model_size"):
        SttSettings.model_validate({"model": "small"})
    assert SttSettings(model="small", url="http://box:8090").model == "small"

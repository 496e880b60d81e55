from __future__ import annotations

from typing import Any

import pytest

from pipeline.listening.endpoint_rule import FixedSilence
from pipeline.settings import PipelineSettings
from server.errors import ApiError
from server.realtime.configuration import RealtimeInput, SemanticVad, ServerVad, updated


def changed(**audio_input: Any) -> RealtimeInput:
    return updated(RealtimeInput(), {"type": "transcription", "audio": {"input": audio_input}})


def test_what_an_update_leaves_out_stays() -> None:
    first = changed(transcription={"model": "whisper-1", "language": "de"}, turn_detection=None)
    second = updated(first, {"audio": {"input": {"format": {"type": "audio/pcmu"}}}})
    assert second.transcription == first.transcription
    assert second.turn_detection is None
    assert second.format.type == "audio/pcmu"


def test_a_fixed_silence_is_the_rule_of_server_vad() -> None:
    config = changed(
        turn_detection={"type": "server_vad", "threshold": 0.8, "silence_duration_ms": 4000}
    )
    settings, rule = config.pipeline(PipelineSettings())
    assert isinstance(config.turn_detection, ServerVad)
    assert rule == FixedSilence(4000)
    assert settings.vad.start_threshold == 0.8
    assert settings.vad.stop_threshold <= 0.65
    assert settings.turn.max_silence_ms >= 4000


@pytest.mark.parametrize("threshold", [0.0, 1.0])
def test_every_threshold_is_usable(threshold: float) -> None:
    config = changed(turn_detection={"type": "server_vad", "threshold": threshold})
    vad = config.pipeline(PipelineSettings())[0].vad
    assert 0 < vad.stop_threshold < vad.start_threshold < 1


def test_semantic_vad_is_the_bots_own_rule_and_eagerness_moves_it() -> None:
    costs = []
    for eagerness in ("high", "auto", "low"):
        config = changed(turn_detection={"type": "semantic_vad", "eagerness": eagerness})
        assert isinstance(config.turn_detection, SemanticVad)
        settings, rule = config.pipeline(PipelineSettings())
        assert rule is None
        costs.append((settings.turn.sound_cut_cost_ms, settings.turn.max_silence_ms))
    assert costs == sorted(costs)
    assert costs[1][0] == PipelineSettings().turn.sound_cut_cost_ms


def test_the_language_is_told_to_the_model() -> None:
    config = changed(transcription={"language": "German", "languages": ["en-US", "de"]})
    stt = config.pipeline(PipelineSettings())[0].stt
    assert (stt.language, stt.languages) == ("de", ("en", "de"))


@pytest.mark.parametrize("model", ["gpt-realtime-whisper", "gpt-live-transcribe"])
def test_models_without_turn_detection_leave_turns_to_the_client(model: str) -> None:
    assert changed(transcription={"model": model}).turn_detection is None


@pytest.mark.parametrize(
    ("session", "param"),
    [
        (None, "session"),
        ({"type": "realtime"}, "session.type"),
        ({"input_audio_format": "mp3"}, "format.type"),
        ({"turn_detection": {"type": "none"}}, "turn_detection"),
        ({"audio": {"input": {"format": {"rate": 1}}}}, "format.rate"),
    ],
)
def test_what_is_wrong_is_named(session: object, param: str) -> None:
    with pytest.raises(ApiError) as refused:
        updated(RealtimeInput(), session)
    assert refused.value.param == param

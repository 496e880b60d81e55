"""Speech to text as the settings want it, against a server on loopback and the fixture model."""

from __future__ import annotations

import io
import json
import wave
from pathlib import Path

import numpy as np
import pytest
from pydantic import SecretStr

from app.hearing import described, open_hearing
from app.transcription import transcribe_files
from models.settings import ModelsSettings
from models.store import ModelStore
from pipeline.audio import HEARD_RATE
from pipeline.errors import WordsUnavailable
from pipeline.inference.speech_models import HearingInUse
from pipeline.settings import PipelineSettings, SttSettings
from settings import Settings
from tests.server.hearing.words_server import KEY, error, verbose, words_server

HERE = "Whisper fixture on this machine"


def stt(url: str | None, *, stand_in: bool = True) -> SttSettings:
    return SttSettings(
        url=url,
        api_key=SecretStr(KEY),
        stand_in=stand_in,
        model_size="fixture",
        device="cpu",
        threads=1,
    )


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    file = tmp_path / "question.wav"
    with wave.open(str(file), "wb") as out:
        out.setparams((1, 2, HEARD_RATE, 0, "NONE", ""))
        out.writeframes((np.sin(np.arange(5 * HEARD_RATE) / 9) * 9_000).astype("<i2").tobytes())
    return file


def test_without_a_server_the_model_here_transcribes() -> None:
    with open_hearing(ModelStore(ModelsSettings()), stt(None)) as hearing:
        assert hearing.local is hearing.stt
        assert (hearing.at_a_time, hearing.in_use()) == (hearing.stt.at_once, HearingInUse(HERE))
    assert described(stt(None)) == "speech to text (fixture)"


def test_the_settings_say_how_many_transcriptions_run_at_a_time() -> None:
    settings = stt(None).model_copy(update={"at_once": 3})
    with open_hearing(ModelStore(ModelsSettings()), settings) as hearing:
        assert hearing.at_a_time == 3


def test_a_server_transcribes_and_the_model_here_while_it_fails() -> None:
    with words_server(verbose("What time is it?")) as server:
        with open_hearing(ModelStore(ModelsSettings()), stt(server.url)) as hearing:
            assert hearing.local is not None
            assert (hearing.at_a_time, hearing.in_use()) == (4, HearingInUse(server.url))
        server.answer = lambda _: error(401, "no such key")
        with open_hearing(ModelStore(ModelsSettings()), stt(server.url)) as hearing:
            why = "the speech server does not accept the bot's key"
            assert hearing.in_use() == HearingInUse(HERE, why)
    assert "fallback" in described(stt("http://box"))
    assert "fallback" not in described(stt("http://box", stand_in=False))


def test_the_command_asks_the_server_of_the_settings(recording: Path) -> None:
    out = io.StringIO()
    with words_server(verbose("What time is it?")) as server:
        settings = Settings(pipeline=PipelineSettings(stt=stt(server.url, stand_in=False)))
        transcribe_files([recording], out, settings, language="en", as_json=True)
        assert json.loads(out.getvalue())["text"] == "What time is it?"
        assert (server.asked[-1]["language"], server.asked[-1]["seconds"]) == ("en", "5.0")
        server.answer = lambda _: error(400, "no such model")
        with pytest.raises(WordsUnavailable, match="reported an error"):
            transcribe_files([recording], out, settings)

from __future__ import annotations

from pathlib import Path

from app.doctor.check_speech import check_speech
from app.doctor.findings import Grade
from models.settings import ModelsSettings
from server.settings import ServerSettings, TtsSettings
from settings import Settings
from testing.ports import closed_port


async def test_our_own_speech_engine_says_a_word_in_every_voice() -> None:
    finding = await check_speech(Settings(server=ServerSettings(engine="espeak")))
    assert finding.grade is Grade.OK, finding
    assert finding.words.startswith("first audio of espeak-ng: ")
    assert "jarvis after" in finding.words
    assert "sage after" in finding.words


async def test_without_weights_it_names_the_command_that_fetches_them(tmp_path: Path) -> None:
    finding = await check_speech(Settings(models=ModelsSettings(dir=tmp_path)))
    assert finding.grade is Grade.OK, finding
    assert "espeak-ng (" in finding.words
    assert "run.py models fetch" in finding.words


async def test_a_voice_that_does_not_exist_is_told() -> None:
    finding = await check_speech(
        Settings.model_validate(
            {"agents": {"jarvis": {"voice": "nobody"}}, "server": {"engine": "espeak"}}
        )
    )
    assert finding.grade is Grade.FAIL
    assert "nobody" in finding.words


async def test_a_speech_server_that_is_away_is_told() -> None:
    url = f"http://127.0.0.1:{closed_port()}"
    settings = Settings(tts=TtsSettings(url=url), server=ServerSettings(port=0))
    finding = await check_speech(settings)
    assert finding.grade is Grade.FAIL
    assert url in finding.words
    assert "TTS_URL" in finding.advice

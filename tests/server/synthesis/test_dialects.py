"""The client with every server that it is made for: one table of cases for all dialects."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from pipeline.errors import SpeechUnavailable
from pipeline.ports import Voice
from server.runner import EmbeddedServer
from server.settings import ServerSettings, TtsSettings
from server.synthesis.client import HttpSynthesizer
from server.synthesis.elevenlabs import is_elevenlabs
from server.synthesis.endpoint import Endpoint
from server.synthesis.faults import Fault, SpeechFailed
from tests.server.sounds import is_the_tone, length_ms
from tests.server.synthesis.dialect_servers import (
    KEY,
    Chatterbox,
    DialectServer,
    ElevenLabs,
    KokoroFastApi,
    OpenAi,
    Speaches,
)
from tests.server.synthesis.speaking import said
from tests.server.synthesis.speech_server import SpeechServer

ALL: list[type[DialectServer]] = [KokoroFastApi, Chatterbox, Speaches, OpenAi, ElevenLabs]
JARVIS, SAGE = Voice("jarvis", agent="jarvis"), Voice("sage", agent="sage")


@asynccontextmanager
async def speaking_to(
    answers: DialectServer, **settings: Any
) -> AsyncIterator[tuple[HttpSynthesizer, SpeechServer]]:
    given = {"api_key": KEY, **settings}
    async with (
        SpeechServer(answers) as server,
        HttpSynthesizer(TtsSettings.model_validate({"url": server.url, **given})) as synthesizer,
    ):
        yield synthesizer, server


def voices_of(server: SpeechServer) -> list[str]:
    """The voices of the requests for speech, in order."""
    spoken = [each for each in server.asked if each.method == "POST"]
    return [each.body.get("voice") or each.path.split("/")[3] for each in spoken]


@pytest.mark.parametrize("kind", ALL)
async def test_the_agents_speak_with_default_settings(kind: type[DialectServer]) -> None:
    async with speaking_to(kind()) as (synthesizer, server):
        for voice in (JARVIS, SAGE, JARVIS):
            assert is_the_tone(await said(synthesizer, voice))
        asked = len(server.asked)
        assert is_the_tone(await said(synthesizer, JARVIS))
        assert is_the_tone(await said(synthesizer, SAGE))
        assert len(server.asked) == asked + 2, "what the server takes is known"
        assert len(set(voices_of(server)[-2:])) == 2, "each agent has a voice of its own"


@pytest.mark.parametrize("kind", ALL)
async def test_speed_and_style_are_sent_as_the_server_takes_them(kind: type[DialectServer]) -> None:
    async with speaking_to(kind()) as (synthesizer, _):
        assert is_the_tone(await said(synthesizer, Voice("jarvis", 1.5, "calm and dry")))


@pytest.mark.parametrize("kind", ALL)
async def test_a_voice_of_the_server_is_taken_by_its_name(kind: type[DialectServer]) -> None:
    answers = kind()
    async with speaking_to(answers, voices={"jarvis": answers.voice}) as (synthesizer, server):
        assert is_the_tone(await said(synthesizer, JARVIS))
        assert is_the_tone(await said(synthesizer, Voice(answers.voice)))
        ids = set(voices_of(server))
        assert ids == {ElevenLabs.voices.get(answers.voice, answers.voice)} or len(ids) == 2


@pytest.mark.parametrize("kind", ALL)
async def test_a_voice_that_the_server_lacks_is_an_error_with_its_words(
    kind: type[DialectServer],
) -> None:
    answers = kind()
    async with speaking_to(answers) as (synthesizer, server):
        with pytest.raises(SpeechUnavailable) as failed:
            await said(synthesizer, Voice("nobody"))
        assert server.url in str(failed.value)
        assert answers.unknown_voice in str(failed.value)


@pytest.mark.parametrize("kind", ALL)
async def test_the_server_is_up(kind: type[DialectServer]) -> None:
    async with speaking_to(kind()) as (synthesizer, _):
        assert await synthesizer.healthy()


@pytest.mark.parametrize("kind", [each for each in ALL if each.needs_key])
@pytest.mark.parametrize("key", [None, "sk-wrong"])
async def test_a_missing_or_wrong_key_is_named(kind: type[DialectServer], key: str | None) -> None:
    # A server of ElevenLabs is known by its address.
    dialect = "elevenlabs" if kind is ElevenLabs else "auto"
    async with speaking_to(kind(), api_key=key, dialect=dialect) as (synthesizer, _):
        with pytest.raises(SpeechFailed) as failed:
            await said(synthesizer, Voice("alloy"))
        assert failed.value.fault is Fault.LOCKED
        assert "key" in str(failed.value)


async def test_our_own_server_speaks_with_default_settings() -> None:
    async with (
        EmbeddedServer(ServerSettings(port=0)) as server,
        HttpSynthesizer(TtsSettings(url=server.url)) as synthesizer,
    ):
        assert await synthesizer.healthy()
        spoken = [length_ms(await said(synthesizer, voice)) for voice in (JARVIS, SAGE)]
        assert min(spoken) > 400
        with pytest.raises(SpeechUnavailable, match="nobody"):
            await said(synthesizer, Voice("nobody"))


async def test_elevenlabs_is_found_by_its_answers() -> None:
    async with speaking_to(ElevenLabs()) as (synthesizer, server):
        assert is_the_tone(await said(synthesizer, Voice("Rachel")))
        assert is_the_tone(await said(synthesizer, Voice("george")), tolerance_ms=15)
        paths = [asked.path.partition("?")[0] for asked in server.asked]
        assert paths == [
            "/v1/audio/speech",
            "/v1/voices",
            "/v1/text-to-speech/21m00Tcm4TlvDq8ikWAM/stream",
            "/v1/text-to-speech/JBFqnCBsd6RMkjVDRZzb/stream",
        ]
        assert "authorization" not in server.asked[-1].headers


@pytest.mark.parametrize(
    ("url", "own"),
    [
        ("https://api.elevenlabs.io", True),
        ("https://api.eu.residency.elevenlabs.io/v1", True),
        ("https://elevenlabs.io.example.org", False),
        ("http://box:8880", False),
    ],
)
def test_elevenlabs_is_known_by_its_address(url: str, own: bool) -> None:
    assert is_elevenlabs(Endpoint.parse(url)) is own


async def test_elevenlabs_is_told_the_language_of_a_foreign_sentence() -> None:
    spoken = {}
    for model in ("", "eleven_multilingual_v2"):
        settings = {"dialect": "elevenlabs", "model": model}
        async with speaking_to(ElevenLabs(), **settings) as (synthesizer, server):
            for text in ("Guten Morgen, wie geht es dir?", "Good morning, how are you?"):
                async for _ in synthesizer.speak(text, Voice("Rachel")):
                    pass
            spoken[model] = [each.body.get("language_code") for each in server.asked[1:]]
    assert spoken == {"": ["de", None], "eleven_multilingual_v2": [None, None]}


@pytest.mark.parametrize(
    ("field", "sent"),
    [("", [None] * 3), ("lang_code", ["f", None, None]), ("language", ["fr", "de", None])],
)
async def test_a_server_of_openais_way_is_told_the_language_where_the_settings_want_it(
    field: str, sent: list[str | None]
) -> None:
    async with speaking_to(KokoroFastApi(), language_field=field) as (synthesizer, server):
        for text in (
            "Bonjour, où est la gare ?",
            "Guten Morgen, wie geht es dir?",
            "Good morning, how are you?",
        ):
            async for _ in synthesizer.speak(text, Voice("af_heart")):
                pass
        asked = [each.body for each in server.asked if each.method == "POST"]
    assert [each.get(field) for each in asked] == sent


class OwnModels(Speaches):
    """It has no model with OpenAI's name."""

    models = ("speaches-ai/Kokoro-82M-v1.0-ONNX",)


async def test_where_a_server_wants_another_model_the_error_names_the_setting() -> None:
    async with speaking_to(OwnModels()) as (synthesizer, _):
        with pytest.raises(SpeechUnavailable, match=r"'tts-1' is not installed.*set tts\.model"):
            await said(synthesizer, JARVIS)
    async with speaking_to(OwnModels(), model="tts-9") as (synthesizer, _):
        with pytest.raises(SpeechUnavailable, match=r"'tts-9' is not installed locally\.?$"):
            await said(synthesizer, JARVIS)
    async with speaking_to(OwnModels(), model=OwnModels.models[0]) as (synthesizer, _):
        assert is_the_tone(await said(synthesizer, JARVIS))


async def test_a_dialect_that_the_settings_name_is_not_questioned() -> None:
    async with speaking_to(ElevenLabs(), dialect="openai") as (synthesizer, server):
        with pytest.raises(SpeechUnavailable, match="404 Not Found"):
            await said(synthesizer)
        assert {asked.path for asked in server.asked} == {"/v1/audio/speech"}


async def test_the_key_is_never_sent_in_the_other_dialects_header() -> None:
    async with speaking_to(KokoroFastApi()) as (synthesizer, server):
        with pytest.raises(SpeechUnavailable):
            await said(synthesizer, Voice("nobody"))
        await said(synthesizer, JARVIS)
        assert all("xi-api-key" not in asked.headers for asked in server.asked)

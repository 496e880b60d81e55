"""The choice of a voice for an agent without a usable voice in the settings."""

from __future__ import annotations

import pytest

from pipeline.errors import SpeechUnavailable
from pipeline.ports import Voice
from server.synthesis.client import HttpSynthesizer
from server.synthesis.voice_choice import ASK_AGAIN_S, VoiceChoice, listed_voices
from tests.server.sounds import pcm
from tests.server.synthesis.speaking import said, speaking
from tests.server.synthesis.speech_server import Asked, Reply, refusal

KOKORO = ["af_heart", "am_adam", "bf_emma", "bm_george", "jf_alpha", "zm_yunxi", "ef_dora"]
ENGLISH = {"af_heart", "am_adam", "bf_emma", "bm_george"}
AGENTS = ("main", "max", "ada", "kim")


class Listing:
    def __init__(self, *names: str) -> None:
        self.names = list(names)
        self.error: SpeechUnavailable | None = None
        self.asked = 0
        self.now = 0.0

    async def __call__(self) -> list[str]:
        self.asked += 1
        if self.error is not None:
            raise self.error
        return self.names

    def choice(self) -> VoiceChoice:
        return VoiceChoice(self, lambda: self.now)


def unnamed(agent: str) -> Voice:
    return Voice("", speed=1.2, agent=agent)


async def test_each_agent_gets_a_different_voice_and_keeps_it() -> None:
    listing = Listing(*KOKORO)
    choice = listing.choice()
    chosen = {agent: await choice.choose(unnamed(agent)) for agent in AGENTS}
    assert {voice.name for voice in chosen.values()} == ENGLISH
    assert {voice.speed for voice in chosen.values()} == {1.2}
    for agent in reversed(AGENTS):
        assert (await choice.choose(unnamed(agent))).name == chosen[agent].name
    assert listing.asked == 1


@pytest.mark.parametrize("names", [KOKORO, list(reversed(KOKORO)), KOKORO * 2])
async def test_the_choice_is_the_same_in_every_run(names: list[str]) -> None:
    voice = await Listing(*names).choice().choose(unnamed("main"))
    assert voice.name == (await Listing(*KOKORO).choice().choose(unnamed("main"))).name


@pytest.mark.parametrize(
    ("names", "english"),
    [
        (["jarvis", "sage", "espeak:af", "espeak:en-us"], {"jarvis", "sage", "espeak:en-us"}),
        (["de_DE-thorsten-high", "en_US-amy-medium"], {"en_US-amy-medium"}),
        (["jf_alpha", "zm_yunxi"], {"jf_alpha", "zm_yunxi"}),
        (["alloy"], {"alloy"}),
    ],
)
async def test_english_voices_are_preferred(names: list[str], english: set[str]) -> None:
    choice = Listing(*names).choice()
    assert {(await choice.choose(unnamed(agent))).name for agent in "abcdefgh"} == english


async def test_a_voice_named_in_the_settings_is_requested_unchanged() -> None:
    listing = Listing(*KOKORO)
    assert (await listing.choice().choose(Voice("bm_lewis", agent="max"))).name == "bm_lewis"
    assert listing.asked == 0


async def test_a_refused_default_voice_is_replaced_and_logged_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    choice = Listing(*KOKORO).choice()
    other = await choice.replacement_for(Voice("jarvis", agent="jarvis"))
    assert other is not None
    assert other.name in ENGLISH
    assert (await choice.choose(Voice("jarvis", agent="jarvis"))).name == other.name
    assert await choice.replacement_for(other) is None, "it was not the voice, then"
    assert len(caplog.messages) == 1
    assert "no voice 'jarvis'" in caplog.text


@pytest.mark.parametrize("name", ["bm_lewis", "af_heart", "af_heart+bf_emma", "nobody"])
async def test_any_other_refused_name_is_an_error(name: str) -> None:
    listing = Listing(*KOKORO)
    assert await listing.choice().replacement_for(Voice(name, agent="jarvis")) is None
    assert listing.asked == 0


async def test_a_listed_voice_is_not_replaced() -> None:
    assert await Listing("jarvis").choice().replacement_for(Voice("jarvis", agent="jarvis")) is None


async def test_espeaks_plain_voices_come_last() -> None:
    choice = Listing("jarvis", "sage", "espeak:en-us", "espeak:af").choice()
    names = [(await choice.choose(unnamed(agent))).name for agent in AGENTS]
    assert set(names[:2]) == {"jarvis", "sage"}
    assert names[2] == "espeak:en-us"


async def test_without_a_list_the_servers_default_voice_is_requested() -> None:
    listing = Listing("alloy")
    listing.error = SpeechUnavailable("no list")
    choice = listing.choice()
    for _ in range(3):
        assert (await choice.choose(unnamed("main"))).name == ""
    assert listing.asked == 1
    listing.error, listing.now = None, ASK_AGAIN_S
    assert (await choice.choose(unnamed("main"))).name == "alloy"


def kokoro(asked: Asked) -> Reply:
    """Refuses a voice that it does not have, as Kokoro-FastAPI does."""
    if asked.path == "/v1/audio/voices":
        return refusal(200, {"voices": KOKORO})
    if asked.body.get("voice") not in KOKORO:
        return refusal(400, {"detail": {"message": "Voice jarvis not found"}})
    return Reply([pcm(24_000)])


@pytest.mark.parametrize("name", ["jarvis", ""])
async def test_a_server_with_other_voices_speaks_with_one_of_them(name: str) -> None:
    async with speaking(kokoro) as (synthesizer, server):
        assert isinstance(synthesizer, HttpSynthesizer)
        for _ in range(2):
            assert (await said(synthesizer, Voice(name, agent="jarvis"))).size
    spoken = [each for each in server.asked if each.path == "/v1/audio/speech"]
    assert spoken[-1].body["voice"] in ENGLISH
    assert sum(each.path == "/v1/audio/voices" for each in server.asked) == 1
    refused = [each for each in spoken if each.body.get("voice") not in KOKORO]
    assert len(refused) == (3 if name else 0), "once in each format, and never again"


async def test_a_server_without_a_list_gets_no_voice_where_none_is_named() -> None:
    def plain(asked: Asked) -> Reply:
        return Reply([pcm(24_000)]) if asked.path == "/v1/audio/speech" else refusal(404, {})

    async with speaking(plain) as (synthesizer, server):
        await said(synthesizer, Voice("", agent="main"))
    assert "voice" not in server.asked[-1].body


@pytest.mark.parametrize(
    ("body", "ids"),
    [
        (b'{"voices": ["a", "b"]}', ["a", "b"]),
        (b'{"voices": [{"id": "a", "name": "Anna"}, {"name": "b"}]}', ["a", "b"]),
        (b'{"data": [{"voice_id": "x"}]}', ["x"]),
        (b'["a", {"id": 7}, null, {"id": "c"}]', ["a", "c"]),
        (b'{"voices": []}', []),
        (b'{"styles": ["a"]}', None),
        (b'"a"', None),
        (b"<html>", None),
        (b"[" * 100_000, None),
    ],
)
def test_ids_are_read_from_every_shape(body: bytes, ids: list[str] | None) -> None:
    listed = listed_voices(body)
    assert (None if listed is None else list(listed.ids)) == ids

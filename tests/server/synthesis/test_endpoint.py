"""Addresses of speech servers, and their redirects."""

from __future__ import annotations

import httpx
import pytest
from pydantic import SecretStr

from server.settings import TtsSettings
from server.synthesis.client import HttpSynthesizer
from server.synthesis.endpoint import BadRedirect, Endpoint, RedirectStep, next_step
from simulators.discord.tls import authority
from tests.server.sounds import is_the_tone, pcm
from tests.server.synthesis.speaking import KEY, refused, said, speaking
from tests.server.synthesis.speech_server import Asked, Reply, SpeechServer, redirect, refusal


@pytest.mark.parametrize(
    ("written", "speech"),
    [
        ("http://box:8880", "http://box:8880/v1/audio/speech"),
        ("http://box:8880/v1/", "http://box:8880/v1/audio/speech"),
        ("http://box:8880/v1/audio/speech", "http://box:8880/v1/audio/speech"),
        (" https://host/openai/v1 ", "https://host/openai/v1/audio/speech"),
        ("http://box:8090/v1/audio/transcriptions", "http://box:8090/v1/audio/speech"),
        (
            "https://api.elevenlabs.io/v1/text-to-speech",
            "https://api.elevenlabs.io/v1/audio/speech",
        ),
    ],
)
def test_every_form_of_an_address_gives_the_same_path(written: str, speech: str) -> None:
    assert Endpoint.parse(written).at("/v1/audio/speech") == speech


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("http://user:secret@box:8880/v1", "http://box:8880"),
        ("https://host/openai/v1", "https://host"),
        ("http://[::1]:8880", "http://[::1]:8880"),
    ],
)
def test_a_shown_address_has_no_login(written: str, shown: str) -> None:
    assert Endpoint.parse(written).shown == shown


@pytest.mark.parametrize(
    ("written", "loopback"),
    [
        ("http://127.0.0.1:1", True),
        ("http://localhost", True),
        ("http://[::1]:1", True),
        ("http://box", False),
    ],
)
def test_loopback_is_known(written: str, *, loopback: bool) -> None:
    assert Endpoint.parse(written).is_loopback is loopback


SPEECH = Reply([pcm(24_000)])


@pytest.mark.parametrize("status", [301, 302, 307, 308])
async def test_a_redirect_gets_the_same_request(status: int) -> None:
    def answer(asked: Asked) -> Reply:
        return SPEECH if asked.path == "/tts/speech?v=2" else redirect(status, "/tts/speech?v=2")

    async with speaking(answer, api_key=SecretStr(KEY)) as (synthesizer, server):
        for _ in range(2):
            assert is_the_tone(await said(synthesizer))
    first, second = server.asked[:2]
    assert (second.method, second.body) == ("POST", first.body)
    assert second.headers["content-type"] == "application/json"
    assert second.headers["authorization"] == f"Bearer {KEY}"
    assert server.connections == 1


async def test_the_result_of_a_303_is_fetched() -> None:
    def answer(asked: Asked) -> Reply:
        return SPEECH if asked.method == "GET" else redirect(303, "/results/7")

    async with speaking(answer) as (synthesizer, server):
        assert is_the_tone(await said(synthesizer))
    assert (server.asked[1].path, server.asked[1].body) == ("/results/7", None)


async def test_another_server_gets_the_text_and_not_the_key() -> None:
    async with SpeechServer(lambda _: SPEECH) as other:
        elsewhere = redirect(307, f"{other.url}/v1/audio/speech")
        async with speaking(elsewhere, api_key=SecretStr(KEY)) as (synthesizer, server):
            assert is_the_tone(await said(synthesizer))
    assert server.asked[0].headers["authorization"] == f"Bearer {KEY}"
    assert "authorization" not in other.asked[0].headers
    assert other.asked[0].body == server.asked[0].body


async def test_a_login_in_the_address_is_sent_to_its_own_server_only() -> None:
    async with SpeechServer(lambda _: SPEECH) as other:

        def answer(asked: Asked) -> Reply:
            return redirect(308, f"{other.url}/x" if asked.path == "/here" else "/here")

        async with SpeechServer(answer) as server:
            url = server.url.replace("http://", "http://user:hunter2@")
            async with HttpSynthesizer(TtsSettings(url=url)) as synthesizer:
                assert is_the_tone(await said(synthesizer))
    assert [asked.headers.get("authorization", "")[:5] for asked in server.asked] == ["Basic"] * 2
    assert "authorization" not in other.asked[0].headers


async def test_health_checks_follow_redirects() -> None:
    def answer(asked: Asked) -> Reply:
        return refusal(200, ["anna"]) if asked.path == "/list" else redirect(301, "/list")

    async with speaking(answer) as (synthesizer, _):
        assert await synthesizer.voices() == ["anna"]
        assert await synthesizer.healthy()


async def test_an_https_redirect_verifies_the_certificate() -> None:
    async with SpeechServer(lambda _: SPEECH, tls=authority().server_context()) as stranger:
        text = await refused(redirect(307, f"{stranger.url}/v1/audio/speech"))
    assert "certificate" in text
    assert stranger.asked == []


async def test_a_redirect_loop_ends() -> None:
    async with speaking(lambda asked: redirect(302, asked.path)) as (synthesizer, server):
        assert not await synthesizer.healthy()
        assert len(server.asked) == 6
    assert "redirects more than 5 times" in await refused(redirect(302, "/round"))


@pytest.mark.parametrize("location", ["", "ftp://box/speech", "file:///etc/passwd", "javascript:1"])
async def test_a_redirect_to_a_bad_address_raises(location: str) -> None:
    assert "redirects to" in await refused(redirect(307, location))


async def test_a_redirect_to_a_bad_port_raises() -> None:
    assert "Invalid" in await refused(redirect(307, "http://box:port/"))


@pytest.mark.parametrize("status", [301, 303, 308])
@pytest.mark.parametrize("port", [65_536, 99_999, 10**30])
async def test_a_redirect_to_an_impossible_port_raises(status: int, port: int) -> None:
    location = f"http://127.0.0.1:{port}/speech"
    assert "which is not an address" in await refused(redirect(status, location))


def test_a_redirect_from_an_encrypted_to_a_plain_address_is_not_followed() -> None:
    url = httpx.URL("https://box/v1/audio/speech")
    answer = httpx.Response(307, headers={"Location": "http://box/v1/audio/speech"})
    with pytest.raises(BadRedirect, match="plain http"):
        next_step(RedirectStep("POST", url), url, answer)


def test_a_redirect_back_to_the_origin_gets_the_key() -> None:
    origin = httpx.URL("http://me:pw@box/speech")
    elsewhere = RedirectStep("POST", httpx.URL("http://other/speech"), trusted=False)
    answer = httpx.Response(307, headers={"Location": "http://box:80/again"})
    step = next_step(elsewhere, origin, answer)
    assert step == RedirectStep("POST", httpx.URL("http://me:pw@box:80/again"), trusted=True)


def test_a_response_that_is_no_redirect_has_no_next_step() -> None:
    url = httpx.URL("http://box/speech")
    for status in (200, 304, 404):
        assert next_step(RedirectStep("POST", url), url, httpx.Response(status)) is None

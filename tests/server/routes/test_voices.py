from __future__ import annotations

import httpx


async def test_the_agents_voices_come_first_then_espeaks_languages(
    client: httpx.AsyncClient,
) -> None:
    body = (await client.get("/v1/audio/voices")).json()
    assert body["voices"][0] == {"id": "jarvis", "name": "Jarvis", "language": "en-GB"}
    assert body["voices"][1] == {"id": "sage", "name": "Sage", "language": "en-US"}
    ids = [voice["id"] for voice in body["voices"]]
    assert {"espeak:en-us", "espeak:de", "espeak:fr-fr"} <= set(ids)
    assert len(set(ids)) == len(ids)
    assert {"f4", "m3"} <= set(body["variants"])


async def test_every_voice_that_is_listed_can_speak(client: httpx.AsyncClient) -> None:
    voices = (await client.get("/v1/audio/voices")).json()["voices"]
    for voice in voices[::17]:
        answer = await client.post(
            "/v1/audio/speech",
            json={"input": "1 2 3", "voice": voice["id"], "response_format": "pcm"},
        )
        assert answer.status_code == 200, voice
        assert len(answer.content) > 5000, voice


async def test_openais_voices_are_listed_apart_and_speak(client: httpx.AsyncClient) -> None:
    body = (await client.get("/v1/audio/voices")).json()
    assert {"alloy", "nova", "verse"} <= set(body["openai"])
    assert not set(body["openai"]) & {voice["id"] for voice in body["voices"]}
    spoken = {
        (await client.post("/v1/audio/speech", json={"input": "Yes.", "voice": voice})).content
        for voice in (*body["openai"], "sage", "jarvis")
    }
    assert len(spoken) == len(body["openai"]) + 2

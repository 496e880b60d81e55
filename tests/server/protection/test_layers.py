"""All protection together, over loopback, as a client sees it."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import openai
import pytest

from server.protection.errors import OpenToNetwork
from server.protection.keys import KeyFile
from server.protection.settings import LimitSettings
from server.runner import EmbeddedServer
from server.settings import ServerSettings
from tests.server.fake_engines import CHUNK, ScriptedEngine

PAGE = "https://app.example.org"
SPEECH = {"input": "Hello.", "response_format": "pcm"}


@asynccontextmanager
async def serving(
    keys: KeyFile | None = None, own_key: str | None = None, **settings: Any
) -> AsyncIterator[httpx.AsyncClient]:
    engine = ScriptedEngine()
    engine.go.set()
    async with (
        EmbeddedServer(
            ServerSettings(port=0, **settings),
            make_engine=lambda: engine,
            keys=keys,
            own_key=own_key,
        ) as server,
        httpx.AsyncClient(base_url=server.url, trust_env=False) as client,
    ):
        yield client


async def test_the_longest_input_is_a_setting() -> None:
    async with serving(limits=LimitSettings(input_chars=10)) as client:
        assert (await client.post("/v1/audio/speech", json=SPEECH)).status_code == 200
        refused = await client.post("/v1/audio/speech", json={**SPEECH, "input": "x" * 11})
        assert (refused.status_code, refused.json()["error"]["param"]) == (400, "input")
        assert "server.limits.input_chars" in refused.json()["error"]["message"]


async def test_the_url_of_a_server_with_its_own_key_opens_it() -> None:
    async with serving(own_key="ocv-secret") as client:
        assert (await client.post("/v1/audio/speech", json=SPEECH)).status_code == 200
        other = httpx.URL(client.base_url).copy_with(userinfo=b"")
        async with httpx.AsyncClient(base_url=other, trust_env=False) as stranger:
            assert (await stranger.post("/v1/audio/speech", json=SPEECH)).status_code == 401
            assert (await stranger.get("/health")).status_code == 200


async def test_a_key_of_the_file_opens_it(tmp_path: Path) -> None:
    keys = KeyFile(tmp_path / "keys.json")
    headers = {"Authorization": f"Bearer {keys.add('laptop')}"}
    async with serving(keys) as client:
        assert (await client.post("/v1/audio/speech", json=SPEECH)).status_code == 401
        answer = await client.post("/v1/audio/speech", json=SPEECH, headers=headers)
        assert answer.status_code == 200


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "203.0.113.7"])
async def test_an_address_of_the_network_needs_a_key(host: str) -> None:
    server = EmbeddedServer(ServerSettings(host=host, port=0), make_engine=ScriptedEngine)
    with pytest.raises(OpenToNetwork, match=r"keys add NAME.*127\.0\.0\.1.*open_to_everyone"):
        await server.__aenter__()


async def test_with_a_key_it_may_listen_and_the_operator_is_warned(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    keys = KeyFile(tmp_path / "keys.json")
    keys.add("laptop")
    async with serving(keys, host="0.0.0.0"):
        assert "unencrypted" in caplog.text
    async with serving(host="0.0.0.0", open_to_everyone=True):
        assert "anyone who reaches 0.0.0.0" in caplog.text


async def test_browsers_of_named_sites_may_use_it_and_others_may_not() -> None:
    preflight = {
        "Origin": PAGE,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization, content-type",
    }
    async with serving(own_key="ocv-secret", cors_origins=(PAGE,)) as client:
        answer = await client.options("/v1/audio/speech", headers=preflight, auth=httpx.Auth())
        assert answer.status_code == 200
        assert answer.headers["access-control-allow-origin"] == PAGE
        assert "authorization" in answer.headers["access-control-allow-headers"]
        refused = await client.post(
            "/v1/audio/speech", json={}, headers={"Origin": PAGE}, auth=("", "x")
        )
        assert refused.status_code == 401
        assert refused.headers["access-control-allow-origin"] == PAGE
        other = await client.get("/health", headers={"Origin": "https://evil.example"})
        assert "access-control-allow-origin" not in other.headers
    async with serving() as client:
        answer = await client.post("/v1/audio/speech", json=SPEECH, headers={"Origin": PAGE})
        assert answer.status_code == 403
        assert "access-control-allow-origin" not in answer.headers


async def test_a_page_of_another_site_cannot_send_a_form() -> None:
    """Browsers send these without a preflight, to a server on the loopback of who looks at it."""
    forms: list[dict[str, Any]] = [
        {"content": b"{}", "headers": {"Content-Type": "text/plain"}},
        {"files": {"file": b"x"}, "data": {"model": "whisper-1"}},
    ]
    async with serving() as client:
        own = str(client.base_url).rstrip("/")
        for form in forms:
            for origin, refused in (("https://evil.example", True), ("null", True), (own, False)):
                headers = {**form.get("headers", {}), "Origin": origin}
                for path in ("/v1/audio/speech", "/v1/audio/transcriptions"):
                    answer = await client.post(path, **{**form, "headers": headers})
                    assert (answer.status_code == 403) is refused
                    if refused:
                        assert answer.json()["error"]["code"] == "foreign_origin"
                        assert "server.cors_origins" in answer.json()["error"]["message"]
    async with serving(cors_origins=("*",)) as client:
        answer = await client.post("/v1/audio/speech", json=SPEECH, headers={"Origin": PAGE})
        assert answer.status_code == 200


async def test_a_request_is_a_line_in_the_log_without_its_words(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "server.protection.access_log")
    keys = KeyFile(tmp_path / "keys.json")
    key = keys.add("laptop")
    headers = {"Authorization": f"Bearer {key}"}
    async with serving(keys) as client:
        body = {**SPEECH, "input": "A secret."}
        await client.post("/v1/audio/speech?words=confidential", json=body, headers=headers)
        await client.post("/v1/audio/speech", json=body)
        await client.get("/health")
    lines = [each.getMessage() for each in caplog.records if "access_log" in each.name]
    assert len(lines) == 2
    assert lines[0].startswith("POST /v1/audio/speech 200 ")
    assert re.search(r" \d+ ms [1-9]\d{3} bytes key laptop$", lines[0])
    assert lines[1].startswith("POST /v1/audio/speech 401 ")
    assert lines[1].endswith(" key -")
    for word in ("secret", "confidential", key):
        assert word not in " ".join(lines)


async def test_a_client_that_leaves_early_is_told_in_the_log(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO, "server.protection.access_log")
    engine = ScriptedEngine(chunks=1000)
    async with (
        EmbeddedServer(ServerSettings(port=0), make_engine=lambda: engine) as server,
        httpx.AsyncClient(base_url=server.url, trust_env=False) as client,
    ):
        request = client.build_request("POST", "/v1/audio/speech", json=SPEECH)
        answer = await client.send(request, stream=True)
        await anext(answer.aiter_raw())
        await answer.aclose()
        engine.go.set()
    assert engine.stopped.is_set()
    assert "200" in caplog.text
    assert "(cut)" in caplog.text


async def test_limits_answer_in_openais_shape_and_the_server_goes_on() -> None:
    limits = {"json_bytes": 2_000}
    async with serving(limits=limits) as client:
        answer = await client.post("/v1/audio/speech", json={"input": "x" * 3_000})
        assert answer.status_code == 413
        assert answer.json()["error"]["code"] == "request_too_large"

        async def endless() -> AsyncIterator[bytes]:
            for _ in range(500):
                yield b" " * 1_000

        answer = await client.post("/v1/audio/speech", content=endless())
        assert answer.status_code == 413
        assert (await client.post("/v1/audio/speech", json=SPEECH)).status_code == 200


async def test_clients_that_do_not_read_take_little_and_hinder_no_other() -> None:
    """40 of them had taken 1.1 GB: each had all of its sound made, and kept."""
    engine = ScriptedEngine(chunks=20_000)  # 40 MB for each
    engine.go.set()
    settings = ServerSettings(port=0, limits=LimitSettings(buffer_bytes=64_000))
    body = {**SPEECH, "response_format": "pcm"}
    async with (
        EmbeddedServer(settings, make_engine=lambda: engine) as server,
        httpx.AsyncClient(base_url=server.url, trust_env=False, timeout=20) as client,
        AsyncExitStack() as answers,
    ):
        for _ in range(40):
            request = client.build_request("POST", "/v1/audio/speech", json=body)
            answer = await client.send(request, stream=True)
            answers.push_async_callback(answer.aclose)
        assert (await client.get("/health")).status_code == 200
        made = await _settled(lambda: engine.given)
        # The systems' buffers of both ends take most of it: some megabytes for each connection.
        assert made * len(CHUNK) / 40 < 12_000_000
        honest = httpx.AsyncHTTPTransport(local_address="127.0.0.1")
        async with httpx.AsyncClient(base_url=server.url, transport=honest) as other:
            request = other.build_request("POST", "/v1/audio/speech", json=body)
            answer = await other.send(request, stream=True)
            assert len(await anext(answer.aiter_raw())) > 0
            await answer.aclose()


async def _settled(count: Callable[[], int]) -> int:
    """The count once it has stopped growing."""
    before = -1
    while (now := count()) != before:
        before = now
        await asyncio.sleep(0.3)
    return now


async def test_openais_client_sees_its_own_errors(tmp_path: Path) -> None:
    keys = KeyFile(tmp_path / "keys.json")
    key = keys.add("laptop")
    limits = LimitSettings(requests_per_client=1)
    engine = ScriptedEngine(chunks=2)
    async with EmbeddedServer(
        ServerSettings(port=0, limits=limits), make_engine=lambda: engine, keys=keys
    ) as server:

        def client(api_key: str) -> openai.AsyncOpenAI:
            return openai.AsyncOpenAI(
                base_url=f"{server.url}/v1",
                api_key=api_key,
                max_retries=0,
                http_client=openai.DefaultAsyncHttpxClient(trust_env=False),
            )

        async def say(api_key: str) -> bytes:
            async with client(api_key) as speaker:
                answer = await speaker.audio.speech.create(
                    input="Hello.", voice="alloy", model="tts-1", response_format="pcm"
                )
                return await answer.aread()

        with pytest.raises(openai.AuthenticationError, match="Incorrect API key"):
            await say("sk-wrong")
        first = asyncio.create_task(say(key))
        while not engine.given:  # noqa: ASYNC110 - it is counted in the engine's thread
            await asyncio.sleep(0.01)
        with pytest.raises(openai.RateLimitError, match="open requests"):
            await say(key)
        engine.go.set()
        assert len(await first) > 1000

"""`run.py serve` counts its requests, and shows that on its own port."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import httpx
from fastapi import FastAPI
from pydantic import SecretStr

from monitoring.http_metrics import instrument
from monitoring.process_metrics import new_registry
from monitoring.speech_metrics import speech_metrics_router
from server.protection.keys import KeyFile
from server.runner import EmbeddedServer
from server.settings import ServerSettings

LOOPBACK = ServerSettings(host="127.0.0.1", port=0)


async def test_metrics_need_no_speech_key_on_this_machine(tmp_path: Path) -> None:
    keys = KeyFile(tmp_path / "keys.json")
    key = keys.add("laptop")
    prepare = partial(instrument, registry=new_registry())
    async with (
        EmbeddedServer(LOOPBACK, keys=keys, prepare=prepare) as server,
        httpx.AsyncClient(base_url=server.url, trust_env=False) as client,
    ):
        assert (await client.get("/v1/models")).status_code == 401
        spoken = await client.post(
            "/v1/audio/speech",
            json={"input": "Hi.", "response_format": "pcm"},
            headers={"authorization": f"Bearer {key}"},
        )
        assert spoken.status_code == 200
        metrics = await client.get("/metrics")
    assert metrics.status_code == 200
    labels = 'method="POST",route="/v1/audio/speech",status="200"'
    assert f"openclaw_voice_http_requests_total{{{labels}}} 1.0" in metrics.text
    assert key not in metrics.text


async def test_another_host_than_this_machine_reads_none(tmp_path: Path) -> None:
    prepare = partial(instrument, registry=new_registry())
    async with (
        EmbeddedServer(LOOPBACK, prepare=prepare) as server,
        httpx.AsyncClient(base_url=server.url, trust_env=False) as client,
    ):
        answer = await client.get("/metrics", headers={"host": "voice.example"})
    assert answer.status_code in (401, 403)


async def test_the_bot_passes_on_the_metrics_of_the_server_beside_it() -> None:
    prepare, token = partial(instrument, registry=new_registry()), SecretStr("a token")
    prometheus = {"Authorization": "Bearer a token"}
    async with EmbeddedServer(LOOPBACK, prepare=prepare, own_key="ocv-own") as server:
        own = f"http://127.0.0.1:{httpx.URL(server.url).port}"
        # An address elsewhere is not asked, and one that does not answer is passed over.
        servers = ["https://api.openai.com", "http://127.0.0.1:9", own]
        app = FastAPI()
        app.include_router(speech_metrics_router(lambda: servers, token=token))
        transport = httpx.ASGITransport(app, client=("10.0.0.7", 5000))
        async with httpx.AsyncClient(transport=transport, base_url="http://bot:8091") as client:
            refused = await client.get("/metrics/speech")
            assert refused.status_code == 401
            answer = await client.get("/metrics/speech", headers=prometheus)
            assert answer.status_code == 200
            assert "openclaw_voice_http_requests_open" in answer.text
            servers.pop()
            answer = await client.get("/metrics/speech", headers=prometheus)
            assert answer.status_code == 503
            assert "no speech server" in answer.text

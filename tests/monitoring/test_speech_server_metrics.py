"""`run.py serve` counts its requests, and shows that on its own port."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import httpx

from monitoring.http_metrics import instrument
from monitoring.process_metrics import new_registry
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

from __future__ import annotations

import httpx

from tests.server.api_server import RunningServer
from version import project_version


async def test_health_reports_what_speaks(client: httpx.AsyncClient) -> None:
    answer = await client.get("/health")
    assert answer.status_code == 200
    body = answer.json()
    assert body.pop("voices") > 100
    assert body == {
        "status": "healthy",
        "live": True,
        "ready": True,
        "engine": "espeak-ng",
        "listening": None,
        "listening_missing": "this server only speaks: server.transcription.enabled is off",
        "version": project_version(),
    }


def test_health_reports_what_listens(api: RunningServer) -> None:
    listening = httpx.get(f"{api.url}/health", trust_env=False).json()
    assert listening["listening"] == {"model": "fixture", "device": "cpu, int8"}
    assert listening["listening_missing"] is None


async def test_the_root_says_what_is_here(client: httpx.AsyncClient) -> None:
    body = (await client.get("/")).json()
    assert (body["version"], body["speech"]) == (project_version(), "espeak-ng")
    assert "POST /v1/audio/transcriptions" in body["routes"]

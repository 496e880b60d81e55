from __future__ import annotations

import httpx

from version import project_version


async def test_health_reports_engine_and_version(client: httpx.AsyncClient) -> None:
    answer = await client.get("/health")
    assert answer.status_code == 200
    assert answer.json() == {
        "status": "healthy",
        "engine": "espeak-ng",
        "version": project_version(),
    }

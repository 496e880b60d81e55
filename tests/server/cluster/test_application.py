"""The application in Ray Serve's local mode: its real handles, and every process in this one."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any, TypeVar

import httpx
import pytest
from ray import serve
from starlette.types import ASGIApp

from models.settings import ModelsSettings
from server.cluster.api_replica import ApiReplica
from server.cluster.application import speech_application
from server.cluster.replicas import ClusterOrders
from server.settings import ServerSettings
from tests.server.api_server import FIXTURE, WEATHER, said, wav_of

T = TypeVar("T")

SPOKEN = {"input": "Good morning.", "voice": "jarvis", "response_format": "wav"}


@dataclass
class LocalApplication:
    """The ASGI application of the API, and the event loop that Ray Serve runs it on."""

    app: ASGIApp
    loop: asyncio.AbstractEventLoop

    def run(self, work: Callable[[httpx.AsyncClient], Coroutine[Any, Any, T]]) -> T:
        async def with_client() -> T:
            transport = httpx.ASGITransport(self.app, client=("127.0.0.1", 1))
            async with httpx.AsyncClient(transport=transport, base_url="http://speech") as client:
                return await work(client)

        return asyncio.run_coroutine_threadsafe(with_client(), self.loop).result(50)


@pytest.fixture(scope="module")
def local() -> LocalApplication:
    built: list[LocalApplication] = []
    real = ApiReplica.__serve_build_asgi_app__

    async def building(self: ApiReplica) -> ASGIApp:
        app = await real(self)
        built.append(LocalApplication(app, asyncio.get_running_loop()))
        return app

    orders = ClusterOrders(
        ServerSettings(engine="espeak", threads=1), ModelsSettings(), FIXTURE, {}, "WARNING"
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ApiReplica, "__serve_build_asgi_app__", building)
        for module in ("api_replica", "replicas"):
            patch.setattr(f"server.cluster.{module}.set_up_logging", lambda level, form: None)
        serve.run(speech_application(orders), name="speech", _local_testing_mode=True)
    [application] = built
    return application


def test_speech_passes_the_handles_as_a_stream(local: LocalApplication) -> None:
    answer = local.run(lambda client: client.post("/v1/audio/speech", json=SPOKEN))
    assert answer.status_code == 200
    assert answer.content[:4] == b"RIFF"
    assert len(answer.content) > 20_000


def test_an_error_of_a_process_keeps_its_kind(local: LocalApplication) -> None:
    unknown = {**SPOKEN, "voice": "nope"}
    answer = local.run(lambda client: client.post("/v1/audio/speech", json=unknown))
    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == "voice_not_found"


def test_audio_and_words_pass_the_handles(local: LocalApplication) -> None:
    file = wav_of(said(WEATHER))

    async def heard(client: httpx.AsyncClient) -> httpx.Response:
        return await client.post(
            "/v1/audio/transcriptions",
            files={"file": ("a.wav", file)},
            data={
                "model": "whisper-1",
                "response_format": "verbose_json",
                "timestamp_granularities[]": "word",
            },
        )

    answer = local.run(heard)
    assert answer.status_code == 200
    assert "weather" in answer.json()["text"].lower()
    assert answer.json()["words"]


def test_the_state_names_the_models_of_the_processes(local: LocalApplication) -> None:
    health = local.run(lambda client: client.get("/health")).json()
    assert health["engine"] == "espeak-ng"
    assert health["listening"]["model"] == "fixture"

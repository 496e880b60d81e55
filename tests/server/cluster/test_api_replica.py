"""The API over models in other processes, which the handles of these tests stand for."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from types import SimpleNamespace
from typing import Any, cast

import httpx
import pytest
from ray.exceptions import ActorDiedError, ActorUnavailableError

from models.settings import ModelsSettings
from server.cluster.api_replica import ApiReplica, is_lost
from server.cluster.replicas import ClusterOrders, SpeechReplica, TranscriptionReplica
from server.cluster.words import WantedWords
from server.settings import ServerSettings
from tests.server.api_server import FIXTURE, WEATHER, said, wav_of


class Handle:
    """A handle of Ray Serve to ``replica`` in this process.

    Its first requests end as those of processes that die: ``dies`` has after how many chunks.
    """

    def __init__(self, replica: Any) -> None:
        self._replica = replica
        self._loop = asyncio.get_running_loop()
        self.dies: list[int] = []
        self.requests = 0
        self.cancelled = 0
        self.describe = SimpleNamespace(remote=self._describe)
        self.speak = SimpleNamespace(remote=self._speak)
        self.transcribe = SimpleNamespace(remote=self._transcribe)

    def options(self, *, stream: bool) -> Handle:
        assert stream
        return self

    async def _describe(self) -> object:
        return self._replica.describe()

    def _speak(self, text: str, voice: str, speed: float) -> _Stream:
        self.requests += 1
        return _Stream(self, self._replica.speak(text, voice, speed))

    def _transcribe(self, wanted: WantedWords) -> _Words:
        self.requests += 1
        dies = bool(self.dies) and not self.dies.pop(0)
        return _Words(self, lambda: self._replica.transcribe(wanted), dies, self._loop)


_CHUNK = 4_000


class _Stream:
    def __init__(self, handle: Handle, chunks: AsyncIterator[bytes]) -> None:
        self._handle = handle
        self._chunks = chunks
        self._left = handle.dies.pop(0) if handle.dies else -1
        self._rest = b""

    def __aiter__(self) -> _Stream:
        return self

    async def __anext__(self) -> bytes:
        if not self._left:
            raise ActorDiedError()
        self._left -= 1
        while not self._rest:
            self._rest = await anext(self._chunks)
        chunk, self._rest = self._rest[:_CHUNK], self._rest[_CHUNK:]
        return chunk

    def cancel(self) -> None:
        self._handle.cancelled += 1


class _Words:
    def __init__(
        self,
        handle: Handle,
        words: Callable[[], Awaitable[Any]],
        dies: bool,
        loop: asyncio.AbstractEventLoop,
    ) -> None:
        self._handle, self._words, self._dies, self._loop = handle, words, dies, loop

    def result(self, *, timeout_s: float) -> Any:
        if self._dies:
            raise ActorDiedError()

        async def awaited() -> Any:
            return await self._words()

        return asyncio.run_coroutine_threadsafe(awaited(), self._loop).result(timeout_s)

    def cancel(self) -> None:
        self._handle.cancelled += 1


def _orders(keys: dict[str, str] | None = None) -> ClusterOrders:
    settings = ServerSettings(engine="espeak", threads=1)
    return ClusterOrders(settings, ModelsSettings(), FIXTURE, keys or {}, "WARNING")


@pytest.fixture
def quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    """The process's own logging stays as the tests want it."""
    for module in ("api_replica", "replicas"):
        monkeypatch.setattr(f"server.cluster.{module}.set_up_logging", lambda level, form: None)


@pytest.fixture
async def speech(quiet: None) -> Handle:
    return Handle(SpeechReplica(_orders()))


@pytest.fixture
async def transcription(quiet: None) -> Handle:
    return Handle(TranscriptionReplica(_orders()))


async def _client(
    speech: Handle, transcription: Handle | None = None, keys: dict[str, str] | None = None
) -> httpx.AsyncClient:
    replica = ApiReplica(_orders(keys), cast(Any, speech), cast(Any, transcription))
    app = cast(Any, await replica.__serve_build_asgi_app__())
    inner = app
    while not hasattr(inner, "router"):
        inner = inner._app if hasattr(inner, "_app") else inner.app
    inner.state.engine = await _engine(inner)
    transport = httpx.ASGITransport(app, client=("127.0.0.1", 1))
    return httpx.AsyncClient(transport=transport, base_url="http://speech")


async def _engine(app: Any) -> Any:
    async with app.router.lifespan_context(app):
        return app.state.engine


_BYTES_OF_50_MS = 2 * 24_000 // 20
SPOKEN = {"input": "One. Two. Three. Four.", "voice": "jarvis", "response_format": "pcm"}


async def test_speech_goes_on_in_another_process(speech: Handle) -> None:
    async with await _client(speech) as client:
        whole = await client.post("/v1/audio/speech", json=SPOKEN)
        assert whole.status_code == 200
        assert whole.headers["content-type"] == "audio/pcm;rate=24000;channels=1"
        speech.dies = [0, 2]
        pieced = await client.post("/v1/audio/speech", json=SPOKEN)
        # espeak-ng varies the length of a sound by some milliseconds.
        assert abs(len(pieced.content) - len(whole.content)) < _BYTES_OF_50_MS
        assert speech.requests == 4
        assert speech.cancelled == 2


async def test_an_unknown_voice_is_the_client_s_error(speech: Handle) -> None:
    async with await _client(speech) as client:
        answer = await client.post("/v1/audio/speech", json={**SPOKEN, "voice": "nope"})
        assert answer.status_code == 400
        assert answer.json()["error"]["code"] == "voice_not_found"


async def test_words_are_heard_by_another_process(speech: Handle, transcription: Handle) -> None:
    file = wav_of(said(WEATHER))
    async with await _client(speech, transcription) as client:
        transcription.dies = [0, 0]
        answer = await client.post(
            "/v1/audio/transcriptions",
            files={"file": ("a.wav", file)},
            data={"model": "whisper-1"},
        )
        assert answer.status_code == 200
        assert "weather" in answer.json()["text"].lower()
        assert transcription.requests == 3
        health = (await client.get("/health")).json()
        assert health["engine"] == "espeak-ng"
        assert health["listening"] == {"model": "fixture", "device": "cluster, cpu, int8"}


async def test_without_transcription_the_server_only_speaks(speech: Handle) -> None:
    async with await _client(speech) as client:
        answer = await client.post("/v1/audio/transcriptions", data={"model": "whisper-1"})
        assert answer.status_code == 404


async def test_keys_are_those_that_were_deployed(speech: Handle) -> None:
    async with await _client(speech, keys={"bot": "0" * 64}) as client:
        answer = await client.get("/v1/models", headers={"Authorization": "Bearer wrong"})
        assert answer.status_code == 401


@pytest.mark.parametrize("error", [ActorDiedError(), ActorUnavailableError("gone", None)])
def test_a_dead_process_is_lost(error: Exception) -> None:
    assert is_lost(error)


def test_what_a_process_raises_is_not(quiet: None) -> None:
    assert not is_lost(ValueError("broken"))
    assert not is_lost(TimeoutError())

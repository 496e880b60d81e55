from __future__ import annotations

import asyncio
import io
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import httpx
import numpy as np
import pytest

from models.folder import Found
from models.published import FileModel
from models.registry import SMOLLM2
from models.settings import ModelsSettings
from models.store import ModelStore
from pipeline.audio import HEARD_RATE, to_samples
from pipeline.settings import PipelineSettings, SttSettings
from server.errors import ListeningUnavailable, MediaTooLong, UnreadableMedia
from server.runner import EmbeddedServer
from server.settings import ServerSettings
from server.transcription.listening_models import HeardPart, ListeningModels, open_listening
from server.transcription.settings import TranscriptionSettings
from tests.server.api_server import FIXTURE, SUM, WEATHER, said, wav_of

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest.fixture(scope="module")
def listening() -> Iterator[ListeningModels]:
    opened = open_listening(FIXTURE, ModelsSettings(), TranscriptionSettings())
    yield opened
    opened.close()


async def heard(
    listening: ListeningModels, data: bytes, language: str | None = "en"
) -> list[HeardPart]:
    return [part async for part in listening.hear(io.BytesIO(data), language=language)]


async def test_a_file_is_heard_in_parts_and_its_length_comes_last(
    listening: ListeningModels,
) -> None:
    pcm = said(WEATHER, SUM, pause_s=3.0)
    first, second, end = await heard(listening, wav_of(pcm))
    assert (first.text, second.text, end.text) == (WEATHER, SUM, "")
    assert first.duration_s < second.duration_s <= end.duration_s + 0.1
    assert end.duration_s == pytest.approx(pcm.size / HEARD_RATE, abs=0.01)
    assert second.segments[0].start > first.duration_s


async def test_the_first_part_decides_on_the_language(listening: ListeningModels) -> None:
    parts = await heard(listening, wav_of(said(WEATHER, SUM, pause_s=3.0)), language=None)
    assert [part.language for part in parts if part.text] == ["en", "en"]


async def test_pieces_of_samples_are_heard_too(listening: ListeningModels) -> None:
    pieces = [to_samples(said(SUM))]
    assert [part.text async for part in listening.hear_pieces(pieces, language="en")] == [SUM, ""]


async def test_a_long_file_is_refused_before_it_is_read_to_its_end(
    listening: ListeningModels,
) -> None:
    read = 0

    def silence() -> Iterator[np.ndarray]:
        nonlocal read
        while True:
            read += 1
            yield np.zeros(HEARD_RATE, np.float32)

    short = ListeningModels(
        listening._stt,
        listening._turn,
        listening._vad,
        name="fixture",
        pipeline=FIXTURE,
        settings=TranscriptionSettings(longest_s=40),
    )
    with pytest.raises(MediaTooLong, match="40 s"):
        _ = [part async for part in short.hear_pieces(silence())]
    assert read < 100
    short.close()


async def test_what_is_no_audio_is_refused(listening: ListeningModels) -> None:
    with pytest.raises(UnreadableMedia):
        await heard(listening, b"no audio")


async def test_a_short_file_does_not_wait_for_a_long_one(listening: ListeningModels) -> None:
    sentence = to_samples(said(SUM, pause_s=2.5))
    long = listening.hear_pieces([sentence] * 12, language="en")
    assert (await anext(long)).text == SUM

    async def rest() -> int:
        return sum([bool(part.text) async for part in long])

    async def short() -> list[str]:
        pieces = [to_samples(said(WEATHER))]
        return [part.text async for part in listening.hear_pieces(pieces, language="en")]

    reading = asyncio.create_task(rest())
    assert await short() == [WEATHER, ""]
    assert not reading.done()
    assert await reading == 11


async def test_closing_early_stops_reading(listening: ListeningModels) -> None:
    closed = False

    def speech() -> Iterator[np.ndarray]:
        nonlocal closed
        try:
            while True:
                yield to_samples(said(SUM, pause_s=2.5))
        finally:
            closed = True

    hearing = listening.hear_pieces(speech(), language="en")
    assert (await anext(hearing)).text == SUM
    await hearing.aclose()
    assert closed


async def test_missing_weights_are_named_with_what_to_do(tmp_path: Path) -> None:
    pipeline = PipelineSettings(stt=SttSettings(model_size="small"))
    nothing = ModelsSettings(dir=tmp_path, offline=True)
    make = partial(open_listening, pipeline, nothing, TranscriptionSettings())
    with pytest.raises(ListeningUnavailable, match=r"small.*models fetch small"):
        make()
    # The server speaks all the same, and says what is missing.
    async with (
        EmbeddedServer(ServerSettings(port=0), make_listening=make) as server,
        httpx.AsyncClient(base_url=server.url, trust_env=False) as client,
    ):
        health = (await client.get("/health")).json()
        assert health["listening"] is None
        assert "models fetch small" in health["listening_missing"]
        answer = await client.post("/v1/audio/transcriptions", files={"file": b"x"})
        assert answer.status_code == 404
        assert "models fetch small" in answer.json()["error"]["message"]


async def test_a_language_model_that_does_not_load_leaves_speech_to_text_available(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    store = "server.transcription.listening_models.ModelStore"
    find = ModelStore.find

    def found(self: ModelStore, model: FileModel) -> Found | None:
        broken = tmp_path / "broken.gguf"
        broken.write_bytes(b"GGUF, cut off")
        return Found(broken, "store") if model is SMOLLM2 else find(self, model)

    monkeypatch.setattr(f"{store}.find", found)
    opened = open_listening(FIXTURE, ModelsSettings(), TranscriptionSettings())
    try:
        parts = await heard(opened, wav_of(said(SUM)))
    finally:
        opened.close()
    assert parts[0].text == SUM
    assert "judged without a language model" in caplog.text

from __future__ import annotations

from typing import Any

import pytest

from app.doctor.check_servers import check_chain, check_words
from app.doctor.findings import Grade
from settings import Settings
from testing.ports import closed_port
from tests.server.hearing.words_server import KEY, error, verbose, words_server
from tests.server.sounds import pcm
from tests.server.synthesis.speech_server import Reply, SpeechServer


def settings_with(**values: Any) -> Settings:
    return Settings.model_validate(values)


async def test_each_further_server_is_tried_and_the_first_is_not() -> None:
    async with SpeechServer(lambda _: Reply([pcm(24_000)])) as server:
        away = f"http://bot:hunter2@127.0.0.1:{closed_port()}"
        chain = [{"url": server.url}, {"url": away}]
        settings = settings_with(tts={"url": "http://127.0.0.1:9", "chain": chain})
        works, fails = await check_chain(settings)
    assert works.grade is Grade.OK, works
    assert f"number 2: first audio from {server.url} after" in works.words
    assert fails.grade is Grade.WARN
    assert "number 3" in fails.words
    assert "TTS__CHAIN" in fails.words + fails.advice
    assert "hunter2" not in str(fails)
    assert await check_chain(Settings()) == []


@pytest.mark.parametrize(("stand_in", "grade"), [(True, Grade.WARN), (False, Grade.FAIL)])
async def test_the_server_of_speech_to_text_is_tried(*, stand_in: bool, grade: Grade) -> None:
    assert await check_words(Settings()) == []
    stt = {"api_key": KEY, "stand_in": stand_in}
    with words_server(verbose("")) as server:
        (works,) = await check_words(settings_with(pipeline={"stt": {"url": server.url, **stt}}))
    assert works.grade is Grade.OK, works
    assert server.url in works.words
    with words_server(error(400, "no such model")) as server:
        (fails,) = await check_words(settings_with(pipeline={"stt": {"url": server.url, **stt}}))
    assert fails.grade is grade
    assert "no such model" in fails.words
    assert "PIPELINE__STT__URL" in fails.advice

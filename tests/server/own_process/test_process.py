"""The process of the bot's speech server: real processes, with espeak-ng."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import signal
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from logs import Place, placed
from models.settings import ModelsSettings
from pipeline.ports import Voice
from server.errors import EngineUnavailable
from server.own_process.process import SpeechProcess
from server.settings import ServerSettings, TtsSettings
from server.synthesis.client import HttpSynthesizer
from testing.manual_clock import eventually

ESPEAK = ServerSettings(port=0, engine="espeak")
SPEECH = {"input": "Hello.", "response_format": "pcm", "voice": "jarvis"}

pytestmark = pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")


def is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


async def spoken(url: str) -> bytes:
    async with httpx.AsyncClient(trust_env=False, timeout=30) as client:
        answer = await client.post(url + "/v1/audio/speech", json=SPEECH)
    assert answer.status_code == 200
    return answer.content


@pytest.mark.patience(60)
@pytest.mark.timeout(150)
async def test_it_speaks_only_for_its_bot_comes_back_when_killed_and_ends_with_the_context(
    caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG, "server")
    async with SpeechProcess(ESPEAK, ModelsSettings(), log_form="json") as server:
        assert server.engine == "espeak-ng"
        assert "jarvis" in server.voices
        first, url = server.pid, server.url
        assert first is not None
        assert len(await spoken(url)) > 10_000
        async with httpx.AsyncClient(trust_env=False) as stranger:
            bare = httpx.URL(url).copy_with(userinfo=b"", path="/v1/audio/speech")
            assert (await stranger.post(bare, json=SPEECH)).status_code == 401
            metrics = (await stranger.get(bare.copy_with(path="/metrics"))).text
            served = 'http_requests_total{method="POST",route="/v1/audio/speech",status="200"} 1.0'
            assert served in metrics
        turn = Place("guild 42, turn 7", guild=42, turn=7)
        async with HttpSynthesizer(TtsSettings(), url=url) as voice:
            with placed(turn):
                assert [pcm async for pcm in voice.speak("Good morning.", Voice("jarvis"))]
        written: list[str] = []

        def of_turns() -> list[dict[str, object]]:
            """The access log is written after the last byte of an answer."""
            written.append(capfd.readouterr().err)
            lines = [line for line in "".join(written).split("\n")[:-1] if line[:1] == "{"]
            return [each for line in lines if "turn" in (each := json.loads(line))]

        (line,) = await eventually(of_turns)
        assert (line["guild"], line["turn"]) == (42, 7), "as the bot logs that turn"
        assert "/v1/audio/speech 200" in str(line["message"])
        assert url.split("@")[0].rpartition(":")[2] not in caplog.text

        os.kill(first, signal.SIGTERM)  # systemd signals the whole group, and the bot ends its own
        os.kill(first, signal.SIGINT)
        assert len(await spoken(url)) > 10_000
        os.kill(first, signal.SIGKILL)
        await eventually(lambda: "ended with status -9" in caplog.text)
        assert len(await spoken(url)) > 10_000, "a request waits until it is back"
        second = server.pid
        assert second is not None
        assert second != first
    assert not is_running(second)
    with pytest.raises(httpx.ConnectError):
        await spoken(url)


@pytest.mark.patience(60)
@pytest.mark.timeout(150)
async def test_an_engine_that_cannot_be_used_is_told_as_within_the_bot(tmp_path: Path) -> None:
    settings = ServerSettings(port=0, engine="kokoro")
    with pytest.raises(EngineUnavailable, match=r"server\.engine is kokoro.*models fetch"):
        async with SpeechProcess(settings, ModelsSettings(dir=tmp_path)):
            pass


async def test_one_that_has_only_begun_is_ended_too() -> None:
    server = SpeechProcess(ESPEAK, ModelsSettings())
    server.begin()
    await eventually(lambda: server.pid is not None)
    pid = server.pid
    assert pid is not None
    await server.aclose()
    assert not is_running(pid)


BOT = """
import asyncio
from models.settings import ModelsSettings
from server.own_process.process import SpeechProcess
from server.settings import ServerSettings

async def bot():
    async with SpeechProcess(ServerSettings(engine="espeak"), ModelsSettings()) as server:
        print(server.pid, flush=True)
        await asyncio.Event().wait()

asyncio.run(bot())
"""


def test_it_does_not_outlive_a_bot_that_is_killed() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", BOT],
        cwd=Path(__file__).parents[3],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as bot:
        assert bot.stdout is not None
        pid = int(bot.stdout.readline())
        assert is_running(pid)
        bot.kill()
    # Its output is the bot's too, and is closed by its end alone.
    for _ in range(200):
        if not is_running(pid):
            break
        asyncio.run(asyncio.sleep(0.05))
    assert not is_running(pid)

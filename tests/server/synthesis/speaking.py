"""A synthesizer and its speech server on loopback."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final

import numpy as np
import pytest

from pipeline.audio import Pcm16
from pipeline.errors import SpeechUnavailable
from pipeline.ports import Voice
from server.settings import TtsSettings
from server.synthesis.client import HttpSynthesizer
from tests.server.synthesis.speech_server import Answering, Reply, SpeechServer

VOICE: Final = Voice("anna")
KEY: Final = "sk-very-secret"


@asynccontextmanager
async def speaking(
    answer: Answering | Reply, **settings: Any
) -> AsyncIterator[tuple[HttpSynthesizer, SpeechServer]]:
    reply = answer if callable(answer) else (lambda _: answer)
    settings = {"connect_timeout_s": 10.0, **settings}
    async with (
        SpeechServer(reply) as server,
        HttpSynthesizer(TtsSettings(url=server.url, **settings)) as synthesizer,
    ):
        yield synthesizer, server


async def said(synthesizer: HttpSynthesizer, voice: Voice = VOICE) -> Pcm16:
    """The audio of one sentence, ``int16[n]``."""
    chunks: list[Pcm16] = []
    await say(synthesizer, chunks, voice)
    return np.concatenate(chunks)


async def say(synthesizer: HttpSynthesizer, chunks: list[Pcm16], voice: Voice = VOICE) -> None:
    """Append one sentence to ``chunks``, also when it ends with an error."""
    async for chunk in synthesizer.speak("Hello there.", voice):
        chunks.append(chunk)  # noqa: PERF401 - the chunks before an error count


async def refused(answer: Answering | Reply, **settings: Any) -> str:
    """The error that speaking ends with."""
    async with speaking(answer, **settings) as (synthesizer, server):
        with pytest.raises(SpeechUnavailable) as told:
            await said(synthesizer)
        assert server.url in str(told.value)
    return str(told.value)

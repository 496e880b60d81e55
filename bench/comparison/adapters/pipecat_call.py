"""A call with one user on Pipecat's own pipeline, in memory: for barge-in.

Transport in, user aggregator with its default strategies, transport out with its default chunks of
40 ms. The out side takes each chunk at once and as long as it lasts; there is no network. Without
speech to text Pipecat's user turns do not end, so every reply is a call of its own.
"""

from __future__ import annotations

import asyncio
import time
from typing import Any, Final

import numpy as np
from pipecat.audio.vad.silero import SileroVADAnalyzer  # type: ignore[import-not-found]
from pipecat.frames.frames import (  # type: ignore[import-not-found]
    InputAudioRawFrame,
    TTSAudioRawFrame,
)
from pipecat.pipeline.pipeline import Pipeline  # type: ignore[import-not-found]
from pipecat.pipeline.worker import PipelineParams, PipelineWorker  # type: ignore[import-not-found]
from pipecat.processors.aggregators.llm_context import (  # type: ignore[import-not-found]
    LLMContext,
)
from pipecat.processors.aggregators.llm_response_universal import (  # type: ignore[import-not-found]
    LLMContextAggregatorPair,
    LLMUserAggregatorParams,
)
from pipecat.transports.base_input import BaseInputTransport  # type: ignore[import-not-found]
from pipecat.transports.base_output import BaseOutputTransport  # type: ignore[import-not-found]
from pipecat.transports.base_transport import TransportParams  # type: ignore[import-not-found]
from pipecat.workers.runner import WorkerRunner  # type: ignore[import-not-found]

from bench.comparison.harness import Report
from bench.comparison.protocol import RATE
from bench.comparison.tone import TONE_RATE, tone

_START_S: Final = 30.0


class _In(BaseInputTransport):  # type: ignore[misc]
    async def start(self, frame: Any) -> None:
        await super().start(frame)
        await self.set_transport_ready(frame)


class _Out(BaseOutputTransport):  # type: ignore[misc]
    """Reports each chunk at the moment it goes out, and takes as long as it lasts."""

    def __init__(self, params: Any, report: Report) -> None:
        super().__init__(params)
        self._report = report
        self._free_at = 0.0

    async def start(self, frame: Any) -> None:
        await super().start(frame)
        await self.set_transport_ready(frame)

    async def write_audio_frame(self, frame: Any) -> bool:
        pcm = np.frombuffer(frame.audio, np.int16)
        self._report.sound(pcm, frame.sample_rate)
        now = time.monotonic()
        self._free_at = max(self._free_at, now) + pcm.size / frame.sample_rate
        await asyncio.sleep(self._free_at - now)
        return True


class PipecatCall:
    """One user and one bot whose replies are a tone."""

    def __init__(self) -> None:
        self._inbox: asyncio.Queue[bytes] = asyncio.Queue()
        self._ready = asyncio.Event()
        self._passing: asyncio.Task[None] | None = None
        self._call: asyncio.Task[None] | None = None

    async def open_conversation(self, report: Report) -> None:
        self._sink = report
        await self._begin()
        self._passing = asyncio.create_task(self._pass_on())

    def hear_in_call(self, pcm: Any) -> None:
        self._inbox.put_nowait(pcm.tobytes())

    async def reply(self) -> None:
        await self._end()
        await self._begin()
        audio = tone().tobytes()
        await self._out.queue_frame(
            TTSAudioRawFrame(audio=audio, sample_rate=TONE_RATE, num_channels=1)
        )

    async def close_conversation(self) -> None:
        await self._end()
        if self._passing is not None:
            self._passing.cancel()
            await asyncio.gather(self._passing, return_exceptions=True)

    async def _begin(self) -> None:
        params = TransportParams(
            audio_in_enabled=True,
            audio_in_sample_rate=RATE,
            audio_out_enabled=True,
            audio_out_sample_rate=TONE_RATE,
        )
        source, sink = _In(params), _Out(params, self._sink)
        user = LLMContextAggregatorPair(
            LLMContext(), user_params=LLMUserAggregatorParams(vad_analyzer=SileroVADAnalyzer())
        ).user()
        self._worker = PipelineWorker(
            Pipeline([source, user, sink]),
            params=PipelineParams(audio_in_sample_rate=RATE, audio_out_sample_rate=TONE_RATE),
        )
        started = asyncio.Event()

        @self._worker.event_handler("on_pipeline_started")  # type: ignore[untyped-decorator]
        async def on_started(_worker: Any, _frame: Any) -> None:
            started.set()

        runner = WorkerRunner(handle_sigint=False)
        await runner.add_workers(self._worker)
        self._call = asyncio.create_task(runner.run())
        await asyncio.wait_for(started.wait(), _START_S)
        self._in, self._out = source, sink
        self._ready.set()

    async def _end(self) -> None:
        self._ready.clear()
        if self._call is not None:
            await self._worker.cancel()
            await asyncio.gather(self._call, return_exceptions=True)

    async def _pass_on(self) -> None:
        while True:
            audio = await self._inbox.get()
            await self._ready.wait()
            await self._in.push_audio_frame(
                InputAudioRawFrame(audio=audio, sample_rate=RATE, num_channels=1)
            )

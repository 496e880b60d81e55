"""One user on Pipecat's own pipeline: where turns end.

Transport in, a segmented speech to text, and the user aggregator with its default strategies:
Silero VAD starts a turn, and Smart Turn v3 and the transcript end it. Pipecat asks its agent at the
end of the turn, and interrupts it when the VAD finds speech.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from typing import Any, Final

from pipecat.audio.turn.smart_turn.local_smart_turn_v3 import (  # type: ignore[import-not-found]
    LocalSmartTurnAnalyzerV3,
)
from pipecat.audio.vad.silero import SileroVADAnalyzer  # type: ignore[import-not-found]
from pipecat.frames.frames import (  # type: ignore[import-not-found]
    InputAudioRawFrame,
    TranscriptionFrame,
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
from pipecat.services.stt_service import SegmentedSTTService  # type: ignore[import-not-found]
from pipecat.transports.base_input import BaseInputTransport  # type: ignore[import-not-found]
from pipecat.transports.base_transport import TransportParams  # type: ignore[import-not-found]
from pipecat.turns.user_stop import (  # type: ignore[import-not-found]
    TurnAnalyzerUserTurnStopStrategy,
)
from pipecat.turns.user_turn_strategies import (  # type: ignore[import-not-found]
    UserTurnStrategies,
)
from pipecat.utils.time import time_now_iso8601  # type: ignore[import-not-found]
from pipecat.workers.runner import WorkerRunner  # type: ignore[import-not-found]

from bench.comparison.harness import Report
from bench.comparison.protocol import RATE, TURN_S, Job
from bench.comparison.word_client import Words

_START_S: Final = 30.0


class _In(BaseInputTransport):  # type: ignore[misc]
    async def start(self, frame: Any) -> None:
        await super().start(frame)
        await self.set_transport_ready(frame)


class _Stt(SegmentedSTTService):  # type: ignore[misc]
    """The words that Whisper hears in each segment of the VAD."""

    def __init__(self, words: Words) -> None:
        super().__init__(sample_rate=RATE, ttfs_p99_latency=1.0)
        self._words = words

    @property
    def wants_wav_segments(self) -> bool:
        return False

    async def run_stt(self, audio: bytes) -> AsyncGenerator[Any, None]:
        if text := await self._words.text(audio):
            yield TranscriptionFrame(text, "", time_now_iso8601())


class _SmartTurn(LocalSmartTurnAnalyzerV3):  # type: ignore[misc]
    """Smart Turn v3, which takes its time on the clock."""

    async def analyze_end_of_turn(self) -> Any:
        await asyncio.sleep(TURN_S)
        return await super().analyze_end_of_turn()


class PipecatTalk:
    """One user at a time."""

    async def open_talk(self, speaker: int, job: Job, report: Report, words: Words) -> None:
        params = TransportParams(audio_in_enabled=True, audio_in_sample_rate=RATE)
        self._mouth = _In(params)
        user = LLMContextAggregatorPair(
            LLMContext(),
            user_params=LLMUserAggregatorParams(
                vad_analyzer=SileroVADAnalyzer(),
                user_turn_strategies=UserTurnStrategies(
                    stop=[TurnAnalyzerUserTurnStopStrategy(turn_analyzer=_SmartTurn())]
                ),
            ),
        ).user()

        @user.event_handler("on_user_turn_started")  # type: ignore[untyped-decorator]
        async def on_turn_started(*_: Any) -> None:
            report.voice(speaker)

        @user.event_handler("on_user_turn_stopped")  # type: ignore[untyped-decorator]
        async def on_turn_stopped(*_: Any) -> None:
            report.turn_end(speaker)

        self._talk_worker = PipelineWorker(
            Pipeline([self._mouth, _Stt(words), user]),
            params=PipelineParams(audio_in_sample_rate=RATE, audio_out_sample_rate=RATE),
        )
        started = asyncio.Event()

        @self._talk_worker.event_handler("on_pipeline_started")  # type: ignore[untyped-decorator]
        async def on_started(*_: Any) -> None:
            started.set()

        runner = WorkerRunner(handle_sigint=False)
        await runner.add_workers(self._talk_worker)
        self._talking = asyncio.create_task(runner.run())
        await asyncio.wait_for(started.wait(), _START_S)
        self._pushed: asyncio.Queue[bytes] = asyncio.Queue()
        self._pushing = asyncio.create_task(self._push())

    def hear_talk(self, pcm: Any) -> None:
        self._pushed.put_nowait(pcm.tobytes())

    async def close_talk(self) -> None:
        self._pushing.cancel()
        await self._talk_worker.cancel()
        await asyncio.gather(self._talking, self._pushing, return_exceptions=True)

    async def _push(self) -> None:
        while True:
            await self._mouth.push_audio_frame(
                InputAudioRawFrame(audio=await self._pushed.get(), sample_rate=RATE, num_channels=1)
            )

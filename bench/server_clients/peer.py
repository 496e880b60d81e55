# mypy: ignore-errors
"""The clients; runs in an environment of its own (requirements.txt beside it), without our code.

``python peer.py URL CLIP TEXT`` prints a line of JSON for each call: what was called, whether the
result is right, and what came. ``CLIP`` is a WAV of 16 kHz mono in which ``TEXT`` is said.
"""

from __future__ import annotations

import asyncio
import contextlib
import importlib.metadata
import io
import json
import logging
import os
import re
import sys
import wave
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"  # its list of prices is not fetched
KEY = "not-needed"
SAID = "Hello, the kettle is ready."


def words(text: str) -> list[str]:
    return re.findall(r"\w+", text.lower())


def report(package: str, call: str, good: bool, detail: object) -> None:
    version = importlib.metadata.version(package)
    line = {"client": f"{package} {version}", "call": call, "good": good, "detail": str(detail)}
    print(json.dumps(line), flush=True)


def samples_of(wav: bytes) -> bytes:
    with wave.open(io.BytesIO(wav)) as file:
        assert (file.getframerate(), file.getnchannels()) == (16_000, 1)
        samples: bytes = file.readframes(file.getnframes())
    return samples


async def litellm_calls(url: str, clip: bytes, expected: list[str]) -> None:
    import litellm

    where = {"api_base": f"{url}/v1", "api_key": KEY}
    model, file = "openai/whisper-1", ("clip.wav", clip)
    heard = await litellm.atranscription(model=model, file=file, **where)
    report("litellm", "transcription", words(heard.text) == expected, heard.text)
    heard = await litellm.atranscription(
        model=model,
        file=file,
        response_format="verbose_json",
        timestamp_granularities=["word"],
        **where,
    )
    found = [each["word"] for each in heard.words]
    good = words(" ".join(found)) == expected
    report("litellm", "transcription with words", good, f"{len(found)} words")
    spoken = await litellm.aspeech(model="openai/tts-1", voice="alloy", input=SAID, **where)
    data = spoken.read()
    good = data[:2] == b"\xff\xf3" and len(data) > 8000
    report("litellm", "speech (mp3)", good, f"{len(data)} bytes")


async def pipecat_calls(url: str, pcm: bytes, expected: list[str]) -> None:
    from pipecat.frames import frames
    from pipecat.pipeline.pipeline import Pipeline
    from pipecat.pipeline.worker import PipelineParams, PipelineWorker
    from pipecat.processors.frame_processor import FrameDirection, FrameProcessor
    from pipecat.services.openai.stt import OpenAIRealtimeSTTService, OpenAISTTService
    from pipecat.services.openai.tts import OpenAITTSService
    from pipecat.workers.runner import WorkerRunner

    async def run(service: Any, feed: Callable[[Any], Awaitable[None]], rate: int) -> list[Any]:
        got: list[Any] = []

        class Sink(FrameProcessor):
            async def process_frame(self, frame: Any, direction: FrameDirection) -> None:
                await super().process_frame(frame, direction)
                got.append(frame)
                await self.push_frame(frame, direction)

        params = PipelineParams(audio_in_sample_rate=rate, audio_out_sample_rate=24_000)
        worker = PipelineWorker(
            Pipeline([service, Sink()]), params=params, cancel_on_idle_timeout=False
        )
        runner = WorkerRunner(handle_sigint=False)
        await runner.add_workers(worker)

        async def work() -> None:
            await asyncio.sleep(0.5)
            await feed(worker)
            await worker.queue_frame(frames.EndFrame())

        await asyncio.wait_for(asyncio.gather(runner.run(), work()), 60)
        return got

    async def say(worker: Any) -> None:
        await worker.queue_frame(frames.TTSSpeakFrame(SAID))

    settings = OpenAITTSService.Settings(voice="nova", model="gpt-4o-mini-tts")
    tts = OpenAITTSService(api_key=KEY, base_url=f"{url}/v1", settings=settings)
    got = await run(tts, say, 24_000)
    audio = b"".join(each.audio for each in got if isinstance(each, frames.TTSAudioRawFrame))
    seconds = len(audio) / 48_000
    report("pipecat-ai", "OpenAITTSService", 1.0 < seconds < 6.0, f"{seconds:.2f} s of pcm")

    async def talk(worker: Any) -> None:
        await worker.queue_frame(frames.VADUserStartedSpeakingFrame())
        for at in range(0, len(pcm), 640):
            await worker.queue_frame(frames.InputAudioRawFrame(pcm[at : at + 640], 16_000, 1))
        await asyncio.sleep(0.5)
        await worker.queue_frame(frames.VADUserStoppedSpeakingFrame())
        await asyncio.sleep(8)

    def heard(got: list[Any]) -> str:
        return " ".join(each.text for each in got if isinstance(each, frames.TranscriptionFrame))

    stt = OpenAISTTService(
        api_key=KEY, base_url=f"{url}/v1", settings=OpenAISTTService.Settings(model="whisper-1")
    )
    text = heard(await run(stt, talk, 16_000))
    report("pipecat-ai", "OpenAISTTService", words(text) == expected, text)
    live = OpenAIRealtimeSTTService(
        api_key=KEY,
        base_url=f"{url.replace('http', 'ws')}/v1/realtime",
        settings=OpenAIRealtimeSTTService.Settings(model="gpt-4o-transcribe"),
    )
    text = heard(await run(live, talk, 16_000))
    report("pipecat-ai", "OpenAIRealtimeSTTService", words(text) == expected, text)


async def livekit_calls(url: str, pcm: bytes, expected: list[str]) -> None:
    from livekit import rtc
    from livekit.agents import stt as agents_stt
    from livekit.agents import utils
    from livekit.plugins import openai

    utils.http_context._new_session_ctx()
    where = {"api_key": KEY, "base_url": f"{url}/v1"}
    for form in ("mp3", "pcm", "opus"):
        speech = openai.TTS(voice="echo", model="tts-1", response_format=form, **where)
        frames = [each.frame async for each in speech.synthesize(SAID)]
        seconds = sum(frame.duration for frame in frames)
        report("livekit-plugins-openai", f"TTS ({form})", 1.0 < seconds < 6.0, f"{seconds:.2f} s")
    frame = rtc.AudioFrame(pcm, 16_000, 1, len(pcm) // 2)
    ears = openai.STT(model="whisper-1", language="en", use_realtime=False, **where)
    event = await ears.recognize([frame])
    text = event.alternatives[0].text
    report("livekit-plugins-openai", "STT", words(text) == expected, text)
    for detection in ("server_vad", "semantic_vad"):
        live = openai.STT(
            model="gpt-4o-transcribe",
            language="en",
            use_realtime=True,
            turn_detection={"type": detection},
            **where,
        )
        stream = live.stream()
        silence = bytes(2 * 16_000)
        for part in (pcm, silence, silence):
            for at in range(0, len(part), 640):
                piece = part[at : at + 640]
                stream.push_frame(rtc.AudioFrame(piece, 16_000, 1, len(piece) // 2))
        text = ""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(20):
                async for event in stream:
                    if event.type == agents_stt.SpeechEventType.FINAL_TRANSCRIPT:
                        text = f"{text} {event.alternatives[0].text}".strip()
                    if words(text) == expected:
                        break
        await stream.aclose()
        call = f"STT (realtime, {detection})"
        report("livekit-plugins-openai", call, words(text) == expected, text)


async def main(url: str, clip: bytes, said: str) -> None:
    expected, pcm = words(said), samples_of(clip)
    for package, calls in (
        ("litellm", litellm_calls(url, clip, expected)),
        ("pipecat-ai", pipecat_calls(url, pcm, expected)),
        ("livekit-plugins-openai", livekit_calls(url, pcm, expected)),
    ):
        try:
            await calls
        except Exception as error:
            report(package, "failed", False, repr(error))


if __name__ == "__main__":
    logging.disable(logging.CRITICAL)
    asyncio.run(main(sys.argv[1], Path(sys.argv[2]).read_bytes(), sys.argv[3]))

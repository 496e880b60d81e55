"""The speech server with espeak and the fixture Whisper, for clients that block."""

from __future__ import annotations

import asyncio
import io
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial

import av
import numpy as np

from models.settings import ModelsSettings
from pipeline.audio import HEARD_RATE, Pcm16
from pipeline.settings import PipelineSettings, SttSettings
from server.audio import wav
from server.engines.espeak import EspeakEngine, EspeakVoice
from server.runner import EmbeddedServer
from server.settings import ServerSettings
from server.transcription.listening_models import open_listening
from server.transcription.settings import TranscriptionSettings

FIXTURE = PipelineSettings(stt=SttSettings(model_size="fixture", threads=1))
WEATHER = "Jarvis, what is the weather in Paris?"
SUM = "What is two plus two?"
GERMAN = "Guten Morgen."


@dataclass(frozen=True)
class RunningServer:
    """A server in a thread of its own."""

    url: str
    loop: asyncio.AbstractEventLoop


@contextmanager
def running_server(
    settings: ServerSettings | None = None, transcription: TranscriptionSettings | None = None
) -> Iterator[RunningServer]:
    """The server, until the context ends."""
    settings = settings or ServerSettings(port=0)
    make_listening = partial(
        open_listening, FIXTURE, ModelsSettings(), transcription or TranscriptionSettings()
    )
    started: Future[RunningServer] = Future()
    stop = asyncio.Event()

    async def serve() -> None:
        try:
            async with EmbeddedServer(settings, make_listening=make_listening) as server:
                started.set_result(RunningServer(server.url, asyncio.get_running_loop()))
                await stop.wait()
        except BaseException as error:
            if not started.done():
                started.set_exception(error)
            raise

    thread = threading.Thread(target=lambda: asyncio.run(serve()), name="test server")
    thread.start()
    try:
        running = started.result(60)
        yield running
    finally:
        if started.done() and started.exception() is None:
            running.loop.call_soon_threadsafe(stop.set)
        thread.join(60)


def said(*phrases: str, pause_s: float = 0.4, lead_s: float = 0.3, voice: str = "en-us") -> Pcm16:
    """The phrases with silence around each, 16 kHz ``int16[n]``."""
    parts: list[Pcm16] = [_silence(lead_s)]
    with EspeakEngine() as engine:
        for phrase in phrases:
            spoken = b"".join(engine.synthesize(phrase, EspeakVoice(voice, "m3")))
            parts += [
                resampled(np.frombuffer(spoken, "<i2"), engine.rate, HEARD_RATE),
                _silence(pause_s),
            ]
    return np.concatenate(parts)


def wav_of(pcm: Pcm16) -> bytes:
    data = pcm.astype("<i2").tobytes()
    return wav.header(HEARD_RATE, len(data)) + data


def file_of(pcm: Pcm16, container: str, codec: str, *, video: bool = False) -> bytes:
    """The audio as a file of FFmpeg's, with a picture track if it is a video."""
    out = io.BytesIO()
    with av.open(out, "w", format=container) as file:
        track = file.add_stream("mpeg4", rate=25) if video else None
        stream = file.add_stream(codec, rate=48_000, layout="mono")
        assert isinstance(stream, av.AudioStream)
        if track is not None:
            track.width = track.height = 64
            track.pix_fmt = "yuv420p"
            picture = av.VideoFrame.from_ndarray(np.zeros((64, 64, 3), np.uint8), format="rgb24")
            file.mux([*track.encode(picture), *track.encode(None)])
        frame = av.AudioFrame.from_ndarray(pcm.reshape(1, -1), format="s16", layout="mono")
        frame.sample_rate = HEARD_RATE
        file.mux([*stream.encode(frame), *stream.encode(None)])
    return out.getvalue()


def deltas(events: Sequence[object]) -> str:
    return "".join(getattr(event, "delta", "") for event in events)


def _silence(seconds: float) -> Pcm16:
    return np.zeros(round(seconds * HEARD_RATE), np.int16)


def resampled(pcm: Pcm16, rate: int, wanted: int) -> Pcm16:
    """``int16[n]`` at another rate."""
    resampler = av.AudioResampler(format="s16", layout="mono", rate=wanted)
    frame = av.AudioFrame.from_ndarray(pcm.reshape(1, -1), format="s16", layout="mono")
    frame.sample_rate = rate
    frames = [*resampler.resample(frame), *resampler.resample(None)]
    return np.concatenate([each.to_ndarray().reshape(-1) for each in frames])

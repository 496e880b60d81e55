"""CPU and latency of listening: ``python -m bench.listening``.

Feeds one monologue with pauses to the real audio input, in real time, for 1, 5, 10 and 20 speakers.
Each speaker starts 60 ms after the previous one, so that their pauses coincide. It runs once with
the turn model alone and once with the fixture Whisper too.

CPU is measured for the audio input (the 20 ms clock with the VAD) with the turn model, and for the
whole process with the event loop, this player and Whisper. The lag of a verdict runs from the end
of the silence that its endpoint check needs to the verdict.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import asdict, dataclass
from itertools import cycle
from pathlib import Path
from typing import Final

import av
import numpy as np

from app.model_loading import TURN_QUEUE, TURN_THREADS
from bench.report import add_json_argument, write_json
from models.store import ModelStore
from pipeline.audio import FRAME_MS, HEARD_FRAME, HEARD_RATE, Pcm16, Samples
from pipeline.inference.expected_names import ExpectedNames
from pipeline.inference.model_worker import ModelWorker
from pipeline.inference.silero_vad import SileroVad
from pipeline.inference.smart_turn import SmartTurn
from pipeline.inference.speech_models import SpeechModels, SpeechToText
from pipeline.inference.whisper import Transcriber
from pipeline.latency import percentile
from pipeline.listening.audio_input import AudioInput
from pipeline.listening.audio_recognition import AudioRecognition
from pipeline.ports import Persona, Speaker, Voice
from pipeline.settings import PipelineSettings, SttSettings
from server.engines.espeak import EspeakEngine, EspeakVoice
from settings import load_settings
from testing.recognition_room import FakeRecognitionRoom, NoTranscriber

SPEAKERS: Final = (1, 5, 10, 20)
STAGGER_MS: Final = 60
SETTLE_S: Final = 1.5
SENTENCES: Final = (
    "It was raining all day yesterday.",
    "And then I want to",
    "Did you watch the game last night?",
    "Yes, it was a very close game.",
    "So what I mean is, um",
    "The server crashed again.",
    "We should meet tomorrow at noon.",
    "I was wondering if you could",
    "What did you say?",
)
PAUSES_MS: Final = (300, 700, 250, 1600, 400, 900, 300, 500)


@dataclass(frozen=True, slots=True)
class ListeningRow:
    """The measurements of one scene."""

    speakers: int
    whisper: bool
    vad_turn_ms_a_second: float
    """CPU of the audio input and of the turn model, per second of audio of one speaker."""
    process_ms_a_second: float
    """CPU of the whole process, likewise."""
    looks_a_second: float
    lag_p50_ms: float
    lag_p95_ms: float
    lag_max_ms: float
    turns: int
    rss_mb: float


class TimedAudioInput(AudioInput):
    """Measures the CPU of its ticks."""

    cpu_s = 0.0

    def tick(self, now: float) -> None:
        began = time.thread_time()
        super().tick(now)
        self.cpu_s += time.thread_time() - began


class TimedTurn:
    """Measures the CPU of each endpoint check, in any thread."""

    def __init__(self, turn: SmartTurn) -> None:
        self._turn = turn
        self.checks_s: list[float] = []

    def probability(self, audio: Samples) -> float:
        began = time.thread_time()
        probability = self._turn.probability(audio)
        self.checks_s.append(time.thread_time() - began)
        return probability


class _TurnCounter(FakeRecognitionRoom):
    """Counts the ends of turns."""

    def __init__(self) -> None:
        super().__init__(
            Persona("jarvis", "Jarvis", Voice("jarvis")), names=ExpectedNames(("Jarvis",))
        )
        self.turns = 0

    def speech_ended(self, speaker: Speaker, at: float, why: str) -> None:
        self.turns += 1


def talk(seconds: float) -> Pcm16:
    """The monologue of all speakers, ``int16[n]`` at 16 kHz, with microphone noise."""
    parts: list[Pcm16] = []
    pauses = cycle(PAUSES_MS)
    with EspeakEngine() as engine:
        sentences = [_spoken(engine, text) for text in SENTENCES]
    for sentence in cycle(sentences):
        parts += [sentence, np.zeros(next(pauses) * HEARD_RATE // 1000, np.int16)]
        if sum(part.size for part in parts) >= seconds * HEARD_RATE:
            break
    joined = np.concatenate(parts)[: int(seconds * HEARD_RATE)]
    noise = np.random.default_rng(0).normal(0, 16, joined.size)
    return np.clip(joined + noise, -32768, 32767).astype(np.int16)


def _spoken(engine: EspeakEngine, text: str) -> Pcm16:
    pcm = np.frombuffer(b"".join(engine.synthesize(text, EspeakVoice(variant="m3"))), np.int16)
    frame = av.AudioFrame.from_ndarray(pcm[np.newaxis], "s16", "mono")
    frame.sample_rate = engine.rate
    resampler = av.AudioResampler("s16", "mono", HEARD_RATE)
    frames = resampler.resample(frame) + resampler.resample(None)
    samples = np.concatenate([part.to_ndarray()[0] for part in frames]).astype(np.int16)
    loud = np.flatnonzero(np.abs(samples) > 300)
    return samples[loud[0] : loud[-1] + 1]


async def scene(
    speakers: int, audio: Pcm16, vad: SileroVad, turn: SmartTurn, stt: SpeechToText | None
) -> ListeningRow:
    """Have all speakers talk; returns the measurements."""
    room = _TurnCounter()
    hearing, timed_turn = TimedAudioInput(vad, time.monotonic), TimedTurn(turn)
    models = SpeechModels(
        hearing,
        timed_turn,
        ModelWorker("turn", threads=TURN_THREADS, limit=TURN_QUEUE),
        stt or NoTranscriber(),
        ModelWorker("speech to text"),
    )
    async with AsyncExitStack() as stack:
        stack.push_async_callback(models.aclose)
        stack.push_async_callback(room.aclose)
        settings = PipelineSettings()
        listeners = [
            AudioRecognition(Speaker(number, str(number)), room, models, settings, time.monotonic)
            for number in range(speakers)
        ]
        hearing.start()
        cpu = time.process_time()
        await _play(listeners, audio)
        cpu_ms = (time.process_time() - cpu) * 1000
        rss_mb = _rss_mb()
        for listener in listeners:
            listener.close()
    lags = list(hearing.check_lags_ms)
    audio_s = speakers * audio.size / HEARD_RATE
    return ListeningRow(
        speakers,
        stt is not None,
        round((hearing.cpu_s + sum(timed_turn.checks_s)) * 1000 / audio_s, 1),
        round(cpu_ms / audio_s, 1),
        round(len(timed_turn.checks_s) / audio_s, 2),
        round(percentile(lags, 50), 1),
        round(percentile(lags, 95), 1),
        round(max(lags), 1),
        room.turns,
        round(rss_mb, 1),
    )


async def _play(listeners: Sequence[AudioRecognition], audio: Pcm16) -> None:
    """Send all speakers' frames at their due times."""
    frames = audio[: audio.size // HEARD_FRAME * HEARD_FRAME].reshape(-1, HEARD_FRAME)
    stagger = STAGGER_MS // FRAME_MS
    began = time.monotonic()
    for tick in range(len(frames) + stagger * len(listeners)):
        due = began + (tick + 1) * FRAME_MS / 1000
        await asyncio.sleep(max(0.0, due - time.monotonic()))
        for number, listener in enumerate(listeners):
            position = tick - stagger * number
            if 0 <= position < len(frames):
                listener.push_audio(frames[position].copy(), time.monotonic())
    await asyncio.sleep(SETTLE_S)


def _rss_mb() -> float:
    gc.collect()
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS")) / 1024


def memory_slope_mb(rows: Sequence[ListeningRow]) -> float:
    """Memory of each added speaker, from the smallest scene to the largest."""
    first, last = rows[0], rows[-1]
    return (last.rss_mb - first.rss_mb) / max(1, last.speakers - first.speakers)


async def measure(speakers: Sequence[int], seconds: float, *, whisper: bool) -> list[ListeningRow]:
    store = ModelStore(load_settings().models)
    vad, turn = SileroVad(store.path("silero-vad")), SmartTurn(store.path("smart-turn"))
    stt = None
    if whisper:
        stt = Transcriber(store.whisper_path("fixture"), SttSettings(model_size="fixture"))
        stt.warm_up()
    audio = talk(seconds)
    await scene(1, talk(3), vad, turn, stt)
    rows = []
    for count in speakers:
        row = await scene(count, audio, vad, turn, stt)
        rows.append(row)
        print(
            f"{row.speakers:8d}  {'yes' if whisper else 'no':<7}  {row.vad_turn_ms_a_second:8.1f}"
            f"  {row.process_ms_a_second:7.1f}  {row.looks_a_second:7.2f}"
            f"  {row.lag_p50_ms:6.1f}  {row.lag_p95_ms:6.1f}"
            f"  {row.lag_max_ms:6.1f}  {row.turns:5d}  {row.rss_mb:7.1f}",
            flush=True,
        )
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=30.0, help="how long each scene is")
    parser.add_argument("--speakers", type=int, nargs="+", default=SPEAKERS)
    add_json_argument(parser)
    arguments = parser.parse_args()
    print("speakers  Whisper  VAD+turn  process  looks/s  lag p50     p95     max  turns   RSS MB")
    rows: list[ListeningRow] = []
    slope = 0.0
    for whisper in (False, True):
        measured = asyncio.run(measure(arguments.speakers, arguments.seconds, whisper=whisper))
        rows += measured
        if not whisper:
            slope = memory_slope_mb(measured)
    print(
        "CPU (ms) and looks are per second of audio and speaker, lags in ms after the look was due"
    )
    print(f"each speaker added {slope:.2f} MB")
    numbers = {"rows": [asdict(row) for row in rows], "mb_per_added_speaker": round(slope, 3)}
    write_json(arguments.json, "listening", numbers)


if __name__ == "__main__":
    main()

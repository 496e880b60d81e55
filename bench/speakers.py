"""Ten people at once, with real words: ``python -m bench.speakers``.

Nine people talk without an end, in recordings of prompts with natural pauses. A tenth asks the
agent questions by its name, in Kokoro voices. Everybody is recognised with the real Whisper, and
the question must not wait for the others.

The models really run. Their CPU time passes on a virtual clock with ``--cores`` cores, each job on
one of them, so the result does not depend on what else the machine does. The VAD and the event
loop are left out; they take some 1 ms for a second of a speaker. ``--order newest`` measures the
order without the agent's speaker, patience and load, for comparison.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import time
from collections.abc import Callable, Hashable, Sequence
from concurrent.futures import Future
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final, TypeVar

import numpy as np

from bench.conversation.clips import clip
from bench.recordings import Prompt, Recordings
from bench.report import add_json_argument, write_json
from models.store import ModelStore
from pipeline.audio import FRAME_MS, HEARD_FRAME, HEARD_RATE, Samples
from pipeline.errors import Superseded
from pipeline.inference.job_queue import JobQueue, Priority
from pipeline.inference.model_worker import ModelWorker
from pipeline.inference.silero_vad import SileroVad
from pipeline.inference.smart_turn import SmartTurn
from pipeline.inference.speech_models import SpeechModels
from pipeline.inference.whisper import Transcriber
from pipeline.latency import percentile
from pipeline.listening.audio_input import AudioInput
from pipeline.listening.audio_recognition import AudioRecognition, FinalTranscript
from pipeline.ports import Persona, Speaker, Voice
from pipeline.settings import PipelineSettings, SttSettings
from settings import load_settings
from testing.recognition_room import FakeRecognitionRoom
from virtual_time import VirtualTimeLoop

T = TypeVar("T")

ASKER: Final = 0
QUESTIONS: Final = (
    ("af_sarah", "Jarvis, how many people live in Canada?"),
    ("am_adam", "Jarvis, when does the next train leave?"),
    ("bf_alice", "Hey Jarvis, what is for dinner tonight?"),
    ("bm_lewis", "Jarvis, please read me the news."),
    ("af_sarah", "Jarvis, how do you spell necessary?"),
    ("am_adam", "Jarvis, set a timer for ten minutes."),
)
QUESTION_EVERY_S: Final = 5.0
PAUSE_S: Final = 0.55
PAUSE_SIGMA: Final = 0.65
"""Pauses between the sentences of a talker: lognormal, with this median."""
UNDERSTOOD: Final = 0.7
"""The share of a question's words from which on it is understood."""
LONGEST_REAL_S: Final = 3600.0


@dataclass(slots=True, eq=False)
class _Job:
    key: Hashable
    priority: Priority
    queued_at: float
    work: Callable[[], Any]
    result: Future[Any]


class Cores:
    """The processors that all workers share, on the loop's clock."""

    def __init__(self, count: int) -> None:
        self.free = count
        self.workers: list[VirtualWorker] = []
        self.busy_s = 0.0

    def start_jobs(self) -> None:
        for worker in self.workers:
            worker.start_jobs()


class VirtualWorker(ModelWorker):
    """A `ModelWorker` whose jobs take their CPU time on the loop's clock."""

    def __init__(self, name: str, cores: Cores, *, threads: int, plain: bool) -> None:
        self.name = name
        self.waits: list[tuple[Priority, float]] = []
        self._cores = cores
        self._idle = threads
        self._count = threads
        self._plain = plain
        self._queue = JobQueue[_Job](32)
        self._busy: set[Hashable] = set()
        self._marks: list[tuple[float, float]] = []
        cores.workers.append(self)

    async def run(
        self, key: Hashable, work: Callable[[], T], *, priority: Priority = Priority.FINAL
    ) -> T:
        if self._plain:
            priority = Priority.FINAL if priority >= Priority.FINAL else Priority.PARTIAL
        loop = asyncio.get_running_loop()
        result: Future[T] = Future()
        job = _Job(key, priority, loop.time(), work, result)
        pushed_out = self._queue.add(job)
        for old in (*pushed_out.superseded, *filter(None, [pushed_out.dropped])):
            if old.result.set_running_or_notify_cancel():
                old.result.set_exception(Superseded("pushed out"))
        waiting = asyncio.wrap_future(result)
        self._cores.start_jobs()
        try:
            return await waiting
        except asyncio.CancelledError:
            self._queue.remove(job)
            raise

    @property
    def load(self) -> float:
        """The share of the last 5 s in which its threads were busy."""
        if self._plain:
            return 0.0
        now = asyncio.get_running_loop().time()
        busy = sum(min(end, now) - max(begin, now - 5) for begin, end in self._marks
                   if end > now - 5 and begin < now)  # fmt: skip
        return min(1.0, busy / 5 / self._count)

    def close(self) -> None:
        for job in self._queue.clear():
            job.result.cancel()

    def start_jobs(self) -> None:
        now = asyncio.get_running_loop().time()
        while self._idle and self._cores.free:
            # Without patience, "now" is the beginning of time.
            job = self._queue.take(0.0 if self._plain else now, self._busy)
            if job is None:
                return
            if job.result.set_running_or_notify_cancel():
                self._start(job, now)

    def _start(self, job: _Job, now: float) -> None:
        self.waits.append((job.priority, now - job.queued_at))
        self._idle -= 1
        self._cores.free -= 1
        self._busy.add(job.key)
        # Whisper computes in threads of its own, one at a time: the process's time is the job's.
        began = time.process_time()
        value = job.work()
        took_s = time.process_time() - began
        self._cores.busy_s += took_s
        self._marks = [*self._marks[-200:], (now, now + took_s)]
        asyncio.get_running_loop().call_later(took_s, self._end, job, value)

    def _end(self, job: _Job, value: object) -> None:
        self._idle += 1
        self._cores.free += 1
        self._busy.discard(job.key)
        job.result.set_result(value)
        self._cores.start_jobs()


class ListeningRoom(FakeRecognitionRoom):
    """Keeps the words of every speaker, with the time when they were known."""

    def __init__(self, clock: Callable[[], float]) -> None:
        super().__init__(Persona("jarvis", "Jarvis", Voice("jarvis")))
        self.heard: list[tuple[int, float, str]] = []
        self.lost: list[tuple[int, str]] = []
        self._clock = clock

    def is_in_exchange(self, speaker_id: int) -> bool:
        return speaker_id == ASKER and any(who == ASKER for who, _, _ in self.heard)

    def on_final_transcript(self, utterance: FinalTranscript) -> None:
        self.heard.append((utterance.speaker.id, self._clock(), utterance.transcription.text))

    def not_understood(self, speaker: Speaker, why: str) -> None:
        self.lost.append((speaker.id, why))


@dataclass(frozen=True, slots=True)
class SpeakersRow:
    """The measurements of one scene."""

    order: str
    talkers: int
    seconds: float
    questions: int
    understood: int
    understood_ms: list[float]
    """From the end of each understood question to its words."""
    words_heard: float
    """The share of the talkers' words in their transcripts."""
    turns: int
    turns_lost: int
    """Turns without words because their transcription was dropped or failed."""
    wait_ms_p50: float
    wait_ms_p95: float
    """What the words at a pause wait for the model, over all speakers."""
    partials: int
    cores_busy: float
    """The share of all cores."""


@dataclass(frozen=True, slots=True)
class Microphone:
    """All that one person says: ``float32[n]``, 16 kHz, with the end and words of each part."""

    samples: Samples
    said: tuple[tuple[float, str], ...]


def talker(prompts: Sequence[Prompt], seed: int, seconds: float) -> Microphone:
    """Prompts one after the other with natural pauses."""
    random = np.random.default_rng(seed)
    parts: list[Samples] = [np.zeros(int(random.uniform(0, 1.5) * HEARD_RATE), np.float32)]
    said: list[tuple[float, str]] = []
    size = parts[0].size
    while size < seconds * HEARD_RATE:
        prompt = prompts[int(random.integers(len(prompts)))]
        pause = np.zeros(int(PAUSE_S * random.lognormal(0, PAUSE_SIGMA) * HEARD_RATE), np.float32)
        parts += [prompt.audio, pause]
        said.append(((size + prompt.audio.size) / HEARD_RATE, prompt.text))
        size += prompt.audio.size + pause.size
    return _with_noise(np.concatenate(parts), tuple(said), seed)


def asker(seconds: float) -> Microphone:
    """Questions to the agent at even intervals."""
    samples = np.zeros(int(seconds * HEARD_RATE), np.float32)
    said: list[tuple[float, str]] = []
    for at, (voice, text) in zip(
        np.arange(2.0, seconds - 4.0, QUESTION_EVERY_S), itertools.cycle(QUESTIONS), strict=False
    ):
        words, begin = clip(text, voice), int(at * HEARD_RATE)
        samples[begin : begin + words.size] = words
        said.append(((begin + words.size) / HEARD_RATE, text))
    return _with_noise(samples, tuple(said), 99)


def _with_noise(samples: Samples, said: tuple[tuple[float, str], ...], seed: int) -> Microphone:
    noise = np.random.default_rng(seed).normal(0, 0.0005, samples.size).astype(np.float32)
    return Microphone(samples + noise, said)


async def scene(
    microphones: Sequence[Microphone],
    vad: SileroVad,
    turn: SmartTurn,
    stt: Transcriber,
    *,
    cores: int,
    plain: bool,
) -> tuple[ListeningRoom, VirtualWorker, float, float]:
    """Play all microphones at once; returns what was heard, the worker, the start and the use."""
    clock = asyncio.get_running_loop().time
    room, shared = ListeningRoom(clock), Cores(cores)
    words = VirtualWorker("speech to text", shared, threads=1, plain=plain)
    models = SpeechModels(
        AudioInput(vad, clock),
        turn,
        VirtualWorker("turn", shared, threads=2, plain=plain),
        stt,
        words,
    )
    people = [
        AudioRecognition(Speaker(number, str(number)), room, models, PipelineSettings(), clock)
        for number in range(len(microphones))
    ]
    models.audio_input.start()
    began = clock()
    ticks = max(microphone.samples.size for microphone in microphones) // HEARD_FRAME
    pcm = [(np.clip(each.samples, -1, 1) * 32767).astype(np.int16) for each in microphones]
    for tick in range(ticks + 3000 // FRAME_MS):
        await asyncio.sleep(max(0.0, began + (tick + 1) * FRAME_MS / 1000 - clock()))
        for person, audio in zip(people, pcm, strict=True):
            frame = audio[tick * HEARD_FRAME : (tick + 1) * HEARD_FRAME]
            if frame.size == HEARD_FRAME:
                person.push_audio(frame, clock())
    busy = shared.busy_s / cores / (clock() - began)
    for person in people:
        person.close()
    await room.aclose()
    # Not `models.aclose`, which waits for threads: the virtual clock has none.
    await models.audio_input.aclose()
    return room, words, began, busy


def measure(
    talkers: int, seconds: float, cores: int, order: str, folder: Path | None
) -> SpeakersRow:
    """One scene with so many talkers beside the asker."""
    store = ModelStore(load_settings().models)
    vad, turn = SileroVad(store.path("silero-vad")), SmartTurn(store.path("smart-turn"))
    settings = SttSettings(model_size="base", threads=1)
    stt = Transcriber(store.whisper_path("base"), settings)
    stt.warm_up()
    prompts = [each for each in Recordings.load(folder).prompts if each.audio.size > HEARD_RATE]
    microphones = [asker(seconds), *(talker(prompts, n, seconds) for n in range(1, talkers + 1))]

    def new_loop() -> VirtualTimeLoop:
        return VirtualTimeLoop(longest_s=LONGEST_REAL_S)

    with asyncio.Runner(loop_factory=new_loop) as runner:
        room, words, began, busy = runner.run(
            scene(microphones, vad, turn, stt, cores=cores, plain=order == "newest")
        )
    delays = _question_delays(microphones[ASKER], room, began)
    waits = [wait * 1000 for priority, wait in words.waits if priority >= Priority.FINAL]
    return SpeakersRow(
        order,
        talkers,
        seconds,
        len(microphones[ASKER].said),
        len(delays),
        [round(each * 1000) for each in delays],
        round(_words_heard(microphones, room), 3),
        len(room.heard) + len(room.lost),
        sum("pushed out" in why or "Error" in why for _, why in room.lost),
        round(percentile(waits, 50)),
        round(percentile(waits, 95)),
        sum(priority is Priority.PARTIAL for priority, _ in words.waits),
        round(busy, 2),
    )


def _question_delays(asked: Microphone, room: ListeningRoom, began: float) -> list[float]:
    delays = []
    for end, text in asked.said:
        wanted = plain(text)
        for who, at, heard in room.heard:
            share = sum(word in plain(heard) for word in wanted) / len(wanted)
            if who == ASKER and 0 <= at - began - end < 4 and share >= UNDERSTOOD:
                delays.append(at - began - end)
                break
    return delays


def _words_heard(microphones: Sequence[Microphone], room: ListeningRoom) -> float:
    found = total = 0
    for number, microphone in enumerate(microphones):
        if number == ASKER:
            continue
        heard = plain(" ".join(text for who, _, text in room.heard if who == number))
        for _, text in microphone.said:
            for word in plain(text):
                total += 1
                if word in heard:
                    heard.remove(word)
                    found += 1
    return found / max(1, total)


def plain(text: str) -> list[str]:
    """Lower-case words without punctuation."""
    kept = "".join(c if c.isalnum() or c == "'" else " " for c in text.lower())
    return kept.split()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--talkers", type=int, nargs="+", default=(9,))
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument("--cores", type=int, default=2)
    parser.add_argument("--order", choices=("agent", "newest"), nargs="+", default=("agent",))
    parser.add_argument("--recordings", type=Path, help="a folder with prompts.json")
    add_json_argument(parser)
    arguments = parser.parse_args()
    rows = []
    for talkers in arguments.talkers:
        for order in arguments.order:
            row = measure(talkers, arguments.seconds, arguments.cores, order, arguments.recordings)
            rows.append(asdict(row))
            print(row, flush=True)
    write_json(arguments.json, "speakers", {"cores": arguments.cores, "rows": rows})


if __name__ == "__main__":
    main()

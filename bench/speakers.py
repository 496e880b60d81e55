"""Ten people at once, with real words: ``python -m bench.speakers``.

Nine people talk without an end, in recordings of prompts with natural pauses. A tenth asks the
agent questions by its name, in Kokoro voices. Everybody is recognised with the real Whisper, and
the question must not wait for the others.

The models really run. Their CPU time passes on a virtual clock with ``--cores`` cores, each job on
one of them, so the result does not depend on what else the machine does. The VAD and the event
loop are left out; they take some 1 ms for a second of a speaker. ``--order newest`` measures the
order without the agent's speaker, patience and load, for comparison. ``--seeds`` plays as many
scenes, with other prompts and pauses in each.

A question is *known* when its words are, *sent* when the agent may be asked, *understood* when its
turn is over and an answer may sound. The last is never before ``call_sound_after_ms``.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

import numpy as np

from bench.conversation.clips import clip
from bench.recordings import Prompt, Recordings
from bench.report import add_json_argument, write_json
from bench.virtual_worker import Cores, Run, VirtualWorker
from models.store import ModelStore
from pipeline.audio import FRAME_MS, HEARD_FRAME, HEARD_RATE, Samples
from pipeline.inference.job_queue import Priority
from pipeline.inference.language_model import LanguageModel
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


class ListeningRoom(FakeRecognitionRoom):
    """Keeps the words of every speaker, with the time when they were known."""

    def __init__(self, clock: Callable[[], float]) -> None:
        super().__init__(Persona("jarvis", "Jarvis", Voice("jarvis")))
        self.heard: list[tuple[int, float, str]] = []
        self.sent: list[tuple[int, float, str]] = []
        self.lost: list[tuple[int, str]] = []
        self._clock = clock

    def is_in_exchange(self, speaker_id: int) -> bool:
        return speaker_id == ASKER and any(who == ASKER for who, _, _ in self.heard)

    def on_provisional_transcript(self, utterance: FinalTranscript) -> None:
        self.sent.append((utterance.speaker.id, self._clock(), utterance.transcription.text))

    def on_final_transcript(self, utterance: FinalTranscript) -> None:
        heard = utterance.speaker.id, self._clock(), utterance.transcription.text
        self.sent.append(heard)
        self.heard.append(heard)

    def not_understood(self, speaker: Speaker, why: str) -> None:
        self.lost.append((speaker.id, why))


@dataclass(frozen=True, slots=True)
class SpeakersRow:
    """The measurements of one scene."""

    order: str
    seed: int
    talkers: int
    seconds: float
    questions: int
    understood: int
    understood_ms: list[float]
    """From the end of each understood question to the end of its turn."""
    sent_ms: list[float]
    """From its end to when the agent may be asked."""
    known_ms: list[float]
    """From its end to its words."""
    question_wait_ms: list[float]
    """What its words waited for the model."""
    question_run_ms: list[float]
    """What the model took for them."""
    behind: list[str]
    """The jobs that they waited for."""
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
    text: LanguageModel,
    *,
    cores: int,
    at_once: int,
    plain: bool,
) -> tuple[ListeningRoom, VirtualWorker, float, float]:
    """Play all microphones at once; returns what was heard, the worker, the start and the use."""
    clock = asyncio.get_running_loop().time
    room, shared = ListeningRoom(clock), Cores(cores)
    words = VirtualWorker("speech to text", shared, threads=at_once, plain=plain, sparing=True)
    models = SpeechModels(
        AudioInput(vad, clock),
        turn,
        VirtualWorker("turn", shared, threads=2, plain=plain),
        stt,
        words,
        text=text,
        text_worker=VirtualWorker("language model", shared, threads=1, plain=plain),
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
    talkers: int,
    seconds: float,
    cores: int,
    at_once: int,
    order: str,
    folder: Path | None,
    seed: int = 0,
) -> SpeakersRow:
    """One scene with so many talkers beside the asker."""
    store = ModelStore(load_settings().models)
    vad, turn = SileroVad(store.path("silero-vad")), SmartTurn(store.path("smart-turn"))
    settings = SttSettings(model_size="base", threads=1, at_once=at_once)
    stt = Transcriber(store.whisper_path("base"), settings)
    stt.warm_up()
    text = LanguageModel(store.path("smollm2-135m"))
    prompts = [each for each in Recordings.load(folder).prompts if each.audio.size > HEARD_RATE]
    numbers = range(1 + 1000 * seed, talkers + 1 + 1000 * seed)
    microphones = [asker(seconds), *(talker(prompts, number, seconds) for number in numbers)]

    def new_loop() -> VirtualTimeLoop:
        return VirtualTimeLoop(longest_s=LONGEST_REAL_S)

    with asyncio.Runner(loop_factory=new_loop) as runner:
        room, words, began, busy = runner.run(
            scene(
                microphones,
                vad,
                turn,
                stt,
                text,
                cores=cores,
                at_once=stt.at_once,
                plain=order == "newest",
            )
        )
    asked = microphones[ASKER]
    delays = _question_delays(asked, room.heard, began)
    sent = _question_delays(asked, room.sent, began)
    questions = [
        (end, run) for end, _ in asked.said if (run := _question_run(words.runs, began + end))
    ]
    waits = [run.wait_ms for run in words.runs if run.priority >= Priority.FINAL]
    return SpeakersRow(
        order=order,
        seed=seed,
        talkers=talkers,
        seconds=seconds,
        questions=len(asked.said),
        understood=len(delays),
        understood_ms=[round(each * 1000) for each in delays],
        sent_ms=[round(each * 1000) for each in sent],
        known_ms=[round((run.ended - began - end) * 1000) for end, run in questions],
        question_wait_ms=[round(run.wait_ms) for _, run in questions],
        question_run_ms=[round((run.ended - run.began) * 1000) for _, run in questions],
        behind=[" ".join(job.name for job in run.behind) for _, run in questions],
        words_heard=round(_words_heard(microphones, room), 3),
        turns=len(room.heard) + len(room.lost),
        turns_lost=sum("pushed out" in why or "Error" in why for _, why in room.lost),
        wait_ms_p50=round(percentile(waits, 50)),
        wait_ms_p95=round(percentile(waits, 95)),
        partials=sum(run.priority is Priority.PARTIAL for run in words.runs),
        cores_busy=round(busy, 2),
    )


def _question_run(runs: Sequence[Run], end: float) -> Run | None:
    """The transcription of a question that ends at ``end``."""
    mine = (
        run
        for run in runs
        if isinstance(run.key, tuple) and run.key[1] == ASKER and run.priority >= Priority.FINAL
    )
    return next((run for run in mine if 0 <= run.queued_at - end < 1.0), None)


def _question_delays(
    asked: Microphone, reports: Sequence[tuple[int, float, str]], began: float
) -> list[float]:
    """Seconds from the end of each question that was understood to the first report of it."""
    delays = []
    for end, text in asked.said:
        wanted = plain(text)
        for who, at, heard in reports:
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
    parser.add_argument(
        "--at-once", type=int, default=0, help="transcriptions at a time; 0: as the bot would"
    )
    parser.add_argument("--seeds", type=int, default=1, help="scenes of each kind")
    parser.add_argument("--order", choices=("agent", "newest"), nargs="+", default=("agent",))
    parser.add_argument("--recordings", type=Path, help="a folder with prompts.json")
    add_json_argument(parser)
    arguments = parser.parse_args()
    rows = []
    for talkers in arguments.talkers:
        for order, seed in itertools.product(arguments.order, range(arguments.seeds)):
            row = measure(
                talkers,
                arguments.seconds,
                arguments.cores,
                arguments.at_once,
                order,
                arguments.recordings,
                seed,
            )
            rows.append(asdict(row))
            print(row, flush=True)
    write_json(arguments.json, "speakers", {"cores": arguments.cores, "rows": rows})


if __name__ == "__main__":
    main()

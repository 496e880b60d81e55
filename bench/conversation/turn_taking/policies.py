"""Our policy and the usual ones, run by the same ear on the same audio."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable, Coroutine, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from bench.conversation.oracle import OracleModels, Recording, Writing
from bench.conversation.turn_taking.staging import Staged
from pipeline.audio import FRAME_MS, HEARD_FRAME
from pipeline.inference.speech_models import TurnModel
from pipeline.listening.audio_input import AudioInput, VoiceModel
from pipeline.listening.audio_recognition import AudioRecognition, FinalTranscript
from pipeline.participants import Participants
from pipeline.ports import Persona, Speaker, Voice
from pipeline.settings import EndpointCheck, PipelineSettings, RelevanceSettings, TurnSettings
from testing.virtual_time import VirtualTimeLoop

T = TypeVar("T")

_PIPECAT_STOP_MS: Final = 3000
"""Pipecat ends a turn that its one look took for unfinished after so much silence."""


@dataclass(frozen=True, slots=True)
class Policy:
    """A way of finding the ends of turns."""

    name: str
    turn: TurnSettings
    writing: Writing


@dataclass(frozen=True, slots=True)
class End:
    """A turn was taken for over at ``at`` seconds into the scene. ``text`` is what was understood
    of it, empty for nothing."""

    at: float
    text: str


@dataclass(frozen=True, slots=True)
class Ear:
    """The models that all policies share, and what they cost on the virtual clock."""

    vad: VoiceModel
    turn: TurnModel
    turn_ms: float = 0.0
    stt_ms: float = 0.0


def policies(ours: TurnSettings) -> tuple[Policy, ...]:
    """Ours with three qualities of words, and those that are in use elsewhere."""
    mine = [
        Policy(f"ours, words {each.value}", ours, each)
        for each in (Writing.WHISPER, Writing.SPOKEN)
    ]
    mine.append(Policy("ours, no words", ours, Writing.NOTHING))
    fixed = [
        Policy(f"silence of {ms / 1000:.1f} s", _one_look(ms, threshold=0.0), Writing.NOTHING)
        for ms in (500, 800, 1200)
    ]
    single = Policy("one look at 0.2 s (Pipecat)", _one_look(200, threshold=0.5), Writing.NOTHING)
    return (*mine, *fixed, single)


def _one_look(silence_ms: int, threshold: float) -> TurnSettings:
    looks = (EndpointCheck(silence_ms=silence_ms, threshold=threshold),)
    return TurnSettings(looks=looks, max_silence_ms=_PIPECAT_STOP_MS, pace_share=0.0)


def ends_of(policy: Policy, staged: Staged, ear: Ear) -> dict[str, list[End]]:
    """The ends of turns that a policy finds in a scene, by speaker."""
    with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
        return runner.run(_listen(policy, staged, ear))


async def _listen(policy: Policy, staged: Staged, ear: Ear) -> dict[str, list[End]]:
    clock = asyncio.get_running_loop().time
    settings = PipelineSettings(turn=policy.turn)
    hearing = AudioInput(ear.vad, clock)
    models = OracleModels(
        hearing,
        ear.turn,
        list(staged.streams.values()),
        policy.writing,
        turn_ms=ear.turn_ms,
        stt_ms=ear.stt_ms,
    )
    room = _Room()
    listeners = {
        name: AudioRecognition(Speaker(number, name), room, models, settings, clock)
        for number, name in enumerate(staged.streams, 1)
    }
    hearing.start()
    # Packets come between two ticks of the ear: half a frame's wait is what they have on average.
    await asyncio.sleep(FRAME_MS / 2000)
    began = clock()
    await _send(staged.streams, listeners, clock)
    for listener in listeners.values():
        listener.close()
    await room.aclose()
    await hearing.aclose()
    return {name: room.ends_of(name, began) for name in listeners}


async def _send(
    streams: Mapping[str, Recording],
    listeners: Mapping[str, AudioRecognition],
    clock: Callable[[], float],
) -> None:
    length = max(stream.audio.size for stream in streams.values())
    for first in range(0, length - HEARD_FRAME, HEARD_FRAME):
        await asyncio.sleep(FRAME_MS / 1000)
        for name, stream in streams.items():
            listeners[name].hear(stream.audio[first : first + HEARD_FRAME], clock())


class _Room:
    """Takes down what listeners report."""

    hotwords = None

    def __init__(self) -> None:
        jarvis = Persona("jarvis", "Jarvis", Voice("jarvis"))
        self.parse = Participants((), jarvis, RelevanceSettings().name_threshold).parse
        self._ended: defaultdict[str, list[float]] = defaultdict(list)
        self._texts: defaultdict[str, list[tuple[float, str]]] = defaultdict(list)
        self._began: dict[str, float] = {}
        self._began_of: dict[tuple[str, float], float] = {}
        self._tasks: set[asyncio.Task[Any]] = set()

    def speech_began(self, speaker: Speaker, at: float) -> None:
        self._began[speaker.name] = at

    def speech_resumed(self, speaker: Speaker, at: float) -> None: ...

    def speech_ended(self, speaker: Speaker, at: float) -> None:
        self._ended[speaker.name].append(at)
        self._began_of[speaker.name, at] = self._began[speaker.name]

    def on_partial_transcript(self, utterance: FinalTranscript, *, pausing: bool) -> None: ...

    def on_final_transcript(self, utterance: FinalTranscript) -> None:
        said = (utterance.began, utterance.transcription.text)
        self._texts[utterance.speaker.name].append(said)

    def not_understood(self, speaker: Speaker, why: str) -> None: ...

    def spawn(self, work: Coroutine[Any, Any, T], name: str) -> asyncio.Task[T]:
        task = asyncio.create_task(work, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def aclose(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def ends_of(self, name: str, began: float) -> list[End]:
        texts = dict(self._texts[name])
        ended: Iterable[float] = self._ended[name]
        return [End(at - began, texts.get(self._began_of[name, at], "")) for at in ended]

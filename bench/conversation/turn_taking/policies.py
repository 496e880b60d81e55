"""Our endpointing policy and common ones, run by the same recognition on the same audio."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from bench.conversation.heard import FixedOptions
from bench.conversation.models import BenchModels
from bench.conversation.oracle import OracleModels, RecordedStream, TranscriptStyle
from bench.conversation.turn_taking.rendered_scene import RenderedScene
from pipeline.audio import FRAME_MS, HEARD_FRAME
from pipeline.inference.speech_models import SpeechModels
from pipeline.inference.timed_models import TimedModels
from pipeline.language.utterance import Completeness
from pipeline.listening.audio_input import AudioInput
from pipeline.listening.audio_recognition import AudioRecognition, FinalTranscript
from pipeline.listening.endpoint_rule import CompletionRule, EndpointRule, FixedSilence, Silences
from pipeline.listening.turn_completion import CompletionEvidence
from pipeline.ports import Persona, Speaker, Voice
from pipeline.settings import PipelineSettings, TurnSettings
from testing.recognition_room import FakeRecognitionRoom
from virtual_time import VirtualTimeLoop

_PIPECAT_STOP_MS: Final = 3000
"""Pipecat ends a turn after so much silence, if its one check found it unfinished."""
_LOOKS: Final = ((260.0, 0.5), (560.0, 0.35), (1200.0, 0.0))
_OPEN_STOP_MS: Final = 2500.0


@dataclass(frozen=True, slots=True)
class Policy:
    """A policy to find the ends of turns."""

    name: str
    turn: TurnSettings
    writing: TranscriptStyle
    rule: EndpointRule | None = None
    """None is the bot's own."""


@dataclass(frozen=True, slots=True)
class OneCheck:
    """Ends a turn after ``silence_ms`` if the turn model is sure by then, else much later."""

    silence_ms: float
    threshold: float

    def silences(self, evidence: CompletionEvidence) -> Silences:
        sure = evidence.turn_probability
        whole = sure is not None and sure >= self.threshold
        silence_ms = self.silence_ms if whole else _PIPECAT_STOP_MS
        return Silences(silence_ms, silence_ms)


class ThreeLooks:
    """The bot's rule before this one: a threshold that falls as the silence grows, and the words.

    The later looks have the turn model's early result.
    """

    def silences(self, evidence: CompletionEvidence) -> Silences:
        words = evidence.utterance
        completeness = words.completeness if words else Completeness.UNKNOWN
        sound = evidence.turn_probability or 0.0
        for silence_ms, threshold in _LOOKS:
            if sound >= self._needed(completeness, threshold):
                return Silences(silence_ms, silence_ms)
        return Silences(_OPEN_STOP_MS, _OPEN_STOP_MS)

    @staticmethod
    def _needed(completeness: Completeness, threshold: float) -> float:
        match completeness:
            case Completeness.COMMAND:
                return 0.0
            case Completeness.WHOLE:
                return min(threshold, 0.01)
            case Completeness.OPEN:
                return 0.99
            case Completeness.UNSURE if threshold:
                return 0.99
            case _:
                return threshold


@dataclass(frozen=True, slots=True)
class DetectedEnd:
    """A turn was ended at ``at`` seconds into the scene; ``text`` is its transcript, or empty.

    ``asked_at`` is when its agent was asked, None for ``at``.
    """

    at: float
    text: str
    asked_at: float | None = None

    def sounds_at(self, answer_s: float) -> float:
        """When the answer of an agent sounds that takes ``answer_s``."""
        asked_at = self.at if self.asked_at is None else self.asked_at
        return max(self.at, asked_at + answer_s)


def policies(ours: TurnSettings) -> tuple[Policy, ...]:
    """Our policy with three qualities of transcripts, and policies in use elsewhere."""
    mine = [
        Policy(f"ours, words {each.value}", ours, each)
        for each in (TranscriptStyle.WHISPER, TranscriptStyle.SPOKEN)
    ]
    mine.append(Policy("ours, no words", ours, TranscriptStyle.NOTHING))
    other = ours.model_copy(update={"pace_share": 0.0, "max_silence_ms": _PIPECAT_STOP_MS})
    fixed = [
        Policy(f"silence of {ms / 1000:.1f} s", other, TranscriptStyle.NOTHING, FixedSilence(ms))
        for ms in (500, 800, 1200)
    ]
    single = Policy(
        "one look at 0.2 s (Pipecat)", other, TranscriptStyle.NOTHING, OneCheck(200, 0.5)
    )
    return (*mine, *fixed, single)


def rules(ours: TurnSettings) -> dict[str, EndpointRule]:
    """Our rule with each value of ``eager``, the one before it, and rules in use elsewhere."""
    eager = ("on", "careful", "off")
    found: dict[str, EndpointRule] = {
        f"ours, eager {each}": _completion(ours, each) for each in eager
    }
    found["three looks (before)"] = ThreeLooks()
    found |= {f"silence of {ms / 1000:.1f} s": FixedSilence(ms) for ms in (500, 800, 1200)}
    found["one look at 0.2 s (Pipecat)"] = OneCheck(200, 0.5)
    return found


def _completion(ours: TurnSettings, eager: str) -> CompletionRule:
    return CompletionRule(ours.model_copy(update={"eager": eager}))


def ends_of(
    policy: Policy, staged: RenderedScene, models: BenchModels
) -> dict[str, list[DetectedEnd]]:
    """The ends of turns that a policy finds in a scene, by speaker."""
    with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
        return runner.run(_listen(policy, staged, models))


async def _listen(
    policy: Policy, staged: RenderedScene, models: BenchModels
) -> dict[str, list[DetectedEnd]]:
    clock = asyncio.get_running_loop().time
    settings = PipelineSettings(turn=policy.turn)
    hearing = AudioInput(models.vad, clock)
    speech_models = _speech_models(policy, staged, models, hearing)
    room = _Room(clock)
    listeners = {
        name: AudioRecognition(
            Speaker(number, name), room, speech_models, settings, clock, rule=policy.rule
        )
        for number, name in enumerate(staged.streams, 1)
    }
    hearing.start()
    # Packets arrive between two ticks of the audio input: half a frame before one, on average.
    await asyncio.sleep(FRAME_MS / 2000)
    began = clock()
    await _send(staged.streams, listeners, clock)
    for listener in listeners.values():
        listener.close()
    await room.aclose()
    await hearing.aclose()
    return {name: room.ends_of(name, began) for name in listeners}


def _speech_models(
    policy: Policy, staged: RenderedScene, models: BenchModels, hearing: AudioInput
) -> SpeechModels:
    if models.transcriber is not None:
        return TimedModels(
            hearing,
            models.turn,
            FixedOptions(models.transcriber),
            turn_s=models.turn_ms / 1000,
            transcription_s=models.stt_ms / 1000,
            text=models.text,
            text_s=models.text_ms / 1000,
        )
    return OracleModels(
        hearing,
        models.turn,
        list(staged.streams.values()),
        policy.writing,
        turn_ms=models.turn_ms,
        stt_ms=models.stt_ms,
    )


async def _send(
    streams: Mapping[str, RecordedStream],
    listeners: Mapping[str, AudioRecognition],
    clock: Callable[[], float],
) -> None:
    length = max(stream.audio.size for stream in streams.values())
    for first in range(0, length - HEARD_FRAME, HEARD_FRAME):
        await asyncio.sleep(FRAME_MS / 1000)
        for name, stream in streams.items():
            listeners[name].push_audio(stream.audio[first : first + HEARD_FRAME], clock())


class _Room(FakeRecognitionRoom):
    """Records the ends of turns, and their transcripts."""

    def __init__(self, clock: Callable[[], float]) -> None:
        jarvis = Persona("jarvis", "Jarvis", Voice("jarvis"))
        super().__init__(jarvis)
        self._ended: defaultdict[str, list[float]] = defaultdict(list)
        self._texts: defaultdict[str, list[tuple[float, str]]] = defaultdict(list)
        self._clock = clock
        self._asked: dict[str, float] = {}
        """When the agent was asked for the present turn of a speaker."""
        self._asked_for: dict[tuple[str, float], float] = {}
        self._began: dict[str, float] = {}
        self._began_of: dict[tuple[str, float], float] = {}

    def speech_began(self, speaker: Speaker, at: float) -> None:
        self._began[speaker.name] = at

    def speech_ended(self, speaker: Speaker, at: float, why: str) -> None:
        self._ended[speaker.name].append(at)
        self._began_of[speaker.name, at] = self._began[speaker.name]
        self._asked_for[speaker.name, at] = self._asked.pop(speaker.name, at)

    def on_provisional_transcript(self, utterance: FinalTranscript) -> None:
        self._asked[utterance.speaker.name] = self._clock()

    def on_provisional_withdrawn(self, speaker: Speaker) -> None:
        self._asked.pop(speaker.name, None)

    def on_final_transcript(self, utterance: FinalTranscript) -> None:
        transcript = (utterance.began, utterance.transcription.text)
        self._texts[utterance.speaker.name].append(transcript)

    def ends_of(self, name: str, began: float) -> list[DetectedEnd]:
        texts = dict(self._texts[name])
        ended: Iterable[float] = self._ended[name]
        return [
            DetectedEnd(
                at - began,
                texts.get(self._began_of[name, at], ""),
                self._asked_for[name, at] - began,
            )
            for at in ended
        ]

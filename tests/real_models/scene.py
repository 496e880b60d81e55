"""One line through the whole room: VAD, turn-taking, Whisper, addressee, agents and reply.

The room runs in virtual time with the models of a replay, so that its times do not depend on the
machine's speed.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

import numpy as np

from app.replay.microphone import Microphone
from app.replay.models import (
    LANGUAGE_MODEL_S,
    TRANSCRIPTION_S,
    TURN_MODEL_S,
    ReplaySynthesizer,
)
from app.replay.report import ReplayEvent
from app.replay.room import ReplayPorts, replay
from pipeline.audio import SPOKEN_RATE, Pcm16
from pipeline.inference.speech_models import SpeechToText, TextModel, TurnModel
from pipeline.inference.timed_models import TimedModels
from pipeline.listening.audio_input import AudioInput, VadModel
from pipeline.ports import AgentDelta, AgentTurn, Persona, Voice
from pipeline.settings import PipelineSettings
from tests.real_models.lines import PEOPLE, Line
from virtual_time import VirtualTimeLoop

PERSONAS: Final = MappingProxyType(
    {name.lower(): Persona(name.lower(), name, Voice(name.lower())) for name in ("Jarvis", "Sage")}
)
ANSWER: Final = "Here is the answer."
SPEAKER: Final = PEOPLE[0]
_SETTINGS: Final = PipelineSettings()


@dataclass(frozen=True, slots=True)
class RoomModels:
    """The models that all scenes share."""

    vad: VadModel
    turn: TurnModel
    stt: SpeechToText
    text: TextModel


@dataclass(frozen=True, slots=True)
class SceneResult:
    """What the room did with a line. ``end_s`` is when its last word ends."""

    line: Line
    end_s: float
    events: Sequence[ReplayEvent]

    def of(self, kind: str) -> list[ReplayEvent]:
        return [event for event in self.events if event.kind == kind]

    @property
    def heard(self) -> str:
        return " / ".join(str(event.fields["text"]) for event in self.of("heard"))

    @property
    def agents(self) -> list[str]:
        """The agents that began to answer."""
        return [str(event.fields["agent"]) for event in self.of("reply_began")]

    @property
    def spoken_into(self) -> bool:
        """Whether a reply began before the speaker had finished."""
        return any(event.at < self.end_s for event in self.of("reply_began"))

    @property
    def wait_s(self) -> float | None:
        """From the end of the words to the reply."""
        waits = [event.at - self.end_s for event in self.of("reply_began")]
        return max(waits, default=None)

    def __str__(self) -> str:
        wait = "no reply" if self.wait_s is None else f"{self.wait_s:.2f} s"
        return f"{self.line.text!r} heard {self.heard!r}: {self.agents} {wait}"


class InstantAgent:
    """Answers every turn at once, with the same words."""

    async def reply(self, turn: AgentTurn) -> AsyncGenerator[AgentDelta, None]:
        for word in ANSWER.split():
            yield AgentDelta(f"{word} ")


def play(line: Line, models: RoomModels) -> SceneResult:
    """Alice says a line; Bob is there and silent."""
    sent, end_s = line.as_sent()
    microphones = [Microphone(SPEAKER, sent), Microphone(PEOPLE[1], sent[:0])]
    with asyncio.Runner(loop_factory=lambda: VirtualTimeLoop(float("inf"))) as runner:
        events = runner.run(_replay(microphones, models))
    return SceneResult(line, end_s, events)


async def _replay(microphones: Sequence[Microphone], models: RoomModels) -> list[ReplayEvent]:
    hearing = AudioInput(models.vad, asyncio.get_running_loop().time)
    ports = ReplayPorts(
        TimedModels(
            hearing,
            models.turn,
            models.stt,
            turn_s=TURN_MODEL_S,
            transcription_s=TRANSCRIPTION_S,
            text=models.text,
            text_s=LANGUAGE_MODEL_S,
        ),
        InstantAgent(),
        ReplaySynthesizer(_tone),
    )
    return await replay(microphones, ports, _SETTINGS, PERSONAS)


def _tone(text: str, _: Voice) -> Pcm16:
    """A tone as long as the text: ``int16[n]``, 48 kHz."""
    count = round(len(text) * 0.06 * SPOKEN_RATE)
    wave = 3000 * np.sin(np.arange(count) * (2 * np.pi * 440 / SPOKEN_RATE))
    pcm: Pcm16 = wave.astype(np.int16)
    return pcm

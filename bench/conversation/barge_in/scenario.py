"""Plays one barge-in scene in virtual time."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np

from bench.conversation.barge_in.ear import KeptTranscripts
from bench.conversation.barge_in.fakes import (
    Echo,
    HeldAgent,
    LiveStream,
    LoggedLoudspeaker,
    Order,
    RenderedVoice,
)
from bench.conversation.barge_in.microphones import LoudspeakerRoom
from bench.conversation.barge_in.scenes import SPEAKERS, BargeInScene, OverlapSound
from bench.conversation.models import BenchModels
from bench.conversation.noises import noise
from bench.conversation.oracle import OracleModels, TranscriptStyle
from bench.conversation.rendering import RenderedSpeech, SceneVoices
from pipeline.audio import FRAME_MS, HEARD_RATE
from pipeline.events import PartialTranscribed, RoomEvent, TurnDecided, TurnRejected
from pipeline.inference.speech_models import SpeechModels
from pipeline.inference.timed_models import TimedModels
from pipeline.language.voice_commands import CommandKind
from pipeline.listening.audio_input import AudioInput
from pipeline.orchestrator import PipelineOrchestrator
from pipeline.ports import Persona, Speaker, Voice
from pipeline.room_ports import RoomPorts
from pipeline.settings import PipelineSettings
from pipeline.speaking.reply import ReplyVoice
from virtual_time import VirtualTimeLoop

QUESTION: Final = "Jarvis, tell me a story."
STORY: Final = (
    "Once upon a time there was a village by the sea. Every evening the boats came home with the "
    "tide. The children waited on the old stone wall. And the moon rose slowly over the water."
)
_ANSWER_AFTER_S: Final = 1.0
"""From the end of the question to the first words of the answer."""
_LONGEST_S: Final = 600.0
"""Real time that a scene may take, with its transcriptions on a busy machine."""
_WATCH_S: Final = 4.0
"""Time after the last sound of a scene in which decisions count."""


@dataclass(frozen=True, slots=True)
class SceneResult:
    """The events of a scene, in seconds since the first sound of the reply.

    ``sounds`` are the starts and ends of its sounds in the order of the scene, without echoes;
    ``orders`` the commands to the loudspeaker and when they were audible; ``asked`` the turns that
    went to the agent after the first, each with its speaker; ``notes`` what was heard and decided.
    """

    sounds: tuple[tuple[float, float], ...]
    orders: tuple[tuple[Order, float], ...]
    asked: tuple[tuple[str, str], ...]
    notes: tuple[str, ...] = ()
    began: bool = True
    """False: no reply was there, so that nothing could interrupt it."""
    repeated: bool = False
    """A voice command asked to hear the reply again, and another one sounded."""


@dataclass(frozen=True, slots=True)
class Stage:
    """What all scenes of a run share.

    ``people`` are the voices of Ann and Ben, taken in turn, and ``bot`` is the bot's.
    ``transcripts`` are the real ones; without them, an oracle knows the words, and an echo is a
    copy without a room.
    """

    voices: SceneVoices
    people: Sequence[str]
    bot: str
    models: BenchModels
    settings: PipelineSettings
    transcripts: KeptTranscripts | None = None

    def cast(self, number: int) -> dict[str, str]:
        """The voice of each speaker, two that differ."""
        return {who: self.people[(number + n) % len(self.people)] for n, who in enumerate(SPEAKERS)}

    def speech_models(self, hearing: AudioInput, streams: Sequence[LiveStream]) -> SpeechModels:
        """The models of one room."""
        turn_ms, stt_ms = self.models.turn_ms, self.models.stt_ms
        if self.transcripts is not None:
            return TimedModels(
                hearing,
                self.models.turn,
                self.transcripts,
                turn_s=turn_ms / 1000,
                transcription_s=stt_ms / 1000,
                text=self.models.text,
                text_s=self.models.text_ms / 1000,
            )
        style = TranscriptStyle.WHISPER
        return OracleModels(
            hearing, self.models.turn, streams, style, turn_ms=turn_ms, stt_ms=stt_ms
        )


def play_scene(scene: BargeInScene, cast: int, stage: Stage) -> SceneResult:
    """Play a scene; ``cast`` chooses the voices of Ann and Ben."""
    with asyncio.Runner(loop_factory=lambda: VirtualTimeLoop(_LONGEST_S)) as runner:
        return runner.run(_play(scene, stage.cast(cast), stage))


async def _play(scene: BargeInScene, cast: dict[str, str], stage: Stage) -> SceneResult:
    clock = asyncio.get_running_loop().time
    real = stage.transcripts is not None
    streams = {
        # With a seed per person, the question sounds the same in all scenes of a voice.
        name: LiveStream(np.random.default_rng([n] if real else [scene.number, n]))
        for n, name in enumerate(cast)
    }
    hearing = AudioInput(stage.models.vad, clock)
    agent, loudspeaker = HeldAgent(STORY), LoggedLoudspeaker(clock)
    bot = RenderedVoice(stage.voices, stage.bot)
    echoes = {
        part.speaker: Echo(
            loudspeaker,
            bot,
            part.echo_db,
            scene.loudspeaker.delay_ms,
            LoudspeakerRoom(scene.loudspeaker, scene.number + n) if real else None,
        )
        for n, part in enumerate(scene.parts)
        if part.echo_db is not None
    }
    jarvis = Persona("jarvis", "Jarvis", Voice("jarvis"))
    log = _Log()
    room = PipelineOrchestrator(
        settings=stage.settings,
        models=stage.speech_models(hearing, list(streams.values())),
        ports=RoomPorts(agent=agent, voice=ReplyVoice(bot, loudspeaker), observer=log.note),
        personas={"jarvis": jarvis},
        persona=jarvis,
        clock=clock,
    )
    script = _Script(scene, cast, streams, stage.voices)
    hearing.start()
    room.start()
    await asyncio.sleep(FRAME_MS / 2000)
    began = clock()
    await _send(script, streams, echoes, room, agent)
    watched = clock()
    await room.aclose()
    await hearing.aclose()
    first = loudspeaker.logged[0] if loudspeaker.logged else None
    zero = first.first_sent_at if first is not None else None
    orders = first.orders if first is not None else []
    sent_at = began if zero is None else zero
    return SceneResult(
        tuple((began + start - sent_at, began + end - sent_at) for start, end in script.sounds),
        tuple((order, at - sent_at) for order, at in orders if at < watched),
        tuple((turn.speaker.name.lower(), turn.text) for turn in agent.turns[1:]),
        tuple(f"{(at - sent_at) * 1000:.0f} {words}" for at, words in log.notes),
        first is not None,
        log.asked_to_repeat
        and any(playback.first_sent_at is not None for playback in loudspeaker.logged[1:]),
    )


@dataclass(slots=True)
class _Log:
    """What was heard and decided, with its time on the room's clock."""

    notes: list[tuple[float, str]] = field(default_factory=list)
    asked_to_repeat: bool = False

    def note(self, event: RoomEvent) -> None:
        match event:
            case PartialTranscribed():
                self.notes.append((event.at, f"{event.speaker.name}: {event.text!r} so far"))
            case TurnDecided():
                why = "; ".join(event.reasons)
                self.notes.append((event.at, f"{event.speaker.name}: {event.text!r}: {why}"))
                self.asked_to_repeat |= CommandKind.REPEAT.value in event.reasons
            case TurnRejected():
                self.notes.append((event.at, f"{event.speaker.name}: nothing: {event.why}"))


async def _send(
    script: _Script,
    streams: dict[str, LiveStream],
    echoes: dict[str, Echo],
    room: PipelineOrchestrator,
    agent: HeldAgent,
) -> None:
    """Send every speaker's frames until the end of the scene."""
    clock = asyncio.get_running_loop().time
    people = {name: Speaker(number, name.capitalize()) for number, name in enumerate(streams, 1)}
    for person in people.values():
        room.person_joined(person)
    for frame in range(round(script.length_s * 1000 / FRAME_MS)):
        await asyncio.sleep(FRAME_MS / 1000)
        if frame * FRAME_MS >= script.go_s * 1000 and not agent.go.is_set():
            agent.go.set()
            for stream in streams.values():
                stream.noise_level = script.noise_level
        for name, stream in streams.items():
            echo = echoes[name].sound(stream) if name in echoes else None
            room.hear(people[name].id, stream.next_frame(echo), clock())


class _Script:
    """The schedule of all sounds, in seconds since the microphones opened."""

    def __init__(
        self,
        scene: BargeInScene,
        cast: dict[str, str],
        streams: dict[str, LiveStream],
        voices: SceneVoices,
    ) -> None:
        question = voices.piece(QUESTION, cast["ann"])
        streams["ann"].lay(question, HEARD_RATE // 2)
        self.go_s = 0.5 + question.audio.size / HEARD_RATE + _ANSWER_AFTER_S
        self.noise_level = scene.microphone.noise_level
        self.sounds: list[tuple[float, float]] = []
        for part in scene.parts:
            if part.echo_db is None:
                piece, start_s = _piece(part, cast, voices), self.go_s + part.at_ms / 1000
                if part.after_ms is not None:
                    start_s = self.sounds[-1][1] + part.after_ms / 1000
                audio = scene.microphone.through(piece.audio, scene.number)
                piece = replace(piece, audio=audio)
                streams[part.speaker].lay(piece, round(start_s * HEARD_RATE))
                self.sounds.append((start_s, start_s + piece.audio.size / HEARD_RATE))
        self.length_s = max((end for _, end in self.sounds), default=self.go_s + 8.0) + _WATCH_S


def _piece(part: OverlapSound, cast: dict[str, str], voices: SceneVoices) -> RenderedSpeech:
    if part.say is not None:
        return voices.piece(part.say, cast[part.speaker])
    return RenderedSpeech(noise(part.noise or ""), ())

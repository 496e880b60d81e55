"""Plays one barge-in scene in virtual time."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Final

import numpy as np

from bench.conversation.barge_in.fakes import (
    Echo,
    HeldAgent,
    LiveStream,
    LoggedLoudspeaker,
    Order,
    RenderedVoice,
)
from bench.conversation.barge_in.scenes import SPEAKERS, BargeInScene, OverlapSound
from bench.conversation.models import BenchModels
from bench.conversation.noises import noise
from bench.conversation.oracle import OracleModels, TranscriptStyle
from bench.conversation.rendering import VOICES, RenderedSpeech, Renderer
from pipeline.audio import FRAME_MS, HEARD_RATE
from pipeline.listening.audio_input import AudioInput
from pipeline.orchestrator import PipelineOrchestrator, RoomPorts
from pipeline.ports import Persona, Speaker, Voice
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
_WATCH_S: Final = 4.0
"""Time after the last sound of a scene in which decisions count."""
_BOT: Final = "m2"


@dataclass(frozen=True, slots=True)
class SceneResult:
    """The events of a scene, in seconds since the first sound of the reply.

    ``sounds`` are the starts and ends of its sounds in the order of the scene, without echoes;
    ``orders`` the commands to the loudspeaker and when they were audible; ``asked`` the turns that
    went to the agent after the first.
    """

    sounds: tuple[tuple[float, float], ...]
    orders: tuple[tuple[Order, float], ...]
    asked: tuple[str, ...]


def play_scene(
    scene: BargeInScene,
    voice: int,
    renderer: Renderer,
    models: BenchModels,
    settings: PipelineSettings,
) -> SceneResult:
    """Play a scene; ``voice`` chooses the voices of Ann and Ben."""
    with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
        return runner.run(_play(scene, _cast(voice), renderer, models, settings))


def _cast(voice: int) -> dict[str, str]:
    """The voice of each speaker; none has the bot's."""
    names = [name for name in VOICES if name != _BOT]
    return {who: names[(voice + n) % len(names)] for n, who in enumerate(SPEAKERS)}


async def _play(
    scene: BargeInScene,
    cast: dict[str, str],
    renderer: Renderer,
    models: BenchModels,
    settings: PipelineSettings,
) -> SceneResult:
    clock = asyncio.get_running_loop().time
    streams = {
        name: LiveStream(np.random.default_rng([scene.number, n])) for n, name in enumerate(cast)
    }
    hearing = AudioInput(models.vad, clock)
    agent, loudspeaker = HeldAgent(STORY), LoggedLoudspeaker(clock)
    bot = RenderedVoice(renderer, _BOT)
    echoes = {
        part.speaker: Echo(loudspeaker, bot, part.echo_db)
        for part in scene.parts
        if part.echo_db is not None
    }
    jarvis = Persona("jarvis", "Jarvis", Voice("jarvis"))
    room = PipelineOrchestrator(
        settings=settings,
        models=OracleModels(
            hearing,
            models.turn,
            list(streams.values()),
            TranscriptStyle.WHISPER,
            turn_ms=models.turn_ms,
            stt_ms=models.stt_ms,
        ),
        ports=RoomPorts(agent=agent, voice=ReplyVoice(bot, loudspeaker), observer=lambda _: None),
        personas={"jarvis": jarvis},
        persona=jarvis,
        clock=clock,
    )
    script = _Script(scene, cast, streams, renderer)
    hearing.start()
    room.start()
    await asyncio.sleep(FRAME_MS / 2000)
    began = clock()
    await _send(script, streams, echoes, room, agent)
    watched = clock()
    await room.aclose()
    await hearing.aclose()
    first = loudspeaker.logged[0]
    zero = first.first_sent_at or began
    return SceneResult(
        tuple((began + start - zero, began + end - zero) for start, end in script.sounds),
        tuple((order, at - zero) for order, at in first.orders if at < watched),
        tuple(turn.text for turn in agent.turns[1:]),
    )


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
        if frame * FRAME_MS >= script.go_s * 1000:
            agent.go.set()
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
        renderer: Renderer,
    ) -> None:
        question = renderer.piece(QUESTION, cast["ann"])
        streams["ann"].lay(question, HEARD_RATE // 2)
        self.go_s = 0.5 + question.audio.size / HEARD_RATE + _ANSWER_AFTER_S
        self.sounds: list[tuple[float, float]] = []
        for part in scene.parts:
            if part.echo_db is None:
                piece, start_s = _piece(part, cast, renderer), self.go_s + part.at_ms / 1000
                streams[part.speaker].lay(piece, round(start_s * HEARD_RATE))
                self.sounds.append((start_s, start_s + piece.audio.size / HEARD_RATE))
        self.length_s = max((end for _, end in self.sounds), default=self.go_s + 8.0) + _WATCH_S


def _piece(part: OverlapSound, cast: dict[str, str], renderer: Renderer) -> RenderedSpeech:
    if part.say is not None:
        return renderer.piece(part.say, cast[part.speaker])
    return RenderedSpeech(noise(part.noise or ""), ())

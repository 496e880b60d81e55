"""A room that hears recordings instead of a call.

The room is the bot's own; its clock is the event loop's. On a virtual-time loop an hour of talk
takes as long as its models compute.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from app.replay.microphone import Microphone
from app.replay.models import ObservedAgent
from app.replay.playback import TimedLoudspeaker
from app.replay.report import ReplayEvent, ReplayReport
from pipeline.audio import FRAME_MS, HEARD_FRAME
from pipeline.inference.speech_models import SpeechModels
from pipeline.orchestrator import PipelineOrchestrator
from pipeline.ports import Agent, Persona, Speaker, Synthesizer
from pipeline.room_ports import RoomPorts
from pipeline.settings import PipelineSettings
from pipeline.speaking.reply import ReplyVoice

_SETTLE_S: Final = 4.0
"""Silence after the recordings, in which the last turn ends."""
_LONGEST_REST_S: Final = 120.0
"""The longest wait for the last reply to end."""


@dataclass(frozen=True, slots=True)
class ReplayPorts:
    """What a replay is connected to. Its models must run on the loop's clock."""

    models: SpeechModels
    agent: Agent
    synthesizer: Synthesizer


async def replay(
    microphones: Sequence[Microphone],
    ports: ReplayPorts,
    settings: PipelineSettings,
    personas: Mapping[str, Persona],
    write: Callable[[ReplayEvent], None] = lambda _: None,
) -> list[ReplayEvent]:
    """Play all recordings at once to a room whose current agent is the first of ``personas``.

    Ends when the recordings and the replies have ended.
    """
    clock = asyncio.get_running_loop().time
    hearing = ports.models.audio_input
    hearing.start()
    # Packets arrive between two ticks of the audio input: half a frame before one, on average.
    await asyncio.sleep(FRAME_MS / 2000)
    report = ReplayReport(clock, write)
    agent = ObservedAgent(ports.agent.reply, report.sent, report.aborted)
    room = PipelineOrchestrator(
        settings=settings,
        models=ports.models,
        ports=RoomPorts(
            agent=agent,
            voice=ReplyVoice(ports.synthesizer, TimedLoudspeaker(clock)),
            observer=report.observe,
        ),
        personas=personas,
        persona=next(iter(personas.values())),
        clock=clock,
        place="replay",
    )
    room.start()
    try:
        speakers = [Speaker(number, each.name) for number, each in enumerate(microphones, 1)]
        for speaker in speakers:
            room.person_joined(speaker)
        await _play(room, microphones, clock)
        await _until_quiet(room, clock)
    finally:
        await room.aclose()
        await hearing.aclose()
    return report.events


async def _play(
    room: PipelineOrchestrator, microphones: Sequence[Microphone], clock: Callable[[], float]
) -> None:
    longest = max(each.audio.size for each in microphones)
    for first in range(0, longest, HEARD_FRAME):
        await asyncio.sleep(FRAME_MS / 1000)
        for speaker, microphone in enumerate(microphones, 1):
            frame = microphone.audio[first : first + HEARD_FRAME]
            if frame.size:
                frame = np.pad(frame, (0, HEARD_FRAME - frame.size))
                room.hear(speaker, frame, clock())


async def _until_quiet(room: PipelineOrchestrator, clock: Callable[[], float]) -> None:
    """Wait until the last turn and its reply are over."""
    await asyncio.sleep(_SETTLE_S)
    end = clock() + _LONGEST_REST_S
    while (room.answering is not None or room.waiting) and clock() < end:  # noqa: ASYNC110
        await asyncio.sleep(0.1)

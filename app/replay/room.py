"""A room that hears recordings instead of a call.

The room is the bot's own; its clock is the event loop's. On a virtual-time loop an hour of talk
takes as long as its models compute.
"""

from __future__ import annotations

import asyncio
import logging
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

log = logging.getLogger(__name__)

_SETTLE_S: Final = 4.0
"""Silence after the recordings, in which the last turn ends."""
_LONGEST_REST_S: Final = 120.0
"""The longest wait, after the recordings, in which nothing happens and nothing is played."""

_LOOK_S: Final = 0.1


@dataclass(frozen=True, slots=True)
class ReplayPorts:
    """What a replay is connected to. Its models must run on the loop's clock."""

    models: SpeechModels
    agent: Agent
    synthesizer: Synthesizer
    longest_answer_s: float = 0.0
    """How long the agent may take to answer: the end of the replay waits for it."""


async def replay(
    microphones: Sequence[Microphone],
    ports: ReplayPorts,
    settings: PipelineSettings,
    personas: Mapping[str, Persona],
    write: Callable[[ReplayEvent], None] = lambda _: None,
) -> list[ReplayEvent]:
    """Play all recordings at once to a room whose current agent is the first of ``personas``.

    ``write`` gets each event, in the order of their times; the replay ends with what it raises.
    Ends when the recordings and the replies have ended. The result are all events.
    """
    clock = asyncio.get_running_loop().time
    hearing = ports.models.audio_input
    hearing.start()
    # Packets arrive between two ticks of the audio input: half a frame before one, on average.
    await asyncio.sleep(FRAME_MS / 2000)
    report = ReplayReport(clock, write)
    agent = ObservedAgent(ports.agent.reply, report.sent, report.aborted)
    loudspeaker = TimedLoudspeaker(clock)
    room = PipelineOrchestrator(
        settings=settings,
        models=ports.models,
        ports=RoomPorts(
            agent=agent,
            voice=ReplyVoice(ports.synthesizer, loudspeaker),
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
        await play(room, microphones, clock, report.write_due)
        rest_s = _LONGEST_REST_S + ports.longest_answer_s
        await _until_quiet(room, clock, report, loudspeaker, rest_s)
        # What the end of the room cuts off is no event of the recordings.
        report.write_rest()
    except asyncio.CancelledError:
        report.write_rest()
        raise
    finally:
        await room.aclose()
        await hearing.aclose()
    return report.events


async def play(
    room: PipelineOrchestrator,
    microphones: Sequence[Microphone],
    clock: Callable[[], float],
    write_due: Callable[[], None],
) -> None:
    """Give the room the frames of all recordings at their times; then call ``write_due``."""
    longest = max(each.audio.size for each in microphones)
    began = clock()
    for number, first in enumerate(range(0, longest, HEARD_FRAME), 1):
        # By the clock: what a frame takes must not delay all that follow.
        await asyncio.sleep(began + number * FRAME_MS / 1000 - clock())
        for speaker, microphone in enumerate(microphones, 1):
            frame = microphone.audio[first : first + HEARD_FRAME]
            if frame.size:
                frame = np.pad(frame, (0, HEARD_FRAME - frame.size))
                room.hear(speaker, frame, clock())
        write_due()


async def _until_quiet(
    room: PipelineOrchestrator,
    clock: Callable[[], float],
    report: ReplayReport,
    loudspeaker: TimedLoudspeaker,
    rest_s: float,
) -> None:
    """Wait until the last turn and its reply are over, ``rest_s`` at most without any progress."""
    settled = clock() + _SETTLE_S
    progress, since = (0.0, 0.0), clock()
    while clock() < settled or room.answering is not None or room.waiting:
        await asyncio.sleep(_LOOK_S)
        report.write_due()
        if (now := (report.last_at, loudspeaker.played_ms)) != progress:
            progress, since = now, clock()
        elif clock() - since > rest_s:
            log.warning("the last answer did not end within %.0f s: it is left out", rest_s)
            return

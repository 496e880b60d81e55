"""A bot for the pages to show, and rooms to talk in, both without Discord."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from discord_bot.playback.source import DiscordLoudspeaker
from pipeline.events import Observer
from pipeline.listening.audio_input import AudioInput
from pipeline.orchestrator import PipelineOrchestrator
from pipeline.room_ports import RoomPorts
from pipeline.settings import PipelineSettings
from pipeline.speaking.reply import ReplyVoice
from testing.room import JARVIS, SAGE, FakeAgent, FakeModels, FakeSynthesizer, FakeVad
from web.status import PartHealth, RoomStatus, TurnStatus
from web.talk.player import PacedPlayer
from web.talk.rooms import TalkRooms

PARTS = (
    PartHealth("Discord", "well", "logged in, 2 servers"),
    PartHealth("OpenClaw Gateway", "broken", "no answer at ws://10.1.2.3", "start it"),
)
TURN = TurnStatus(
    "Alice", 1_700_000_000, "What about the salary?", True, ("called by name",), "answered"
)
ROOM = RoomStatus(
    "The harbour, Secret room", "discord", "Jarvis", "medium", ("Alice",), None, 0, 1, "", (TURN,)
)


class ShownBot:
    """A `web.status.StatusSource`."""

    def __init__(self) -> None:
        self.in_rooms: Sequence[RoomStatus] = (ROOM,)

    def parts(self) -> Sequence[PartHealth]:
        return PARTS

    def rooms(self) -> Sequence[RoomStatus]:
        return self.in_rooms

    def agents(self) -> Sequence[str]:
        return ("Jarvis", "Sage")


class TalkParts:
    """What the rooms of `fake_talk_rooms` are made of."""

    def __init__(self) -> None:
        self.hearing = AudioInput(FakeVad(), asyncio.get_running_loop().time)
        self.models = FakeModels(self.hearing)
        self.agent = FakeAgent()
        self.synthesizer = FakeSynthesizer()
        self.closed: list[int] = []


def fake_talk_rooms(parts: TalkParts, most_people: int = 4) -> TalkRooms:
    """Rooms with fakes for everything that is slow; their playback is the bot's own."""
    clock: Callable[[], float] = asyncio.get_running_loop().time

    def make(room_id: int, player: PacedPlayer, observe: Observer) -> PipelineOrchestrator:
        return PipelineOrchestrator(
            settings=PipelineSettings(),
            models=parts.models,
            ports=RoomPorts(
                agent=parts.agent,
                voice=ReplyVoice(parts.synthesizer, DiscordLoudspeaker(lambda: player)),
                observer=observe,
            ),
            personas={"jarvis": JARVIS, "sage": SAGE},
            persona=JARVIS,
            clock=clock,
            place=f"room {room_id}",
        )

    async def closed(room_id: int) -> None:
        parts.closed.append(room_id)

    return TalkRooms(
        make,
        lambda: (JARVIS, SAGE),
        most_people=most_people,
        on_closed=closed,
        clock=clock,
    )

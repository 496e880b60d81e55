"""A bot for the pages to show, and rooms to talk in, both without Discord."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

from discord_bot.playback.source import DiscordLoudspeaker
from fleet.overview.model import FleetNode, FleetState, GpuState, NodeRoom
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


def shown_node(name: str, **more: Any) -> FleetNode:
    """A node as the overview has it; a connected box without anything by default."""
    given = {"kind": "box", "status": "connected", "platform": "linux", "version": "1", **more}
    given.setdefault("connected", given["status"] == "connected")
    return FleetNode(id=f"id-of-{name}", name=name, capabilities=(), last_seen=None, **given)


NODES = (
    shown_node(
        "gpu-1",
        kind="gpu",
        gpus=tuple(
            GpuState(n, "NVIDIA H100 80GB HBM3", 81_559 << 20, 1 << 30, 50.0, 60.0)
            for n in range(4)
        ),
    ),
    shown_node(
        "harbour",
        kind="bot",
        status="offline",
        rooms=(NodeRoom("The harbour, Living room", "jarvis", 2, 0),),
    ),
)


class ShownFleet:
    """A `web.fleet.FleetSource`."""

    def __init__(self) -> None:
        self.state = FleetState(NODES)

    async def look(self) -> FleetState:
        return self.state

    async def look_closely(self) -> FleetState:
        return self.state


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

"""The rooms of the talk page and the console: the same conversation as on Discord, without it."""

from __future__ import annotations

import time
from collections.abc import Sequence

from app.addressee_oracle import OpenClawOracle
from app.agent_roster import GatewayAgents
from app.openclaw_agent import OpenClawAgent
from app.services import Services, reply_voice
from discord_bot.messages.reasons import reason_text
from discord_bot.playback.source import DiscordLoudspeaker
from logs import Place
from monitoring.rooms import RoomObserver
from pipeline.events import Observer, RoomEvent
from pipeline.orchestrator import PipelineOrchestrator
from pipeline.personas import personas
from pipeline.room_ports import RoomPorts
from web.talk.player import PacedPlayer
from web.talk.rooms import TalkRooms


def talk_rooms(
    shared: Services, most_people: int, observer: RoomObserver | None = None
) -> TalkRooms:
    """The rooms, none of them open yet. They have the defaults of the servers' settings.

    ``observer`` is called with every event of every room, beside the page's own."""
    settings = shared.settings
    known = personas(settings.agents, settings.openclaw.agent_id)
    agents = GatewayAgents(
        known,
        shared.gateway.list_agents,
        shared.gateway.retry,
        first=settings.openclaw.agent_id,
    )
    shared.gateway.on_agents(agents.update)

    def make(room_id: int, player: PacedPlayer, observe: Observer) -> PipelineOrchestrator:
        def observed(event: RoomEvent) -> None:
            observe(event)
            if observer is not None:
                observer(f"room {room_id}", event)

        client, defaults = shared.gateway.get_or_create(room_id), shared.guilds.settings.defaults
        room = PipelineOrchestrator(
            settings=settings.pipeline,
            models=shared.models,
            ports=RoomPorts(
                agent=OpenClawAgent(client, lambda: room_id, agents=agents),
                voice=reply_voice(shared.synthesizer, DiscordLoudspeaker(lambda: player)),
                observer=observed,
                oracle=OpenClawOracle(client, known, agents.answered_by),
                context_of_others=lambda: defaults.context_of_others,
            ),
            personas=known,
            persona=agents.persona(defaults.agent),
            clock=time.monotonic,
            place=Place(f"room {room_id}", room=room_id),
        )
        room.sensitivity = settings.pipeline.relevance.level
        return room

    return TalkRooms(
        make,
        agents.known,
        most_people=most_people,
        explained=explained,
        on_closed=shared.gateway.remove_guild,
    )


def explained(reasons: Sequence[str]) -> list[str]:
    """Reasons of the conversation in the words of `/why`."""
    return [str(reason_text(reason)) for reason in reasons if reason]

"""The bot's pages in a browser, and what they show of the bot."""

from __future__ import annotations

import logging
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from itertools import islice
from typing import Final

from app.health import parts_of
from app.monitoring import Monitor
from app.services import Services
from app.talk_rooms import explained, talk_rooms
from discord_bot.bot import VoiceBot
from discord_bot.messages.reasons import reason_text
from discord_bot.voice_session import VoiceSession
from fleet.overview.configurations import configurations_of
from fleet.overview.watcher import overview_of
from pipeline.decision_log import RecentDecisions, TurnDecision
from pipeline.orchestrator import PipelineOrchestrator
from web.app import create_web_app
from web.errors import WebNotStarted
from web.runner import WebServer
from web.status import PartHealth, RoomStatus, TurnStatus
from web.talk.room import TalkRoom
from web.talk.rooms import TalkRooms

log = logging.getLogger(__name__)

TURNS: Final = 8
"""Turns of a room that the status page shows."""


class BotStatus:
    """A `web.status.StatusSource` over the bot. ``bot`` is set when it logs in."""

    def __init__(self, shared: Services, rooms: TalkRooms | None, *, discord: bool = True) -> None:
        self.bot: VoiceBot | None = None
        self.url = ""
        """The address of the pages on this machine; empty if they are not served."""
        self._shared = shared
        self._rooms = rooms
        self._discord = discord
        self._epoch = time.time() - time.monotonic()
        """The rooms' clock at the beginning of 1970."""

    @property
    def talk_rooms(self) -> Sequence[TalkRoom]:
        """The open rooms of the talk page."""
        return [] if self._rooms is None else self._rooms.rooms

    def parts(self) -> Sequence[PartHealth]:
        return parts_of(self._shared, self.bot, discord=self._discord)

    def rooms(self) -> Sequence[RoomStatus]:
        return [*self._calls(), *self._talk_rooms()]

    def agents(self) -> Sequence[str]:
        if self.bot is not None:
            return [persona.name for persona in self.bot.agents.known()]
        return [] if self._rooms is None else [each.name for each in self._rooms.agents()]

    def _calls(self) -> Iterator[RoomStatus]:
        sessions = [] if self.bot is None else list(self.bot.sessions.values())
        for session in sessions:
            if session.channel is not None and not session.over:
                place = f"{session.guild.name}, {session.channel.name}"
                yield self._room(place, session.room, session.decisions, session)

    def _talk_rooms(self) -> Iterator[RoomStatus]:
        for room in self.talk_rooms:
            yield self._room(room.name, room.conversation, room.decisions)

    def _room(
        self,
        place: str,
        conversation: PipelineOrchestrator,
        decisions: RecentDecisions,
        session: VoiceSession | None = None,
    ) -> RoomStatus:
        answered = conversation.answering
        problem = None if session is None else session.problem()
        return RoomStatus(
            place,
            "web" if session is None else "discord",
            conversation.persona.name,
            conversation.sensitivity,
            tuple(person.name for person in conversation.present),
            None if answered is None else answered.speaker.name,
            conversation.waiting,
            decisions.questions,
            "" if problem is None else str(problem),
            tuple(self._turn(turn) for turn in islice(decisions, TURNS)),
        )

    def _turn(self, turn: TurnDecision) -> TurnStatus:
        return TurnStatus(
            turn.speaker.name,
            round(self._epoch + turn.at),
            turn.text,
            turn.addressed,
            tuple(explained(turn.reasons)),
            outcome(turn),
            {stage: round(ms) for stage, ms in turn.stages_ms.items()},
        )


def outcome(turn: TurnDecision) -> str:
    """What became of a turn, for operators."""
    if not turn.text:
        return "no words"
    if not turn.addressed:
        return "left alone"
    if turn.failure:
        told = f"; the speaker was told: {reason_text(turn.notice)}" if turn.notice else ""
        return f"not answered: {turn.failure}{told}"
    if turn.gave_way:
        return "left alone: another member called the agent before it had decided"
    if turn.not_meant:
        return "left alone by the agent: it was not sure to be meant, and declined"
    if turn.silent:
        return "the agent chose to say nothing"
    if turn.unspoken:
        how_much = "in writing" if turn.waited_s is None else "in part in writing"
        return f"answered {how_much}: the voice failed: {turn.unspoken}"
    if turn.waited_s is None:
        return "for the agent"
    if turn.unheard is not None:
        return f"answered, but not heard: {turn.unheard}"
    return "answered, and interrupted" if turn.interrupted else "answered"


@asynccontextmanager
async def web_pages(
    shared: Services,
    *,
    discord: bool = True,
    required: bool = False,
    monitor: Monitor | None = None,
) -> AsyncIterator[BotStatus]:
    """Serve the pages while the body runs.

    Pages that cannot be served are logged, and the bot runs without them, unless they are
    ``required``. ``discord`` is False where there is no bot on Discord. A ``monitor`` observes the
    rooms of the talk page, and has its routes here.

    Raises:
        WebNotStarted: required pages cannot be served.
        PlaneError: the certificate of the control plane cannot be read.
    """
    settings = shared.settings.web
    observe = None if monitor is None else monitor.observe
    wanted = settings.enabled and settings.talk
    rooms = talk_rooms(shared, settings.people, observe) if wanted else None
    status = BotStatus(shared, rooms, discord=discord)
    async with AsyncExitStack() as stack:
        if settings.enabled:
            routers = (
                []
                if monitor is None
                else monitor.routers(status.parts, lambda: shared.synthesizer.addresses)
            )
            fleet_settings = shared.settings.fleet
            plane = configurations_of(fleet_settings.overview, fleet_settings.desired_state)
            if plane is not None:
                await stack.enter_async_context(plane)
            fleet = overview_of(shared.gateway, plane)
            stack.push_async_callback(fleet.aclose)
            app = create_web_app(settings, status, rooms, routers=routers, fleet=fleet)
            try:
                server = await stack.enter_async_context(WebServer(settings, app))
                status.url = server.url
                log.info("pages: %s/ (status), /nodes, /talk", server.url)
            except WebNotStarted as error:
                if required:
                    raise
                log.error("the bot runs without its pages: %s", error)
        yield status

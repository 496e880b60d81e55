"""The bot between agents and people: what agents may do, ask and tell in the calls."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from app.acknowledging import Acknowledging, TellingRooms
from app.prompts import RoomPrompts
from app.services import Services
from app.supervision import supervision_gate
from discord_bot.bot import VoiceBot
from fleet.notify.messages import People
from openclaw_client.node.commands import CommandGate
from openclaw_client.node.rooms import VoiceRooms


class RoomPeople:
    """The people in the calls, for the parts that ask them."""

    def __init__(self, shared: Services, bot: VoiceBot, prompts: RoomPrompts) -> None:
        self.prompts = prompts
        self._shared = shared
        self._bot = bot
        self.acknowledging: Acknowledging | None = None

    async def close(self) -> None:
        """End what is being asked and written."""
        if self.acknowledging is not None:
            await self.acknowledging.close()
        await self.prompts.close()

    def tell(self, people: People, rooms: TellingRooms) -> None:
        """Have critical messages acknowledged in the calls."""
        self.acknowledging = Acknowledging(self._bot, people, rooms)

    def gate(self, rooms: VoiceRooms) -> CommandGate:
        """What lets commands of agents pass in supervised rooms."""
        return supervision_gate(self._shared.settings, self._bot, rooms, self.prompts)


@asynccontextmanager
async def room_people(shared: Services, bot: VoiceBot) -> AsyncIterator[RoomPeople]:
    """The people, while the body runs."""
    people = RoomPeople(shared, bot, RoomPrompts(bot))
    try:
        yield people
    finally:
        await people.close()

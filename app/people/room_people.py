"""The bot between agents and people: what agents may do, ask and tell in the calls."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from app.people.acknowledging import Acknowledging, TellingRooms
from app.people.prompts import RoomPrompts
from app.people.questions import RoomQuestions
from app.people.searching import VoiceSearch
from app.people.supervision import supervision_gate
from app.people.takeovers import Takeovers
from app.services import Services
from discord_bot.bot import VoiceBot
from fleet.notify.messages import People
from openclaw_client.node.rooms import VoiceRooms
from openclaw_client.tools.imported import ImportedTools


class RoomPeople:
    """The people in the calls, for the parts that ask them."""

    def __init__(
        self,
        shared: Services,
        bot: VoiceBot,
        rooms: VoiceRooms,
        folder: Path,
        stack: AsyncExitStack,
    ) -> None:
        prompts = RoomPrompts(bot)
        stack.push_async_callback(prompts.close)
        self.gate = supervision_gate(shared.settings, bot, rooms, prompts)
        """Lets commands of agents pass in supervised rooms."""
        self._bot = bot
        self._stack = stack
        Takeovers(bot, folder)
        if shared.settings.openclaw.answer_questions:
            questions = RoomQuestions(bot, shared.gateway.gateway, rooms, prompts)
            stack.push_async_callback(questions.close)
        imports = shared.settings.openclaw.imports
        if imports.allow:
            agent = shared.settings.openclaw.agent_id
            tools = ImportedTools(shared.gateway.gateway, imports, agent)
            stack.push_async_callback(tools.close)
            bot.missing_tools = lambda: tools.missing
            if imports.search_by_voice:
                stack.push_async_callback(VoiceSearch(shared, bot, tools).close)

    def tell(self, people: People, rooms: TellingRooms) -> None:
        """Have critical messages acknowledged in the calls."""
        acknowledging = Acknowledging(self._bot, people, rooms)
        self._stack.push_async_callback(acknowledging.close)


@asynccontextmanager
async def room_people(
    shared: Services, bot: VoiceBot, rooms: VoiceRooms, folder: Path
) -> AsyncIterator[RoomPeople]:
    """The people, while the body runs. ``folder`` is that of the state."""
    async with AsyncExitStack() as stack:
        yield RoomPeople(shared, bot, rooms, folder, stack)

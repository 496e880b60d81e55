"""The bot as a node: agents may have it speak, join, leave."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from app.node_rooms import BotRooms
from app.services import Services
from discord_bot.bot import VoiceBot
from openclaw_client import DeviceStore, SpeakerRef, VoiceNode
from pipeline.ports import AgentTurn


@asynccontextmanager
async def voice_node(
    shared: Services, bot: VoiceBot, devices: DeviceStore
) -> AsyncIterator[VoiceNode | None]:
    """Offer the bot to the Gateway for as long as the body runs; None if the settings do not."""
    settings = shared.settings
    if not settings.openclaw.node.enabled:
        yield None
        return

    def session_of(guild_id: int, turn: AgentTurn) -> str | None:
        speaker = SpeakerRef(str(turn.speaker.id), turn.speaker.name)
        client = shared.gateway.get_or_create(guild_id)
        try:
            agent = bot.agents.answered_by(turn.agent)
            return client.session_key(agent, speaker, bot.text_channel_id(guild_id))
        except ValueError:
            return None  # the scope wants a text channel, and the call was begun without one

    rooms = BotRooms(bot, shared.synthesizer, session_of, settings.pipeline.speech_text)
    async with VoiceNode(settings.openclaw, rooms, devices, shared.gateway.node) as node:
        yield node

"""The commands of the whole bot, and those of a machine without Discord."""

from __future__ import annotations

from openclaw_client.node.commands import NodeCommand
from openclaw_client.node.rooms import VoiceRooms
from openclaw_client.node.settings import NodeSettings
from openclaw_client.node.system_commands import gpu_commands, system_commands
from openclaw_client.node.voice_commands import VoiceCommands


def machine_commands() -> list[NodeCommand]:
    """What every node offers, with or without Discord."""
    return [*system_commands(), *gpu_commands()]


def bot_commands(settings: NodeSettings, rooms: VoiceRooms) -> list[NodeCommand]:
    """What a node offers that runs the bot."""
    voice = VoiceCommands(rooms, settings.transcript_guild_ids)
    return [*voice.all(), *machine_commands()]

"""Discord on loopback, for the demo and for tests: strict, and no part of it a stand-in.

It speaks REST, the main gateway, the voice gateway, encrypted RTP over UDP and end-to-end
encryption to an unmodified discord.py, which is given a connector and nothing else:

    async with DiscordSimulator() as sim:
        guild = sim.add_guild("A server")
        room = guild.add_voice_channel("room")
        alice = sim.add_person(guild, "Alice")
        client = discord.Client(intents=..., connector=sim.connector())
        ...
        assert sim.violations == []
"""

from simulators.discord.client_actions import ShownCommand
from simulators.discord.commands import Choice, CommandType
from simulators.discord.errors import (
    AlreadySpeaking,
    CannotRun,
    NotInCall,
    SimulatorError,
    TimedOut,
    UnknownPlace,
)
from simulators.discord.faults import LineFaults, ServerFaults
from simulators.discord.heard_audio import HeardAudio, HeardFrame, timeline
from simulators.discord.interactions import Interaction, OpenModal
from simulators.discord.messages import File, Message
from simulators.discord.moderation import Moderation
from simulators.discord.people import SimulatedPerson
from simulators.discord.roles import GuildRole
from simulators.discord.rtp import AES256_GCM, XCHACHA20
from simulators.discord.simulator import DiscordSimulator
from simulators.discord.threads import Thread
from simulators.discord.uplink import SentPacket, intervals_ms
from simulators.discord.world import (
    SimulatedGuild,
    StageChannel,
    StageInstance,
    TextChannel,
    VoiceChannel,
)

__all__ = [
    "AES256_GCM",
    "XCHACHA20",
    "AlreadySpeaking",
    "CannotRun",
    "Choice",
    "CommandType",
    "DiscordSimulator",
    "File",
    "GuildRole",
    "HeardAudio",
    "HeardFrame",
    "Interaction",
    "LineFaults",
    "Message",
    "Moderation",
    "NotInCall",
    "OpenModal",
    "SentPacket",
    "ServerFaults",
    "ShownCommand",
    "SimulatedGuild",
    "SimulatedPerson",
    "SimulatorError",
    "StageChannel",
    "StageInstance",
    "TextChannel",
    "Thread",
    "TimedOut",
    "UnknownPlace",
    "VoiceChannel",
    "intervals_ms",
    "timeline",
]

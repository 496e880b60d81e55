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

from simulators.discord.commands import Choice
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
from simulators.discord.interactions import Interaction
from simulators.discord.messages import File, Message
from simulators.discord.people import SimulatedPerson
from simulators.discord.rtp import AES256_GCM, XCHACHA20
from simulators.discord.simulator import DiscordSimulator
from simulators.discord.uplink import SentPacket, intervals_ms
from simulators.discord.world import SimulatedGuild, StageChannel, TextChannel, VoiceChannel

__all__ = [
    "AES256_GCM",
    "XCHACHA20",
    "AlreadySpeaking",
    "CannotRun",
    "Choice",
    "DiscordSimulator",
    "File",
    "HeardAudio",
    "HeardFrame",
    "Interaction",
    "LineFaults",
    "Message",
    "NotInCall",
    "SentPacket",
    "ServerFaults",
    "SimulatedGuild",
    "SimulatedPerson",
    "SimulatorError",
    "StageChannel",
    "TextChannel",
    "TimedOut",
    "UnknownPlace",
    "VoiceChannel",
    "intervals_ms",
    "timeline",
]

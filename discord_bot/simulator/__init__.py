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

from discord_bot.simulator.commands import Choice
from discord_bot.simulator.errors import (
    AlreadySpeaking,
    CannotRun,
    NotInCall,
    SimulatorError,
    TimedOut,
    UnknownPlace,
)
from discord_bot.simulator.faults import Faults, ServerFaults
from discord_bot.simulator.hearing import HeardFrame, Hearing, timeline
from discord_bot.simulator.interactions import Interaction
from discord_bot.simulator.messages import File, Message
from discord_bot.simulator.people import SimulatedPerson
from discord_bot.simulator.rtp import AES256_GCM, XCHACHA20
from discord_bot.simulator.simulator import DiscordSimulator
from discord_bot.simulator.uplink import SentPacket, intervals_ms
from discord_bot.simulator.world import Guild, StageChannel, TextChannel, VoiceChannel

__all__ = [
    "AES256_GCM",
    "XCHACHA20",
    "AlreadySpeaking",
    "CannotRun",
    "Choice",
    "DiscordSimulator",
    "Faults",
    "File",
    "Guild",
    "HeardFrame",
    "Hearing",
    "Interaction",
    "Message",
    "NotInCall",
    "SentPacket",
    "ServerFaults",
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

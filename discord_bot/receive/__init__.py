"""Receives the audio of a Discord call: join with `ReceiveClient`, and give it an `AudioSink`."""

from discord_bot.receive.client import ReceiveClient
from discord_bot.receive.counters import ReceiveCounters
from discord_bot.receive.errors import CallRefused, NotJoined, OpusNotFound, ReceiveError
from discord_bot.receive.opus import load_libopus
from discord_bot.receive.ports import AudioSink, FrameKind

__all__ = [
    "AudioSink",
    "CallRefused",
    "FrameKind",
    "NotJoined",
    "OpusNotFound",
    "ReceiveClient",
    "ReceiveCounters",
    "ReceiveError",
    "load_libopus",
]

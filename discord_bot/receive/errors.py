"""Errors on the way from the socket to the samples.

ReceiveError
├── OpusNotFound        no libopus could be loaded; the text lists what was tried
├── OpusRefused         libopus did not decode a packet, or create a decoder
├── NotAudio            a datagram that is no RTP audio: RTCP, video, keepalive, garbage
├── TransportRefused    a packet that the current transport key does not decrypt
│   └── UnknownMode     the call uses a transport encryption that is not implemented
└── NotJoined           the call could not be joined; says why, also to members
    ├── CallRefused     the voice server refused the call; a retry would not help
    ├── JoinTooSlow     no connection in time
    └── JoinBroken      a member disconnected or moved the bot meanwhile
"""

from __future__ import annotations

import discord

from translations import Text


class ReceiveError(Exception):
    """Base of the errors of the receive path."""


class OpusNotFound(ReceiveError):
    """No libopus could be loaded; without it the bot can neither hear nor speak."""


class OpusRefused(ReceiveError):
    """libopus did not decode a packet, or create a decoder."""


class NotAudio(ReceiveError):
    """A datagram that is no RTP audio packet."""


class TransportRefused(ReceiveError):
    """A packet that the call's current transport key does not decrypt."""


class UnknownMode(TransportRefused):
    """The call uses a transport encryption that is not implemented."""


class NotJoined(ReceiveError):
    """The call could not be joined; ``why`` is a clause.

    The classes are also those of the failures of discord.py's ``channel.connect``.
    """

    def __init__(self, why: Text) -> None:
        super().__init__(why)
        self.why = why


class CallRefused(NotJoined, discord.ClientException):
    """The voice server refused the call."""

    def __init__(self, why: Text, code: int | None) -> None:
        super().__init__(why)
        self.code = code
        """Discord's voice close code, if there was one."""

    def __str__(self) -> str:
        return str(self.why) if self.code is None else f"{self.why} (close code {self.code})"


class JoinTooSlow(NotJoined, TimeoutError):
    """There was no connection in time."""


class JoinBroken(NotJoined, discord.ClientException):
    """A member disconnected or moved the bot while it was joining."""

"""Errors on the way from the socket to the samples.

ReceiveError
├── OpusNotFound        no libopus could be loaded; the text lists what was tried
├── OpusRefused         libopus did not decode a packet, or create a decoder
├── NotAudio            a datagram that is no RTP audio: RTCP, video, keepalive, garbage
├── TransportRefused    a packet that the current transport key does not decrypt
│   └── UnknownMode     the call uses a transport encryption that is not implemented
└── CallRefused         the voice server refused the call; a retry would not help
"""

from __future__ import annotations

import discord


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


class CallRefused(ReceiveError, discord.ClientException):
    """The voice server refused the call while the bot was joining.

    Also a ClientException, like the other failures of ``channel.connect``.
    """

    def __init__(self, text: str, code: int | None) -> None:
        super().__init__(text)
        self.code = code
        """Discord's voice close code, if there was one."""

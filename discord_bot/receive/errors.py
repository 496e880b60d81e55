"""What can go wrong on the way from the socket to the samples.

ReceiveError
├── OpusNotFound        no libopus could be loaded; the text lists what was tried
├── OpusRefused         libopus would not decode a packet, or make a decoder
├── NotAudio            a datagram that is no RTP audio: RTCP, video, keepalive, garbage
├── TransportRefused    a packet that the current transport key does not open
│   └── UnknownMode     the call uses a transport encryption that is not built in
└── CallRefused         the voice server will not have us, and trying again is no use
"""

from __future__ import annotations

import discord


class ReceiveError(Exception):
    """Base of everything the receive path raises on purpose."""


class OpusNotFound(ReceiveError):
    """No libopus could be loaded: without it nothing can be heard or said."""


class OpusRefused(ReceiveError):
    """libopus would not decode a packet, or make a decoder."""


class NotAudio(ReceiveError):
    """A datagram that is no RTP audio packet."""


class TransportRefused(ReceiveError):
    """A packet that the call's current transport key does not open."""


class UnknownMode(TransportRefused):
    """The call uses a transport encryption that this client does not know."""


class CallRefused(ReceiveError, discord.ClientException):
    """The voice server closed the connection for good while we were joining.

    A ClientException too, as the other failures of ``channel.connect`` are.
    """

    def __init__(self, text: str, code: int | None) -> None:
        super().__init__(text)
        self.code = code
        """Discord's voice close code, if one came."""

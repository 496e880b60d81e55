"""Opus of a simulated member: an encoder and a decoder, both 48 kHz mono.

discord.py's Decoder converts each frame to a Python list, which costs three times the decoding.
These call libopus directly.
"""

from __future__ import annotations

import ctypes
from typing import Final

import discord.opus
import numpy as np

from discord_bot.receive.opus import libopus
from pipeline.audio import SPOKEN_FRAME, SPOKEN_RATE, Pcm16
from simulators.discord.errors import BadPacket

_LONGEST_FRAME: Final = 5760  # 120 ms at 48 kHz, the longest packet that Opus allows
_Samples = ctypes.c_int16 * _LONGEST_FRAME


class _MonoEncoder(discord.opus.Encoder):
    CHANNELS = 1


class PersonEncoder:
    """Encodes as Discord's client does: 64 kbit/s, in-band FEC for 15 % loss."""

    def __init__(self) -> None:
        libopus()
        self._encoder = _MonoEncoder(
            application="voip",
            bitrate=64,
            fec=True,
            expected_packet_loss=0.15,
            bandwidth="full",
            signal_type="voice",
        )

    def encode(self, pcm: Pcm16) -> bytes:
        """One frame, ``int16[960]`` at 48 kHz; a shorter one is padded with silence."""
        if pcm.size < SPOKEN_FRAME:
            pcm = np.pad(pcm, (0, SPOKEN_FRAME - pcm.size))
        return self._encoder.encode(pcm.astype("<i2").tobytes(), SPOKEN_FRAME)


class PersonDecoder:
    """Decodes one stream of Opus packets to 48 kHz mono."""

    def __init__(self) -> None:
        self._library = libopus()
        error = ctypes.c_int()
        self._state = self._library.opus_decoder_create(SPOKEN_RATE, 1, ctypes.byref(error))
        self._samples = _Samples()
        self._pcm: Pcm16 = np.ctypeslib.as_array(self._samples)

    def __del__(self) -> None:
        if hasattr(self, "_state"):
            self._library.opus_decoder_destroy(self._state)

    def decode(self, opus: bytes) -> Pcm16:
        """``int16[n]``, 960 samples for a frame of 20 ms.

        Raises:
            BadPacket: libopus rejects it.
        """
        if not opus:  # libopus would conceal a lost packet here
            raise BadPacket("nothing, which is no Opus packet")
        try:
            count = self._library.opus_decode(
                self._state, opus, len(opus), self._samples, _LONGEST_FRAME, 0
            )
        except discord.opus.OpusError as error:
            raise BadPacket(f"{len(opus)} bytes that are no Opus packet ({error})") from None
        return self._pcm[:count].copy()

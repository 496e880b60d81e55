"""Opus to 16 kHz mono, straight from libopus, which resamples and downmixes by itself."""

from __future__ import annotations

import ctypes
import functools
from typing import Final

import numpy as np

from discord_bot.receive.errors import OpusRefused
from discord_bot.receive.opus import libopus
from pipeline.audio import HEARD_FRAME, HEARD_RATE, Pcm16

_MAX_SAMPLES: Final = HEARD_RATE * 120 // 1000
"""The longest Opus packet holds 120 ms (RFC 6716, 3.2.5)."""


@functools.lru_cache
def _library(name: str) -> ctypes.PyDLL:
    """libopus called with the GIL kept.

    A call takes about 30 us. Giving the GIL up for that, as CDLL does, lets any busy thread hold it
    for its whole turn of 5 ms: decoding took 7 ms at the 99th percentile beside one busy thread,
    and 0.2 ms this way.
    """
    library = ctypes.PyDLL(name)
    library.opus_decoder_create.argtypes = [
        ctypes.c_int32,
        ctypes.c_int,
        ctypes.POINTER(ctypes.c_int),
    ]
    library.opus_decoder_create.restype = ctypes.c_void_p
    library.opus_decoder_destroy.argtypes = [ctypes.c_void_p]
    library.opus_decoder_destroy.restype = None
    library.opus_decode.argtypes = [
        ctypes.c_void_p,
        ctypes.c_char_p,
        ctypes.c_int32,
        ctypes.c_void_p,
        ctypes.c_int,
        ctypes.c_int,
    ]
    library.opus_decode.restype = ctypes.c_int
    library.opus_strerror.argtypes = [ctypes.c_int]
    library.opus_strerror.restype = ctypes.c_char_p
    return library


def _reason(library: ctypes.PyDLL, code: int) -> str:
    text: bytes = library.opus_strerror(code)
    return text.decode()


class OpusDecoder:
    """One stream's decoder. It remembers the past, so a stream must not share it.

    Raises:
        OpusNotFound: there is no libopus on this machine.
        OpusRefused: libopus would not make a decoder.
    """

    def __init__(self) -> None:
        self._lib = _library(libopus()._name)
        self._state: int | None = None
        error = ctypes.c_int()
        self._state = self._lib.opus_decoder_create(HEARD_RATE, 1, ctypes.byref(error))
        if not self._state:
            raise OpusRefused(f"libopus made no decoder: {_reason(self._lib, error.value)}")
        self._buffer = np.empty(_MAX_SAMPLES, np.int16)
        self._address = self._buffer.ctypes.data
        self._frame = HEARD_FRAME

    def __del__(self) -> None:
        if self._state:
            self._lib.opus_decoder_destroy(self._state)
            self._state = None

    def decode(self, packet: bytes) -> Pcm16:
        """``int16[n]``, n by the packet's own duration.

        Raises:
            OpusRefused: this is no Opus packet; the decoder stays usable.
        """
        pcm = self._run(packet, _MAX_SAMPLES, fec=False)
        self._frame = len(pcm)
        return pcm

    def recover(self, follower: bytes) -> Pcm16:
        """The lost frame before ``follower``, out of its redundancy; made up where it has none.

        Raises:
            OpusRefused: the follower is no Opus packet.
        """
        return self._run(follower, self._frame, fec=True)

    def conceal(self) -> Pcm16:
        """Make up one lost frame from what came before.

        Raises:
            OpusRefused: libopus would not.
        """
        return self._run(None, self._frame, fec=False)

    def _run(self, packet: bytes | None, room: int, *, fec: bool) -> Pcm16:
        if packet == b"":
            raise OpusRefused("an empty packet")  # libopus would take it for a lost one
        size = 0 if packet is None else len(packet)
        n = self._lib.opus_decode(self._state, packet, size, self._address, room, int(fec))
        if n < 0:
            raise OpusRefused(f"libopus refused {size} bytes: {_reason(self._lib, n)}")
        return self._buffer[:n].copy()

"""Decodes one speaker's stream: Opus packets in any order to 16 kHz mono samples in order.

libopus itself resamples and downmixes.
"""

from __future__ import annotations

import ctypes
import functools
from collections.abc import Callable
from typing import Final, TypeAlias

import numpy as np

from discord_bot.receive.counters import ReceiveCounters
from discord_bot.receive.errors import OpusRefused
from discord_bot.receive.opus import libopus
from discord_bot.receive.ports import FrameKind
from discord_bot.receive.reorder import ReorderAction, ReorderBuffer, ReorderStep
from discord_bot.receive.rtp import OPUS_SILENCE, RtpPacket
from pipeline.audio import HEARD_FRAME, HEARD_RATE, Pcm16

Emit: TypeAlias = Callable[[int, Pcm16, FrameKind], None]
"""user id, 16 kHz mono ``int16[n]``, kind"""


class SpeakerDecoder:
    """Decodes one stream, with its own jitter buffer and Opus decoder."""

    def __init__(self, user_id: int, counters: ReceiveCounters, emit: Emit) -> None:
        self.user_id = user_id
        self._counters = counters
        self._emit = emit
        self._buffer = ReorderBuffer(counters)
        self._decoder = OpusDecoder()

    @property
    def holding(self) -> bool:
        return self._buffer.holding

    def push(self, packet: RtpPacket) -> None:
        self._run(self._buffer.push(packet))

    def due(self, now: float) -> None:
        self._run(self._buffer.due(now))

    def flush(self) -> None:
        self._run(self._buffer.flush())

    def _run(self, steps: list[ReorderStep]) -> None:
        for action, packet in steps:
            try:
                if action is ReorderAction.DECODE:
                    self._decode(packet)
                elif action is ReorderAction.RECOVER:
                    pcm = self._decoder.recover(packet.frame)
                    self._counters.fec += 1
                    self._emit(self.user_id, pcm, FrameKind.CONCEALED)
                else:
                    pcm = self._decoder.conceal()
                    self._counters.concealed += 1
                    self._emit(self.user_id, pcm, FrameKind.CONCEALED)
            except OpusRefused:
                self._counters.opus_fail += 1

    def _decode(self, packet: RtpPacket) -> None:
        pcm = self._decoder.decode(packet.frame)
        silence = packet.frame == OPUS_SILENCE
        self._counters.frames += 1
        self._counters.silence += silence
        self._counters.last_frame_at[self.user_id] = packet.at
        self._emit(self.user_id, pcm, FrameKind.SILENCE if silence else FrameKind.SPEECH)


_MAX_SAMPLES: Final = HEARD_RATE * 120 // 1000
"""The longest Opus packet holds 120 ms (RFC 6716, 3.2.5)."""


@functools.lru_cache
def _library(name: str) -> ctypes.PyDLL:
    """libopus, called without releasing the GIL.

    A call takes about 30 us. If it releases the GIL, as with CDLL, a busy thread may keep the GIL
    for its whole switch interval of 5 ms. Beside one busy thread, decoding then took 7 ms at the
    99th percentile, instead of 0.2 ms.
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
    """libopus's decoder of one stream. It is stateful, so two streams must not share one.

    Raises:
        OpusNotFound: there is no libopus on this machine.
        OpusRefused: libopus did not create a decoder.
    """

    def __init__(self) -> None:
        self._lib = _library(libopus()._name)
        self._state: int | None = None
        error = ctypes.c_int()
        self._state = self._lib.opus_decoder_create(HEARD_RATE, 1, ctypes.byref(error))
        if not self._state:
            raise OpusRefused(
                f"libopus did not create a decoder: {_reason(self._lib, error.value)}"
            )
        self._buffer = np.empty(_MAX_SAMPLES, np.int16)
        self._address = self._buffer.ctypes.data
        self._frame = HEARD_FRAME

    def __del__(self) -> None:
        if self._state:
            self._lib.opus_decoder_destroy(self._state)
            self._state = None

    def decode(self, packet: bytes) -> Pcm16:
        """Decode a packet to ``int16[n]``; n follows from the packet's duration.

        Raises:
            OpusRefused: this is no Opus packet; the decoder stays usable.
        """
        pcm = self._run(packet, _MAX_SAMPLES, fec=False)
        self._frame = len(pcm)
        return pcm

    def recover(self, follower: bytes) -> Pcm16:
        """Rebuild the lost frame before ``follower`` from its redundancy, or else conceal it.

        Raises:
            OpusRefused: the follower is no Opus packet.
        """
        return self._run(follower, self._frame, fec=True)

    def conceal(self) -> Pcm16:
        """Conceal one lost frame from the audio before it.

        Raises:
            OpusRefused: libopus failed.
        """
        return self._run(None, self._frame, fec=False)

    def _run(self, packet: bytes | None, room: int, *, fec: bool) -> Pcm16:
        if packet == b"":
            raise OpusRefused("an empty packet")  # libopus would treat it as a lost one
        size = 0 if packet is None else len(packet)
        n = self._lib.opus_decode(self._state, packet, size, self._address, room, int(fec))
        if n < 0:
            raise OpusRefused(f"libopus refused {size} bytes: {_reason(self._lib, n)}")
        return self._buffer[:n].copy()

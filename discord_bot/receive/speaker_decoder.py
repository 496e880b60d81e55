"""One person's stream, from packets in any order to samples in order."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from discord_bot.receive.counters import ReceiveCounters
from discord_bot.receive.decoder import OpusDecoder
from discord_bot.receive.errors import OpusRefused
from discord_bot.receive.reorder import ReorderAction, ReorderBuffer, ReorderStep
from discord_bot.receive.rtp import OPUS_SILENCE, RtpPacket
from discord_bot.receive.sink import FrameKind
from pipeline.audio import Pcm16

Emit: TypeAlias = Callable[[int, Pcm16, FrameKind], None]
"""user id, 16 kHz mono ``int16[n]``, kind"""


class SpeakerDecoder:
    """Decodes one stream; decoders and sequence numbers are never shared between streams."""

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

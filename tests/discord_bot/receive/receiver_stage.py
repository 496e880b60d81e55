"""A `Receiver` in a call where a test can break everything. Time advances with the packets."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any

from discord_bot.receive.receiver import Receiver
from discord_bot.receive.rtp import OPUS_SILENCE
from tests.discord_bot.receive.packets import (
    FakeCall,
    RecordingSink,
    opus_frames,
    rtp,
    seal,
    tone,
)

ANN_SSRC, BEN_SSRC = 501, 502
FRAME_S = 0.02


@cache
def speech(hz: int = 440) -> tuple[bytes, ...]:
    return tuple(opus_frames(tone(hz, 0.4)))


class ReceiverStage:
    """A receiver with its call and sink; each packet advances the time."""

    def __init__(self, **call: Any) -> None:
        self.call = FakeCall(**call)
        self.receiver = Receiver(self.call)
        self.heard = RecordingSink()
        self.receiver.sink = self.heard
        self.counters = self.receiver.counters
        self.now = 100.0
        self.nonce = 0

    def op5(self, user_id: int, ssrc: int) -> None:
        data = {"user_id": str(user_id), "ssrc": ssrc, "speaking": 1}
        self.receiver.voice_message(5, data)

    def send(self, frame: bytes, sequence: int, ssrc: int = ANN_SSRC, **packet: Any) -> None:
        key = bytes(self.call.key)
        datagram = rtp(frame, key, sequence=sequence, ssrc=ssrc, **packet)
        self.receiver.datagram(datagram, self.now)

    def say(
        self,
        user_id: int,
        ssrc: int,
        frames: Iterable[bytes] | None = None,
        *,
        first: int = 0,
        epoch: int | None = 1,
        **packet: Any,
    ) -> None:
        """Speak at 20 ms a frame, encrypted for an epoch or, with None, not at all."""
        for n, opus in enumerate(speech() if frames is None else frames, first):
            self.nonce += 1
            frame = opus
            if epoch is not None and opus != OPUS_SILENCE:
                frame = seal(opus, user_id, epoch, self.nonce)
            self.send(frame, n, ssrc, **packet)
            self.pass_time()

    def pass_time(self, frames: int = 1) -> None:
        for _ in range(frames):
            self.now += FRAME_S
            if self.receiver.pending:
                self.receiver.tick(self.now)


def plain(**call: Any) -> ReceiverStage:
    """Without DAVE, as on a stage."""
    return ReceiverStage(dave_version=0, dave_session=None, **call)

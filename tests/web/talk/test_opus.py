from __future__ import annotations

import av
import numpy as np
import pytest
from av.codec.codec import UnknownCodecError

from pipeline.audio import SPOKEN_FRAME, SPOKEN_RATE
from web.errors import TalkRefused
from web.talk.opus import LONGEST_PACKET, PageOpusDecoder, PageOpusEncoder, usable


def tone(frames: int) -> list[bytes]:
    at = np.arange(frames * SPOKEN_FRAME) / SPOKEN_RATE
    pcm = (8_000 * np.sin(2 * np.pi * 440 * at)).astype("<i2")
    return [part.tobytes() for part in pcm.reshape(frames, SPOKEN_FRAME)]


def test_a_tone_keeps_its_length_its_pitch_and_its_level() -> None:
    encoder, decoder = PageOpusEncoder(), PageOpusDecoder()
    packets = [encoder.encode(frame) for frame in tone(50)]
    assert max(map(len, packets)) < 400
    pcm = np.concatenate([decoder.decode(packet) for packet in packets])
    assert pcm.dtype == np.int16
    assert pcm.size == SPOKEN_RATE
    assert abs(int(np.abs(np.fft.rfft(pcm.astype(float))).argmax()) - 440) <= 1
    assert np.abs(pcm[9_600:]).max() == pytest.approx(8_000, rel=0.1)


def test_one_frame_of_silence_empties_the_encoder() -> None:
    encoder, decoder = PageOpusEncoder(), PageOpusDecoder()
    for frame in [*tone(10), bytes(2 * SPOKEN_FRAME)]:
        decoder.decode(encoder.encode(frame))
    after = decoder.decode(encoder.encode(bytes(2 * SPOKEN_FRAME)))
    assert np.abs(after).max() < 500


@pytest.mark.parametrize(
    "packet",
    [b"", b"\xff" * 50, b"\3\xff\xff", bytes(LONGEST_PACKET + 1), b"not a packet"],
    ids=lambda packet: f"{len(packet)} bytes",
)
def test_what_is_no_packet_is_refused(packet: bytes) -> None:
    with pytest.raises(TalkRefused, match="packet of Opus"):
        PageOpusDecoder().decode(packet)


def test_a_frame_has_20_ms() -> None:
    with pytest.raises(ValueError, match="960 samples"):
        PageOpusEncoder().encode(bytes(SPOKEN_FRAME))


def test_without_libopus_samples_are_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    assert usable("opus") == "opus"
    assert usable("pcm") == "pcm"

    def missing(name: str, mode: str) -> None:
        raise UnknownCodecError(name)

    monkeypatch.setattr(av, "Codec", missing)
    assert usable("opus") == "pcm"

"""What microphones, networks and loudspeakers do to sound: gain, clipping, noise, Opus, a room."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from bench.conversation.rendering import NOISE_FLOOR, SPEECH_LEVEL_DB
from discord_bot.receive.speaker_decoder import OpusDecoder
from pipeline.audio import HEARD_FRAME, HEARD_RATE, SPOKEN_FRAME, SPOKEN_RATE, Samples
from simulators.discord.codec import PersonEncoder

_LOW_HZ: Final = 250.0
_HIGH_HZ: Final = 5500.0
"""The band of a small loudspeaker."""


@dataclass(frozen=True, slots=True)
class Microphone:
    """What happens to a person's sound on its way to the bot."""

    gain_db: float = 0.0
    """Louder or quieter than `SPEECH_LEVEL_DB`."""
    noise_db: float | None = None
    """Speech is this much louder than the noise over the whole reply."""
    clip_db: float | None = None
    """The loudest samples are cut off this much below the peak, and raised to the old peak."""
    lost: float | None = None
    """The sound passes through Opus at 64 kbit/s, and this share of its packets is lost."""

    @property
    def noise_level(self) -> float:
        """RMS of the noise over the reply."""
        if self.noise_db is None:
            return NOISE_FLOOR
        return float(10 ** ((SPEECH_LEVEL_DB + self.gain_db - self.noise_db) / 20))

    def through(self, sound: Samples, seed: int) -> Samples:
        """``float32[n]`` at 16 kHz as it arrives."""
        if self.clip_db is not None:
            peak = float(np.abs(sound).max())
            cut = peak * 10 ** (-self.clip_db / 20)
            sound = (np.clip(sound, -cut, cut) * (peak / cut)).astype(np.float32)
        sound = (sound * np.float32(10 ** (self.gain_db / 20))).clip(-1, 1)
        return sound if self.lost is None else through_opus(sound, self.lost, seed)


PLAIN: Final = Microphone()


def through_opus(sound: Samples, lost: float, seed: int) -> Samples:
    """``float32[n]`` at 16 kHz coded at 64 kbit/s, where a share ``lost`` of the packets is lost.

    A lost packet is recovered from the next one, or concealed if that is lost too.
    """
    encoder, decoder = PersonEncoder(), OpusDecoder()
    frames = -(-sound.size // HEARD_FRAME)
    wide = _at_spoken_rate(np.pad(sound, (0, frames * HEARD_FRAME - sound.size)))
    packets = [
        encoder.encode((part * 32767).astype(np.int16))
        for part in wide.reshape(frames, SPOKEN_FRAME)
    ]
    arrived = np.random.default_rng(seed).random(frames) >= lost
    parts = []
    for number, packet in enumerate(packets):
        if arrived[number]:
            parts.append(decoder.decode(packet))
        elif number + 1 < frames and arrived[number + 1]:
            parts.append(decoder.recover(packets[number + 1]))
        else:
            parts.append(decoder.conceal())
    pcm = np.concatenate(parts)[: sound.size]
    return (pcm.astype(np.float32) / 32768).astype(np.float32)


def _at_spoken_rate(sound: Samples) -> Samples:
    """16 kHz as 48 kHz without mirrored bands: the spectrum is padded."""
    factor = SPOKEN_RATE // HEARD_RATE
    spectrum = np.fft.rfft(sound)
    wide = np.fft.irfft(
        np.pad(spectrum, (0, sound.size * factor // 2 + 1 - spectrum.size)), sound.size * factor
    )
    return np.clip(wide * factor, -1, 1).astype(np.float32)


@dataclass(frozen=True, slots=True)
class Loudspeaker:
    """An open loudspeaker, its room, and how late the microphone's sound arrives."""

    delay_ms: float = 160.0
    """From the bot's frame to its echo: Discord twice, and the room. In steps of 20."""
    reverb_ms: float = 250.0
    """The time in which the reverberation falls by 60 dB."""
    direct_db: float = -12.6
    """The direct sound is this much louder than the reverberation."""
    drive: float = 2.0
    """How hard the loudspeaker is driven: at 8 the loud half of a voice is clipped."""


USUAL_LOUDSPEAKER: Final = Loudspeaker()


class LoudspeakerRoom:
    """A small open loudspeaker in a room, frame by frame: distortion, band and reverberation."""

    def __init__(self, loudspeaker: Loudspeaker, seed: int) -> None:
        tail = np.arange(round(loudspeaker.reverb_ms * HEARD_RATE / 1000))
        room = np.random.default_rng(seed).normal(0, 1, tail.size)
        room *= np.exp(-6.9 * tail / tail.size)
        room *= 10 ** (-loudspeaker.direct_db / 20) / np.sqrt(np.sum(room[1:] ** 2))
        room[0] = 1.0
        size = 2 ** int(np.ceil(np.log2(tail.size + 2 * HEARD_FRAME)))
        hertz = np.maximum(np.fft.rfftfreq(size, 1 / HEARD_RATE), 1)
        band = 1 / (1 + (_LOW_HZ / hertz) ** 4) / (1 + (hertz / _HIGH_HZ) ** 6)
        self._drive = loudspeaker.drive
        self._size = size
        self._response = np.fft.rfft(room, size) * band
        self._response /= np.sqrt(np.mean(np.abs(self._response) ** 2))
        self._rest: NDArray[np.float64] = np.zeros(size)

    def frame(self, sound: Samples) -> Samples:
        """The next 20 ms in the room, as loud as ``float32[320]`` is on average."""
        driven = np.tanh(self._drive * sound.astype(np.float64)) / self._drive
        self._rest += np.fft.irfft(np.fft.rfft(driven, self._size) * self._response, self._size)
        heard = self._rest[:HEARD_FRAME].astype(np.float32)
        self._rest = np.concatenate([self._rest[HEARD_FRAME:], np.zeros(HEARD_FRAME)])
        return heard

"""Test tones, and checks that audio holds them."""

from __future__ import annotations

import io

import av
import numpy as np

from pipeline.audio import SPOKEN_RATE, Pcm16
from server.audio import wav

PITCH_HZ = 440.0


def tone(rate: int, *, ms: int = 400, lead_ms: int = 0, trail_ms: int = 0) -> Pcm16:
    """``int16[n]``: a tone of 440 Hz between silences."""
    time = np.arange(rate * ms // 1000) / rate
    sound = (12_000 * np.sin(2 * np.pi * PITCH_HZ * time)).astype(np.int16)
    lead, trail = (np.zeros(rate * each // 1000, np.int16) for each in (lead_ms, trail_ms))
    return np.concatenate((lead, sound, trail))


def pcm(rate: int, **shape: int) -> bytes:
    return tone(rate, **shape).tobytes()


def wav_file(rate: int, **shape: int) -> bytes:
    data = pcm(rate, **shape)
    return wav.header(rate, len(data)) + data


def encoded(container: str, codec: str, rate: int, **shape: int) -> bytes:
    """A complete file of the tone, for example ``encoded("ogg", "libopus", 48000)``."""
    file = io.BytesIO()
    with av.open(file, "w", format=container) as output:
        stream = output.add_stream(codec, rate=rate)
        assert isinstance(stream, av.AudioStream)
        stream.layout = "mono"
        resampler = av.AudioResampler(stream.format, "mono", rate, stream.frame_size or 1024)
        frame = av.AudioFrame.from_ndarray(tone(rate, **shape).reshape(1, -1), "s16", "mono")
        frame.sample_rate = rate
        for piece in [*resampler.resample(frame), *resampler.resample(None)]:
            output.mux(stream.encode(piece))
        output.mux(stream.encode(None))
    return file.getvalue()


def pitch_hz(heard: Pcm16) -> float:
    """The loudest frequency of 48 kHz audio."""
    spectrum = np.abs(np.fft.rfft(heard * np.hanning(heard.size)))
    return float(np.argmax(spectrum) * SPOKEN_RATE / heard.size)


def length_ms(heard: Pcm16) -> float:
    return heard.size * 1000 / SPOKEN_RATE


def is_the_tone(heard: Pcm16, *, ms: float = 400, tolerance_ms: float = 15) -> bool:
    """Whether ``heard`` is the audio of `tone`, at its pitch and length."""
    return (
        heard.dtype == np.int16
        and abs(pitch_hz(heard) - PITCH_HZ) < 5
        and abs(length_ms(heard) - ms) < tolerance_ms
    )

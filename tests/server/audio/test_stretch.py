from __future__ import annotations

from collections.abc import Generator

import numpy as np
import pytest

from server.audio.stretch import stretched

RATE = 22_050


def tone(hz: float, seconds: float, done: list[bool] | None = None) -> Generator[bytes, None, None]:
    samples = 8000 * np.sin(2 * np.pi * hz * np.arange(round(RATE * seconds)) / RATE)
    data = samples.astype("<i2").tobytes()
    try:
        yield from (data[at : at + 2647] for at in range(0, len(data), 2647))
    finally:
        if done is not None:
            done.append(True)


@pytest.mark.parametrize("factor", [0.25, 0.4, 0.5, 1.5, 2.0, 4.0])
def test_the_length_changes_and_the_pitch_stays(factor: float) -> None:
    samples = np.frombuffer(b"".join(stretched(tone(440, 2.0), RATE, factor)), "<i2")
    assert samples.size / RATE == pytest.approx(2.0 / factor, rel=0.08)
    middle = samples[samples.size // 4 : -samples.size // 4].astype(float)
    spectrum = np.abs(np.fft.rfft(middle * np.hanning(middle.size)))
    assert np.argmax(spectrum) * RATE / middle.size == pytest.approx(440, rel=0.02)


def test_a_pace_near_the_natural_one_changes_nothing() -> None:
    assert b"".join(stretched(tone(440, 0.1), RATE, 1.01)) == b"".join(tone(440, 0.1))


def test_closing_stops_the_source() -> None:
    done: list[bool] = []
    chunks = stretched(tone(440, 100, done), RATE, 2.0)
    next(chunks)
    chunks.close()
    assert done


@pytest.mark.parametrize("factor", [0.0, -1.0])
def test_a_pace_that_is_not_above_0_is_refused(factor: float) -> None:
    with pytest.raises(ValueError, match="above 0"):
        stretched(tone(440, 0.1), RATE, factor)

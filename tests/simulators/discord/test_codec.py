from __future__ import annotations

import numpy as np
import pytest

from simulators.discord.codec import PersonDecoder, PersonEncoder
from simulators.discord.errors import BadPacket
from simulators.discord.rtp import SILENCE
from tests.simulators.discord.sounds import pitch, tone


def test_what_is_spoken_is_heard() -> None:
    microphone, ear = PersonEncoder(), PersonDecoder()
    spoken = tone(440, 0.5)
    frames = [microphone.encode(spoken[i : i + 960]) for i in range(0, spoken.size, 960)]
    heard = np.concatenate([ear.decode(frame) for frame in frames])
    assert heard.size == spoken.size
    assert pitch(heard[4800:]) == pytest.approx(440, abs=3)


def test_the_last_piece_may_be_short() -> None:
    assert PersonDecoder().decode(PersonEncoder().encode(tone(440, 0.005))).size == 960


def test_the_frame_of_silence_is_silent() -> None:
    assert not PersonDecoder().decode(SILENCE).any()


@pytest.mark.parametrize("junk", [b"", b"\xff", b"\xff\xff\xff"])
def test_junk_is_refused(junk: bytes) -> None:
    with pytest.raises(BadPacket, match="no Opus packet"):
        PersonDecoder().decode(junk)

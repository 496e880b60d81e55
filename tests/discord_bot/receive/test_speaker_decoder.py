from __future__ import annotations

import numpy as np
import pytest

from discord_bot.receive.counters import ReceiveCounters
from discord_bot.receive.rtp import OPUS_SILENCE, RtpPacket
from discord_bot.receive.sink import FrameKind
from discord_bot.receive.speaker_decoder import SpeakerDecoder
from tests.discord_bot.receive.packets import ANN, Heard, opus_frames, pitch, tone


def talk(drop: set[int], frames: list[bytes]) -> tuple[Heard, ReceiveCounters]:
    heard, counters = Heard(), ReceiveCounters()
    talker = SpeakerDecoder(ANN, counters, heard.on_audio)
    for n, frame in enumerate(frames):
        if n not in drop:
            talker.push(RtpPacket(n, 5, n * 0.02, frame))
    talker.due(len(frames) * 0.02 + 0.1)
    return heard, counters


def test_speech_and_its_end() -> None:
    heard, counters = talk(set(), [*opus_frames(tone(440, 0.2)), OPUS_SILENCE])
    assert heard.kinds(ANN) == [FrameKind.SPEECH] * 10 + [FrameKind.SILENCE]
    assert pitch(heard.pcm(ANN, FrameKind.SPEECH)[640:]) == pytest.approx(440, abs=10)
    assert (counters.frames, counters.silence) == (11, 1)
    assert counters.last_frame_at == {ANN: pytest.approx(0.2)}


def test_lost_frames_are_filled_and_the_length_is_kept() -> None:
    heard, counters = talk({5, 6, 12}, opus_frames(tone(440, 0.4)))
    assert heard.ms(ANN) == 400
    assert (counters.concealed, counters.fec) == (1, 2)
    kinds = heard.kinds(ANN)
    assert [n for n, kind in enumerate(kinds) if kind is FrameKind.CONCEALED] == [5, 6, 12]
    gap = heard.pcm(ANN)[5 * 320 : 7 * 320]
    assert np.abs(gap).max() > 1000, "the tone goes on through the gap"


def test_a_frame_that_is_no_opus_is_dropped_and_counted() -> None:
    frames = opus_frames(tone(440, 0.2))
    frames[4] = b"\xff" * 40
    heard, counters = talk(set(), frames)
    assert heard.kinds(ANN) == [FrameKind.SPEECH] * 9
    assert counters.opus_fail == 1

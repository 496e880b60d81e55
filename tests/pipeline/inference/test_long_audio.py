"""Windows of audio that is longer than Whisper's own."""

from __future__ import annotations

import numpy as np

from pipeline.audio import HEARD_RATE, Samples
from pipeline.inference.long_audio import WINDOW, decode_long, quietest
from pipeline.inference.whisper_decoder import Decoding


class Numbered:
    """Decodes audio whose samples are their second, and closes a part of each window."""

    def __init__(self, closed_until: float) -> None:
        self.windows: list[tuple[float, float]] = []
        self._closed_until = closed_until

    def __call__(self, audio: Samples) -> Decoding:
        length = audio.size / HEARD_RATE
        self.windows.append((float(audio[0]), length))
        begin, end = int(audio[0]), int(audio[0] + min(length, self._closed_until))
        whole, closed = (
            " ".join(map(str, range(begin, until))) for until in (int(audio[0] + length), end)
        )
        until = min(length, self._closed_until)
        return Decoding(whole, (), (), -0.1, 0.0, 1.0, False, closed, until, None)


def seconds(length: int) -> Samples:
    return np.repeat(np.arange(length, dtype=np.float32), HEARD_RATE)


def test_up_to_30_s_are_one_window() -> None:
    decode = Numbered(12.0)
    [window] = decode_long(seconds(30), decode)
    assert decode.windows == [(0.0, 30.0)]
    assert window.text == " ".join(map(str, range(30)))


def test_a_window_goes_on_from_the_last_closed_timestamp_and_nothing_is_lost_or_doubled() -> None:
    decode = Numbered(28.0)
    windows = list(decode_long(seconds(70), decode))
    assert decode.windows == [(0.0, 30.0), (28.0, 30.0), (56.0, 14.0)]
    assert " ".join(each.text for each in windows) == " ".join(map(str, range(70)))


def test_a_rest_that_is_too_short_for_a_word_ends_it() -> None:
    audio = np.concatenate([seconds(30), np.full(HEARD_RATE // 10, 30.0, np.float32)])
    assert len(list(decode_long(audio, Numbered(30.0)))) == 1


def test_where_nothing_is_closed_the_window_ends_at_the_quietest_place() -> None:
    audio = np.full(40 * HEARD_RATE, 0.5, np.float32)
    quiet = slice(28 * HEARD_RATE, 28 * HEARD_RATE + HEARD_RATE // 10)
    audio[quiet] = 0.01
    decode = Numbered(0.0)
    list(decode_long(audio, decode))
    (_, whole), (_, cut), (_, rest) = decode.windows
    assert whole == 30.0
    assert abs(cut - 28.05) < 0.001
    assert abs(rest - (40 - cut)) < 0.001
    assert abs(quietest(audio[:WINDOW]) / HEARD_RATE - 28.05) < 0.001


def test_windows_without_any_sound_are_not_decoded() -> None:
    audio = np.concatenate([np.zeros(200 * HEARD_RATE, np.float32), seconds(40)[HEARD_RATE:]])
    decode = Numbered(28.0)
    windows = list(decode_long(audio, decode))
    # Six windows of zeros; the next has the last 20 s of them.
    assert windows[0].start == 180 * HEARD_RATE
    assert len(decode.windows) < 5
    silence = Numbered(0.0)
    [last] = decode_long(np.zeros(100 * HEARD_RATE, np.float32), silence)
    assert (last.start, len(silence.windows)) == (90 * HEARD_RATE, 1)


class EndsEarly:
    """Closes its text at ``until`` seconds, and leaves the rest of the audio out."""

    def __init__(self, until: float) -> None:
        self.windows: list[float] = []
        self._until = until

    def __call__(self, audio: Samples) -> Decoding:
        self.windows.append(audio.size / HEARD_RATE)
        until = min(audio.size / HEARD_RATE, self._until)
        return Decoding("words", (), (), -0.1, 0.0, 1.0, False, "words", until, None)


def test_speech_that_the_decoder_leaves_out_at_the_end_is_decoded_again() -> None:
    loud = np.full(8 * HEARD_RATE, 0.1, np.float32)
    decode = EndsEarly(5.0)
    assert [each.text for each in decode_long(loud, decode)] == ["words", "words"]
    assert decode.windows == [8.0, 3.0]


def test_a_quiet_or_short_rest_is_left_out() -> None:
    audio = np.full(8 * HEARD_RATE, 0.1, np.float32)
    audio[5 * HEARD_RATE :] = 0.005
    assert len(list(decode_long(audio, EndsEarly(5.0)))) == 1
    assert len(list(decode_long(audio[: 6 * HEARD_RATE], EndsEarly(5.0)))) == 1


def test_an_open_segment_reaches_to_the_end_of_the_audio() -> None:
    loud = np.full(8 * HEARD_RATE, 0.1, np.float32)
    assert len(list(decode_long(loud, Numbered(5.0)))) == 1

"""What somebody heard, cut at its pauses and compared with what was to be heard."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
import pytest

from pipeline.audio import HEARD_RATE, SPOKEN_RATE, Pcm16, Samples
from pipeline.inference.expected_names import NO_NAMES, ExpectedNames
from pipeline.inference.transcription import Transcription
from testing.calls import tone
from testing.transcription import missing, parts, to_16k, transcribe, words


def silence(seconds: float) -> Pcm16:
    return np.zeros(int(seconds * SPOKEN_RATE), np.int16)


def joined(*pieces: Pcm16) -> Pcm16:
    return np.concatenate(pieces)


def seconds_of(pcm: Pcm16) -> float:
    return pcm.size / SPOKEN_RATE


# -- parts -------------------------------------------------------------------------------------


def test_sentences_are_parted_at_the_pauses_and_keep_a_margin() -> None:
    found = parts(joined(silence(1), tone(0.5), silence(0.4), tone(0.7), silence(1)))
    assert [seconds_of(part) for part in found] == pytest.approx([0.7, 0.9], abs=0.03)


def test_a_pause_within_a_sentence_parts_nothing() -> None:
    assert len(parts(joined(tone(0.5), silence(0.2), tone(0.5)))) == 1


def test_how_long_a_pause_must_be_can_be_told() -> None:
    heard = joined(tone(0.5), silence(0.2), tone(0.5))
    assert len(parts(heard, pause_ms=150)) == 2


def test_at_the_edges_there_is_no_more_margin_than_there_was_audio() -> None:
    (part,) = parts(tone(0.5))
    assert seconds_of(part) == 0.5


@pytest.mark.parametrize("pcm", [silence(0), silence(0.005), silence(2), silence(1) + 200])
def test_in_silence_and_in_noise_there_are_none(pcm: Pcm16) -> None:
    assert parts(pcm.astype(np.int16)) == []


# -- resampling --------------------------------------------------------------------------------


def test_at_16_khz_it_is_the_same_sound() -> None:
    samples = to_16k(tone(1.0, hertz=440))
    assert samples.dtype == np.float32
    assert samples.size == pytest.approx(HEARD_RATE, abs=50)
    spectrum = np.abs(np.fft.rfft(samples))
    loudest = np.argmax(spectrum) * HEARD_RATE / samples.size
    assert loudest == pytest.approx(440, abs=2)
    assert np.abs(samples).max() == pytest.approx(9000 / 32768, rel=0.05)


# -- transcribing ------------------------------------------------------------------------------


class CountingTranscriber:
    """Says how long what it was given is, in tenths of a second; nothing to what is short."""

    def __init__(self) -> None:
        self.languages: list[str | None] = []

    def transcribe(
        self,
        audio: Samples,
        *,
        language: str | None = None,
        among: Collection[str] = (),
        usual: str | None = None,
        sure: float | None = None,
        names: ExpectedNames = NO_NAMES,
        fallback: bool = True,
    ) -> Transcription:
        self.languages.append(language)
        tenths = round(audio.size / HEARD_RATE * 10)
        return Transcription(f"{tenths}" if tenths > 3 else "", "en", 0.0, -0.1, 0.0, 0.0)


def test_each_sentence_is_transcribed_by_itself_and_what_has_no_words_is_left_out() -> None:
    ear = CountingTranscriber()
    heard = joined(
        silence(0.5), tone(0.5), silence(0.5), tone(0.1), silence(0.5), tone(1.0), silence(0.5)
    )
    assert transcribe(heard, ear) == ["7", "12"]
    assert ear.languages == ["en"] * 3


# -- comparing ---------------------------------------------------------------------------------


def test_words_are_compared_without_case_and_punctuation() -> None:
    assert words("It is HALF past seven, sir!") == ["it", "is", "half", "past", "seven", "sir"]
    assert words("...") == []


@pytest.mark.parametrize(
    ("expected", "heard", "lost"),
    [
        (["One."], ["one"], []),
        (["One.", "Two."], ["One", "and something else", "Two!"], []),
        (["One.", "Two."], ["Two.", "One."], ["Two."]),
        (["One."], [], ["One."]),
        (["One."], ["One two."], ["One."]),
        (["One.", "One."], ["One."], ["One."]),
        (["One.", "Two.", "Three."], ["One.", "Three."], ["Two."]),
        ([], ["One."], []),
    ],
)
def test_what_is_missing_is_named(expected: list[str], heard: list[str], lost: list[str]) -> None:
    assert missing(expected, heard) == lost

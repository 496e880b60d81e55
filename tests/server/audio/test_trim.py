from __future__ import annotations

import numpy as np
import pytest

from pipeline.audio import Pcm16
from server.audio.trim import SilenceTrimmer

MS = 48


def silence(ms: int, noise: int = 0) -> Pcm16:
    random = np.random.default_rng(1)
    return random.integers(-noise, noise + 1, ms * MS).astype(np.int16)


def sound(ms: int) -> Pcm16:
    return np.full(ms * MS, 5000, np.int16)


def trimmed(
    pcm: Pcm16, piece: int = 960, *, leading: bool = True, max_trailing_ms: int = 200
) -> Pcm16:
    trimmer = SilenceTrimmer(leading=leading, max_trailing_ms=max_trailing_ms)
    pieces = [trimmer.feed(pcm[begin : begin + piece]) for begin in range(0, pcm.size, piece)]
    return np.concatenate(pieces)


@pytest.mark.parametrize("piece", [1, 100, 960, 10**6])
def test_silence_is_trimmed_for_any_chunks(piece: int) -> None:
    heard = trimmed(np.concatenate((silence(100), sound(20), silence(500))), piece)
    assert np.array_equal(heard, np.concatenate((silence(10), sound(20), silence(200))))


@pytest.mark.parametrize("piece", [1, 100, 960, 10**6])
def test_a_pause_inside_a_sentence_stays_whole(piece: int) -> None:
    pcm = np.concatenate((sound(20), silence(700), sound(20)))
    assert np.array_equal(trimmed(pcm, piece), pcm)


def test_short_silences_stay_as_they_are() -> None:
    pcm = np.concatenate((silence(5), sound(20), silence(150)))
    assert np.array_equal(trimmed(pcm), pcm)


def test_the_noise_of_a_quiet_engine_counts_as_silence() -> None:
    pcm = np.concatenate((silence(100, noise=90), sound(20), silence(500, noise=90)))
    assert trimmed(pcm).size == 230 * MS


def test_a_faint_but_audible_end_is_kept() -> None:
    faint = np.full(400 * MS, 300, np.int16)
    pcm = np.concatenate((sound(20), faint))
    assert trimmed(pcm).size == pcm.size


def test_leading_silence_can_be_kept() -> None:
    pcm = np.concatenate((silence(100), sound(20)))
    assert np.array_equal(trimmed(pcm, leading=False), pcm)


def test_trailing_silence_can_be_removed_completely() -> None:
    pcm = np.concatenate((sound(20), silence(300)))
    assert np.array_equal(trimmed(pcm, max_trailing_ms=0), sound(20))


@pytest.mark.parametrize("leading", [True, False])
def test_silence_alone_gives_no_output(*, leading: bool) -> None:
    assert trimmed(silence(500), leading=leading).size == 0


def test_leading_silence_that_is_kept_comes_with_the_first_sound() -> None:
    trimmer = SilenceTrimmer(leading=False, max_trailing_ms=200)
    assert trimmer.feed(silence(50)).size == 0
    assert not trimmer.sounded
    assert trimmer.feed(sound(20)).size == 70 * MS
    assert trimmer.sounded


def test_the_loudest_negative_sample_is_a_sound() -> None:
    assert trimmed(np.array([-32768], np.int16)).size == 1


def test_speech_is_not_held_back() -> None:
    trimmer = SilenceTrimmer(leading=True, max_trailing_ms=200)
    assert trimmer.feed(sound(20)).size == 20 * MS

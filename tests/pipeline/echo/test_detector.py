"""Echo and speech told apart, in the voices of the bot and of speakers."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.echo.detector import STEP_MS, EchoMemory, EchoResult, likeness_by_delay
from pipeline.settings import BargeInSettings
from server.engines.espeak import EspeakEngine, EspeakVoice
from testing.echo_sounds import (
    STORY,
    TALK,
    Sound,
    as_pcm,
    echo_checks,
    echo_of,
    level,
    spoken,
)

LIKENESS = BargeInSettings().echo_likeness


@pytest.fixture(scope="module")
def voices() -> tuple[Sound, Sound]:
    """The bot's voice with a story, and a speaker's with other sentences."""
    with EspeakEngine() as engine:
        bot = spoken(engine, STORY, EspeakVoice("en-gb-x-rp", "m3", 165, 35))
        person = spoken(engine, TALK, EspeakVoice("en-us", "f4", 165, 50))
    return bot, np.resize(person, bot.size)


def echo_share(mic: Sound, played: Sound, memory: EchoMemory | None = None) -> float:
    """The share of checks that find an echo."""
    memory = memory or EchoMemory(LIKENESS)
    return float(
        np.mean([found is EchoResult.ECHO for _, found in echo_checks(memory, mic, played)])
    )


@pytest.mark.parametrize("delay_ms", [80, 220, 400])
@pytest.mark.parametrize("noise_db", [30, 10])
def test_an_echo_and_its_delay_are_found(
    voices: tuple[Sound, Sound], delay_ms: int, noise_db: int
) -> None:
    bot, _ = voices
    echo = echo_of(bot, delay_ms, 0.3, seed=1)
    noise = np.random.default_rng(1).normal(0, level(echo) * 10 ** (-noise_db / 20), echo.size)
    memory = EchoMemory(LIKENESS)
    assert echo_share(echo + noise, bot, memory) > 0.8
    assert memory.delay_ms == pytest.approx(delay_ms, abs=60)


def test_a_speaker_is_not_an_echo_of_the_playback(voices: tuple[Sound, Sound]) -> None:
    bot, person = voices
    memory = EchoMemory(LIKENESS)
    assert echo_share(0.1 * person, bot, memory) < 0.05
    assert memory.delay_ms is None


def test_speech_over_an_echo_is_found_soon(voices: tuple[Sound, Sound]) -> None:
    bot, person = voices
    echo = echo_of(bot, 200, 0.3, seed=1)
    mic = echo + np.random.default_rng(1).normal(0, 1e-3, echo.size)
    since = 4 * 16_000
    mic[since:] += 2 * level(echo) / level(person) * person[: mic.size - since]
    memory = EchoMemory(LIKENESS)
    heard = [end for end, found in echo_checks(memory, mic, bot) if found is EchoResult.SPEECH]
    assert next(end for end in heard if end > since) - since < 16_000 * 0.6


def test_the_start_of_speech_is_not_an_echo(
    voices: tuple[Sound, Sound],
) -> None:
    """All speech begins with silence, then with all bands at once."""
    bot, person = voices
    onset = np.flatnonzero(np.abs(person) > 0.02)[0]
    mic = np.concatenate((np.zeros(1600), person[onset : onset + 6400]))
    begins = np.flatnonzero(np.abs(bot) > 0.02)[0]
    played = np.concatenate((np.zeros(9600 + 1600), bot[begins : begins + 6400]))
    assert EchoMemory(LIKENESS).classify(as_pcm(mic), as_pcm(played)) is EchoResult.SPEECH


def test_silence_gives_no_likeness(voices: tuple[Sound, Sound]) -> None:
    _, person = voices
    silence = np.zeros(16_000, np.int16)
    assert likeness_by_delay(as_pcm(person[:6400]), silence).max() == 0
    assert likeness_by_delay(silence[:6400], as_pcm(person[:16_000])).max() == 0


def test_the_likeness_is_highest_at_the_delay(voices: tuple[Sound, Sound]) -> None:
    bot, _ = voices
    played = as_pcm(bot[16_000 : 16_000 + 16_000])
    late = as_pcm(bot[16_000 + 16_000 - 7680 - 3200 : 16_000 + 16_000 - 3200])
    likeness = likeness_by_delay(late, played)
    assert likeness.argmax() * STEP_MS == 200
    assert likeness.max() > 0.95


def test_too_little_audio_is_unsure(voices: tuple[Sound, Sound]) -> None:
    bot, _ = voices
    memory = EchoMemory(LIKENESS)
    assert memory.classify(as_pcm(bot[:2400]), as_pcm(bot[:12_000])) is EchoResult.UNSURE
    assert memory.classify(np.zeros(0, np.int16), np.zeros(0, np.int16)) is EchoResult.UNSURE


@pytest.mark.parametrize("ms", [300, 480])
def test_an_unknown_microphone_is_classified_from_a_quarter_of_a_second_on(
    voices: tuple[Sound, Sound], ms: int
) -> None:
    bot, person = voices
    since, until = 16_000, 16_000 + ms * 16
    played = as_pcm(bot[since - 9600 : until])
    heard = as_pcm(0.3 * bot[since - 3200 : until - 3200])
    assert EchoMemory(LIKENESS).classify(heard, played) is EchoResult.ECHO
    assert EchoMemory(LIKENESS).classify(as_pcm(person[since:until]), played) is EchoResult.SPEECH


def test_a_delay_that_is_known_stays_known_through_other_speech(
    voices: tuple[Sound, Sound],
) -> None:
    bot, person = voices
    memory = EchoMemory(LIKENESS)
    for _ in echo_checks(memory, echo_of(bot, 200, 0.3, seed=1)[: 4 * 16_000], bot):
        pass
    delay_ms, gain_db = memory.delay_ms, memory.gain_db
    for _ in echo_checks(memory, 0.1 * np.tile(person, 3), np.tile(bot, 3)):
        pass
    assert memory.delay_ms == delay_ms == pytest.approx(200, abs=60)
    # espeak-ng speaks a little differently each time: one check may take a word for the echo.
    assert memory.gain_db == pytest.approx(gain_db, abs=4)


def test_an_echo_that_the_room_changes_is_not_speech_while_it_is_as_loud_as_expected(
    voices: tuple[Sound, Sound],
) -> None:
    """Only what is louder than the expected echo shows a second voice."""
    bot, person = voices
    memory = EchoMemory(LIKENESS)
    for _ in echo_checks(memory, echo_of(bot, 200, 0.3, seed=1)[: 4 * 16_000], bot):
        pass
    until = 5 * 16_000
    played = as_pcm(bot[until - 7680 - 9600 : until])
    assert memory.gain_db is not None
    expected = level(bot[until - 7680 - 3200 : until - 3200]) * 10 ** (memory.gain_db / 20)
    words = person[until - 7680 : until] / level(person[until - 7680 : until]) * expected
    assert memory.classify(as_pcm(words), played) is EchoResult.UNSURE
    assert memory.classify(as_pcm(3 * words), played) is EchoResult.SPEECH


def test_a_delay_at_which_all_audio_is_almost_an_echo_is_known_after_half_a_second(
    voices: tuple[Sound, Sound],
) -> None:
    bot, _ = voices
    size, until = 240 * 16, 2 * 16_000
    played = as_pcm(bot[until - size - 9600 : until])
    echo = bot[until - size - 3200 : until - 3200]
    noise = np.random.default_rng(1).normal(0, level(echo), size)
    almost = next(
        heard
        for share in np.arange(0.0, 2.0, 0.01)
        if EchoMemory(LIKENESS).classify(heard := as_pcm(0.3 * (echo + share * noise)), played)
        is EchoResult.UNSURE
    )
    memory = EchoMemory(LIKENESS)
    results = [memory.classify(almost, played) for _ in range(12)]
    assert EchoResult.ECHO not in results[:4]
    assert results[-1] is EchoResult.ECHO
    assert memory.delay_ms == pytest.approx(200, abs=60)
    assert memory.gain_db == pytest.approx(-10, abs=4)


def test_between_two_sentences_nothing_can_be_told(voices: tuple[Sound, Sound]) -> None:
    bot, person = voices
    played = np.zeros(9600 + 7680)
    played[:5000] = bot[16_000:21_000]
    heard = as_pcm(person[16_000 : 16_000 + 7680])
    assert EchoMemory(LIKENESS).classify(heard, as_pcm(played)) is EchoResult.UNSURE
    nothing = np.zeros(played.size, np.int16)
    assert EchoMemory(LIKENESS).classify(heard, nothing) is EchoResult.SPEECH

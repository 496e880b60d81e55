"""Echo and speech told apart, in the voices of the bot and of people."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.echo.detector import STEP_MS, EchoMemory, Verdict, likeness_by_delay
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
    """The bot with a story, and a person with other things to say."""
    with EspeakEngine() as engine:
        bot = spoken(engine, STORY, EspeakVoice("en-gb-x-rp", "m3", 165, 35))
        person = spoken(engine, TALK, EspeakVoice("en-us", "f4", 165, 50))
    return bot, np.resize(person, bot.size)


def echo_share(mic: Sound, played: Sound, memory: EchoMemory | None = None) -> float:
    """How many of the looks at a microphone find an echo."""
    memory = memory or EchoMemory(LIKENESS)
    return float(np.mean([found is Verdict.ECHO for _, found in echo_checks(memory, mic, played)]))


@pytest.mark.parametrize("delay_ms", [80, 220, 400])
@pytest.mark.parametrize("noise_db", [30, 10])
def test_an_echo_is_found_and_so_is_its_delay(
    voices: tuple[Sound, Sound], delay_ms: int, noise_db: int
) -> None:
    bot, _ = voices
    echo = echo_of(bot, delay_ms, 0.3, seed=1)
    noise = np.random.default_rng(1).normal(0, level(echo) * 10 ** (-noise_db / 20), echo.size)
    memory = EchoMemory(LIKENESS)
    assert echo_share(echo + noise, bot, memory) > 0.8
    assert memory.delay_ms == pytest.approx(delay_ms, abs=60)


def test_a_person_is_no_echo_of_what_is_played_meanwhile(voices: tuple[Sound, Sound]) -> None:
    bot, person = voices
    memory = EchoMemory(LIKENESS)
    assert echo_share(0.1 * person, bot, memory) < 0.05
    assert memory.delay_ms is None


def test_a_person_over_an_echo_is_heard_soon(voices: tuple[Sound, Sound]) -> None:
    bot, person = voices
    echo = echo_of(bot, 200, 0.3, seed=1)
    mic = echo + np.random.default_rng(1).normal(0, 1e-3, echo.size)
    since = 4 * 16_000
    mic[since:] += 2 * level(echo) / level(person) * person[: mic.size - since]
    memory = EchoMemory(LIKENESS)
    heard = [end for end, found in echo_checks(memory, mic, bot) if found is Verdict.SPEECH]
    assert next(end for end in heard if end > since) - since < 16_000 * 0.6


def test_speech_that_begins_with_a_sound_of_the_bot_is_no_echo(
    voices: tuple[Sound, Sound],
) -> None:
    """Everybody's speech begins with silence and then all bands at once."""
    bot, person = voices
    onset = np.flatnonzero(np.abs(person) > 0.02)[0]
    mic = np.concatenate((np.zeros(1600), person[onset : onset + 6400]))
    begins = np.flatnonzero(np.abs(bot) > 0.02)[0]
    played = np.concatenate((np.zeros(9600 + 1600), bot[begins : begins + 6400]))
    assert EchoMemory(LIKENESS).judge(as_pcm(mic), as_pcm(played)) is Verdict.SPEECH


def test_where_nothing_was_played_nothing_is_alike(voices: tuple[Sound, Sound]) -> None:
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


def test_too_little_to_tell_is_said_so(voices: tuple[Sound, Sound]) -> None:
    bot, _ = voices
    memory = EchoMemory(LIKENESS)
    assert memory.judge(as_pcm(bot[:3200]), as_pcm(bot[:12_800])) is Verdict.UNSURE
    assert memory.judge(np.zeros(0, np.int16), np.zeros(0, np.int16)) is Verdict.UNSURE


@pytest.mark.parametrize(
    ("ms", "echo", "speech"),
    [
        (230, Verdict.UNSURE, Verdict.UNSURE),
        (240, Verdict.ALIKE, Verdict.UNSURE),
        (390, Verdict.ALIKE, Verdict.UNSURE),
        (400, Verdict.ECHO, Verdict.SPEECH),
    ],
)
def test_of_a_microphone_that_is_not_known_more_must_be_heard(
    voices: tuple[Sound, Sound], ms: int, echo: Verdict, speech: Verdict
) -> None:
    bot, person = voices
    since, until = 16_000, 16_000 + ms * 16
    played = as_pcm(bot[since - 9600 : until])
    heard = as_pcm(0.3 * bot[since - 3200 : until - 3200])
    assert EchoMemory(LIKENESS).judge(heard, played) is echo
    assert EchoMemory(LIKENESS).judge(as_pcm(person[since:until]), played) is speech

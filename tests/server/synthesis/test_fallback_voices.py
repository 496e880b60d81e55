from __future__ import annotations

from collections.abc import Iterator

import pytest

from server.engines.espeak import EspeakEngine
from server.engines.voices import find_voice
from server.synthesis.fallback_voices import _ACCENTS, _FEMALE, _LANGUAGES, _MALE, FallbackVoices


@pytest.fixture(scope="module")
def engine() -> Iterator[EspeakEngine]:
    with EspeakEngine() as opened:
        yield opened


def test_the_engine_has_every_voice_that_may_stand_in(engine: EspeakEngine) -> None:
    assert set(_FEMALE + _MALE) <= set(engine.variants())
    assert {*_ACCENTS, *_LANGUAGES.values()} <= set(engine.voices())


@pytest.mark.parametrize("name", ["jarvis", "Sage", "alloy", "espeak:en-us+f4", "espeak:de"])
def test_a_voice_of_the_engine_is_its_own_fallback(name: str) -> None:
    assert FallbackVoices().fallback_for(name) == name


@pytest.mark.parametrize("name", ["Zoe", "bm_george", "", "Ünïcödé 声", "a" * 10_000, "\ud800"])
def test_any_other_name_always_gets_the_same_voice(name: str, engine: EspeakEngine) -> None:
    voice = FallbackVoices().fallback_for(name)
    assert FallbackVoices([name, "sage"]).fallback_for(name) == voice
    assert b"".join(engine.synthesize("Hello.", find_voice(voice)))


@pytest.mark.parametrize(
    ("name", "language", "variants"),
    [
        ("bm_george", "en-gb-x-rp", _MALE),
        ("af_heart", "en-us", _FEMALE),
        ("if_sara", "it", _FEMALE),
        ("em_alex", "es", _MALE),
    ],
)
def test_the_fallback_matches_the_accent_and_sex_in_the_name(
    name: str, language: str, variants: tuple[str, ...]
) -> None:
    found = find_voice(FallbackVoices().fallback_for(name))
    assert found.language == language
    assert found.variant in variants


def test_agents_get_different_voices_while_any_are_free() -> None:
    names = [*(f"am_{number}" for number in range(len(_MALE))), *"abcdefghij"]
    voices = FallbackVoices(names)
    assert len({voices.fallback_for(name) for name in names}) == len(names)
    assert FallbackVoices(names).fallback_for("am_3") == voices.fallback_for("am_3")
    more = FallbackVoices([f"am_{number}" for number in range(50)])
    assert all(more.fallback_for(f"am_{number}") for number in range(50))


KOKORO = ("jarvis", "kokoro:af_heart", "kokoro:bm_george", "kokoro:ef_dora", "espeak:de")


@pytest.mark.parametrize("name", ["bm_george", "kokoro:bm_george"])
def test_the_embedded_kokoro_replaces_a_voice_by_the_same_voice(name: str) -> None:
    assert FallbackVoices(embedded=KOKORO).fallback_for(name) == "kokoro:bm_george"


def test_the_embedded_kokoro_replaces_other_voices_by_different_english_ones() -> None:
    names = ("Ava", "Zoe")
    voices = FallbackVoices(names, KOKORO)
    assert {voices.fallback_for(name) for name in names} == {"kokoro:af_heart", "kokoro:bm_george"}
    assert voices.fallback_for("jarvis") == "jarvis"


def test_a_voice_of_a_language_that_the_embedded_kokoro_lacks_is_espeaks() -> None:
    assert FallbackVoices(embedded=KOKORO).fallback_for("ff_siwis").startswith("espeak:fr-fr")

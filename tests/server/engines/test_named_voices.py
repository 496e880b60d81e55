from __future__ import annotations

from dataclasses import replace

from models.registry import KOKORO
from server.engines.espeak import EspeakEngine
from server.engines.named_voices import NAMED_VOICES, OPENAI_VOICES, named_voice


def test_every_name_is_another_voice_on_the_engines_that_have_several() -> None:
    assert len({voice.id for voice in NAMED_VOICES}) == len(NAMED_VOICES)
    assert len({voice.neural["kokoro"] for voice in NAMED_VOICES}) == len(NAMED_VOICES)
    natural = [replace(voice.espeak, words_per_minute=160) for voice in NAMED_VOICES]
    assert len(set(natural)) == len(NAMED_VOICES)


def test_kokoro_and_espeak_have_them_all() -> None:
    files = {file.file for file in KOKORO.files}
    assert {f"voices/{voice.neural['kokoro']}.bin" for voice in NAMED_VOICES} <= files
    with EspeakEngine() as engine:
        assert {voice.espeak.language for voice in NAMED_VOICES} <= set(engine.voices())
        assert {voice.espeak.variant for voice in NAMED_VOICES} <= set(engine.variants())


def test_they_are_openais_names_and_sage_is_the_agent() -> None:
    theirs = "alloy ash ballad coral echo sage shimmer verse marin cedar fable onyx nova"
    assert {voice.id for voice in OPENAI_VOICES} | {"sage"} == set(theirs.split())
    sage = named_voice("SAGE")
    assert sage is not None
    assert sage not in OPENAI_VOICES
    assert named_voice("nobody") is None

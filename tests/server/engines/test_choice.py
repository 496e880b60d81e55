"""Which engine speaks: the one whose weights are there; the weights are not needed here."""

from __future__ import annotations

import logging
from collections.abc import Generator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from models.errors import StoreUnusable
from models.folder import Found
from models.settings import ModelsSettings
from models.store import ModelStore
from server.engines import choice
from server.engines.choice import open_voices
from server.engines.engine import ListedVoice, SpokenText
from server.engines.voices import EmbeddedVoices, EspeakVoices
from server.errors import EngineUnavailable, UnknownVoice
from server.settings import ServerSettings


@dataclass
class NeuralEngine:
    """An engine that records what it is asked for."""

    prefix: str
    names: tuple[str, ...]
    asked: list[tuple[str, str, float]] = field(default_factory=list)
    closed: bool = False

    @property
    def label(self) -> str:
        return self.prefix.title()

    def voices(self) -> tuple[ListedVoice, ...]:
        return tuple(ListedVoice(f"{self.prefix}:{name}", name, "en-US") for name in self.names)

    def speak(self, text: str, voice: str, speed: float) -> SpokenText:
        if voice not in self.names:
            raise UnknownVoice(f"{self.prefix} has no voice {voice!r}")
        self.asked.append((text, voice, speed))
        return SpokenText(24_000, self._chunks(), speed)

    def _chunks(self) -> Generator[bytes, None, None]:
        yield b"\1\0" * 240

    def close(self) -> None:
        self.closed = True


def kokoro() -> NeuralEngine:
    return NeuralEngine("kokoro", ("af_heart", "bm_george"))


def test_the_agents_speak_with_the_preferred_engine() -> None:
    neural, piper = kokoro(), NeuralEngine("piper", ("joe",))
    voices = EmbeddedVoices(EspeakVoices(), [neural, piper])
    for voice in ("jarvis", " Sage ", "af_heart", "kokoro:bm_george"):
        assert voices.speak("Hello.", voice, 1.5).rate == 24_000
    assert neural.asked == [
        ("Hello.", name, 1.5) for name in ("bm_george", "af_heart", "af_heart", "bm_george")
    ]
    voices.speak("Hello.", "piper:joe", 1.0)
    assert piper.asked == [("Hello.", "joe", 1.0)]
    assert voices.label == "Kokoro"
    voices.close()
    assert neural.closed
    assert piper.closed


def test_an_agents_voice_that_the_engine_lacks_is_the_next_engines() -> None:
    neural, piper = NeuralEngine("kokoro", ("af_bella",)), NeuralEngine("piper", ("joe",))
    EmbeddedVoices(EspeakVoices(), [neural, piper]).speak("Hello.", "jarvis", 1.0)
    assert piper.asked == [("Hello.", "joe", 1.0)]


def test_without_a_neural_engine_espeak_speaks() -> None:
    voices = EmbeddedVoices(EspeakVoices())
    assert voices.label == "espeak-ng"
    for voice in ("jarvis", "SAGE", "espeak:en-us+f4"):
        spoken = voices.speak("Hello.", voice, 1.0)
        assert spoken.rate == 22_050
        assert len(b"".join(spoken.chunks)) > 10_000


@pytest.mark.parametrize("voice", ["nobody", "", "espeak:", "piper:joe", "kokoro:af_none"])
def test_a_voice_that_no_engine_has_is_an_error(voice: str) -> None:
    with pytest.raises(UnknownVoice):
        EmbeddedVoices(EspeakVoices(), [kokoro()]).speak("Hello.", voice, 1.0)


def test_the_list_begins_with_the_agents_and_names_every_engine() -> None:
    listed = [each.id for each in EmbeddedVoices(EspeakVoices(), [kokoro()]).voices()]
    assert listed[:4] == ["jarvis", "sage", "kokoro:af_heart", "kokoro:bm_george"]
    assert "espeak:de" in listed
    assert len(set(listed)) == len(listed)


def test_without_weights_espeak_speaks_and_the_log_has_the_command(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    voices = open_voices(ServerSettings(), ModelsSettings(dir=tmp_path))
    assert voices.label == "espeak-ng"
    assert "run.py models fetch" in caplog.text
    assert str(tmp_path) in caplog.text


@pytest.mark.parametrize("engine", ["kokoro", "piper"])
def test_an_engine_that_the_settings_name_must_have_its_weights(
    engine: str, tmp_path: Path
) -> None:
    settings = ServerSettings.model_validate({"engine": engine})
    with pytest.raises(EngineUnavailable, match=rf"server\.engine is {engine}.*models fetch"):
        open_voices(settings, ModelsSettings(dir=tmp_path))


def test_damaged_weights_are_told_and_espeak_speaks(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    model = tmp_path / "kokoro" / "kokoro-v1.0.int8.onnx"
    model.parent.mkdir()
    model.write_bytes(b"no model")
    voices = open_voices(ServerSettings(), ModelsSettings(dir=tmp_path))
    assert voices.label == "espeak-ng"
    assert str(model) in caplog.text


def test_without_a_folder_for_models_espeak_speaks(monkeypatch: pytest.MonkeyPatch) -> None:
    def homeless(_: ModelsSettings) -> ModelStore:
        raise StoreUnusable("no folder for models")

    monkeypatch.setattr(choice, "ModelStore", homeless)
    assert open_voices(ServerSettings(), ModelsSettings()).label == "espeak-ng"
    with pytest.raises(EngineUnavailable, match=r"kokoro.*no folder"):
        open_voices(ServerSettings(engine="kokoro"), ModelsSettings())


def test_espeak_in_the_settings_leaves_the_weights_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "kokoro").mkdir()
    (tmp_path / "kokoro" / "kokoro-v1.0.int8.onnx").touch()
    monkeypatch.setattr(choice, "KokoroVoices", None)
    settings = ServerSettings(engine="espeak")
    assert open_voices(settings, ModelsSettings(dir=tmp_path)).label == "espeak-ng"


def test_the_second_engine_loads_its_model_when_it_first_speaks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ModelStore, "find", lambda _, model: Found(tmp_path / model.name, "store"))
    monkeypatch.setattr(choice, "KokoroVoices", lambda _, **__: kokoro())
    voice = tmp_path / "piper-joe" / "en_US-joe-medium.onnx.json"
    voice.parent.mkdir()
    voice.write_text(
        '{"audio": {"sample_rate": 22050}, "espeak": {"voice": "en-us"},'
        ' "phoneme_id_map": {"_": [0], "^": [1], "$": [2], "\u0251": [14]}}'
    )
    voices = open_voices(ServerSettings(), ModelsSettings())
    assert "piper:joe" in {each.id for each in voices.voices()}
    with pytest.raises(EngineUnavailable, match=r"en_US-joe-medium\.onnx does not load"):
        list(voices.speak("Ah.", "piper:joe", 1.0).chunks)
    with pytest.raises(EngineUnavailable, match=r"en_US-joe-medium\.onnx does not load"):
        open_voices(ServerSettings(engine="piper"), ModelsSettings())
    voices.close()

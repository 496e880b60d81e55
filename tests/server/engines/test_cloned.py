"""The engine around the package that clones voices, which stands in for itself here.

The package needs PyTorch and weights that are given out after a consent; its calls are those of
pocket-tts 4.0.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pytest

from models.settings import ModelsSettings
from server.engines.choice import open_voices
from server.engines.cloned import ClonedVoices
from server.errors import EngineUnavailable, SynthesisFailed, UnknownVoice
from server.settings import ServerSettings
from tests.server.engines.test_reference import bursts, recording


class Tensor:
    """What the engine does with a tensor of PyTorch."""

    def __init__(self, values: Any) -> None:
        self.values = np.asarray(values, np.float32)

    def detach(self) -> Tensor:
        return self

    def cpu(self) -> Tensor:
        return self

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Any:
        return self.values.astype(dtype or np.float32)


class Model:
    """`TTSModel` with steps of 80 ms, as many as the text has words."""

    sample_rate = 24_000

    def __init__(self) -> None:
        self.has_voice_cloning = True
        self.device = "cpu"
        self.cloned: list[tuple[int, ...]] = []
        self.made: list[str] = []
        self.hold: threading.Event | None = None
        self.loaded_as: dict[str, str] = {}
        self.problem: Exception | None = None

    def to(self, device: str) -> Model:
        self.device = device
        return self

    def get_state_for_audio_prompt(self, audio: Tensor, truncate: bool = False) -> str:
        self.cloned.append(audio.values.shape)
        return "state"

    def generate_audio_stream(
        self, state: str, text: str, *, stop: threading.Event
    ) -> Iterator[Tensor]:
        assert state == "state"
        for word in text.split():
            if self.problem is not None:
                raise self.problem
            if stop.is_set():
                return
            self.made.append(word)
            yield Tensor(np.full(1920, 0.5))
            if self.hold is not None:
                self.hold.wait(5)


@pytest.fixture
def package(monkeypatch: pytest.MonkeyPatch) -> Model:
    model = Model()

    def load_model(**how: str) -> Model:
        model.loaded_as = how
        if how.get("config", "").startswith("/nowhere"):
            raise FileNotFoundError("no such file: /nowhere/model.yaml")
        return model

    pocket_tts, torch = ModuleType("pocket_tts"), ModuleType("torch")
    pocket_tts.TTSModel = SimpleNamespace(load_model=load_model)  # type: ignore[attr-defined]
    torch.from_numpy = Tensor  # type: ignore[attr-defined]
    torch.cuda = SimpleNamespace(is_available=lambda: False)  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "pocket_tts", pocket_tts)
    monkeypatch.setitem(sys.modules, "torch", torch)
    return model


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    recording(tmp_path, bursts(12.0, 24_000), 24_000)
    return tmp_path


def test_a_recording_is_a_voice_that_speaks_in_steps(package: Model, folder: Path) -> None:
    voices = ClonedVoices(folder)
    assert package.loaded_as == {"language": "english"}
    assert package.cloned == [(1, 288_000)]
    assert [(each.id, each.language) for each in voices.voices()] == [("clone:jarvis", "en-US")]
    spoken = voices.speak("It is half past seven.", "jarvis", 1.5)
    chunks = list(spoken.chunks)
    assert (spoken.rate, spoken.speed, len(chunks)) == (24_000, 1.0, 5)
    assert set(np.frombuffer(chunks[0], "<i2")) == {16383}
    assert list(voices.speak("...", "jarvis", 1.0).chunks) == []
    with pytest.raises(UnknownVoice, match="there are jarvis"):
        voices.speak("Hello.", "sage", 1.0)
    voices.close()
    with pytest.raises(SynthesisFailed, match="closed"):
        list(voices.speak("Hello.", "jarvis", 1.0).chunks)


def test_a_sentence_that_is_closed_ends_and_the_next_is_spoken(
    package: Model, folder: Path
) -> None:
    voices = ClonedVoices(folder)
    package.hold = threading.Event()
    first = voices.speak("one two three four", "jarvis", 1.0).chunks
    next(first)
    first.close()
    package.hold.set()
    assert len(list(voices.speak("five six", "jarvis", 1.0).chunks)) == 2
    assert package.made == ["one", "five", "six"]
    voices.close()


def test_a_reader_that_stands_still_does_not_delay_the_next(package: Model, folder: Path) -> None:
    voices = ClonedVoices(folder)
    slow = voices.speak("one two three", "jarvis", 1.0).chunks
    next(slow)
    assert len(list(voices.speak("four five", "jarvis", 1.0).chunks)) == 2
    assert len(list(slow)) == 2
    voices.close()


def test_a_failure_of_the_package_is_that_of_the_sentence(package: Model, folder: Path) -> None:
    voices = ClonedVoices(folder)
    package.problem = RuntimeError("out of memory")
    with pytest.raises(SynthesisFailed, match="out of memory"):
        list(voices.speak("Hello.", "jarvis", 1.0).chunks)
    package.problem = None
    assert len(list(voices.speak("Hello.", "jarvis", 1.0).chunks)) == 1
    voices.close()


def test_what_is_missing_is_named_with_what_to_do(
    package: Model, folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    with pytest.raises(EngineUnavailable, match=r"has no recording.*jarvis\.wav"):
        ClonedVoices(tmp_path_factory.mktemp("empty"))
    with pytest.raises(EngineUnavailable, match=r"cuda.*finds no GPU"):
        ClonedVoices(folder, gpu=True)
    with pytest.raises(EngineUnavailable, match=r"does not load.*clone_model"):
        ClonedVoices(folder, "/nowhere/model.yaml")
    package.has_voice_cloning = False
    with pytest.raises(EngineUnavailable, match="accept the terms"):
        ClonedVoices(folder)
    recording(folder, bursts(3.0, 24_000), 24_000)
    package.has_voice_cloning = True
    with pytest.raises(EngineUnavailable, match="too short"):
        ClonedVoices(folder)


def test_without_the_package_the_error_says_how_to_install_it(
    monkeypatch: pytest.MonkeyPatch, folder: Path
) -> None:
    monkeypatch.setitem(sys.modules, "pocket_tts", None)
    with pytest.raises(EngineUnavailable, match=r"pip install pocket-tts"):
        ClonedVoices(folder)


def test_the_agents_with_a_recording_speak_with_it_and_the_others_as_before(
    package: Model, folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    settings = ServerSettings(engine="clone", clone_folder=folder)
    none = ModelsSettings(dir=tmp_path_factory.mktemp("models"))
    voices = open_voices(settings, none)
    try:
        assert voices.label == "Pocket TTS (cloned voices)"
        assert {"clone:jarvis", "espeak:en-us"} <= {each.id for each in voices.voices()}
        list(voices.speak("Good evening.", "jarvis", 1.0).chunks)
        assert b"".join(voices.speak("Good evening.", "sage", 1.0).chunks)
        assert package.made == ["Good", "evening."]
    finally:
        voices.close()

"""Clips are read from their folder; what is missing there is synthesised once."""

from __future__ import annotations

import wave
from pathlib import Path

import numpy as np
import pytest

from bench.conversation import clips
from bench.conversation.clips import MissingClip, clip, clip_key
from pipeline.audio import HEARD_RATE, Pcm16


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(clips, "CLIPS_FOLDER", tmp_path / "clips")
    return tmp_path / "clips"


def tone(seconds: float) -> Pcm16:
    ramp = np.arange(round(seconds * 24_000))
    pcm: Pcm16 = (8000 * np.sin(ramp * 0.1)).astype(np.int16)
    return pcm


def test_a_clip_is_synthesised_once_and_kept(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[str, str, float]] = []

    def synthesized(text: str, voice: str, speed: float) -> Pcm16:
        asked.append((text, voice, speed))
        return np.concatenate([np.zeros(9600, np.int16), tone(0.5), np.zeros(9600, np.int16)])

    monkeypatch.setattr(clips, "_synthesized", synthesized)
    first = clip("Hello.", "af_heart", 1.1)
    again = clip("Hello.", "af_heart", 1.1)
    assert asked == [("Hello.", "af_heart", 1.1)]
    assert np.array_equal(first, again)
    assert first.size / HEARD_RATE == pytest.approx(0.5, abs=0.02)
    assert [path.name for path in folder.iterdir()] == [
        f"{clip_key('Hello.', 'af_heart', 1.1)}.wav"
    ]
    with wave.open(str(next(folder.iterdir()))) as file:
        assert file.getframerate() == 24_000


def test_without_the_weights_the_error_names_the_clip_and_the_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MODELS__DIR", str(tmp_path / "none"))
    clips._model.cache_clear()
    with pytest.raises(MissingClip, match=r"af_heart: 'Hi\.'.*none"):
        clip("Hi.", "af_heart")


def test_a_clip_without_sound_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clips, "_synthesized", lambda *_: np.zeros(0, np.int16))
    with pytest.raises(MissingClip, match="has no sound"):
        clip("...", "af_heart")

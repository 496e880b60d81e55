"""Transcriptions are kept by their audio, and those of an older decoder are made again."""

from __future__ import annotations

from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import pytest

from bench.conversation import cached_models
from bench.conversation.cached_models import KnownTranscriber
from bench.conversation.known_results import KnownResults, digest
from models.store import ModelStore
from pipeline.audio import Samples
from pipeline.inference.transcription import Transcription
from testing.room import sure_marks

AUDIO = np.zeros(1600, np.float32)
HEARD = Transcription("Hello.", "en", 0.0, -0.1, 100.0, 5.0, closing=sure_marks("Hello."))


class CountingWhisper:
    """Stands in for the model; the results are what is tested."""

    asked = 0

    def __init__(self, *_: object) -> None: ...

    def transcribe(self, _: Samples, **__: object) -> Transcription:
        CountingWhisper.asked += 1
        return HEARD


@pytest.fixture
def results(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> KnownResults:
    CountingWhisper.asked = 0
    known = KnownResults("whisper", tmp_path)
    monkeypatch.setattr(cached_models, "KnownResults", lambda _: known)
    monkeypatch.setattr(cached_models, "Transcriber", CountingWhisper)
    monkeypatch.setattr(ModelStore, "whisper_path", lambda *_: tmp_path)
    return known


def test_the_same_audio_is_transcribed_once(results: KnownResults) -> None:
    transcriber = KnownTranscriber()
    assert transcriber.transcribe(AUDIO) == HEARD
    assert transcriber.transcribe(AUDIO) == HEARD
    assert CountingWhisper.asked == 1


def test_no_closing_marks_are_a_result(results: KnownResults) -> None:
    nothing = replace(HEARD, text="", closing=None)
    results.put(digest(AUDIO), asdict(nothing))
    assert KnownTranscriber().transcribe(AUDIO) == nothing


def test_a_result_with_other_closing_marks_is_made_again(results: KnownResults) -> None:
    older = asdict(HEARD)
    del older["closing"]["expected"]
    results.put(digest(AUDIO), older)
    assert KnownTranscriber().transcribe(AUDIO) == HEARD
    assert CountingWhisper.asked == 1

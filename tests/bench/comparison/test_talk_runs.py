"""From a talk to the results of each system, and the speech to text that they share."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from bench.comparison.adapters.nothing import Nothing
from bench.comparison.harness import in_virtual_time
from bench.comparison.protocol import (
    Cost,
    Job,
    Line,
    Transcribed,
    TurnEnd,
    VoiceNoticed,
    of_kind,
)
from bench.comparison.runner import AdapterFailed
from bench.comparison.talk_runs import TalkRuns, TalkSystem
from bench.comparison.talks import SpokenTurn, Talk, TalkSpeaker
from bench.comparison.word_client import Words
from bench.conversation.cached_models import MODEL_SIZE
from bench.conversation.known_results import digest
from pipeline.audio import HEARD_RATE

SYSTEMS = (TalkSystem("one", "one"), TalkSystem("other", "other", 800.0))


def talk() -> Talk:
    """Two people with a turn each, from 1 to 3 s with a pause of a second."""
    speakers = [TalkSpeaker(), TalkSpeaker()]
    for speaker in speakers:
        speaker.add(np.zeros(5 * HEARD_RATE, np.int16), [SpokenTurn(1.0, 4.0, ((2.0, 3.0),))])
    return Talk("two people", tuple(speakers))


def test_every_system_is_scored_by_speaker(tmp_path: Path) -> None:
    def converse(adapter: str, job: Job) -> Sequence[Line]:
        assert (job.task, job.starts) == ("talk", (0, 5 * HEARD_RATE))
        assert np.load(job.track).size == 10 * HEARD_RATE
        assert job.silence_ms == (800.0 if adapter == "other" else None)
        early: list[Line] = [TurnEnd(0, 2.3, 2.3), VoiceNoticed(0, 3.1)]
        cuts = early if adapter == "other" else []
        ends = [TurnEnd(speaker, 4.5, 4.5) for speaker in (0, 1)]
        return [*cuts, *ends, Cost(0.0, 21.0, 300.0), Transcribed(4, 6.0, 800.0)]

    runs = TalkRuns(tmp_path, converse, lambda _: None, SYSTEMS)
    one, other = runs.run(talk()).systems
    assert (one.label, one.score.cut, one.cpu_ms, one.words_cpu_ms) == ("one", 0, 21.0, 80.0)
    assert (other.score.cut, other.score.agents[0].into) == (1, 1)
    assert other.score.agents[0].first_sound_ms == (650.0, 650.0)


def test_a_system_that_fails_is_reported_and_left_out(tmp_path: Path) -> None:
    def converse(adapter: str, job: Job) -> Sequence[Line]:
        if adapter == "one":
            raise AdapterFailed("it is not there")
        return [Cost(0.0, 21.0, 300.0), Transcribed(0, 0.0, 0.0)]

    runs = TalkRuns(tmp_path, converse, lambda _: None, SYSTEMS)
    assert [system.label for system in runs.run(talk()).systems] == ["other"]
    assert runs.failures == ["one, two people: it is not there"]


def test_minutes_are_played_at_once(tmp_path: Path) -> None:
    track = tmp_path / "track.npy"
    np.save(track, np.zeros(120 * HEARD_RATE, np.int16))
    length = 60 * HEARD_RATE
    job = Job("talk", str(track), (0, length), 120.0, (), (length, length), sys.executable)
    lines = in_virtual_time(Nothing(), job)
    assert of_kind(lines, Transcribed) == [Transcribed(0, 0.0, 0.0)]
    assert of_kind(lines, Cost)[0].cpu_ms < 100


def test_audio_that_is_known_needs_no_whisper(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    audio = np.arange(HEARD_RATE, dtype=np.int16)
    found = {"text": "Yes.", "rejected": "no speech (probability 0.60)", "cpu_ms": 12.5}
    line = json.dumps([digest(audio, MODEL_SIZE), found])
    (tmp_path / "comparison_words.jsonl").write_text(line + "\n", encoding="utf-8")
    monkeypatch.setenv("OPENCLAW_VOICE_RESULTS", str(tmp_path))
    words = Words(sys.executable)
    assert asyncio.run(words.text(audio.tobytes())) == "Yes."
    assert words.close() == Transcribed(1, 1.0, 12.5)

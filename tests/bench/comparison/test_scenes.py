"""The audio, and whether the truth about it is true."""

from __future__ import annotations

import wave
from functools import cache
from pathlib import Path

import numpy as np
import pytest
import yaml

from bench.comparison.protocol import RATE
from bench.comparison.scenes import (
    BETWEEN_S,
    PAUSES_S,
    SCENES,
    NoSpeech,
    Track,
    conversation,
    interruptions,
    onset,
    recordings,
    speech_in,
)
from models.fixture.phrases import sentences
from pipeline.audio import Pcm16, level_db


@cache
def spoken() -> Track:
    return conversation()


def tone(seconds: float) -> Pcm16:
    at = np.arange(int(seconds * RATE)) / RATE
    return (8000 * np.sin(2 * np.pi * 440 * at)).astype(np.int16)


def write(path: Path, pcm: Pcm16) -> Path:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(pcm.tobytes())
    return path


def test_people_speak_in_the_stretches_and_nowhere_else() -> None:
    track = spoken()
    ends = [stretch.end for stretch in track.stretches]
    starts = [*(stretch.start for stretch in track.stretches[1:]), track.pcm.size]
    for stretch in track.stretches:
        assert level_db(track.pcm[stretch.start : stretch.end]) == pytest.approx(-23, abs=1)
    for end, start in zip(ends, starts, strict=True):
        assert level_db(track.pcm[end:start]) < -60


def test_pauses_and_gaps_are_as_long_as_they_are_said_to_be() -> None:
    track = spoken()
    for this, following in zip(track.stretches, track.stretches[1:], strict=False):
        gap_s = (following.start - this.end) / RATE
        assert gap_s == (BETWEEN_S if this.last else pytest.approx(gap_s))
        assert this.last or round(gap_s, 3) in PAUSES_S


def test_a_turn_is_its_stretches_up_to_the_last() -> None:
    turns = spoken().turns()
    assert sum(map(len, turns)) == len(spoken().stretches)
    assert all(turn[-1].last for turn in turns)
    assert not any(stretch.last for turn in turns for stretch in turn[:-1])


def test_another_rendering_is_as_long_to_within_a_breath() -> None:
    for one, other in zip(spoken().stretches, conversation().stretches, strict=True):
        assert one.end - one.start == pytest.approx(other.end - other.start, rel=0.05)


def test_interruptions_begin_while_a_reply_sounds() -> None:
    scene = interruptions(3)
    assert len(scene.onsets) == 3
    ends = (*scene.replies[2:], scene.pcm.size / RATE)
    for onset_s, reply_s, following_s in zip(scene.onsets, scene.replies[1:], ends, strict=True):
        assert reply_s + 1 < onset_s < following_s
        at = int(onset_s * RATE)
        assert level_db(scene.pcm[at - RATE : at - RATE // 10]) < -60
        assert level_db(scene.pcm[at : at + RATE // 10]) > -45


def test_speech_is_found_and_short_gaps_belong_to_it() -> None:
    quiet = np.zeros(RATE // 2, np.int16)
    pcm = np.concatenate([quiet, tone(1.0), quiet[: RATE // 10], tone(0.5), quiet, tone(0.4)])
    assert speech_in(pcm) == [
        (RATE // 2, RATE // 2 + int(1.6 * RATE)),
        (int(2.6 * RATE), int(3.0 * RATE)),
    ]
    assert onset(pcm) == RATE // 2


def test_a_recording_is_a_turn_with_its_pauses(tmp_path: Path) -> None:
    pcm = np.concatenate([tone(1.0), np.zeros(RATE, np.int16), tone(1.0)])
    file = write(tmp_path / "talk.wav", pcm)
    track = recordings([file, file])
    assert [len(turn) for turn in track.turns()] == [2, 2]
    first = track.turns()[0]
    assert (first[1].start - first[0].end) / RATE == pytest.approx(1.0, abs=0.02)
    assert track.seconds == pytest.approx(2 * (3.0 + BETWEEN_S), abs=0.1)


def test_a_silent_recording_is_refused_by_name(tmp_path: Path) -> None:
    file = write(tmp_path / "nobody.wav", np.zeros(RATE, np.int16))
    with pytest.raises(NoSpeech, match=r"nobody\.wav"):
        recordings([file])


def test_the_fixture_knows_every_sentence_of_the_open_turns() -> None:
    known = {phrase.text.lower() for phrase in sentences()}
    for turn in yaml.safe_load(SCENES.read_text(encoding="utf-8"))["open_turns"]:
        for sentence in turn.split(" / "):
            assert sentence.lower() in known

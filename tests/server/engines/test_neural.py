"""What the neural engines share, without their weights."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Generator, Iterator
from pathlib import Path

import numpy as np
import pytest

from server.engines.kokoro import KokoroModel
from server.engines.kokoro_voices import KeptPhrases, parts_of
from server.engines.neural import (
    PieceTrimmer,
    SynthesisWorker,
    as_pcm,
    speech_start,
    without_silence,
)
from server.engines.piper import PiperVoice, phoneme_ids
from server.errors import EngineUnavailable, SynthesisFailed

RATE = 1000


@pytest.fixture
def worker() -> Iterator[SynthesisWorker]:
    made = SynthesisWorker("test")
    yield made
    made.close()


def test_requests_take_turns(worker: SynthesisWorker) -> None:
    order: list[str] = []

    def parts(name: str) -> Iterator[int]:
        for number in range(3):
            order.append(f"{name}{number}")
            yield number

    streams = [worker.stream(part for part in parts(name)) for name in "ab"]
    got = [list(pair) for pair in zip(*streams, strict=True)]
    assert got == [[0, 0], [1, 1], [2, 2]]
    assert order == ["a0", "b0", "a1", "b1", "a2", "b2"]


def test_the_parts_are_computed_in_one_thread_and_closed_there(worker: SynthesisWorker) -> None:
    names: set[str] = set()
    closed: list[str] = []

    def parts() -> Iterator[int]:
        try:
            while True:
                names.add(threading.current_thread().name)
                yield 1
        finally:
            closed.append(threading.current_thread().name)

    stream = worker.stream(part for part in parts())
    assert [next(stream), next(stream)] == [1, 1]
    stream.close()
    assert len(names) == 1
    assert names.pop().startswith("test")


def test_silence_around_speech_is_cut_to_the_given_length() -> None:
    audio = np.concatenate([np.zeros(300), np.full(500, 0.5), np.zeros(400)]).astype(np.float32)
    cut = without_silence(audio, RATE, lead_ms=10, tail_ms=140)
    assert cut.size == 10 + 500 + 140
    assert without_silence(audio, RATE, lead_ms=None, tail_ms=0).size == 800
    assert without_silence(audio, RATE, lead_ms=0, tail_ms=None).size == 900
    assert without_silence(audio[:300], RATE, lead_ms=10, tail_ms=10).size == 0


@pytest.mark.parametrize("size", [1, 7, 130, 450, 2000])
def test_silence_is_cut_the_same_way_from_pieces(size: int) -> None:
    speech = np.full(500, 0.5, np.float32)
    audio = np.concatenate([np.zeros(300), speech, np.zeros(250), speech, np.zeros(400)])
    audio = audio.astype(np.float32)
    trimmer = PieceTrimmer(RATE, lead_ms=10, tail_ms=140)
    pieces = [trimmer.add(audio[at : at + size]) for at in range(0, audio.size, size)]
    joined = np.concatenate([*pieces, trimmer.end()])
    assert np.array_equal(joined, without_silence(audio, RATE, lead_ms=10, tail_ms=140))


def test_speech_starts_at_the_first_loud_sample() -> None:
    assert speech_start(np.array([0, 0.001, -0.2, 0], np.float32)) == 2
    assert speech_start(np.zeros(5, np.float32)) == 5


def test_silence_alone_is_nothing_in_pieces_too() -> None:
    trimmer = PieceTrimmer(RATE, lead_ms=10, tail_ms=140)
    assert trimmer.add(np.zeros(300, np.float32)).size == 0
    assert trimmer.end().size == 0


def test_samples_beyond_full_scale_are_clipped() -> None:
    pcm = np.frombuffer(as_pcm(np.array([0, 0.5, 1.5, -2], np.float32)), "<i2")
    assert pcm.tolist() == [0, 16383, 32767, -32767]


@pytest.mark.parametrize(
    ("spoken", "parts"),
    [
        ("", []),
        ("jˈɛs?", ["jˈɛs?"]),
        ("ɪt ɪz ˈɔːl ɹˈaɪt, ænd ðə tɹˈeɪn lˈiːvz.", ["ɪt ɪz ˈɔːl ɹˈaɪt,", "ænd ðə tɹˈeɪn lˈiːvz."]),
        ("wˈɛl, nˈoʊ.", ["wˈɛl, nˈoʊ."]),
        ("wˈʌn tˈuː. θɹˈiː fˈɔːɹ! fˈaɪv", ["wˈʌn tˈuː.", "θɹˈiː fˈɔːɹ!", "fˈaɪv"]),
    ],
)
def test_the_first_part_is_a_clause_and_the_others_are_sentences(
    spoken: str, parts: list[str]
) -> None:
    assert parts_of(spoken) == parts


def test_the_first_clause_is_a_part_only_of_a_long_sentence() -> None:
    spoken = "ɪt ɪz ˈɔːl ɹˈaɪt, ænd ðə tɹˈeɪn lˈiːvz. jˈɛs?"
    assert parts_of(spoken, 100) == ["ɪt ɪz ˈɔːl ɹˈaɪt, ænd ðə tɹˈeɪn lˈiːvz.", "jˈɛs?"]
    assert len(parts_of(spoken, 20)) == 3


def test_phrases_are_kept_until_there_is_no_room() -> None:
    kept = KeptPhrases(10)
    kept.keep(("a",), b"1234")
    kept.keep(("b",), b"5678")
    assert kept.get(("a",)) == b"1234"
    kept.keep(("c",), b"9999")
    assert kept.get(("b",)) is None, "the one that was used longest ago"
    assert kept.get(("a",)) == b"1234"
    kept.keep(("d",), b"x" * 11)
    assert kept.get(("d",)) is None
    assert kept.get(("c",)) == b"9999"


def test_piper_numbers_phonemes_with_padding_and_takes_symbols_apart() -> None:
    numbers = {"_": [0], "^": [1], "$": [2], "a": [14], "c": [16], "\u0327": [140]}
    assert phoneme_ids("a", numbers) == [1, 0, 14, 0, 2]
    assert phoneme_ids("ç#a", numbers) == [1, 0, 16, 0, 140, 0, 14, 0, 2]
    assert phoneme_ids("", numbers) == phoneme_ids("#", numbers) == []


def test_missing_or_damaged_weights_name_the_file(tmp_path: Path) -> None:
    with pytest.raises(EngineUnavailable, match=r"kokoro-v1\.0\.int8\.onnx"):
        KokoroModel(tmp_path)
    with pytest.raises(EngineUnavailable, match=r"joe\.onnx\.json"):
        PiperVoice(tmp_path / "joe.onnx", "joe")
    (tmp_path / "joe.onnx.json").write_text('{"audio": {"sample_rate": 22050}}')
    with pytest.raises(EngineUnavailable, match=r"(?s)joe\.onnx\.json.*phoneme_id_map"):
        PiperVoice(tmp_path / "joe.onnx", "joe")


def test_a_closed_worker_refuses_work_and_closes_the_parts() -> None:
    made = SynthesisWorker("test")
    closed: list[bool] = []

    def parts() -> Generator[int, None, None]:
        try:
            yield 1
            yield 2
        finally:
            closed.append(True)

    stream = made.stream(parts())
    assert next(stream) == 1
    made.close()
    with pytest.raises(SynthesisFailed, match="the voice is closed"):
        next(stream)
    assert closed == [True]


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has a priority for each thread")
def test_the_worker_is_nicer_than_the_process_however_that_was_started(
    worker: SynthesisWorker,
) -> None:
    def nice() -> int:
        return os.getpriority(os.PRIO_PROCESS, threading.get_native_id())

    assert worker.run(nice) == min(19, nice() + 5)

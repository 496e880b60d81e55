from __future__ import annotations

import numpy as np
import pytest

from pipeline.errors import WordsUnavailable
from pipeline.inference.decoding_choices import NO_CHOICES
from pipeline.inference.expected_names import ExpectedNames
from pipeline.inference.transcription import Transcription
from server.cluster.attempts import MOST_PROCESSES
from server.cluster.described import DescribedWhisper
from server.cluster.words import ClusterWhisper, WantedWords

SECOND = np.zeros(16_000, np.float32)
NAMES = ExpectedNames(agents=("Jarvis",))


class Died(Exception):
    pass


class Processes:
    def __init__(self, *errors: Exception) -> None:
        self.errors = list(errors)
        self.asked: list[WantedWords] = []

    def hear(self, wanted: WantedWords) -> Transcription:
        self.asked.append(wanted)
        if self.errors:
            raise self.errors.pop(0)
        return Transcription("hello", "en", 0.0, -0.1, 1000.0, 5.0)


def whisper(processes: Processes) -> ClusterWhisper:
    described = DescribedWhisper("base", "cpu", "int8", ("en", "de"))
    return ClusterWhisper(described, processes.hear, lambda error: isinstance(error, Died))


def test_words_come_from_another_process() -> None:
    processes = Processes()
    stt = whisper(processes)
    heard = stt.transcribe(
        SECOND, language="en", among=["en", "de"], usual="de", sure=0.9, names=NAMES
    )
    assert heard.text == "hello"
    (asked,) = processes.asked
    assert asked.audio is SECOND
    assert asked == WantedWords(SECOND, "en", ("en", "de"), "de", 0.9, NAMES, True, NO_CHOICES)
    assert (stt.device, stt.compute_type, stt.languages) == ("cluster, cpu", "int8", ("en", "de"))


def test_another_process_hears_the_audio_of_one_that_died() -> None:
    processes = Processes(Died(), Died())
    assert whisper(processes).transcribe(SECOND).text == "hello"
    assert len(processes.asked) == 3
    assert processes.asked[0] == processes.asked[2] == WantedWords(SECOND)


def test_audio_that_kills_every_process_fails() -> None:
    processes = Processes(*[Died()] * 10)
    with pytest.raises(WordsUnavailable, match="were lost"):
        whisper(processes).transcribe(SECOND)
    assert len(processes.asked) == MOST_PROCESSES


def test_no_words_in_time_is_not_tried_again() -> None:
    processes = Processes(TimeoutError())
    with pytest.raises(WordsUnavailable, match="in time"):
        whisper(processes).transcribe(SECOND)
    assert len(processes.asked) == 1


def test_an_error_of_the_model_is_told_as_it_is() -> None:
    with pytest.raises(ValueError, match="broken"):
        whisper(Processes(ValueError("broken"))).transcribe(SECOND)

"""Speech to text by a server, over real connections."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import pytest

from pipeline.audio import HEARD_RATE, to_samples
from pipeline.inference.expected_names import ExpectedNames
from pipeline.settings import SttSettings
from server.hearing.remote import RemoteFailed, RemoteTranscriber
from server.synthesis.faults import Fault
from testing.ports import closed_port
from tests.server.api_server import WEATHER, running_server, said
from tests.server.hearing.words_server import (
    KEY,
    Answering,
    Words,
    WordsServer,
    error,
    verbose,
    words_server,
)

LOUD = np.sin(np.arange(HEARD_RATE) * 0.3).astype(np.float32) * 0.3
NAMES = ExpectedNames(("Jarvis", "Sage"), ("Bob",))


def remote(url: str, **settings: Any) -> RemoteTranscriber:
    return RemoteTranscriber(SttSettings.model_validate({"url": url, "api_key": KEY, **settings}))


@contextmanager
def asking(
    answer: Answering | Words, **settings: Any
) -> Iterator[tuple[RemoteTranscriber, WordsServer]]:
    with words_server(answer) as server, remote(server.url, **settings) as transcriber:
        yield transcriber, server


def refused(answer: Answering | Words, **settings: Any) -> RemoteFailed:
    with asking(answer, **settings) as (transcriber, server):
        with pytest.raises(RemoteFailed) as failed:
            transcriber.transcribe(LOUD)
        assert server.url in str(failed.value)
        assert KEY not in str(failed.value)
    return failed.value


def test_words_language_and_measures_of_whisper_are_taken() -> None:
    answer = verbose(" Guten  Morgen.", "german", avg_logprob=-0.4, no_speech_prob=0.1)
    with asking(answer) as (transcriber, server):
        heard = transcriber.transcribe(LOUD)
    assert (heard.text, heard.language, heard.rejected) == ("Guten Morgen.", "de", None)
    assert (heard.avg_logprob, heard.no_speech_prob) == (-0.4, 0.1)
    assert (heard.duration_ms, heard.closing) == (1000.0, None)
    assert server.asked == [
        {
            "file": "",
            "seconds": "1.0",
            "model": "whisper-1",
            "temperature": "0",
            "response_format": "verbose_json",
        }
    ]


def test_a_language_and_the_names_are_sent() -> None:
    with asking(verbose("Hi."), remote_prompt=True, model="large") as (transcriber, server):
        assert transcriber.transcribe(LOUD, language="de", names=NAMES).language == "de"
        transcriber.transcribe(LOUD, among=["fr"])
    with asking(verbose("Hi."), language="es") as (transcriber, other):
        transcriber.transcribe(LOUD, names=NAMES)
    first, second = server.asked
    assert (first["language"], first["model"]) == ("de", "large")
    assert {"Jarvis", "Sage", "Bob"} <= {*first["prompt"].replace(".", "").replace(",", "").split()}
    assert (second["language"], "prompt" in second) == ("fr", False)
    assert (other.asked[0]["language"], "prompt" in other.asked[0]) == ("es", False)


def test_only_a_language_that_the_server_tells_is_believed() -> None:
    spoken = "Guten Morgen, wie geht es dir?"
    with asking(Words({"text": spoken})) as (transcriber, _):
        guessed = transcriber.transcribe(LOUD, usual="en")
        fixed = transcriber.transcribe(LOUD, language="de")
    with asking(verbose(spoken, "german")) as (transcriber, _):
        told = transcriber.transcribe(LOUD)
    assert (guessed.language, guessed.language_probability) == ("de", 0.0)
    assert (fixed.language, fixed.language_probability) == ("de", 1.0)
    assert (told.language, told.language_probability) == ("de", 0.85)
    assert (fixed.language_given, told.language_given) == (True, False)


def test_a_language_that_is_not_spoken_here_is_not_believed() -> None:
    def answer(form: dict[str, str]) -> Words:
        return verbose("Ja.", "german") if "language" in form else verbose("Jā.", "latvian")

    with asking(answer) as (transcriber, server):
        heard = transcriber.transcribe(LOUD, among=["en", "de"], usual="de")
    assert (heard.text, heard.language) == ("Ja.", "de")
    assert [form.get("language") for form in server.asked] == [None, "de"]
    assert heard.language_given


def test_a_server_that_tells_no_probability_gets_the_usual_language_of_a_doubtful_turn() -> None:
    with asking(verbose("Hallo du da.", "german")) as (transcriber, server):
        doubtful = transcriber.transcribe(LOUD, usual="de", sure=0.9)
        transcriber.transcribe(LOUD, usual="de", sure=0.8)
    assert [form.get("language") for form in server.asked] == ["de", None]
    assert doubtful.language_given


def test_the_languages_of_a_call_go_before_that_of_the_settings() -> None:
    with asking(verbose("Hallo.", "german"), language="en") as (transcriber, server):
        transcriber.transcribe(LOUD, among=["de", "fr"])
        transcriber.transcribe(LOUD)
    assert [form.get("language") for form in server.asked] == [None, "en"]


def test_a_server_without_verbose_json_is_asked_for_json_from_then_on() -> None:
    def answer(form: dict[str, str]) -> Words:
        if form["response_format"] == "verbose_json":
            return error(400, "response_format 'verbose_json' is not compatible with model")
        return Words({"text": "Good morning."})

    with asking(answer) as (transcriber, server):
        for _ in range(2):
            heard = transcriber.transcribe(LOUD, usual="de")
            assert (heard.text, heard.rejected) == ("Good morning.", None)
    assert [form["response_format"] for form in server.asked] == ["verbose_json", "json", "json"]


@pytest.mark.parametrize(
    ("answer", "audio"),
    [
        (verbose("Hello there.", no_speech_prob=0.9, avg_logprob=-1.0), LOUD),
        (verbose("Untertitel im Auftrag des ZDF, 2021"), LOUD),
        (Words({"text": "Thank you."}), LOUD * 0.001),
        (verbose("so so " * 60), LOUD),
    ],
)
def test_invented_lines_are_rejected(answer: Words, audio: Any) -> None:
    with asking(answer) as (transcriber, _):
        assert transcriber.transcribe(audio).rejected is not None


def test_silence_has_no_words() -> None:
    with asking(Words({"text": ""})) as (transcriber, _):
        assert transcriber.check() > 0
        assert transcriber.transcribe(LOUD).rejected == "no words in it"


def test_audio_that_is_too_short_is_not_sent() -> None:
    with asking(verbose("Hi.")) as (transcriber, server):
        assert "too short" in (transcriber.transcribe(LOUD[:100]).rejected or "")
        assert server.asked == []


@pytest.mark.parametrize(
    ("answer", "fault", "told"),
    [
        (error(429, "slow down", retry_after="7"), Fault.BUSY, "429 slow down"),
        (error(500, "out of memory"), Fault.BROKEN, "500 out of memory"),
        (error(400, "no such model"), Fault.REFUSED, "400 no such model"),
        (Words(b"<html>Welcome</html>"), Fault.NOT_FOUND, "sent no transcription"),
        (Words({"words": []}), Fault.NOT_FOUND, "sent no transcription"),
        (Words({"text": ["a"]}), Fault.NOT_FOUND, "sent no transcription"),
        (Words(b"[" * 100_000), Fault.NOT_FOUND, "sent no transcription"),
        (Words(b"x" * (2 << 20)), Fault.BROKEN, "does not end"),
    ],
)
def test_what_is_no_transcription_is_an_error(answer: Words, fault: Fault, told: str) -> None:
    failed = refused(answer)
    assert failed.fault is fault
    assert told in str(failed)
    assert failed.retry_after_s == (7.0 if fault is Fault.BUSY else None)


def test_a_wrong_key_is_named_and_not_shown() -> None:
    failed = refused(verbose("Hi."), api_key="sk-other")
    assert failed.fault is Fault.LOCKED
    assert "sk-other" not in str(failed)


def test_a_server_that_is_late_is_left() -> None:
    never = threading.Event()
    failed = refused(Words({"text": "Hi."}, until=never), remote_timeout_s=0.1)
    never.set()
    assert failed.fault is Fault.SLOW
    assert "within 0.1 s" in str(failed)


def test_a_server_that_is_not_there_is_an_error_with_advice() -> None:
    with (
        remote(f"http://bot:hunter2@127.0.0.1:{closed_port()}") as transcriber,
        pytest.raises(RemoteFailed, match="PIPELINE__STT__URL") as failed,
    ):
        transcriber.transcribe(LOUD)
    assert failed.value.fault is Fault.UNREACHABLE
    assert "hunter2" not in str(failed.value)


def test_our_own_server_hears_what_is_said() -> None:
    audio = to_samples(said(WEATHER))
    with running_server() as server, remote(f"{server.url}/v1", remote_prompt=True) as transcriber:
        heard = transcriber.transcribe(audio, names=NAMES)
    assert (heard.text, heard.language, heard.rejected) == (WEATHER, "en", None)
    assert heard.avg_logprob < 0

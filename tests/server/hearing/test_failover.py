"""Whisper on this machine while the server of speech to text fails."""

from __future__ import annotations

import logging
from collections.abc import Collection

import numpy as np
import pytest

from pipeline.audio import Samples
from pipeline.errors import WordsUnavailable
from pipeline.inference.expected_names import NO_NAMES, ExpectedNames
from pipeline.inference.speech_models import HearingInUse
from pipeline.inference.transcription import Transcription
from server.hearing.failover import FailoverTranscriber
from server.hearing.remote import RemoteFailed
from server.synthesis.faults import Fault

AUDIO = np.zeros(16_000, np.float32)


class Ear:
    """Hears its own name, unless it fails."""

    address = "http://box"

    def __init__(self, name: str) -> None:
        self.name = name
        self.fault: Fault | None = None
        self.bug: Exception | None = None
        self.rest_s: float | None = None
        self.asked: list[tuple[object, ...]] = []
        self.checks = 0

    def _fail(self) -> None:
        if self.bug is not None:
            raise self.bug
        if self.fault is not None:
            told = f"speech to text at {self.address} refused: {self.fault.name}"
            raise RemoteFailed(told, self.fault, self.rest_s)

    def check(self) -> float:
        self.checks += 1
        self._fail()
        return 5.0

    def transcribe(
        self,
        audio: Samples,
        *,
        language: str | None = None,
        among: Collection[str] = (),
        usual: str | None = None,
        sure: float | None = None,
        names: ExpectedNames = NO_NAMES,
        fallback: bool = True,
    ) -> Transcription:
        self.asked.append((language, tuple(among), usual, sure, fallback))
        self._fail()
        return Transcription(self.name, "en", 0.0, 0.0, audio.size / 16, 1.0)


class Rig:
    def __init__(self, *, local: bool = True) -> None:
        self.now = 100.0
        self.server, self.local = Ear("server"), Ear("here")
        self.ears = FailoverTranscriber(
            self.server, self.local if local else None, clock=lambda: self.now
        )

    def hear(self) -> str:
        heard = self.ears.transcribe(
            AUDIO, language="en", among=("de",), usual="de", sure=0.9, fallback=False
        )
        self.ears.close()
        return heard.text


def test_the_server_hears_while_it_answers() -> None:
    rig = Rig()
    assert [rig.hear() for _ in range(3)] == ["server"] * 3
    assert rig.server.asked == [("en", ("de",), "de", 0.9, False)] * 3
    assert rig.local.asked == []


@pytest.mark.parametrize("fault", list(Fault))
def test_no_turn_is_lost_whatever_fails(fault: Fault) -> None:
    rig = Rig()
    rig.server.fault = fault
    assert [rig.hear() for _ in range(5)] == ["here"] * 5
    assert rig.local.asked == [("en", ("de",), "de", 0.9, False)] * 5
    tried = {Fault.UNREACHABLE: 1, Fault.LOCKED: 1, Fault.NOT_FOUND: 1, Fault.SLOW: 2}
    assert len(rig.server.asked) == tried.get(fault, 3)
    now = rig.ears.in_use
    assert now.model == "Whisper on this machine"
    assert now.reason == (Fault.BROKEN if fault is Fault.REFUSED else fault).value


def test_a_server_that_is_back_hears_again(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    rig = Rig()
    rig.server.fault = Fault.UNREACHABLE
    assert rig.hear() == "here"
    rig.now += 4
    assert (rig.hear(), rig.server.checks) == ("here", 0)
    rig.now += 2
    assert (rig.hear(), rig.server.checks) == ("here", 1)
    rig.now += 6
    assert (rig.hear(), rig.server.checks) == ("here", 1), "the pause doubles"
    rig.server.fault = None
    rig.now += 5
    assert (rig.hear(), rig.server.checks) == ("here", 2), "no turn waits for a probe"
    assert rig.hear() == "server"
    assert rig.ears.in_use == HearingInUse("http://box")
    warned = [each.getMessage() for each in caplog.records if each.levelno >= logging.WARNING]
    assert len(warned) == 1
    assert "Whisper on this machine transcribes in its place" in warned[0]
    assert "answers again" in caplog.text


def test_single_failures_between_answers_open_nothing() -> None:
    rig = Rig()
    for _ in range(5):
        rig.server.fault = Fault.BROKEN
        assert rig.hear() == "here"
        rig.server.fault = None
        assert rig.hear() == "server"
    assert rig.ears.in_use == HearingInUse("http://box")


def test_a_long_retry_after_is_honoured() -> None:
    rig = Rig()
    rig.server.fault, rig.server.rest_s = Fault.BUSY, 50.0
    for _ in range(3):
        rig.hear()
    assert len(rig.server.asked) == 1
    rig.now += 40
    assert (rig.hear(), rig.server.checks) == ("here", 0)
    rig.now += 11
    assert (rig.hear(), rig.server.checks) == ("here", 1)


def test_without_a_local_model_the_failure_is_told_at_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    rig = Rig(local=False)
    rig.server.fault = Fault.LOCKED
    with pytest.raises(RemoteFailed, match="LOCKED"):
        rig.hear()
    with pytest.raises(WordsUnavailable, match="does not accept the bot's key"):
        rig.hear()
    assert len(rig.server.asked) == 1
    assert "Nothing is understood meanwhile" in caplog.text
    assert rig.ears.in_use == HearingInUse("", Fault.LOCKED.value)


def test_the_start_tries_the_server(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    rig = Rig()
    rig.ears.start()
    assert "a second took 5 ms" in caplog.text
    rig = Rig()
    rig.server.fault = Fault.LOCKED
    rig.ears.start()
    assert rig.hear() == "here"
    assert rig.server.asked == []


def test_an_unexpected_error_of_a_probe_does_not_end_the_probing() -> None:
    rig = Rig()
    rig.server.fault = Fault.UNREACHABLE
    rig.hear()
    rig.server.bug = ZeroDivisionError()
    rig.now += 6
    rig.hear()
    rig.server.bug = rig.server.fault = None
    rig.now += 30
    rig.hear()
    assert rig.hear() == "server"

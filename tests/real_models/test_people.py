"""Whisper base on people: prompts of one speaker, and the stretches between words in meetings.

`make test` gets the recordings from the packages that have them. Without apt, or without network,
this file is skipped and the neural voices alone are heard.
"""

from __future__ import annotations

import json
from typing import Final

import pytest

from bench.recordings import FOLDER, Prompt, Recordings, read_audio
from bench.speech.ears import Heard
from bench.speech.measure import Measurement, Numbers
from bench.speech.scoring import plain, word_errors
from pipeline.audio import HEARD_RATE, Samples
from pipeline.inference.expected_names import NO_NAMES, ExpectedNames
from tests.real_models.conftest import Hear

NOT_SAID: Final = ExpectedNames(("Jarvis", "Sage"), ("Alice", "Bob"))
SENTENCES: Final = (
    "agent-incorrect", "cannot-complete-as-dialed", "check-number-dial-again", "conf-extended",
    "conf-invalid", "conf-kicked", "conf-onlyperson", "conf-placeintoconf", "conf-waitforleader",
    "confbridge-pin-bad", "confbridge-binaural-off", "dictate_playback_mode", "demo-echodone",
    "dir-nomore", "feature-not-avail-line", "priv-recordintro", "privacy-prompt",
    "please-try-call-later", "something-terribly-wrong", "ss-noservice", "vm-incorrect-mailbox",
    "vm-mismatch", "vm-msgforwarded", "vm-nomore", "vm-sorry",
)  # fmt: skip
WORDS: Final = (
    "digits_10", "digits_16", "digits_70", "digits_day-0", "digits_day-3", "digits_mon-7", "hello",
    "goodbye", "vm-no", "vm-password", "digits_yesterday", "minutes",
)  # fmt: skip
LONG: Final = ("demo-instruct", "demo-congrats", "priv-callee-options")
"""Over 30 s, the window of Whisper."""


@pytest.fixture(scope="module")
def texts(weights: object) -> dict[str, str]:
    index = FOLDER / "prompts" / "prompts.json"
    if not index.is_file():
        pytest.skip(
            "the recordings of people are missing (they need apt and the network): "
            "`python -m bench.recordings` fetches them"
        )
    lines = json.loads(index.read_text(encoding="utf-8"))
    return {line["file"].removesuffix(".flac"): line["text"] for line in lines}


def prompt(name: str, texts: dict[str, str]) -> Prompt:
    return Prompt(name, texts[name], read_audio(FOLDER / "prompts" / f"{name}.flac"))


class HeardByWhisper:
    """The bot's own transcription, in the form of the evaluations."""

    def __init__(self, hear: Hear) -> None:
        self._hear = hear

    def hear(self, audio: Samples, names: ExpectedNames = NO_NAMES) -> Heard:
        heard = self._hear(audio, names)
        return Heard(heard.text, heard.rejected is None)


def measured(hear: Hear, names: tuple[str, ...], texts: dict[str, str]) -> Numbers:
    measurement = Measurement({"ear": HeardByWhisper(hear)})
    measurement.prompts((prompt(name, texts) for name in names), NOT_SAID)
    return measurement.numbers["ear"]


def test_sentences_of_a_person_are_heard(hear: Hear, texts: dict[str, str]) -> None:
    found = measured(hear, SENTENCES, texts)
    assert found.errors / found.words <= 0.08, found.failures
    assert found.loops == 0, found.failures
    assert found.marks >= 0.8 * found.marked, found.failures
    assert found.false_names == 0, found.failures


def test_single_words_of_a_person_are_not_lost(hear: Hear, texts: dict[str, str]) -> None:
    found = measured(hear, WORDS, texts)
    assert found.short >= 5
    assert found.errors <= 0.4 * found.words, found.failures
    assert found.lost <= 1, found.failures
    assert found.loops == 0, found.failures


@pytest.mark.parametrize("name", LONG)
def test_a_long_talk_of_a_person_is_heard_to_its_end(
    name: str, hear: Hear, texts: dict[str, str]
) -> None:
    long = prompt(name, texts)
    assert long.audio.size > 30 * HEARD_RATE
    said, heard = plain(long.text), plain(hear(long.audio, NOT_SAID).text)
    assert word_errors(said, heard) <= 0.2 * len(said), heard
    assert word_errors(said[-20:], heard[-20:]) <= 7, heard


def test_pauses_of_a_meeting_have_no_words(hear: Hear, texts: dict[str, str]) -> None:
    meetings = Recordings.load(FOLDER / "meeting").meetings[:6]
    measurement = Measurement({"ear": HeardByWhisper(hear)})
    measurement.gaps(meetings, NOT_SAID)
    found = measurement.numbers["ear"]
    assert found.gaps >= 10
    # People who are far from the microphone speak softly in some of them.
    assert found.gap_inventions <= 0.2 * found.gaps, found.failures

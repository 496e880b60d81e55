"""The words of a turn put together from settled parts and the rest."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pipeline.inference.whisper import LONGEST_TEXT, Transcription
from pipeline.listening.committed_transcript import CommittedTranscript


def words(text: str, ms: float = 1000.0, language: str = "en", sure: float = 0.9) -> Transcription:
    return Transcription(text, language, 0.1, -0.2, ms, 50.0, None, sure)


def test_with_nothing_settled_the_rest_is_all() -> None:
    rejected = replace(words("Thank you."), rejected="made up")
    assert CommittedTranscript(5.0).whole(rejected) is rejected


def test_parts_and_rest_are_one_transcription() -> None:
    wording = CommittedTranscript(5.0).settle(words("It was raining.", 6000), 11.0)
    wording = wording.settle(words("We stayed in.", 5000), 16.0)
    whole = wording.whole(replace(words("Good night.", 1000), avg_logprob=-0.8))
    assert whole.text == "It was raining. We stayed in. Good night."
    assert wording.text == "It was raining. We stayed in."
    assert (wording.since, whole.duration_ms, whole.took_ms) == (16.0, 12_000, 150)
    assert whole.avg_logprob == pytest.approx(-0.25)
    assert whole.rejected is None


@pytest.mark.parametrize("rest", [words(""), replace(words("Bye."), rejected="made up")])
def test_a_rest_without_words_leaves_what_is_settled(rest: Transcription) -> None:
    whole = CommittedTranscript(5.0).settle(words("It was raining.", 6000), 11.0).whole(rest)
    assert (whole.text, whole.rejected) == ("It was raining.", None)


def test_the_language_is_that_of_the_part_that_tells_most() -> None:
    wording = CommittedTranscript(0.0).settle(words("Es regnet.", 6000, "de", 0.95), 6.0)
    whole = wording.whole(words("Okay.", 800, "en", 0.6))
    assert (whole.language, whole.language_probability) == ("de", 0.95)


def test_what_was_begun_before_a_part_was_settled_keeps_its_own() -> None:
    before = CommittedTranscript(0.0)
    before.settle(words("It was raining."), 6.0)
    assert before.parts == ()


def test_a_recogniser_that_loops_says_no_more_than_anybody_can() -> None:
    endless = words("na " * 50_000)
    assert len(endless.text) == LONGEST_TEXT
    assert len(CommittedTranscript(5.0).settle(endless, 11.0).whole(endless).text) == LONGEST_TEXT

from __future__ import annotations

import pytest

from models.fixture.phrases import sentences
from pipeline.errors import AgentError, AgentTimeout, AgentUnavailable
from pipeline.notices import TOO_LONG, UNAVAILABLE, WENT_WRONG, notice_for


@pytest.mark.parametrize(
    ("error", "notice"),
    [
        (AgentUnavailable("the Gateway is away"), UNAVAILABLE),
        (AgentTimeout("60 s are over"), TOO_LONG),
        (AgentError("something else"), WENT_WRONG),
        (ZeroDivisionError(), WENT_WRONG),
    ],
)
def test_every_failure_has_words_for_the_speaker(error: Exception, notice: tuple[str, ...]) -> None:
    assert notice_for(error) == notice


@pytest.mark.parametrize("notice", [UNAVAILABLE, TOO_LONG, WENT_WRONG])
def test_a_notice_says_what_happened_and_what_to_do_and_no_detail(notice: tuple[str, ...]) -> None:
    happened, to_do = notice
    assert happened.endswith(".")
    assert to_do == "Please ask me again."
    assert not any(mark in happened for mark in ":()0123456789_")


def test_the_fixture_model_can_hear_every_notice() -> None:
    """So that tests from a microphone to an ear can tell that a speaker was told."""
    known = {phrase.text for phrase in sentences()}
    assert known.issuperset([*UNAVAILABLE, *TOO_LONG, *WENT_WRONG])

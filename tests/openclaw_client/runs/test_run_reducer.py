"""The reducer of one run's events."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openclaw_client.protocol.payloads import ChatEvent
from openclaw_client.runs.run_reducer import End, Run, TextDelta


def event(state: str, *, run: str = "r", whole: str | None = None, **fields: Any) -> ChatEvent:
    message = None
    if whole is not None:
        message = {"role": "assistant", "content": [{"type": "text", "text": whole}]}
    return ChatEvent.model_validate(
        {"runId": run, "sessionKey": "agent:a:b", "state": state, "message": message, **fields}
    )


def delta(text: str, whole: str | None = None, *, replace: bool = False) -> ChatEvent:
    return event("delta", whole=whole, deltaText=text, replace=replace)


def joined(deltas: list[TextDelta]) -> str:
    text = ""
    for one in deltas:
        text = one.text if one.replace else text + one.text
    return text


def feed(run: Run, *events: ChatEvent) -> list[TextDelta]:
    return [given for one in events for given in run.feed(one)]


def test_a_run_as_captured() -> None:
    run = Run("r")
    deltas = feed(
        run,
        event("status", phase="preparing_workspace"),
        delta("At once,", "At once,"),
        delta(" sir.", "At once, sir."),
        event("final", whole="At once, sir.", stopReason="stop"),
    )
    assert deltas == [TextDelta("At once,"), TextDelta(" sir.")]
    assert run.outcome is not None
    assert (run.outcome.end, run.outcome.text) == (End.FINAL, "At once, sir.")
    assert (run.repairs, run.ignored) == (0, 0)


def test_deltas_without_the_whole_beside_them() -> None:
    run = Run("r")
    assert feed(run, delta("a"), delta("b"), event("final")) == [TextDelta("a"), TextDelta("b")]
    assert run.outcome is not None
    assert run.outcome.text == "ab"


def test_the_end_brings_what_no_delta_brought() -> None:
    run = Run("r")
    assert feed(run, delta("a", "a"), event("final", whole="abc")) == [
        TextDelta("a"),
        TextDelta("bc"),
    ]


def test_a_final_message_alone_is_the_answer() -> None:
    assert feed(Run("r"), event("final", whole="all at once")) == [TextDelta("all at once")]


def test_a_final_without_message_keeps_the_deltas() -> None:
    run = Run("r")
    feed(run, delta("words", "words"), event("final"))
    assert run.outcome is not None
    assert run.outcome.text == "words"


def test_replace_voids_what_came_before() -> None:
    run = Run("r")
    deltas = feed(
        run,
        delta("one two", "one two"),
        delta("", "", replace=True),
        delta("one", "one"),
        event("final", whole="one"),
    )
    assert deltas == [TextDelta("one two"), TextDelta("", replace=True), TextDelta("one")]
    assert run.text == joined(deltas) == "one"


def test_a_lost_delta_is_made_good_by_the_next() -> None:
    run = Run("r")
    deltas = feed(run, delta("a ", "a "), delta("c ", "a b c "), delta("d", "a b c d"))
    assert deltas == [TextDelta("a "), TextDelta("b c "), TextDelta("d")]
    assert run.repairs == 1


def test_a_lost_replace_is_made_good_by_the_next() -> None:
    run = Run("r")
    deltas = feed(run, delta("old words", "old words"), delta("new", "new"))
    assert deltas == [TextDelta("old words"), TextDelta("new", replace=True)]


def test_an_end_that_says_something_else_replaces() -> None:
    run = Run("r")
    deltas = feed(run, delta("draft", "draft"), event("final", whole="fair copy"))
    assert deltas[-1] == TextDelta("fair copy", replace=True)
    assert run.outcome is not None
    assert run.outcome.text == "fair copy"


def test_white_space_at_the_end_is_no_reason_to_speak_again() -> None:
    assert feed(Run("r"), delta("done. ", "done. "), event("final", whole="done.")) == [
        TextDelta("done. ")
    ]


def test_the_first_terminal_event_counts() -> None:
    run = Run("r")
    feed(
        run,
        event("error", errorMessage="no credit", errorKind="rate_limit"),
        event("error", errorMessage="Agent failed before reply: no credit"),
        delta("late", "late"),
        event("final", whole="later"),
    )
    assert run.outcome is not None
    assert run.outcome.error_message == "no credit"
    assert run.outcome.error_kind == "rate_limit"
    assert run.text == ""
    assert run.ignored == 3


def test_an_error_keeps_what_was_said() -> None:
    run = Run("r")
    feed(run, delta("half a", "half a"), event("error", errorMessage="cut", whole="cut!"))
    assert run.outcome is not None
    assert (run.outcome.end, run.outcome.text) == (End.ERROR, "half a")


def test_the_providers_word_for_an_error() -> None:
    run = Run("r")
    detail = {"provider": "stub", "failoverReason": "auth"}
    feed(run, event("error", errorMessage="401", errorDetail=detail))
    assert run.outcome is not None
    assert run.outcome.error_kind == "auth"


def test_an_abort_has_the_text_so_far_or_no_message_at_all() -> None:
    early, late = Run("r"), Run("r")
    feed(early, event("aborted", stopReason="rpc"))
    feed(late, delta("wo", "wo"), event("aborted", stopReason="rpc", whole="word1"))
    assert early.outcome is not None
    assert late.outcome is not None
    assert (early.outcome.end, early.outcome.text) == (End.ABORTED, "")
    assert late.outcome.text == "word1"


@pytest.mark.parametrize("state", ["thinking", "", "FINAL"])
def test_states_of_a_later_release_are_passed_over(state: str) -> None:
    run = Run("r")
    assert feed(run, event(state, deltaText="x")) == []
    assert run.ignored == 1


def test_other_runs_are_none_of_ours() -> None:
    run = Run("r")
    assert feed(run, event("delta", run="other", deltaText="x", whole="x")) == []
    assert feed(run, event("final", run="other", whole="x")) == []
    assert run.outcome is None


@given(st.data())
def test_whatever_is_lost_the_deltas_join_to_the_text(data: st.DataObject) -> None:
    """Any subset of a run's deltas, with restarts among them, as long as its end arrives."""
    run, deltas, whole = Run("r"), [], ""
    for word in data.draw(st.lists(st.text("ab ", min_size=1, max_size=4), max_size=12)):
        restart = data.draw(st.booleans()) and data.draw(st.booleans())
        whole = "" if restart else whole + word
        one = delta("" if restart else word, whole, replace=restart)
        if data.draw(st.booleans()):
            deltas += feed(run, one)
            assert joined(deltas).rstrip() == whole.rstrip()
    deltas += feed(run, event("final", whole=whole))
    assert joined(deltas) == run.text
    assert run.text.rstrip() == whole.rstrip()

"""Cases of a replay suite."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.replay.case_files import UnreadableCase, load_case, load_cases
from app.replay.expectations import Expectation, check
from app.replay.report import ReplayEvent

EVENTS = (
    ReplayEvent(0.5, "speech_began", "alice"),
    ReplayEvent(2.1, "heard", "alice", {"text": "Jarvis, what time is it?"}),
    ReplayEvent(
        2.1, "decided", "alice", {"addressed": True, "score": 0.877, "reasons": ["it calls Jarvis"]}
    ),
    ReplayEvent(2.5, "reply_began", "alice", {"agent": "jarvis"}),
    ReplayEvent(
        5.0, "reply_ended", "alice", {"agent": "jarvis", "heard": "It is", "interrupted": True}
    ),
)


@pytest.mark.parametrize(
    ("fields", "holds"),
    [
        ({"event": "heard", "text": "what time is it"}, True),
        ({"event": "heard", "text": "JARVIS what TIME"}, True),
        ({"event": "heard", "text": "what tim"}, False),
        ({"event": "heard", "speaker": "bob"}, False),
        ({"event": "decided", "addressed": True}, True),
        ({"event": "decided", "addressed": False}, False),
        ({"event": "decided", "addressed": False, "never": True}, True),
        ({"event": "decided", "reasons": "calls jarvis"}, True),
        ({"event": "decided", "reasons": "a question"}, False),
        ({"event": "decided", "score": "0.877"}, True),
        ({"event": "decided", "score": 0.87}, False),
        ({"event": "decided", "score": {"from": 0.5}}, True),
        ({"event": "decided", "score": {"to": 0.5}}, False),
        ({"event": "decided", "score": {"from": "0.8", "to": "0.9"}}, True),
        ({"event": "reply_began", "agent": "jarvis", "before_s": 2.5}, True),
        ({"event": "reply_began", "before_s": 2.4}, False),
        ({"event": "reply_began", "after_s": 2.6}, False),
        ({"event": "reply_ended", "interrupted": True, "heard": "it is"}, True),
        ({"event": "reply_ended", "never": True}, False),
        ({"event": "resumed", "never": True}, True),
    ],
)
def test_an_expectation_holds_if_an_event_has_all_of_its_fields(
    fields: dict[str, object], *, holds: bool
) -> None:
    assert Expectation.model_validate(fields).holds(EVENTS) is holds


def write(folder: Path, text: str) -> Path:
    file = folder / "case.yaml"
    file.write_text(text, encoding="utf-8")
    return file


def test_recordings_are_beside_their_case(tmp_path: Path) -> None:
    (tmp_path / "a.wav").touch()
    case = load_case(write(tmp_path, "files: [a.wav]\nexpect: [{event: heard, text: yes}]"))
    assert case.files == (tmp_path / "a.wav",)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("files: [", "is not valid YAML"),
        ("- a", "must be a mapping with files and expect"),
        ("files: [a.wav]", "expect is missing: it must be a list, not empty, each a mapping"),
        ("files: []\nexpect: [{event: heard}]", "files is []: it must be a list, not empty"),
        ("files: a.wav\nexpect: [{event: heard}]", "files is 'a.wav': it must be a list"),
        ("files: [a.wav]\nexpect: [heard]", "expectation 1 is 'heard': it must be a mapping"),
        ("files: [a.wav]\nexpect: [{event: herd}]", "reply_failed; did you mean heard?"),
        ("files: [a.wav]\nexpect: [{event: herd}]", "expectation 1, event is 'herd': it must be"),
        (
            "files: [a.wav]\nexpect: [{event: heard, txt: a}]",
            "expectation 1, txt: there is no such field; did you mean text?",
        ),
        (
            "files: [a.wav]\nexpect: [{event: heard, before_s: -1}]",
            "expectation 1, before_s is '-1': it must be a number at least 0 (seconds)",
        ),
        ("files: [a.wav]\nexpect: [{event: heard, before_s: nan}]", "expectation 1, before_s is"),
        (
            "files: [a.wav]\nexpect: [{event: decided, score: {form: 1}}]",
            "expectation 1, score must be a number from 0 to 1, or {from: a number, to: a number}",
        ),
        (
            "files: [a.wav]\nexpect: [{event: decided, score: {from: 1, to: 0}}]",
            "expectation 1, score: from is above to",
        ),
        (
            "files: [a.wav]\nexpect: [{event: heard, after_s: 3, before_s: 2}]",
            "expectation 1: after_s is later than before_s",
        ),
        (
            "files: [a.wav]\nexpect: [{event: decided, text: hello, never: true}]",
            "expectation 1: a decided event has no text: it has addressed, reasons, score, speaker",
        ),
        (
            "files: [a.wav]\nagents: null\nexpect: [{event: heard}]",
            "agents is missing a value",
        ),
        ("files: [a.wav]\nanswer:\nexpect: [{event: heard}]", "answer is missing a value"),
        (
            "files: [a.wav]\nexpect: [{event: heard, text: ~}]",
            "expectation 1, text is missing a value",
        ),
        (
            "files: [a.wav]\nexpect: [{event: ducked, speaker: a, never: true}]",
            "a ducked event has no speaker: it has no field but its time",
        ),
        (
            "files: [a.wav]\nexpect: [{event: heard, speaker: b, never: true}]",
            "expectation 1, speaker: there is no speaker 'b': they are a",
        ),
        (
            "files: [a.wav]\nagents: [x]\nexpect: [{event: sent, agent: y, never: true}]",
            "expectation 1, agent: there is no agent 'y': they are x",
        ),
        (
            "files: [a.wav]\nexpect: [{event: heard, text: '?!'}]",
            "expectation 1: text has no words",
        ),
        ("files: [a.wav, x/a.wav]\nexpect: [{event: heard}]", "two recordings are of a"),
        ("files: [b.wav]\nexpect: [{event: heard}]", "b.wav is not a file"),
        ("files: " + "[" * 5000, "is not valid YAML"),
        (
            "files: [a.wav]\nexpect:\n  - event: heard\n    text: yes\n    text: no\n",
            "the key 'text' on line 5 is already on line 4",
        ),
    ],
)
def test_a_wrong_case_names_the_file_and_the_field(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "a.wav").touch()
    with pytest.raises(UnreadableCase) as caught:
        load_case(write(tmp_path, text))
    assert message in str(caught.value)
    for words in ("validation", "Input should", "Extra inputs", "tuple"):
        assert words not in str(caught.value)
    assert "case.yaml" in str(caught.value)


def test_all_problems_of_all_cases_are_told_at_once(tmp_path: Path) -> None:
    (tmp_path / "alice.wav").touch()
    write(
        tmp_path,
        "files: [alice.wav, b.wav]\nexpect: [{event: herd}, {event: heard, speaker: alise}]",
    )
    (tmp_path / "other.yml").write_text("- no mapping")
    with pytest.raises(UnreadableCase) as caught:
        load_cases(tmp_path)
    words = str(caught.value)
    assert "expectation 1, event is 'herd'" in words
    assert "no speaker 'alise': they are alice, b; did you mean alice?" in words
    assert "b.wav is not a file" in words
    assert "other.yml must be a mapping" in words


def test_the_words_null_and_nothing_can_be_written_in_quotes(tmp_path: Path) -> None:
    (tmp_path / "a.wav").touch()
    case = load_case(
        write(tmp_path, "files: [a.wav]\nanswer: ''\nexpect: [{event: heard, text: 'null'}]")
    )
    assert (case.answer, case.expect[0].text) == ("", "null")


def test_a_folder_without_cases_says_what_to_put_there(tmp_path: Path) -> None:
    with pytest.raises(UnreadableCase, match=r"put a \.yaml with files and expect"):
        load_cases(tmp_path)


def test_failed_expectations_are_listed(tmp_path: Path) -> None:
    (tmp_path / "a.wav").touch()
    case = load_case(
        write(
            tmp_path,
            "files: [a.wav]\nexpect:\n"
            "  - {event: decided, addressed: true}\n"
            "  - {event: reply_began, agent: sage}\n",
        )
    )
    failed = check("case", case, EVENTS).failed
    assert [str(each) for each in failed] == ["reply_began with agent 'sage'"]


def test_words_of_a_language_without_spaces_are_found_in_a_sentence() -> None:
    heard = (ReplayEvent(1.0, "heard", "alice", {"text": "ジャービス、今何時ですか。"}),)
    assert Expectation(event="heard", text="今何時").holds(heard)
    assert not Expectation(event="heard", text="何日").holds(heard)

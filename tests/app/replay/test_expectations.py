"""Cases of a replay suite."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.replay.expectations import Expectation, UnreadableCase, check, load_case, load_cases
from app.replay.report import ReplayEvent

EVENTS = (
    ReplayEvent(0.5, "speech_began", "alice"),
    ReplayEvent(2.1, "heard", "alice", {"text": "Jarvis, what time is it?"}),
    ReplayEvent(2.1, "decided", "alice", {"addressed": True, "reasons": ["it calls Jarvis"]}),
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
        ("files: [a.wav]", "expect: Field required"),
        ("files: []\nexpect: [{event: heard}]", "files: Tuple should have at least 1 item"),
        ("files: [a.wav]\nexpect: [{event: herd}]", "expect.0.event: Input should be"),
        ("files: [a.wav]\nexpect: [{event: heard, txt: a}]", "expect.0.txt: Extra inputs"),
        ("files: [a.wav]\nexpect: [{event: heard, before_s: -1}]", "expect.0.before_s"),
        ("files: [a.wav]\nexpect: [{event: heard, before_s: nan}]", "expect.0.before_s"),
        (
            "files: [a.wav]\nexpect: [{event: heard, after_s: 3, before_s: 2}]",
            "expect.0: after_s is later than before_s",
        ),
        (
            "files: [a.wav]\nexpect: [{event: decided, text: hello, never: true}]",
            "expect.0: a decided event has no text: it has addressed, speaker",
        ),
        (
            "files: [a.wav]\nexpect: [{event: ducked, speaker: a, never: true}]",
            "a ducked event has no speaker: it has no field but its time",
        ),
        (
            "files: [a.wav]\nexpect: [{event: heard, speaker: b, never: true}]",
            "no file is of 'b': they are of a",
        ),
        (
            "files: [a.wav]\nagents: [x]\nexpect: [{event: sent, agent: y, never: true}]",
            "'y' is none of the agents x",
        ),
        ("files: [a.wav]\nexpect: [{event: heard, text: '?!'}]", "expect.0: text has no words"),
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
    assert "after validation" not in str(caught.value) or "[]" in str(caught.value)
    assert "case.yaml" in str(caught.value)


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

"""The lines between the runner and an adapter."""

from __future__ import annotations

import pytest

from bench.comparison.protocol import (
    About,
    BadLine,
    Cost,
    Job,
    Line,
    Sound,
    Transcribed,
    TurnEnd,
    TurnVerdict,
    VoiceNoticed,
    of_kind,
    parse,
    parse_all,
    to_line,
)

LINES: tuple[Line, ...] = (
    About({"numpy": "2.0"}),
    TurnVerdict(3, 1.24, 1.271, 0.75, complete=True, first=False),
    TurnEnd(0, 2.5, 2.2, voiced_early=True),
    VoiceNoticed(1, 0.6),
    Transcribed(3, 7.5, 812.0),
    Sound(0.02, 20.0, -20.0),
    Cost(1.1, 38.2, 140.5),
)


@pytest.mark.parametrize("line", LINES, ids=lambda line: type(line).__name__)
def test_what_an_adapter_prints_is_read_as_it_was(line: Line) -> None:
    assert parse(to_line(line)) == line


def test_a_job_travels_whole() -> None:
    job = Job("talk", "track.npy", (0, 320), 12.5, (0.0, 4.0), (320, 640), "python", 800.0)
    assert Job.from_json(job.to_json()) == job


def test_all_lines_are_read_in_order_and_empty_ones_passed_over() -> None:
    text = "\n".join(["", *map(to_line, LINES), "  "])
    assert tuple(parse_all(text)) == LINES
    assert of_kind(parse_all(text), TurnEnd) == [LINES[2]]


@pytest.mark.parametrize(
    "text",
    [
        "Loading model...",
        "[1, 2]",
        '{"at_s": 1.0}',
        '{"kind": "song", "at_s": 1.0}',
        '{"kind": "turn_end", "speaker": 0}',
        '{"kind": "voice", "speaker": 0, "at_s": 1.0, "why": "so"}',
    ],
)
def test_anything_else_is_refused_and_shown(text: str) -> None:
    with pytest.raises(BadLine, match="an adapter printed"):
        parse(text)


class TestSoundsAt:
    """An agent of 0.4 s, and a synthesis of 0.15 s."""

    def test_one_that_is_asked_at_the_end(self) -> None:
        assert TurnEnd(0, 2.0, 2.0).sounds_at(0.4) == pytest.approx(2.55)

    def test_one_that_is_asked_early_and_voiced_at_the_end(self) -> None:
        assert TurnEnd(0, 2.0, 1.8).sounds_at(0.4) == pytest.approx(2.35)
        assert TurnEnd(0, 2.0, 1.2).sounds_at(0.4) == pytest.approx(2.15)

    def test_one_that_is_voiced_early_waits_for_the_end_alone(self) -> None:
        assert TurnEnd(0, 2.0, 1.2, voiced_early=True).sounds_at(0.4) == 2.0
        assert TurnEnd(0, 2.0, 1.8, voiced_early=True).sounds_at(0.4) == pytest.approx(2.35)

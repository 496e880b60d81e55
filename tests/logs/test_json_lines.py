"""JSON records: they parse, carry the place as fields, and nothing from outside breaks them."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest

from logs import STAGES_MS, Place, guild_place, placed, set_up_logging, show_speech, spoken

log = logging.getLogger("pipeline.somewhere")


@pytest.fixture(autouse=True)
def no_speech() -> Iterator[None]:
    yield
    show_speech(False)


def records(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().err.splitlines()]


def test_a_record_has_its_place_as_fields(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logging("INFO", form="json")
    turn = Place("turn 7 of speaker 99", turn=7, speaker=99).within(guild_place(42))
    with placed(turn):
        log.info("%s: done", "it", extra={STAGES_MS: {"stt": 211.96}})
    log.warning("outside")
    inside, outside = records(capsys)
    assert turn == "guild 42, turn 7 of speaker 99"
    assert {key: inside[key] for key in ("guild", "turn", "speaker", "level", "message")} == {
        "guild": 42, "turn": 7, "speaker": 99, "level": "INFO", "message": "it: done",
    }  # fmt: skip
    assert inside["stages_ms"] == {"stt": 212.0}
    assert inside["logger"] == "pipeline.somewhere"
    assert inside["time"][:2] == "20"
    assert outside.keys() == {"time", "level", "logger", "message"}


def test_whatever_is_quoted_a_record_is_one_line_of_ascii(
    capsys: pytest.CaptureFixture[str],
) -> None:
    set_up_logging("INFO", form="json")
    hostile = 'Eve"}\n{"level": "ERROR"}\x1b[2J\u202e\udcff 🦊' + "x" * 1_000_000
    try:
        raise ValueError(hostile)
    except ValueError:
        log.exception("failed for %s", hostile)
    text = capsys.readouterr().err
    assert text.isascii()
    (line,) = text.splitlines()
    assert len(line) < 200_000
    record = json.loads(line)
    assert record["level"] == "ERROR"
    assert record["message"].startswith("failed for Eve")
    assert "Traceback" in record["error"]


def test_a_message_that_is_none_of_ours_is_no_fault(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logging("INFO", form="json")
    log.info({"a": 1})
    log.warning("100 %")
    assert [record["message"] for record in records(capsys)] == ["{'a': 1}", "100 %"]


@pytest.mark.parametrize("form", ["text", "json"])
def test_words_are_in_the_log_only_where_the_operator_wants_them(
    form: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    for speech in (False, True):
        set_up_logging("DEBUG", form=form, speech=speech)
        log.debug("Ann said %s: %s", spoken("it's a secret"), spoken("heard so", instead="name"))
        line = capsys.readouterr().err
        assert ("secret" in line) == speech
        assert ("heard so" in line) == speech
        assert ("<3 words>" in line) != speech

"""A transcript as a text file."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from database.transcripts import CallTranscript, TranscriptLine
from discord_bot.messages import transcript_file as files
from discord_bot.messages.transcript_file import transcript_file

BEGAN = datetime(2026, 5, 1, 20, 15, tzinfo=UTC)


def call(number: int, *lines: tuple[int | None, str, str]) -> CallTranscript:
    began = BEGAN + timedelta(days=number)
    said = tuple(
        TranscriptLine(began + timedelta(seconds=index), member, name, words)
        for index, (member, name, words) in enumerate(lines)
    )
    return CallTranscript(number, 7, 11, None, began, said)


def test_calls_follow_each_other_with_names_and_times() -> None:
    newer = call(1, (1, "Ann", "Good\nmorning."))
    older = call(0, (1, "Ann", "Jarvis?"), (1, "Jarvis", "Yes."), (2, "Ben", "Hello."))
    assert transcript_file([newer, older], {11: "Living room"}).decode() == (
        "# Living room, 2026-05-01 20:15 UTC\n"
        "2026-05-01 20:15:00  Ann: Jarvis?\n"
        "2026-05-01 20:15:01  Jarvis: Yes.\n"
        "2026-05-01 20:15:02  Ben: Hello.\n"
        "\n"
        "# Living room, 2026-05-02 20:15 UTC\n"
        "2026-05-02 20:15:00  Ann: Good morning.\n"
    )


def test_a_member_gets_their_own_words_alone() -> None:
    both = call(0, (1, "Ann", "Mine."), (2, "Ben", "His."), (None, "Jarvis", "To all."))
    text = transcript_file([both, call(1, (2, "Ben", "His too."))], {}, 1).decode()
    assert text == "# 11, 2026-05-01 20:15 UTC\n2026-05-01 20:15:00  Ann: Mine.\n"
    assert transcript_file([both], {}, 3) == b""


def test_of_too_much_the_newest_calls_remain(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "MOST_BYTES", 150)
    newest_first = [call(each, (1, "Ann", f"Call {each}.")) for each in (2, 1, 0)]
    text = transcript_file(newest_first, {}).decode()
    assert "Call 2." in text
    assert "Call 1." in text
    assert "Call 0." not in text
    monkeypatch.setattr(files, "MOST_BYTES", 10)
    assert transcript_file(newest_first, {}) == b"# 11, 2026"

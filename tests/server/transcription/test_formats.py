from __future__ import annotations

from dataclasses import replace

import pytest

from pipeline.inference.timed_text import TimedSegment, TimedWord
from server.transcription.formats import HeardFile, as_srt, as_verbose_json, as_vtt
from server.transcription.listening_models import HeardPart

WORDS = tuple(TimedWord(f"word{number}", number * 0.5, number * 0.5 + 0.4) for number in range(30))
SHORT = TimedSegment("Is 1 < 2 & 3?", 3661.5, 3662.0, (1, 2), -0.2, 0.01, 0.9)
LONG = TimedSegment(" ".join(word.text for word in WORDS), 0.0, 15.0, (3,), -0.3, 0.0, 1.0, WORDS)


def test_the_stamps_have_hours_and_the_texts_are_escaped() -> None:
    assert as_srt([SHORT]) == "1\n01:01:01,500 --> 01:01:02,000\nIs 1 < 2 & 3?\n\n"
    assert as_vtt([SHORT]) == ("WEBVTT\n\n01:01:01.500 --> 01:01:02.000\nIs 1 &lt; 2 &amp; 3?\n\n")


def test_a_long_segment_becomes_several_subtitles() -> None:
    blocks = as_srt([LONG]).strip().split("\n\n")
    lines = [block.split("\n")[2] for block in blocks]
    assert len(blocks) == 3
    assert all(len(line) <= 80 for line in lines)
    assert " ".join(lines) == LONG.text
    assert blocks[1].split("\n")[1].startswith("00:00:0")
    without_times = replace(LONG, words=())
    assert len(as_srt([without_times]).strip().split("\n\n")) == 1


def test_no_words_are_no_subtitles() -> None:
    assert as_srt([]) == ""
    assert as_vtt([]) == "WEBVTT\n\n"


def test_the_parts_of_a_file_are_joined() -> None:
    heard = HeardFile()
    assert heard.add(HeardPart("", "", (), 3.0)) == ""
    assert heard.add(HeardPart("Guten Tag.", "de", (SHORT,), 8.0)) == "Guten Tag."
    assert heard.add(HeardPart("Hello.", "en", (LONG,), 12.0)) == " Hello."
    heard.add(HeardPart("", "en", (), 12.5))
    assert (heard.text, heard.language, heard.duration_s) == ("Guten Tag. Hello.", "de", 12.5)
    assert heard.segments == [SHORT, LONG]


@pytest.mark.parametrize(
    ("asked", "keys"),
    [((), {"segments"}), (("word",), {"words"}), (("word", "segment"), {"words", "segments"})],
)
def test_the_granularities_choose_what_has_times(asked: tuple[str, ...], keys: set[str]) -> None:
    heard = HeardFile()
    heard.add(HeardPart(LONG.text, "en", (LONG,), 15.0))
    body = as_verbose_json(heard, "transcribe", 0.0, asked)  # type: ignore[arg-type]
    assert body.keys() & {"words", "segments"} == keys

"""The words of the addressee set as they are heard in voices."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from bench.conversation import clips
from bench.conversation.addressee.heard import (
    VOICES,
    Heard,
    Listener,
    Words,
    cases_as_heard,
    read_transcripts,
    write_transcripts,
)
from bench.conversation.addressee.scenes import PARTS, SpokenLine, stripped
from bench.conversation.clips import MissingClip
from pipeline.inference.expected_names import ExpectedNames

NAMES = ExpectedNames(("Jarvis | Butler", "Sage"), ("Ben",))
LINE = SpokenLine("a scene", "Ann", "Jarvis, what time is it?", "en", NAMES)


def test_no_voice_is_in_both_parts() -> None:
    assert not set(VOICES["tuning"]) & set(VOICES["earlier"])
    for part in set(PARTS) - {"tuning", "earlier"}:
        assert not set(VOICES[part]) & {*VOICES["tuning"], *VOICES["earlier"]}


def test_a_line_of_the_reference_run_needs_no_models(tmp_path: Path) -> None:
    file = tmp_path / "heard.tsv"
    over_reply = replace(LINE, names=replace(NAMES, stops=True))
    transcripts = {
        Heard("af_one", LINE.names, LINE.text): Words("Job is, what time is it?", "en"),
        Heard("af_one", over_reply.names, LINE.text): Words("", "cy"),
        Heard("af_one", NAMES, "Ask Sage I think."): Words("As Sage I think.", "en", "Sage"),
    }
    write_transcripts(file, transcripts)
    assert read_transcripts(file) == transcripts
    listener = Listener(["af_one"], reference=file)
    assert listener(LINE) == replace(LINE, text="Job is, what time is it?")
    assert listener(over_reply) == replace(over_reply, text="", language="cy")
    named = replace(LINE, text="Ask Sage I think.")
    assert listener(named) == replace(named, text="As Sage I think.", may_call="Sage")
    assert listener.heard == transcripts


def test_blanks_in_a_transcript_do_not_break_the_file(tmp_path: Path) -> None:
    file = tmp_path / "heard.tsv"
    key = Heard("af_one", NAMES, LINE.text)
    write_transcripts(file, {key: Words("what\ttime\nis it?", "en")})
    assert read_transcripts(file) == {key: Words("what time is it?", "en")}


def test_a_speaker_has_one_voice_in_a_scene() -> None:
    listener = Listener(VOICES["earlier"], reference=None)
    again = SpokenLine("a scene", "Ann", "Another line.", "en")
    assert listener.voice_of(LINE) == listener.voice_of(again)
    speakers = [SpokenLine("a scene", name, "Hello.", "en") for name in "abcdefghijkl"]
    assert len({listener.voice_of(line) for line in speakers}) > 3


def test_other_languages_and_lines_without_words_stay_as_written() -> None:
    listener = Listener(VOICES["earlier"], reference=None)
    for text, language in (("Wie spät ist es?", "de"), ("...", "en")):
        line = SpokenLine("a scene", "Ann", text, language)
        assert listener(line) == line


def test_a_line_without_a_clip_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clips, "CLIPS_FOLDER", tmp_path)
    with pytest.raises(MissingClip):
        Listener(["no_voice"], reference=None)(LINE)


def test_a_stripped_line_has_no_commas_capitals_and_closing_mark() -> None:
    assert stripped(LINE) == replace(LINE, text="jarvis what time is it")


def test_lines_in_other_languages_and_with_misspelt_names_are_not_judged_as_heard(
    tmp_path: Path,
) -> None:
    scenes = tmp_path / "scenes.yaml"
    scenes.write_text(
        """
- name: a scene
  people: [Ann, Ben]
  kind: name
  lines:
    - "low Ann: Jarvis, what time is it?"
    - "low Ben@de: Jarvis, wie spät ist es?"
    - "low Ann (misheard): Jarvus, what time is it?"
"""
    )

    def heard(line: SpokenLine) -> SpokenLine:
        return replace(line, text=line.text.lower(), language="cy")

    judged = cases_as_heard(scenes, heard)
    assert [case.utterance.text for case in judged] == ["jarvis, what time is it?"]
    assert judged[0].utterance.language_code == "cy"

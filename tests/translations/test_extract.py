"""The catalogues of the repository are complete, and are brought up to date with the code."""

from __future__ import annotations

from pathlib import Path

import pytest

import translations.catalogue as catalogue
from translations import extract
from translations.catalogue import catalogue_file
from translations.check import problems
from translations.extract import main, read_catalogue, updated, written
from translations.languages import LANGUAGES, SOURCE
from translations.source_texts import SourceText, source_texts

TRANSLATED = [each for each in LANGUAGES if each != SOURCE]
HELLO = SourceText("Hello, {name}.", "a.py", 1)
BYE = SourceText("Bye.", "b.py", 2, note="to leave")
DAYS = SourceText("{count} day", "a.py", 3, many="{count} days")


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_text_of_the_code_is_translated(language: str) -> None:
    assert list(problems(read_catalogue(language), source_texts())) == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_the_catalogue_is_as_extract_writes_it(language: str) -> None:
    fresh = written(updated(read_catalogue(language), language, source_texts()))
    assert catalogue_file(language).read_bytes() == fresh, "run python -m translations.extract"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(catalogue, "LOCALES", tmp_path)
    return tmp_path


def test_new_texts_are_added_and_old_ones_removed_and_translations_stay(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(extract, "source_texts", lambda: [HELLO, DAYS])
    assert main([]) == 1
    assert f"de: not translated: {HELLO.text!r}" in capsys.readouterr().out
    german = read_catalogue("de")
    entry = german.get(HELLO.text)
    assert entry is not None
    entry.string = "Hallo, {name}."
    entry.user_comments.append("checked by Ann")
    catalogue_file("de").write_bytes(written(german))

    monkeypatch.setattr(extract, "source_texts", lambda: [HELLO, BYE])
    main([])
    text = catalogue_file("de").read_text(encoding="utf-8")
    assert 'msgstr "Hallo, {name}."' in text
    assert "# checked by Ann" in text
    assert "#. to leave" in text
    assert "{count} day" not in text


def test_check_changes_nothing(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(extract, "source_texts", lambda: [HELLO])
    assert main(["--check"]) == 1
    assert f"fr: missing: {HELLO.text!r}" in capsys.readouterr().out
    assert list(folder.iterdir()) == []


def test_a_second_run_changes_no_byte(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extract, "source_texts", lambda: [HELLO, DAYS, BYE, HELLO])
    main([])
    first = {each: catalogue_file(each).read_bytes() for each in TRANSLATED}
    main([])
    assert {each: catalogue_file(each).read_bytes() for each in TRANSLATED} == first
    assert first["de"].count(b'msgid "Hello, {name}."') == 1

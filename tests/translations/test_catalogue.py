"""Catalogues are read from their files; a damaged one leaves the bot in English."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

import translations.catalogue as catalogue
from translations.catalogue import Translations, catalogue_file, load_translations, translations
from translations.languages import LANGUAGES, SOURCE

HEADER = """\
msgid ""
msgstr ""
"Language: fr\\n"
"Plural-Forms: nplurals=2; plural=(n > 1);\\n"
"Content-Type: text/plain; charset=utf-8\\n"

"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty folder in place of the catalogues; nothing has been read."""
    monkeypatch.setattr(catalogue, "LOCALES", tmp_path)
    translations.cache_clear()
    yield tmp_path
    translations.cache_clear()


def write(language: str, text: str) -> None:
    path = catalogue_file(language)
    path.parent.mkdir(parents=True)
    path.write_text(text, encoding="utf-8")


def test_texts_contexts_and_plurals_are_found(folder: Path) -> None:
    write(
        "fr",
        HEADER
        + 'msgid "Yes."\nmsgstr "Oui."\n\n'
        + 'msgctxt "option"\nmsgid "name"\nmsgstr "nom"\n\n'
        + 'msgid "{count} day"\nmsgid_plural "{count} days"\n'
        + 'msgstr[0] "{count} jour"\nmsgstr[1] "{count} jours"\n',
    )
    french = translations("fr")
    assert french.find("Yes.") == "Oui."
    assert french.find("name", "option") == "nom"
    assert french.find("name") is None
    assert french.find_plural("{count} day", 0) == "{count} jour", "as French counts"
    assert french.find_plural("{count} day", 2) == "{count} jours"
    assert french.find_plural("{count} week", 2) is None


def test_fuzzy_and_empty_entries_are_not_used(folder: Path) -> None:
    write("fr", HEADER + '#, fuzzy\nmsgid "Yes."\nmsgstr "Non."\n\nmsgid "No."\nmsgstr ""\n')
    assert translations("fr").find("Yes.") is None
    assert translations("fr").find("No.") is None


@pytest.mark.parametrize("content", ["msgid no quotes\n", HEADER.replace("(n > 1)", "(n >")])
def test_a_damaged_catalogue_is_logged_and_left_out(
    folder: Path, content: str, caplog: pytest.LogCaptureFixture
) -> None:
    write("fr", content)
    assert translations("fr").find("a") is None
    assert translations("fr").find("a") is None
    assert len(caplog.records) == 1
    assert "bot.po" in caplog.text


def test_a_catalogue_in_a_wrong_encoding_is_left_out(
    folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    write("fr", "")
    catalogue_file("fr").write_bytes(HEADER.encode() + b'msgid "a"\nmsgstr "\xff\xfe"\n')
    assert translations("fr") == Translations()
    assert "bot.po" in caplog.text


def test_a_missing_catalogue_is_logged_once(folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    load_translations()
    load_translations()
    assert len(caplog.records) == len(LANGUAGES) - 1


def test_the_catalogues_of_all_languages_are_there() -> None:
    translations.cache_clear()
    for language in LANGUAGES:
        assert language == SOURCE or translations(language).forms

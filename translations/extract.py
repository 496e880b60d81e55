"""Brings the catalogues up to date with the code: ``python -m translations.extract``.

New texts are added without a translation, and texts that the code no longer has are removed. Then
it prints what is still to be translated. With ``--check`` it changes nothing. It ends with 1 if a
catalogue is incomplete or faulty.
"""

from __future__ import annotations

import argparse
import io
import sys
from collections.abc import Iterable, Sequence
from typing import Final

from babel.messages import Catalog
from babel.messages.pofile import read_po, write_po

from translations.catalogue import catalogue_file
from translations.check import problems, problems_of_source
from translations.languages import LANGUAGES, PLURAL_FORMS, SOURCE
from translations.source_texts import SourceText, source_texts

_HEADER: Final = """\
# What the bot writes in Discord. docs/translations.md explains how to correct it.
msgid ""
msgstr ""
"Language: {language}\\n"
"Plural-Forms: {plurals}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"

"""
"""Without dates, so that a file changes only with its texts."""
_WIDTH: Final = 100


def read_catalogue(language: str) -> Catalog:
    """The catalogue of a language as it is kept; an empty one if there is none yet.

    Raises:
        babel.messages.pofile.PoFileError: it is damaged.
    """
    path = catalogue_file(language)
    if not path.exists():
        return _empty(language)
    with path.open("rb") as file:
        return read_po(file, locale=language, abort_invalid=True)


def updated(catalog: Catalog, language: str, texts: Iterable[SourceText]) -> Catalog:
    """A catalogue with exactly these texts, and the translations of ``catalog``."""
    new = _empty(language)
    for text in texts:
        key = text.text if text.many is None else (text.text, text.many)
        old = catalog.get(text.text, text.context)
        same_kind = old is not None and isinstance(old.string, str) == (text.many is None)
        string = old.string if old is not None and same_kind else None
        flags = {"fuzzy"} if old is not None and same_kind and old.fuzzy else set()
        new.add(
            key,
            string,
            locations=[(text.file, text.line)],
            flags=flags,
            auto_comments=[text.note] if text.note else [],
            user_comments=old.user_comments if old is not None else [],
            context=text.context,
        )
    return new


def written(catalog: Catalog) -> bytes:
    """The file of a catalogue; the same for the same texts and translations."""
    file = io.BytesIO()
    write_po(
        file, catalog, width=_WIDTH, include_lineno=False, ignore_obsolete=True, omit_header=True
    )
    return _header(str(catalog.locale)) + file.getvalue()


def main(arguments: Sequence[str] | None = None) -> int:
    """Update or check all catalogues; 1 if one is incomplete or faulty."""
    parser = argparse.ArgumentParser(prog="python -m translations.extract", description=__doc__)
    parser.add_argument("--check", action="store_true", help="change nothing")
    only_check = parser.parse_args(arguments).check
    texts = source_texts()
    faults = list(problems_of_source(texts))
    for language in LANGUAGES:
        if language == SOURCE:
            continue
        catalog = read_catalogue(language)
        if not only_check:
            catalog = updated(catalog, language, texts)
            catalogue_file(language).parent.mkdir(parents=True, exist_ok=True)
            catalogue_file(language).write_bytes(written(catalog))
        faults += [f"{language}: {fault}" for fault in sorted(problems(catalog, texts))]
    for fault in faults:
        sys.stdout.write(f"{fault}\n")
    return 1 if faults else 0


def _empty(language: str) -> Catalog:
    return read_po(io.BytesIO(_header(language)), locale=language)


def _header(language: str) -> bytes:
    return _HEADER.format(language=language, plurals=PLURAL_FORMS[language]).encode()


if __name__ == "__main__":
    sys.exit(main())

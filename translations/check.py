"""Finds what is wrong with a catalogue: with what it says, and with what it lacks. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from babel.messages import Catalog, Message

from translations.catalogue import OPTION, Key, forms_of, key_of
from translations.source_texts import SourceText
from translations.text import PLACEHOLDER

_COMMAND: Final = re.compile(r"`/([\w-]+)")
_COMMAND_OPTION: Final = re.compile(r"`/[\w-]+(?: [a-z]+)? ([^\s:`]+):")
_MARKUP: Final = re.compile(r"\*\*|`|^-# ", re.MULTILINE)
_OPTION_NAME: Final = re.compile(r"[-_'\w]{1,32}")
"""Discord's rule for the names of options; letters must be lower case where they have a case."""


def problems_of_source(texts: Iterable[SourceText]) -> Iterator[str]:
    """What is wrong with texts of the code."""
    for text in texts:
        place = f"{text.file}:{text.line}"
        names = _placeholders(text.text) | _placeholders(text.many or "")
        if "{" in PLACEHOLDER.sub("", text.text) or "{" in PLACEHOLDER.sub("", text.many or ""):
            yield f"{place}: placeholders are names alone: {text.text!r}"
        if text.values is not None and names != text.values:
            differing = ", ".join(sorted(names ^ text.values))
            yield f"{place}: a placeholder without a value, or a value without one: {differing}"


def problems(catalog: Catalog, texts: Iterable[SourceText]) -> Iterator[str]:
    """What is wrong with a catalogue for these texts: a sentence for each fault."""
    wanted = {_key(text): text for text in texts}
    entries = {key_of(entry): entry for entry in catalog if entry.id}
    for key in wanted.keys() - entries.keys():
        yield f"missing: {key[0]!r}"
    for key in entries.keys() - wanted.keys():
        yield f"unused: {key[0]!r}"
    for left_over in catalog.obsolete:
        yield f"left over: {left_over!r}"
    options = {key[0]: str(each.string) for key, each in entries.items() if key[1] == OPTION}
    for key, entry in entries.items():
        if key in wanted:
            yield from _problems_of_entry(entry, wanted[key], catalog.num_plurals)
            yield from _problems_of_options(entry, wanted[key], options)


def _problems_of_entry(entry: Message, text: SourceText, plurals: int) -> Iterator[str]:
    label = repr(text.text)
    if entry.fuzzy:
        yield f"marked fuzzy: {label}"
    forms = forms_of(entry)
    if not forms or not all(forms):
        yield f"not translated: {label}"
        return
    if (text.many is None) != isinstance(entry.string, str):
        yield f"a plural in the code alone, or in the catalogue alone: {label}"
        return
    if text.many is not None and len(forms) != plurals:
        yield f"{len(forms)} plural forms, expected {plurals}: {label}"
    for form in forms:
        yield from _problems_of_form(form, text, label)


def _problems_of_options(
    entry: Message, text: SourceText, options: Mapping[str, str]
) -> Iterator[str]:
    """A message names an option as the member's client shows it."""
    shown = [options.get(each, each) for each in _COMMAND_OPTION.findall(text.text)]
    for form in forms_of(entry):
        if form and _COMMAND_OPTION.findall(form) != shown:
            yield f"names its options otherwise than {', '.join(shown)}: {text.text!r}"


def _problems_of_form(form: str, text: SourceText, label: str) -> Iterator[str]:
    needed = _placeholders(text.many or text.text)
    optional = {"count"} if text.many is not None else set()
    names = _placeholders(form)
    if lacking := needed - names - optional:
        yield f"lacks the placeholder {', '.join(sorted(lacking))}: {label}"
    if unknown := names - needed - optional:
        yield f"has the unknown placeholder {', '.join(sorted(unknown))}: {label}"
    if "{" in PLACEHOLDER.sub("", form) or "}" in PLACEHOLDER.sub("", form):
        yield f"has a brace that begins no placeholder: {label}"
    if sorted(_COMMAND.findall(form)) != sorted(_COMMAND.findall(text.text)):
        yield f"names other commands: {label}"
    if sorted(_MARKUP.findall(form)) != sorted(_MARKUP.findall(text.text)):
        yield f"has other markup: {label}"
    if form != form.strip() and text.text == text.text.strip():
        yield f"begins or ends with white space: {label}"
    if text.context == OPTION and not (_OPTION_NAME.fullmatch(form) and form == form.lower()):
        yield f"is no name that Discord takes for an option: {label}"


def _placeholders(text: str) -> set[str]:
    return set(PLACEHOLDER.findall(text))


def _key(text: SourceText) -> Key:
    return text.text, text.context

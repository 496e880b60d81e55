"""The files of a replay suite, and in plain words what is wrong with them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import yaml
from pydantic import ValidationError
from pydantic_core import ErrorDetails

from app.replay.expectations import Expectation, ReplayCase
from app.replay.microphone import speaker_of
from app.replay.options import no_such
from configuration.names import nearest_name
from configuration.schema import Section, Setting, tree
from configuration.unique_keys import load_yaml

CASE_FILES: Final = ("*.yaml", "*.yml")
_SCORE: Final = "a number from 0 to 1, or {from: a number, to: a number}"
_EXPECTATION: Final = "a mapping such as {event: heard, text: hello}"
_EXPECT: Final = f"a list, not empty, each {_EXPECTATION}"


class UnreadableCase(Exception):
    """A case cannot be used; the message names the file, the place and what to change."""


def load_cases(folder: Path) -> dict[Path, ReplayCase]:
    """The cases in a folder, by file, sorted; its subfolders are not searched.

    Raises:
        UnreadableCase: the folder has none, or some cannot be used; with every problem of each.
    """
    files = sorted({file for pattern in CASE_FILES for file in folder.glob(pattern)})
    if not files:
        raise UnreadableCase(
            f"{folder} has no case: put a .yaml with files and expect beside the recordings, or "
            "give the recordings themselves"
        )
    cases: dict[Path, ReplayCase] = {}
    problems: list[str] = []
    for file in files:
        try:
            cases[file] = load_case(file)
        except UnreadableCase as error:
            problems.append(str(error))
    if problems:
        raise UnreadableCase("\n".join(problems))
    return cases


def load_case(file: Path) -> ReplayCase:
    """The case in a file; its recordings' paths are resolved.

    Raises:
        UnreadableCase: it cannot be read, or fields are wrong; says which, and what is allowed.
    """
    try:
        # Every scalar stays text: `text: yes` is a word, not a truth value.
        found = load_yaml(file.read_text(encoding="utf-8"), as_text=True)
    except UnicodeDecodeError as error:
        raise UnreadableCase(f"{file} is not UTF-8: byte {error.start} is no part of it") from error
    except OSError as error:
        raise UnreadableCase(f"{file} cannot be read: {error.strerror or error}") from error
    except yaml.YAMLError as error:
        raise UnreadableCase(f"{file} is not valid YAML: {error}") from error
    if not isinstance(found, Mapping):
        raise UnreadableCase(f"{file} must be a mapping with files and expect")
    case: ReplayCase | None = None
    problems = [*_without_value(found), *_unknown_names(found, file.parent)]
    try:
        case = ReplayCase.model_validate(found)
    except ValidationError as error:
        explained = (line for each in _own(error) for line in _explained(each))
        problems = list(dict.fromkeys([*explained, *problems]))
    if problems or case is None:
        raise UnreadableCase("\n".join([f"{file} is wrong:", *(f"  {each}" for each in problems)]))
    return case.model_copy(update={"files": tuple(file.parent / each for each in case.files)})


def _own(error: ValidationError) -> Iterator[ErrorDetails]:
    for each in error.errors(include_url=False):
        # Pydantic also says that a list is too short if all of its items are wrong, and that an
        # empty value is of the wrong kind.
        if each["input"] is not None and (each["type"] != "too_short" or not each["input"]):
            yield each


def _explained(error: ErrorDetails) -> Iterator[str]:
    """An error of pydantic in plain words: where, what is there, what is allowed."""
    location, given = error["loc"], error["input"]
    section = tree(Expectation if location[:1] == ("expect",) and len(location) > 1 else ReplayCase)
    fields = location[2:] if section.model is Expectation else location
    name = str(fields[0]) if fields else ""
    where = _place(location)
    match error["type"]:
        case "missing":
            yield f"{where} is missing: it must be {_allowed(section, name)}"
        case "extra_forbidden" if len(fields) == 1:
            yield f"{where}: there is no such field{_guess(name, section.names)}"
            yield f"{where}: the fields are {', '.join(section.names)}"
        case "value_error":
            words = error["msg"].removeprefix("Value error, ")
            yield from (f"{where}: {line}" for line in words.split("\n"))
        case _ if name == "score":
            yield f"{_place(location[:3])} must be {_SCORE}"
        case kind:
            options = _allowed(section, name)
            known = options.removeprefix("one of ").split(", ") if kind == "literal_error" else []
            yield f"{where} is {_shown(given)}: it must be {options}{_guess(given, known)}"


def _guess(given: object, known: Iterable[str]) -> str:
    near = nearest_name(given, known) if isinstance(given, str) else None
    return "" if near is None else f"; did you mean {near}?"


def _place(location: tuple[int | str, ...]) -> str:
    """ "agents", "files, item 2", "expectation 1, before_s"."""
    if location[:1] == ("expect",) and len(location) > 1:
        number, *inner = location[1:]
        head = f"expectation {int(number) + 1}"
    else:
        head, inner = (str(location[0]) if location else "the case"), list(location[1:])
    names = (f"item {each + 1}" if isinstance(each, int) else str(each) for each in inner)
    return ", ".join([head, *names])


def _allowed(section: Section, name: str) -> str:
    """What a field may be: as the messages about settings say it."""
    special = {"": _EXPECTATION, "score": _SCORE, "expect": _EXPECT}
    if name in special:
        return special[name]
    node = section.child(name)
    return node.allowed if isinstance(node, Setting) else "any value"


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:60]}..."


def _without_value(found: object, where: tuple[int | str, ...] = ()) -> Iterator[str]:
    """The places of the case with nothing behind them, or with ``null``."""
    if found is None:
        yield f"{_place(where)} is missing a value: write one, or leave it out"
    elif isinstance(found, Mapping):
        for key, value in found.items():
            yield from _without_value(value, (*where, str(key)))
    elif isinstance(found, list):
        for number, value in enumerate(found):
            yield from _without_value(value, (*where, number))


def _unknown_names(found: Mapping[str, Any], folder: Path) -> Iterator[str]:
    """Recordings, speakers and agents that are not there; of the wrong kinds others complain."""
    files = _texts(found.get("files"))
    speakers = [speaker_of(Path(each)) for each in files]
    for each in dict.fromkeys(files):
        if not (folder / each).is_file():
            yield f"files: {folder / each} is not a file"
    for speaker in dict.fromkeys(speakers):
        if speakers.count(speaker) > 1:
            yield f"files: two recordings are of {speaker}, as their names say: rename one"
    agents = _texts(found.get("agents"))
    expect = found.get("expect")
    for number, expected in enumerate(expect if isinstance(expect, list) else (), 1):
        if not isinstance(expected, Mapping):
            continue
        for field, known in (("speaker", speakers), ("agent", agents)):
            name = expected.get(field)
            if known and isinstance(name, str) and name not in known:
                yield f"expectation {number}, {field}: there is {no_such(field, name, known)}"


def _texts(found: object) -> list[str]:
    return [each for each in found if isinstance(each, str)] if isinstance(found, list) else []

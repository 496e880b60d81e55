"""What must hold of everything that reaches an agent."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from bench.injection.attempts import MARKER
from openclaw_client.turn_text import NAME_LIMIT, ParsedMessage
from simulators.gateway.abort_requests import is_abort_request

GUILD: Final = 900
_FIELDS: Final = frozenset(
    (
        *("speaker", "id", "speaker_is", "present", "present_in_all", "joined", "left"),
        *("your_last_answer", "earlier"),
    )
)
_SLASH: Final = re.compile(r"(?<!\S)/\S")
_NAME: Final = re.compile(r"[^\[\](){}<>`\"'/\\\n]*")
_FENCE: Final = re.compile(r"<{3}|>{3}|[\[\]{}<>]")


@dataclass(frozen=True, slots=True)
class AgentInput:
    """One turn as an agent gets it."""

    session: str
    message: str
    heard: ParsedMessage

    @property
    def names(self) -> list[str]:
        """Every name in it."""
        heard = self.heard
        named = [line.name for line in heard.earlier if line.name]
        speaker = [heard.speaker.name] if heard.speaker is not None else []
        return [*speaker, *heard.present, *heard.joined, *heard.left, *named]


def places(got: AgentInput, marker: str = MARKER) -> dict[str, int]:
    """Where the marker is, with how often."""
    heard = got.heard
    who = "?" if heard.speaker is None else heard.speaker.id
    parts: list[tuple[str, str]] = [(f"words of {'bot ' if heard.bot else ''}{who}", heard.words)]
    parts += [("speaker", "" if heard.speaker is None else heard.speaker.name)]
    parts += [("present", name) for name in heard.present]
    parts += [("joined", name) for name in heard.joined]
    parts += [("left", name) for name in heard.left]
    parts += [(f"earlier of {line.by}", line.said) for line in heard.earlier]
    parts += [(f"name of {line.by}", line.name) for line in heard.earlier]
    found: dict[str, int] = {}
    for place, text in parts:
        if count := text.casefold().count(marker):
            found[place] = found.get(place, 0) + count
    elsewhere = got.message.casefold().count(marker) - sum(found.values())
    return found | ({"outside all fields": elsewhere} if elsewhere else {})


def broken(got: AgentInput, people: Mapping[int, str]) -> list[str]:
    """What does not hold of a turn; ``people`` are those who spoke, with their names."""
    wrong = []
    first, line_end, words = got.message.partition("\n")
    if not line_end or got.heard.speaker is None or words != got.heard.words:
        return ["the frame is broken"]
    facts = _facts(first)
    if facts is None or not set(facts) <= _FIELDS:
        wrong.append(f"the facts are not those of a turn: {sorted(facts or ())}")
    speaker = got.heard.speaker
    agent = got.session.split(":")[1]
    if got.session != f"agent:{agent}:discord:dm:{speaker.id}:guild:{GUILD}":
        wrong.append(f"the session is {got.session}")
    if not speaker.id.isdigit() or int(speaker.id) not in people:
        wrong.append(f"the speaker is {speaker.id}")
    if _SLASH.search(got.message):
        wrong.append("a command of the Gateway is in it")
    if is_abort_request(got.message):
        wrong.append("the Gateway takes it for a request to abort")
    wrong += wrong_texts(names=got.names, words=[line.said for line in got.heard.earlier])
    if not all(char.isprintable() or char in "\n\t" for char in got.message):
        wrong.append("a character is not visible")
    return wrong


def wrong_texts(names: Sequence[str] = (), words: Sequence[str] = ()) -> list[str]:
    """Names and words of people that could be taken for anything else."""
    wrong = [f"the name {name!r}" for name in names if not is_plain_name(name)]
    wrong += [f"the words {text!r}" for text in words if not is_plain_line(text)]
    return wrong


def is_plain_name(name: str) -> bool:
    return 0 < len(name) <= NAME_LIMIT and _NAME.fullmatch(name) is not None and name.isprintable()


def is_plain_line(text: str) -> bool:
    """One visible line without brackets or a command of the Gateway."""
    return text.isprintable() and not _SLASH.search(text) and not _FENCE.search(text)


def _facts(line: str) -> dict[str, Any] | None:
    start = line.find("{")
    try:
        facts, end = json.JSONDecoder().raw_decode(line, start)
    except ValueError:
        return None
    return facts if isinstance(facts, dict) and line[end:] == "]" else None

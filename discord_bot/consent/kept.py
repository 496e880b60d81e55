"""What the bot keeps about a member, in words. Pure: an export becomes texts."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from translations import Text, joined, message, plural, small, verbatim

_DELETE: Final = "`sessions.delete`"
_RESET: Final = "`sessions.reset`"
"""The Gateway's methods; both need the scope ``operator.admin``, which the bot never asks for."""
_SHOWN: Final = 5
"""Conversations that are named."""


def _choices(count: int) -> Text:
    return plural(
        "{count} choice of yours, such as being left out, until you change it or have it forgotten",
        "{count} choices of yours, such as being left out, until you change them or have them "
        "forgotten",
        count=count,
    )


def _lines(count: int) -> Text:
    return plural(
        "{count} line of transcripts with your name, for as many days as its server chose",
        "{count} lines of transcripts with your name, for as many days as their server chose",
        count=count,
    )


def _settings(count: int) -> Text:
    return plural(
        "your id at {count} setting of a server that you chose, until it is changed",
        "your id at {count} settings of servers that you chose, until they are changed",
        count=count,
    )


def _history(count: int) -> Text:
    return plural(
        "your id at {count} entry in the history of a server's settings, for 365 days",
        "your id at {count} entries in the history of servers' settings, for 365 days",
        count=count,
    )


TABLES: Final[Mapping[str, Callable[[int], Text]]] = {
    "member_choices": _choices,
    "transcript_lines": _lines,
    "guild_settings": _settings,
    "setting_changes": _history,
}
"""How each table with personal columns is told of, by its name and the number of rows."""


def kept_of(exported: Mapping[str, Any]) -> Iterator[Text]:
    """What an export of `MemberRecords` has, one item a table."""
    for name, told in TABLES.items():
        rows = exported["tables"].get(name, {}).get("rows", [])
        if rows:
            yield told(len(rows))
    naming = len(exported["settings_that_name_the_member"])
    if naming:
        yield plural(
            "{count} list of a server that names you: its managers' rule, which they can change",
            "{count} lists of servers that name you: their managers' rules, which they can change",
            count=naming,
        )


@dataclass(frozen=True, slots=True)
class Conversations:
    """The keys of the Gateway's sessions that may hold what a member said to the agents here."""

    now: tuple[str, ...] = ()
    """Those of the server's present session scope."""
    before: tuple[str, ...] = ()
    """Those of the member that another scope, or an earlier version, made."""


NO_CONVERSATIONS: Final = Conversations()


def remembered(keys: Conversations, *, shared: bool) -> list[Text]:
    """What the Gateway may hold, and who can delete it; ``shared`` with others' words in it."""
    if not keys.now and not keys.before:
        return []
    texts = []
    if shared:
        texts.append(message("Others share these conversations, so their words are there too."))
    if keys.before:
        texts.append(
            message("The Gateway may also hold older conversations of yours, under other names.")
        )
    texts.append(
        message(
            "I have no right to delete there. Those who run the Gateway can: send them the names "
            "at the end."
        )
    )
    return texts


def names_at_the_gateway(keys: Conversations) -> list[Text]:
    """The names of a member's conversations, in small letters, for those who run the Gateway."""
    shown: list[Text] = []
    if keys.now:
        shown.append(message("Conversations at the Gateway: {keys}.", keys=_named(keys.now)))
    if keys.before:
        shown.append(message("Possibly older ones: {keys}.", keys=_named(keys.before)))
    if shown:
        shown.append(
            message(
                "The Gateway deletes them with {delete}, or empties them with {reset}.",
                delete=_DELETE,
                reset=_RESET,
            )
        )
    return [small(each) for each in shown]


def _named(keys: Sequence[str]) -> Text:
    return joined((verbatim(f"`{key}`") for key in keys[:_SHOWN]), ", ")

"""What the bot keeps about a member, in words. Pure: an export becomes texts."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

from translations import Text, joined, message, plural, verbatim

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


def conversations(keys: Sequence[str]) -> Text:
    """The Gateway's conversations with these keys."""
    return joined((verbatim(f"`{key}`") for key in keys[:_SHOWN]), ", ")


def at_the_gateway(keys: Sequence[str], *, shared: bool) -> list[Text]:
    """What the Gateway keeps, and who can delete it; ``shared`` with others' words in it."""
    if not keys:
        return []
    texts = [
        message(
            "The OpenClaw Gateway keeps what you said to agents here: {keys}.",
            keys=conversations(keys),
        )
    ]
    if shared:
        texts.append(message("Others share these conversations, so their words are there too."))
    texts.append(
        message(
            "I have no right to delete there. Those who run the Gateway can, with its methods "
            "{delete} or {reset}: send them these names.",
            delete=_DELETE,
            reset=_RESET,
        )
    )
    return texts

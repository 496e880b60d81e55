"""Why the bot could not join a call, as a clause in the language of its reader.

`discord_bot.receive` gives its reasons as English text, for the log too. What is not known here
stays as it is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Final, TypeAlias

import aiohttp

from translations import Text, message, verbatim

_KNOWN: Final[tuple[Text, ...]] = (
    # Translators: this and the next 6 texts complete "I could not join #General: ...".
    message("the voice server did not answer in time"),
    message("the voice connection could not be made"),
    message("disconnected or moved while joining"),
    message("the voice server does not know my protocol; a newer version of the bot may"),
    message(
        "the voice server does not know my transport encryption; a newer version of the bot may"
    ),
    message(
        "the voice server requires end-to-end encryption (DAVE); the operator of this bot should "
        "check that davey is installed"
    ),
    message("Discord cannot be reached"),
)
_EXACT: Final[Mapping[str, Text]] = {str(text): text for text in _KNOWN}
_OF_CODE: Final[Mapping[str, Text]] = {
    "4012": _KNOWN[3],
    "4016": _KNOWN[4],
    "4017": _KNOWN[5],
}
"""Close codes after which the bot gives up."""
_Maker: TypeAlias = Callable[[re.Match[str]], Text]
_FORMED: Final[tuple[tuple[str, _Maker], ...]] = (
    (
        r"no voice connection within (\S+) s: (.+)",
        lambda found: message(
            "no voice connection within {seconds} s: {why}", seconds=found[1], why=_why(found[2])
        ),
    ),
    (
        r"no voice connection: (.+)",
        lambda found: message("no voice connection: {why}", why=_why(found[1])),
    ),
    (
        r"the voice server closed the connection with code (\d+)(?:: .+)?",
        lambda found: (
            _OF_CODE.get(found[1])
            or message("the voice server closed the connection with code {code}", code=found[1])
        ),
    ),
    (
        r"the voice server at (\S+) does not answer over UDP: a firewall may block it",
        lambda found: message(
            "the voice server at {address} does not answer over UDP: a firewall may block it",
            address=found[1],
        ),
    ),
)
"""Whole texts with something in them. The first that matches counts."""


def join_failure(error: Exception) -> Text:
    """Why an attempt to join failed."""
    away = isinstance(error, aiohttp.ClientError | OSError) and not isinstance(error, TimeoutError)
    if away:
        return _EXACT["Discord cannot be reached"]
    return _why(str(error).removesuffix(".") or type(error).__name__)


def _why(text: str) -> Text:
    clause = text[:1].lower() + text[1:]
    if (known := _EXACT.get(clause)) is not None:
        return known
    for pattern, make in _FORMED:
        if (found := re.fullmatch(pattern, clause, re.DOTALL)) is not None:
            return make(found)
    return verbatim(text)

"""Keys and tokens, as they may travel in a header."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Annotated, Final, TypeAlias

from pydantic import AfterValidator, SecretStr

from configuration.text import character, cleaned, visible

_SCHEME: Final = re.compile(r"(?:bot|bearer)\s+", re.IGNORECASE)
"""How a token stands in the header of a request, whence it was copied with it."""
_BOT_TOKEN: Final = re.compile(r"[A-Za-z0-9._~+/=-]")


def header_text(text: str) -> str:
    """A key as a header can carry it, without what copying has left on it.

    Raises:
        ValueError: a character of it cannot be sent; the text names that one and no other.
    """
    return _only(visible(cleaned(text)), lambda char: " " <= char <= "~")


def bot_token(text: str) -> str:
    """Discord's token, without the ``Bot`` that stands before it in a header.

    Raises:
        ValueError: a character of it is in no token.
    """
    bare = cleaned(_SCHEME.sub("", visible(cleaned(text)), count=1))
    return _only(bare, lambda char: _BOT_TOKEN.match(char) is not None)


def shared_secret(text: str) -> str:
    """A token that travels in JSON, where any character may: only unseen ones are taken out.

    Raises:
        ValueError: it has a control character.
    """
    return _only(visible(cleaned(text)), str.isprintable)


def _only(text: str, may_be: Callable[[str], bool]) -> str:
    for place, char in enumerate(text, 1):
        if not may_be(char):
            raise ValueError(f"{character(char, place)}: no such key has it; copy the key again")
    return text


def _secret(check: Callable[[str], str]) -> AfterValidator:
    return AfterValidator(lambda secret: SecretStr(check(secret.get_secret_value())))


HeaderKey: TypeAlias = Annotated[SecretStr, _secret(header_text)]
"""A key that is sent in a header."""
BotToken: TypeAlias = Annotated[SecretStr, _secret(bot_token)]
"""The token of a Discord bot."""
SharedSecret: TypeAlias = Annotated[SecretStr, _secret(shared_secret)]
"""A token that is sent in JSON."""

"""Keys and tokens, checked for the characters that can be sent."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Annotated, Final, TypeAlias

from pydantic import AfterValidator, SecretStr

from configuration.text import character, cleaned, visible

_SCHEME: Final = re.compile(r"(?:bot|bearer)\s+", re.IGNORECASE)
"""The scheme before a token in a header, which is often copied with it."""
_BOT_TOKEN: Final = re.compile(r"[A-Za-z0-9._~+/=-]")


def header_text(text: str) -> str:
    """A key for a header, without quotes, spaces and invisible characters around it.

    Raises:
        ValueError: a character cannot be sent; the text names that one only.
    """
    return _only(visible(cleaned(text)), lambda char: " " <= char <= "~")


def bot_token(text: str) -> str:
    """A Discord token, without the ``Bot`` before it in a header.

    Raises:
        ValueError: a character cannot be in a token.
    """
    bare = cleaned(_SCHEME.sub("", visible(cleaned(text)), count=1))
    return _only(bare, lambda char: _BOT_TOKEN.match(char) is not None)


def shared_secret(text: str) -> str:
    """A token that is sent in JSON; only its invisible characters are removed.

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

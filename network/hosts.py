"""Names and addresses of hosts, as they may stand in a setting."""

from __future__ import annotations

import ipaddress
import re
from typing import Annotated, Final

import idna
from pydantic import BeforeValidator

from configuration.text import cleaned, visible

_LABEL: Final = re.compile(r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?")
"""With the underscore of container names, which no domain has."""
_LONGEST: Final = 253
_NUMBER: Final = re.compile(r"[0-9]+|0x[0-9a-f]*")


def checked_host(text: str) -> str:
    """A host as clients take it: lower case, other alphabets in IDNA's, IPv6 without brackets.

    Raises:
        ValueError: it is neither a name nor an address.
    """
    if ":" in text or "[" in text:
        enclosed = text.startswith("[") and text.endswith("]")
        return _ipv6(text[1:-1] if enclosed else text)
    name = _ascii(text)
    labels = name.removesuffix(".").split(".")
    if _NUMBER.fullmatch(labels[-1]):
        return _ipv4(name)
    if len(name) > _LONGEST or not all(map(_LABEL.fullmatch, labels)):
        raise ValueError(f"{text!r} is no name of a host")
    return name


def listening_host(text: object) -> object:
    """What a server listens on: a host alone. Raises ValueError for anything else."""
    if not isinstance(text, str):
        return text
    host = visible(cleaned(text))
    try:
        return checked_host(host)
    except ValueError as error:
        raise ValueError(
            f"{error}; write the address alone, without http:// and port: 127.0.0.1 for this "
            "machine, 0.0.0.0 or :: for all who can reach it"
        ) from None


ListeningHost = Annotated[str, BeforeValidator(listening_host)]
"""The host that a server listens on."""


def _ipv6(text: str) -> str:
    try:
        return str(ipaddress.IPv6Address(text))
    except ValueError:
        raise ValueError(f"{text!r} is no IPv6 address") from None


def _ipv4(text: str) -> str:
    try:
        return str(ipaddress.IPv4Address(text.removesuffix(".")))
    except ValueError:
        raise ValueError(f"{text!r} is no IPv4 address") from None


def _ascii(text: str) -> str:
    if text.isascii():
        return text.lower()
    try:
        return idna.encode(text, uts46=True).decode("ascii").lower()
    except idna.IDNAError:
        raise ValueError(f"{text!r} is no name of a host") from None

"""Hosts and URLs in the settings, in the form that every client takes."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Sequence
from typing import Annotated, Final, TypeAlias
from urllib.parse import quote

import idna
from pydantic import BeforeValidator, WithJsonSchema

from configuration.text import character, cleaned, visible

_LABEL: Final = re.compile(r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?")
"""With an underscore, for names of containers; a domain has none."""
_LONGEST: Final = 253
_NUMBER: Final = re.compile(r"[0-9]+|0x[0-9a-f]*")
_SCHEME: Final = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://")
_NOWHERE: Final = frozenset('<>"{}|\\^`')
"""Characters that no part of a URL may have (RFC 3986)."""
_AFTER: Final = ", nor anything else after a ? or #"
_IN_LOGINS: Final = "%:!$&'()*+,;=~-._"
_IN_PATHS: Final = f"{_IN_LOGINS}/@"
_URI: Final = {"type": "string", "format": "uri"}


def checked_host(text: str) -> str:
    """A host in the form that clients take: lower case, IDNA, IPv6 without brackets.

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
        raise ValueError(f"{text!r} is not the name of a host")
    return name


def listening_host(text: object) -> object:
    """The host that a server listens on. Raises ValueError for anything but a host."""
    if not isinstance(text, str):
        return text
    host = visible(cleaned(text))
    try:
        return checked_host(host)
    except ValueError as error:
        raise ValueError(
            f"{error}; write the address alone, without http:// and port: 127.0.0.1 for this "
            "machine, 0.0.0.0 or :: for every network"
        ) from None


ListeningHost = Annotated[str, BeforeValidator(listening_host)]
"""The host that a server listens on."""


def _ipv6(text: str) -> str:
    try:
        return str(ipaddress.IPv6Address(text))
    except ValueError:
        raise ValueError(f"{text!r} is not an IPv6 address") from None


def _ipv4(text: str) -> str:
    try:
        return str(ipaddress.IPv4Address(text.removesuffix(".")))
    except ValueError:
        raise ValueError(f"{text!r} is not an IPv4 address") from None


def _ascii(text: str) -> str:
    if text.isascii():
        return text.lower()
    try:
        return idna.encode(text, uts46=True).decode("ascii").lower()
    except idna.IDNAError:
        raise ValueError(f"{text!r} is not the name of a host") from None


def checked_url(text: str, schemes: Sequence[str], example: str, *, login: bool) -> str:
    """A URL in the form that every client takes: ``scheme://[login@]host[:port][/path]``.

    Quotes, spaces and invisible characters around it are removed, and a slash at its end.
    ``schemes`` are the allowed ones; ``login`` allows a ``user:password@``.

    Raises:
        ValueError: it is not such a URL; the text says why, without a password.
    """
    text = visible(cleaned(text))
    for place, char in enumerate(text, 1):
        if char.isspace() or not char.isprintable() or char in _NOWHERE:
            raise ValueError(f"{character(char, place)}: it cannot stand in an address")
    found = _SCHEME.match(text)
    if found is None or found[1].lower() not in schemes:
        raise ValueError(_wrong_scheme(text, found, schemes, example))
    rest = text[found.end() :]
    if "?" in rest or "#" in rest:
        raise ValueError(f"must hold no {'query' if login else 'user, password or query'}{_AFTER}")
    authority, slash, path = rest.partition("/")
    user, at, host_and_port = authority.rpartition("@")
    if "@" in path and not at and ":" in authority:
        raise ValueError("a password with a / is written with %2F in its place")
    if at and not login:
        raise ValueError(f"must hold no user, password or query{_AFTER}")
    where = _host_and_port(host_and_port, example)
    tail = f"/{quote(path, safe=_IN_PATHS)}".rstrip("/") if slash else ""
    credentials = f"{quote(user, safe=_IN_LOGINS)}@" if user else ""
    return f"{found[1].lower()}://{credentials}{where}{tail}"


def _validator(
    schemes: Sequence[str], example: str, *, login: bool, optional: bool
) -> BeforeValidator:
    """`checked_url` for pydantic; if ``optional``, an empty text means None."""

    def check(value: object) -> object:
        if not isinstance(value, str):
            return value
        if optional and not cleaned(value):
            return None
        return checked_url(value, schemes, example, login=login)

    return BeforeValidator(check)


HttpUrl: TypeAlias = Annotated[
    str | None,
    _validator(("http", "https"), "http://gpu-box:8880", login=True, optional=True),
    WithJsonSchema({"anyOf": [_URI, {"type": "null"}]}),
]
"""The URL of an HTTP server, or None. It may have a login, which no message shows."""
GatewayUrl: TypeAlias = Annotated[
    str,
    _validator(
        ("http", "https", "ws", "wss"), "http://127.0.0.1:18789", login=False, optional=False
    ),
    WithJsonSchema(_URI),
]
"""The URL of a WebSocket server; http means ws. It has no login, as messages show it."""


def _wrong_scheme(
    text: str, found: re.Match[str] | None, schemes: Sequence[str], example: str
) -> str:
    allowed = " or ".join(f"{scheme}://" for scheme in schemes)
    words = f"must look like {example} and begin with {allowed}"
    looks_bare = bool(text.strip("/")) and not text.lower().startswith(tuple(schemes))
    if found is None and looks_bare and ":/" not in text and "@" not in text:
        host = text.lstrip("/")
        if host.isdecimal():  # a port alone
            host = f"127.0.0.1:{host}"
        return f"{words}; did you mean {schemes[0]}://{host}?"
    return words


def _host_and_port(text: str, example: str) -> str:
    if text.startswith("["):
        host, closed, port = text[1:].partition("]")
        if not closed or (port and not port.startswith(":")):
            raise ValueError("an IPv6 address stands in brackets, the port after them: [::1]:8880")
        return f"[{checked_host(f'[{host}]')}]{_port(port[1:])}"
    host, _, port = text.partition(":")
    if ":" in port:
        raise ValueError("an IPv6 address stands in brackets, the port after them: [::1]:8880")
    if not host:
        raise ValueError(f"must look like {example}: it names no host")
    return f"{checked_host(host)}{_port(port)}"


def _port(text: str) -> str:
    if not text:
        return ""
    if not (text.isascii() and text.isdigit() and len(text) <= 5 and 1 <= int(text) <= 65_535):
        raise ValueError(f"{text!r} is not a port: a number from 1 to 65535")
    return f":{int(text)}"

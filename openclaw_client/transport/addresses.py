"""Parsing a Gateway's address, and whether it is private."""

from __future__ import annotations

import ipaddress
from typing import Final
from urllib.parse import SplitResult, urlsplit, urlunsplit

_SCHEMES: Final = {"http": "ws", "https": "wss", "ws": "ws", "wss": "wss"}


def as_websocket(url: str) -> str:
    """``http(s)://`` as ``ws(s)://``, without a slash at the end.

    Raises:
        ValueError: the address has another form.
    """
    parts = urlsplit(url.strip())
    scheme = _SCHEMES.get(parts.scheme.lower())
    if scheme is None or not parts.hostname:
        raise ValueError("must look like http://host:port or wss://host")
    _ = parts.port  # raises ValueError when it is no port
    return urlunsplit((scheme, parts.netloc, parts.path.rstrip("/"), parts.query, parts.fragment))


def host_and_port(url: str) -> tuple[str, int]:
    """Host and port of a WebSocket address."""
    parts: SplitResult = urlsplit(url)
    return parts.hostname or "", parts.port or (443 if parts.scheme == "wss" else 80)


def is_private_host(host: str) -> bool | None:
    """True for this machine and private networks, False for public addresses, None for a name.

    A name is resolved only when the client connects. The client then checks the address at the
    other end of the socket, before it sends the token.
    """
    if host.lower() == "localhost":
        return True
    try:
        address = ipaddress.ip_address(host.split("%", 1)[0])
    except ValueError:
        return None
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    if isinstance(address, ipaddress.IPv4Address) and address in _SHARED:
        return True
    return address.is_private or address.is_loopback or address.is_link_local


_SHARED = ipaddress.ip_network("100.64.0.0/10")
"""RFC 6598, used by tailnets; Python treats it as neither private nor global."""

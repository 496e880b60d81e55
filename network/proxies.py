"""Proxies: which one leads to an address, and ``NO_PROXY`` in the form that every client takes."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable
from typing import Final, TypeAlias
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import idna

from configuration.text import cleaned

_Network: TypeAlias = ipaddress.IPv4Network | ipaddress.IPv6Network
_NAME: Final = re.compile(
    r"\*|(?:\*?\.)?[a-z0-9_]([a-z0-9_.-]*[a-z0-9_])?\.?(?P<port>:[0-9]{1,5})?"
)


def proxy_for(url: str) -> str | None:
    """The proxy for ``url`` in the environment, or None for a direct connection.

    As in httpx, it is the proxy of the scheme, else ``ALL_PROXY``, unless ``NO_PROXY`` has the
    host.
    """
    parts = urlsplit(url)
    proxies = getproxies()
    proxy = proxies.get(parts.scheme) or proxies.get("all")
    if proxy is None or proxy_bypass(parts.hostname or ""):
        return None
    return proxy


def without_proxy(value: str, hosts: Iterable[str]) -> tuple[str, list[str]]:
    """``NO_PROXY`` in the form that httpx, websockets and pip read, and the unreadable entries.

    A network (``10.0.0.0/8``, ``fd00::/8``) is replaced by the ``hosts`` in it: no client supports
    networks, and httpx fails on an IPv6 one. IPv6 addresses are written without brackets.
    """
    taken: dict[str, None] = {}
    unread: list[str] = []
    for entry in re.split(r"[,\s]+", value):
        entry = cleaned(entry)
        if not entry:
            continue
        network = _network(entry)
        if network is not None:
            taken.update(dict.fromkeys(host for host in hosts if _is_in(host, network)))
        elif (name := _name(entry)) is not None:
            taken[name] = None
        else:
            unread.append(entry)
    return ",".join(taken), unread


def _network(entry: str) -> _Network | None:
    """The network of an entry; None for a host."""
    if "/" not in entry:
        return None
    try:
        return ipaddress.ip_network(entry.replace("[", "").replace("]", ""), strict=False)
    except ValueError:
        return None


def _is_in(host: str, network: _Network) -> bool:
    try:
        return ipaddress.ip_address(host) in network
    except ValueError:
        return False


def _name(entry: str) -> str | None:
    """The host, domain or address of an entry; None if it is none of these."""
    bare = entry.partition("://")[2].partition("/")[0] if "://" in entry else entry
    address = re.sub(r"^\[(.*)\](:[0-9]+)?$", r"\1", bare)
    try:
        return str(ipaddress.ip_address(address))
    except ValueError:
        pass
    if not bare.isascii():
        dots = bare[: len(bare) - len(bare.lstrip("*."))]
        try:
            bare = dots + idna.encode(bare.lstrip("*."), uts46=True).decode("ascii")
        except idna.IDNAError:
            return None
    return bare.lower() if _NAME.fullmatch(bare.lower()) else None

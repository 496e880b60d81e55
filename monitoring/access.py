"""Who may read the metrics and the details of the health: this machine, or who has the token."""

from __future__ import annotations

import hmac
import ipaddress
from typing import Final
from urllib.parse import urlsplit

from pydantic import SecretStr
from starlette.requests import Request

_FORWARDED: Final = ("forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-real-ip")
"""Headers of a proxy: the peer is the proxy, and not who asks."""


def may_read(request: Request, token: SecretStr | None) -> bool:
    """Whether the request comes from this machine without a proxy, or has the bearer token.

    A request of this machine also names it as its host: else a page in a browser here could read
    the answer for another site (DNS rebinding).
    """
    if token is not None and _has(request, token):
        return True
    if any(header in request.headers for header in _FORWARDED):
        return False
    peer = request.client.host if request.client is not None else ""
    return _is_loopback(peer) and _names_this_machine(request.headers.get("host", ""))


def _has(request: Request, token: SecretStr) -> bool:
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    wanted = token.get_secret_value()
    same = hmac.compare_digest(given.strip().encode(), wanted.encode())
    return scheme.lower() == "bearer" and same


def _names_this_machine(header: str) -> bool:
    try:
        host = urlsplit(f"//{header}").hostname or ""
    except ValueError:
        return False
    return host == "localhost" or _is_loopback(host)


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False

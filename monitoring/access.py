"""Who may read the metrics and the details of the health: this machine, or who has the token."""

from __future__ import annotations

import hmac
import ipaddress
from typing import Final

from pydantic import SecretStr
from starlette.requests import Request

_FORWARDED: Final = ("forwarded", "x-forwarded-for", "x-real-ip")
"""Headers of a proxy: the peer is the proxy, and not who asks."""


def may_read(request: Request, token: SecretStr | None) -> bool:
    """Whether the request comes from this machine without a proxy, or has the bearer token."""
    if token is not None and _has(request, token):
        return True
    if any(header in request.headers for header in _FORWARDED):
        return False
    return _is_loopback(request.client.host if request.client is not None else "")


def _has(request: Request, token: SecretStr) -> bool:
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    wanted = token.get_secret_value()
    same = hmac.compare_digest(given.strip().encode(), wanted.encode())
    return scheme.lower() == "bearer" and same


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False

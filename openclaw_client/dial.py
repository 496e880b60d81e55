"""From an address to an open WebSocket: TLS, proxies, redirects, and where a token may go."""

from __future__ import annotations

import ssl
from typing import Any
from urllib.parse import urlsplit

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import InvalidHandshake, InvalidStatus, WebSocketException

from openclaw_client.addresses import is_private_host
from openclaw_client.errors import GatewayRefused, GatewayUnreachable
from openclaw_client.protocol import MAX_FRAME_BYTES

_CLOSE_TIMEOUT_S = 2.0
"""A Gateway that is going down does not always answer the closing handshake."""
_PING_S, _PONG_S = 5.0, 10.0
"""A half-open socket shows by a missing pong long before two ticks (60 s) are missed. Somebody may
be waiting in silence for the rest of an answer; a Gateway that works answers pings at once."""
_CERT_EXPIRED = 10
"""OpenSSL's X509_V_ERR_CERT_HAS_EXPIRED: the one certificate error that its owner mends unasked."""
_PASSING_STATUS = {408, 425, 429}


class _NoRedirects(connect):
    """Redirects are not followed: the token is meant for the address in the settings."""

    def process_redirect(self, exc: Exception) -> Exception | str:
        return exc


async def dial(url: str, *, allow_insecure: bool) -> ClientConnection:
    """An open WebSocket to ``url`` on which nothing has been said yet.

    Raises:
        GatewayUnreachable: nobody answers, or not now.
        GatewayRefused: what answers there will not become a Gateway by waiting.
    """
    parts = urlsplit(url)
    secure = parts.scheme == "wss"
    proxied = secure and not is_private_host(parts.hostname or "")
    try:
        socket = await _NoRedirects(
            url,
            compression=None,
            # A proxy would read what goes over plain ws://, so only wss:// goes through one.
            proxy=True if proxied else None,
            open_timeout=None,
            close_timeout=_CLOSE_TIMEOUT_S,
            ping_interval=_PING_S,
            ping_timeout=_PONG_S,
            max_size=MAX_FRAME_BYTES,
        )
    except ssl.SSLCertVerificationError as error:
        raise GatewayRefused(
            f"the certificate of {url} does not hold: {error.verify_message}",
            code="TLS",
            heals=error.verify_code == _CERT_EXPIRED,
        ) from error
    except InvalidStatus as error:
        raise _http_answer(url, error.response.status_code) from error
    except InvalidHandshake as error:
        raise GatewayUnreachable(f"what answers at {url} is no WebSocket server") from error
    except (OSError, EOFError, UnicodeError, WebSocketException) as error:
        raise GatewayUnreachable(
            f"nobody answers at {url}: {str(error) or type(error).__name__}"
        ) from error
    if not secure and not allow_insecure:
        await _check_peer(socket, url)
    return socket


async def _check_peer(socket: ClientConnection, url: str) -> None:
    """Close a plain connection whose other end is in public. Nothing was sent over it yet."""
    peer: Any = socket.remote_address
    host = peer[0] if isinstance(peer, tuple) and peer else ""
    if is_private_host(host):
        return
    await socket.close()
    raise GatewayRefused(
        f"{url} leads to the public address {host}, and plain ws:// would show the token to anyone "
        "on the way; use wss:// (or set allow_insecure)",
        code="INSECURE",
    )


def _http_answer(url: str, status: int) -> GatewayUnreachable | GatewayRefused:
    if status >= 500 or status in _PASSING_STATUS:
        return GatewayUnreachable(f"{url} answered with HTTP {status}")
    return GatewayRefused(
        f"{url} answered with HTTP {status} instead of opening a WebSocket; check the address, "
        "and gateway.trustedProxies if a proxy stands before the Gateway",
        code=f"HTTP_{status}",
    )

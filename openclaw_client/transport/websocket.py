"""Opens the WebSocket to the Gateway: TLS, proxies, redirects, and checks of the address.

After a failure it probes the address, for a better error message. A probe sends no secret, and
nothing that it reads is trusted.
"""

from __future__ import annotations

import asyncio
import ssl
from typing import Any, Final

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import (
    InvalidHandshake,
    InvalidProxy,
    InvalidStatus,
    ProxyError,
    WebSocketException,
)

from openclaw_client.errors import GatewayRefused, GatewayUnreachable
from openclaw_client.protocol.frames import MAX_FRAME_BYTES
from openclaw_client.transport.addresses import as_websocket, host_and_port, is_private_host
from openclaw_client.transport.trust import Trust, fingerprint_of, format_fingerprint

_CLOSE_TIMEOUT_S = 2.0
"""A Gateway that shuts down does not always answer the closing handshake."""
_PING_S, _PONG_S = 5.0, 10.0
"""A missing pong reveals a half-open socket long before two ticks (60 s) are missed. Meanwhile a
speaker may wait for the rest of an answer. A working Gateway answers pings at once."""
_CERT_EXPIRED = 10
"""OpenSSL's X509_V_ERR_CERT_HAS_EXPIRED: the one certificate error that may pass by itself."""
_PASSING_STATUS = {408, 425, 429}
_BROKEN_OFF = (ssl.SSLError, ConnectionResetError, BrokenPipeError, EOFError, WebSocketException)
"""Errors of a connection whose sides use different protocols."""
_TLS_WANTED_STATUS = {400, 426, 497}
"""Answers of TLS servers to plain HTTP."""
_WITHIN_S: Final = 2.0
_ASK: Final = b"GET / HTTP/1.1\r\nHost: gateway\r\nConnection: close\r\n\r\n"


class _NoRedirects(connect):
    """Redirects are not followed: the token is meant for the address in the settings."""

    def process_redirect(self, exc: Exception) -> Exception | str:
        return exc


async def open_websocket(
    url: str, *, allow_insecure: bool, trust: Trust | None = None
) -> ClientConnection:
    """Open a WebSocket to ``url`` (also ``http(s)://``). No frame has been sent on it yet.

    Raises:
        GatewayUnreachable: no answer, or not at the moment.
        GatewayRefused: the server there is no Gateway, or not a trusted one.
    """
    url, trust = as_websocket(url), trust or Trust()
    secure = url.startswith("wss:")
    try:
        socket = await _NoRedirects(
            url,
            ssl=trust.context() if secure else None,
            compression=None,
            # A proxy can read plain ws://, so only wss:// goes through one.
            proxy=True if _goes_through_a_proxy(url) else None,
            open_timeout=None,
            close_timeout=_CLOSE_TIMEOUT_S,
            ping_interval=_PING_S,
            ping_timeout=_PONG_S,
            max_size=MAX_FRAME_BYTES,
        )
    except ssl.SSLCertVerificationError as error:
        raise await _untrusted(url, error) from error
    except InvalidStatus as error:
        if error.response.status_code in _TLS_WANTED_STATUS:
            await check_scheme(url)
        raise _http_answer(url, error.response.status_code) from error
    except (InvalidProxy, ProxyError, ImportError) as error:
        raise GatewayUnreachable(
            f"the proxy for {url} cannot be used: {error}; look at HTTPS_PROXY, ALL_PROXY and "
            "NO_PROXY"
        ) from error
    except InvalidHandshake as error:
        if isinstance(error.__cause__, EOFError | OSError):  # no HTTP at all
            await check_scheme(url)
        raise GatewayUnreachable(f"what answers at {url} is no WebSocket server") from error
    except (OSError, EOFError, UnicodeError, WebSocketException) as error:
        if isinstance(error, _BROKEN_OFF):
            await check_scheme(url)
        raise _unreachable(url, error) from error
    if secure:
        _check_certificate(socket, url, trust)
    if not secure and not allow_insecure:
        await _check_peer(socket, url)
    return socket


def _goes_through_a_proxy(url: str) -> bool:
    return url.startswith("wss:") and not is_private_host(host_and_port(url)[0])


def _unreachable(url: str, error: Exception) -> GatewayUnreachable:
    return GatewayUnreachable(f"no answer at {url}: {str(error) or type(error).__name__}")


async def check_scheme(url: str) -> None:
    """Probe, after a failure, whether the address has the wrong scheme.

    Raises:
        GatewayRefused: the server speaks TLS and the address says none, or the other way round.
    """
    if _goes_through_a_proxy(url):
        return
    host, port = host_and_port(url)
    if url.startswith("wss:"):
        if await probe_plain_http(host, port):
            raise GatewayRefused(
                f"{url} speaks plain HTTP, no TLS; write {_as(url, 'http')} as its address "
                "(OPENCLAW_BASE_URL), or give the Gateway a certificate",
                code="NO_TLS",
            )
    elif await probe_certificate(host, port) is not None:
        raise GatewayRefused(
            f"{url} speaks TLS; write {_as(url, 'https')} as its address (OPENCLAW_BASE_URL)",
            code="TLS_NEEDED",
        )


def _as(url: str, scheme: str) -> str:
    return f"{scheme}://{url.partition('://')[2]}"


async def _untrusted(url: str, error: ssl.SSLCertVerificationError) -> GatewayRefused:
    """The error for a certificate that is not trusted, with its fingerprint."""
    shown = None
    if not _goes_through_a_proxy(url):
        shown = await probe_certificate(*host_and_port(url))
    advice = "set openclaw.ca_file to the certificate that it is signed with"
    if shown is not None:
        advice = (
            f"its SHA-256 fingerprint is {format_fingerprint(shown)}. If the Gateway shows the "
            f"same, set openclaw.tls_fingerprint to it, or {advice}"
        )
    return GatewayRefused(
        f"the certificate of {url} is not trusted: {error.verify_message}; {advice}",
        code="TLS",
        heals=error.verify_code == _CERT_EXPIRED,
    )


def _check_certificate(socket: ClientConnection, url: str, trust: Trust) -> None:
    """Drop a connection to a Gateway that presents another certificate than the pinned one.
    Only the request for the WebSocket was sent."""
    secured: ssl.SSLObject | None = socket.transport.get_extra_info("ssl_object")
    shown = (None if secured is None else secured.getpeercert(binary_form=True)) or b""
    if trust.accepts(shown):
        return
    socket.transport.abort()
    raise GatewayRefused(
        f"{url} shows another certificate than openclaw.tls_fingerprint names: its SHA-256 "
        f"fingerprint is {format_fingerprint(fingerprint_of(shown))}; if the Gateway has a new "
        "one, set that",
        code="TLS",
    )


async def _check_peer(socket: ClientConnection, url: str) -> None:
    """Close a plain connection to a public address, before anything was sent."""
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


async def probe_certificate(host: str, port: int) -> str | None:
    """The fingerprint of the server's certificate; None without TLS."""
    shown = await shown_certificate(host, port)
    return None if shown is None else fingerprint_of(shown)


async def shown_certificate(host: str, port: int) -> bytes | None:
    """The server's certificate in DER, trusted or not; None without TLS."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    try:
        async with asyncio.timeout(_WITHIN_S):
            _, writer = await asyncio.open_connection(host, port, ssl=context)
    except (OSError, EOFError, TimeoutError):
        return None
    secured: ssl.SSLObject | None = writer.get_extra_info("ssl_object")
    shown = None if secured is None else secured.getpeercert(binary_form=True)
    writer.transport.abort()
    return shown


async def probe_plain_http(host: str, port: int) -> bool:
    """Whether the server answers HTTP without TLS."""
    try:
        async with asyncio.timeout(_WITHIN_S):
            reader, writer = await asyncio.open_connection(host, port)
            try:
                writer.write(_ASK)
                return await reader.readexactly(5) == b"HTTP/"
            finally:
                writer.transport.abort()
    except (OSError, EOFError, TimeoutError):
        return False

"""What answers at an address to which no connection could be had, for a better word on why.

Nothing is told to whatever answers, and nothing of what it says is trusted.
"""

from __future__ import annotations

import asyncio
import ssl
from typing import Final

from openclaw_client.transport.trust import fingerprint_of

_WITHIN_S: Final = 2.0
_ASK: Final = b"GET / HTTP/1.1\r\nHost: gateway\r\nConnection: close\r\n\r\n"


async def certificate_at(host: str, port: int) -> str | None:
    """The fingerprint of the certificate that the server shows; None without TLS."""
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
    return None if shown is None else fingerprint_of(shown)


async def speaks_plain_http(host: str, port: int) -> bool:
    """Whether HTTP is answered there without TLS."""
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

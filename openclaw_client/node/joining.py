"""Joining a Gateway by an invitation: a one-time code, or the address of a page with one.

``openclaw devices join-code`` prints both. The code is base64url of JSON; the page shows the same
JSON once. Its token admits one device as a node, and the Gateway then approves the commands that
the node declares in that ``connect``. What the node keeps is the device token that it is issued,
and the Gateway's address.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import json
import logging
import ssl
import time
import uuid
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Final
from urllib.parse import urlsplit

import httpx
from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError
from pydantic.alias_generators import to_camel

from network.addresses import GatewayUrl
from openclaw_client.clock import Clock
from openclaw_client.errors import GatewayRefused, JoinFailed
from openclaw_client.identity.credentials import Credentials
from openclaw_client.identity.device_store import DeviceStore
from openclaw_client.node.tool_names import machine_name
from openclaw_client.protocol.handshake import HelloOk, node_role
from openclaw_client.settings import OpenClawConfig
from openclaw_client.stats import GatewayStats
from openclaw_client.transport.addresses import as_websocket, host_and_port, is_private_host
from openclaw_client.transport.connection import open_connection
from openclaw_client.transport.trust import Trust, fingerprint_of, format_fingerprint
from openclaw_client.transport.websocket import shown_certificate
from state import StateUnwritable, read_state, write_state

log = logging.getLogger(__name__)

MEMBERSHIP_FILE: Final = "node.json"
_PAGE_TIMEOUT_S: Final = 10.0
_LONGEST_PAGE_BYTES: Final = 20_000
_LONGEST_CODE_CHARS: Final = 5_000
_AGAIN: Final = "make another one on the Gateway's machine: openclaw devices join-code"


class Invitation(BaseModel):
    """What a code or a page holds."""

    model_config = ConfigDict(
        alias_generator=to_camel, extra="ignore", frozen=True, hide_input_in_errors=True
    )

    url: GatewayUrl
    bootstrap_token: Annotated[SecretStr, Field(min_length=1)]
    expires_at_ms: int | None = None

    def check_date(self, now_s: float) -> None:
        """
        Raises:
            JoinFailed: it has expired by this machine's clock, more than two minutes ago.
        """
        if self.expires_at_ms is not None and self.expires_at_ms / 1000 < now_s - 120:
            raise JoinFailed(f"the code has expired; {_AGAIN}")


class Membership(BaseModel):
    """The Gateway that this machine has joined, kept in `MEMBERSHIP_FILE`."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    gateway: GatewayUrl


def membership_of(folder: Path) -> Membership | None:
    """What `join` kept in the state folder; None before it, or after `leave`.

    Raises:
        StateUnreadable: the file cannot be read now.
    """
    return read_state(folder / MEMBERSHIP_FILE, Membership.model_validate_json)


async def invitation_from(text: str, config: OpenClawConfig) -> Invitation:
    """The invitation behind a code, or an ``http(s)://`` address, which this reads once.

    Raises:
        JoinFailed: it is neither, or it was used or has expired; the text says what to do.
    """
    text = text.strip().strip("\"'<>")
    if text.lower().startswith(("http://", "https://")):
        return await _read_page(text, config)
    return read_code(text)


def read_code(text: str) -> Invitation:
    """The invitation in a code.

    Raises:
        JoinFailed: the text is no code.
    """
    plain = "".join(text.split())
    if len(plain) > _LONGEST_CODE_CHARS:
        raise JoinFailed(f"the code has more than {_LONGEST_CODE_CHARS} characters; {_AGAIN}")
    try:
        content = base64.urlsafe_b64decode(plain + "=" * (-len(plain) % 4))
        return Invitation.model_validate_json(content)
    except (binascii.Error, ValueError) as error:
        raise JoinFailed(
            f"the code is incomplete or no join code ({_why(error)}); copy it whole, or {_AGAIN}"
        ) from None


async def _read_page(address: str, config: OpenClawConfig) -> Invitation:
    _check_address(address, config)
    try:
        verify = await _context(address, config.trust)
        async with (
            httpx.AsyncClient(verify=verify, timeout=_PAGE_TIMEOUT_S) as client,
            client.stream("GET", address, headers={"accept": "application/json"}) as answer,
        ):
            if answer.status_code == 404:
                raise JoinFailed(f"the address was read already, or it has expired; {_AGAIN}")
            if answer.status_code != 200:
                raise JoinFailed(f"{address} answered with HTTP {answer.status_code}")
            content = b""
            async for part in answer.aiter_bytes():
                content += part
                if len(content) > _LONGEST_PAGE_BYTES:
                    raise JoinFailed(f"what answers at {address} is no Gateway: its page is long")
    except (httpx.HTTPError, httpx.InvalidURL, ssl.SSLError) as error:
        raise JoinFailed(
            f"no answer at {address}: {str(error) or type(error).__name__}; the code itself works "
            "too, if this machine reaches the Gateway's WebSocket"
        ) from error
    try:
        return Invitation.model_validate_json(content)
    except ValidationError as error:
        raise JoinFailed(
            f"what answers at {address} is no join page of OpenClaw ({_why(error)})"
        ) from None


def _check_address(address: str, config: OpenClawConfig) -> None:
    """
    Raises:
        JoinFailed: the address is malformed, or would show the token to others on the way.
    """
    try:
        parts = urlsplit(address)
        host, _ = parts.hostname or "", parts.port
    except ValueError as error:
        raise JoinFailed(f"{address} is no address: {error}") from None
    if not host:
        raise JoinFailed(f"{address} names no host")
    public = is_private_host(host) is False
    if public and parts.scheme == "http" and not config.allow_insecure:
        raise JoinFailed(
            f"{host} is a public address, and plain http:// would show the token to others: use "
            "the https:// address of the Gateway, or the code"
        )


async def _context(address: str, trust: Trust) -> ssl.SSLContext:
    """The TLS context for a page. With a pinned fingerprint it trusts that certificate alone: the
    path is a secret, so the certificate is checked before the path is sent.

    Raises:
        JoinFailed: the server shows another certificate than the pinned one.
    """
    if not trust.fingerprint or not address.lower().startswith("https:"):
        return trust.context()
    shown = await shown_certificate(*host_and_port(as_websocket(address)))
    if shown is None or not trust.accepts(shown):
        found = "no certificate" if shown is None else format_fingerprint(fingerprint_of(shown))
        raise JoinFailed(
            f"{address} shows another certificate than openclaw.tls_fingerprint names: {found}"
        )
    context = ssl.create_default_context(cadata=shown)
    context.check_hostname = False
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    return context


def joined_config(config: OpenClawConfig, gateway: str) -> OpenClawConfig:
    """The settings with the address of the joined Gateway, checked like the setting's.

    Raises:
        JoinFailed: the address would show the token to others on the way.
    """
    values = config.model_dump() | {"base_url": gateway}
    try:
        return OpenClawConfig.model_validate(values)
    except ValidationError as error:
        raise JoinFailed(_why(error)) from None


async def join(
    invitation: Invitation,
    config: OpenClawConfig,
    devices: DeviceStore,
    commands: Sequence[str],
    *,
    clock: Clock | None = None,
) -> HelloOk:
    """Use the invitation: connect once as a node with these commands, and keep what it is issued.

    Raises:
        JoinFailed: the code has expired or was used, or the Gateway issued no token.
        GatewayUnreachable, GatewayRefused, ProtocolViolation, DeviceStoreError: no connection.
    """
    invitation.check_date(time.time())
    joined = joined_config(config, invitation.url)
    credentials = Credentials(
        joined,
        devices,
        node_role(commands, machine_name(config.node)),
        invitation.bootstrap_token,
    )
    try:
        connection = await open_connection(
            joined,
            str(uuid.uuid4()),
            clock or asyncio.get_running_loop(),
            GatewayStats(),
            credentials,
        )
    except GatewayRefused as refused:
        if not refused.final:
            raise
        raise JoinFailed(str(refused)) from None
    try:
        if connection.hello.auth.device_token is None:
            raise JoinFailed(f"{invitation.url} admitted this machine and issued no token for it")
        _keep(devices.folder, invitation.url)
        return connection.hello
    finally:
        await connection.close()


def _keep(folder: Path, url: str) -> None:
    text = json.dumps(Membership(gateway=url).model_dump(mode="json")) + "\n"
    try:
        write_state(folder / MEMBERSHIP_FILE, text.encode())
    except StateUnwritable as error:
        raise JoinFailed(
            f"this machine joined {url}, and cannot keep that ({error}): make the folder writable, "
            f"then {_AGAIN}"
        ) from error


def leave(config: OpenClawConfig, devices: DeviceStore) -> Membership | None:
    """Forget the joined Gateway and its token; returns what was joined, None if nothing was.

    The Gateway keeps the node in its list until an operator removes it.

    Raises:
        StateUnreadable: the file cannot be read now.
        OSError: the file cannot be removed.
    """
    known = membership_of(devices.folder)
    if known is None:
        return None
    joined = joined_config(config, known.gateway)
    devices.forget_token(joined.ws_url, "node")
    (devices.folder / MEMBERSHIP_FILE).unlink(missing_ok=True)
    return known


def _why(error: Exception) -> str:
    if isinstance(error, ValidationError):
        problem = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(part) for part in problem["loc"])
        return f"{where}: {problem['msg']}" if where else problem["msg"]
    return str(error)

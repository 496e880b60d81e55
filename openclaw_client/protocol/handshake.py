"""The handshake: the role that a connection declares, ``connect``, and its answer. No I/O."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Final, Literal

from pydantic import Field, SecretStr

from openclaw_client.errors import GatewayRefused, MissingScope
from openclaw_client.protocol.frames import ErrorShape
from openclaw_client.protocol.wire import PROTOCOL, StringList, WireModel, or_else

CLIENT_NAME, CLIENT_VERSION = "openclaw-voice", "0.1.0"
_PLATFORMS = {
    "linux": ("linux", "Linux"),
    "darwin": ("macos", "Mac"),
    "win32": ("windows", "Windows"),
}
"""``sys.platform`` as the Gateway puts it: its name, and the device family."""


@dataclass(frozen=True, slots=True)
class Role:
    """One of the Gateway's roles, and the client that it knows for it.

    The Gateway takes no names of clients but its own list's; our own name goes into the
    ``displayName``.
    """

    name: str
    client_id: str
    client_mode: str
    scopes: tuple[str, ...] = ()
    commands: tuple[str, ...] | None = None
    """What a node can be asked to do; None for who is no node."""


OPERATOR: Final = Role(
    "operator",
    # This pair is let in on loopback, with its scopes kept, by the shared token alone.
    "gateway-client",
    "backend",
    # Enough for turns. Never admin: a turn inherits its client's rights.
    scopes=("operator.read", "operator.write"),
)


def node_role(commands: Sequence[str]) -> Role:
    """A node that offers ``commands``; it must prove a device key, and has no scopes."""
    return Role("node", "node-host", "node", commands=tuple(commands))


class Challenge(WireModel):
    nonce: str
    ts: int


class HelloServer(WireModel):
    """``boot_id`` is another one for each process of the Gateway."""

    version: Annotated[str, or_else("")] = ""
    boot_id: Annotated[str, or_else("")] = ""
    conn_id: Annotated[str, or_else("")] = ""


class HelloAuth(WireModel):
    role: str
    scopes: StringList
    device_token: Annotated[Annotated[SecretStr, Field(min_length=1)] | None, or_else(None)] = None


_TICK_MS: Final = 30_000.0
_TICKS_MS: Final = (100, 3_600_000)
"""More often than this no Gateway ticks: each connection would count as dead at once."""


class HelloPolicy(WireModel):
    """What the Gateway tells of its limits; where it tells nonsense, what every one has."""

    tick_interval_ms: Annotated[
        float, Field(ge=_TICKS_MS[0], le=_TICKS_MS[1]), or_else(_TICK_MS)
    ] = _TICK_MS


class HelloOk(WireModel):
    type: Literal["hello-ok"]
    protocol: int
    server: Annotated[HelloServer, or_else(HelloServer())] = HelloServer()
    auth: HelloAuth
    policy: Annotated[HelloPolicy, or_else(HelloPolicy())] = HelloPolicy()


def connect_params(
    token: str, instance_id: str, *, device_token: str = "", role: Role = OPERATOR
) -> dict[str, Any]:
    """The params of ``connect`` for one role, by the shared token or a device's.

    Platform and device family are what a pairing is pinned to: another one is asked for anew. So
    they are given in every role, in the words that the Gateway has for a node's.
    """
    platform, family = _PLATFORMS.get(sys.platform, (sys.platform, ""))
    params: dict[str, Any] = {
        "minProtocol": PROTOCOL,
        "maxProtocol": PROTOCOL,
        "client": {
            "id": role.client_id,
            "mode": role.client_mode,
            "version": CLIENT_VERSION,
            "platform": platform,
            **({"deviceFamily": family} if family else {}),
            "displayName": CLIENT_NAME,
            "instanceId": instance_id,
        },
        "role": role.name,
        "scopes": list(role.scopes),
        "caps": [],
    }
    if role.commands is not None:
        params["commands"] = list(role.commands)
    if token:
        params["auth"] = {"token": token}
    elif device_token:
        params["auth"] = {"deviceToken": device_token}
    return params


_ADVICE = {
    "AUTH_TOKEN_MISMATCH": "check OPENCLAW_AUTH_TOKEN against gateway.auth.token of the Gateway",
    "AUTH_DEVICE_TOKEN_MISMATCH": "the Gateway has withdrawn the token that it gave this device",
    "DEVICE_IDENTITY_REQUIRED": "set OPENCLAW_AUTH_TOKEN to the Gateway's gateway.auth.token",
    "PAIRING_REQUIRED": "approve this device on the Gateway's machine",
    "PROTOCOL_MISMATCH": "this bot speaks protocol 4; update the bot or the Gateway",
    "AUTH_RATE_LIMITED": "too many failed attempts; the bot waits as long as it was told to",
}
_APPROVAL_S = 5.0
"""Between two attempts of a device that waits for its approval: soon enough for whoever approves
it, and no hammering. The request stays good for five minutes after each."""
_HEALING = {"AUTH_RATE_LIMITED", "PAIRING_REQUIRED"}
"""Refusals that time, or somebody's deed at the Gateway, ends without a change to the bot."""
_BAD_KEY = frozenset(
    {
        "DEVICE_IDENTITY_REQUIRED",
        "DEVICE_AUTH_DEVICE_ID_MISMATCH",
        "DEVICE_AUTH_PUBLIC_KEY_INVALID",
        "DEVICE_AUTH_SIGNATURE_INVALID",
    }
)
"""Beside all that begins with ``AUTH_``: no token at all, or a proof that is none. Not among them
are those of two clocks that differ, which are set right by themselves."""


def refusal(error: ErrorShape, url: str) -> GatewayRefused:
    """The error to raise for a ``connect`` that was answered with ``error``."""
    code = error.detail("code")
    code = code if isinstance(code, str) else error.code
    text = f"the Gateway at {url} refused the connection: {error.message} ({code})"
    request_id = error.detail("requestId")
    if code == "PAIRING_REQUIRED" and isinstance(request_id, str):
        text += (
            f"; run on its machine: openclaw devices approve {request_id} "
            "(until then the bot goes on asking)"
        )
    elif code in _ADVICE:
        text += f"; {_ADVICE[code]}"
    heals = error.retryable or code in _HEALING
    wait_s = error.wait_s if error.retry_after_ms is not None else None
    if wait_s is None and code == "PAIRING_REQUIRED":
        wait_s = _APPROVAL_S
    return GatewayRefused(
        text,
        code=code,
        details=error.details if isinstance(error.details, dict) else None,
        heals=heals,
        final=not heals and (code.startswith("AUTH_") or code in _BAD_KEY),
        retry_after_s=wait_s,
    )


def check_scopes(asked: Sequence[str], granted: Sequence[str], url: str) -> None:
    """Compare what was asked with what hello-ok granted.

    A Gateway that does not trust a connection lets it in with no scopes and not a word, so a client
    that does not look finds out only at its first call.

    Raises:
        MissingScope: something is missing.
    """
    held = set(granted)
    if "operator.admin" in held:
        return
    if "operator.write" in held:
        held.add("operator.read")
    missing = [scope for scope in asked if scope not in held]
    if missing:
        raise MissingScope(
            f"the Gateway at {url} let us in without {', '.join(missing)} "
            f"(granted: {', '.join(granted) or 'nothing'}); it grants scopes to a client with the "
            "shared token on its own machine, and elsewhere to paired devices only",
            missing=missing,
            granted=granted,
        )

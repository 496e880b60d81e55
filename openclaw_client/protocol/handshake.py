"""The handshake: the role that a connection declares, ``connect``, and its answer. No I/O."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
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
"""``sys.platform`` in the Gateway's terms: the platform, and the device family."""


@dataclass(frozen=True, slots=True)
class Role:
    """The role that a connection declares in ``connect``, with a client id that fits it.

    The Gateway accepts only the client ids of its own list; our name is the ``displayName``.
    """

    name: str
    client_id: str
    client_mode: str
    scopes: tuple[str, ...] = ()
    commands: tuple[str, ...] | None = None
    """The commands of a node; None for other roles."""
    display_name: str = CLIENT_NAME
    """Its name in the Gateway's lists."""


OPERATOR: Final = Role(
    "operator",
    # The Gateway accepts this pair on loopback by the shared token alone, and keeps its scopes.
    "gateway-client",
    "backend",
    # Enough for turns. Never admin: a turn inherits its client's rights.
    scopes=("operator.read", "operator.write"),
)


READER: Final = replace(OPERATOR, scopes=("operator.read",))
"""May look, and neither send turns nor commands."""
RECONCILER: Final = Role(
    "operator",
    "gateway-client",
    "backend",
    scopes=("operator.read", "operator.admin"),
    display_name="openclaw-voice reconciler",
)
"""Changes the Gateway's configuration and cron jobs; in a process of its own, with its own key."""


def operator_role(*, questions: bool) -> Role:
    """The operator's, with the right to answer questions of agents or without it."""
    if not questions:
        return OPERATOR
    return replace(OPERATOR, scopes=(*OPERATOR.scopes, "operator.questions"))


def node_role(commands: Sequence[str], display_name: str = CLIENT_NAME) -> Role:
    """A node that offers ``commands``; it must prove a device key, and has no scopes."""
    return Role("node", "node-host", "node", commands=tuple(commands), display_name=display_name)


class Challenge(WireModel):
    nonce: str
    ts: int


class HelloServer(WireModel):
    """``boot_id`` differs for each process of the Gateway."""

    version: Annotated[str, or_else("")] = ""
    boot_id: Annotated[str, or_else("")] = ""
    conn_id: Annotated[str, or_else("")] = ""


class HelloAuth(WireModel):
    role: str
    scopes: StringList
    device_token: Annotated[Annotated[SecretStr, Field(min_length=1)] | None, or_else(None)] = None


_TICK_MS: Final = 30_000.0
_TICKS_MS: Final = (100, 3_600_000)
"""Plausible tick intervals; with shorter ones each connection would count as dead at once."""


class HelloPolicy(WireModel):
    """The Gateway's limits; implausible values become the usual ones."""

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
    token: str,
    instance_id: str,
    *,
    device_token: str = "",
    bootstrap_token: str = "",
    role: Role = OPERATOR,
) -> dict[str, Any]:
    """The params of ``connect`` for one role, with one of the three tokens: the shared one, a
    device's own, or that of an invitation.

    A pairing is pinned to platform and device family; a change requires another approval. So every
    role declares them, in the terms that the Gateway uses for a node.
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
            "displayName": role.display_name,
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
    elif bootstrap_token:
        params["auth"] = {"bootstrapToken": bootstrap_token}
    return params


_ADVICE = {
    "AUTH_TOKEN_MISMATCH": "check OPENCLAW_AUTH_TOKEN against gateway.auth.token of the Gateway",
    "AUTH_DEVICE_TOKEN_MISMATCH": "the Gateway has withdrawn the token of this device",
    "AUTH_BOOTSTRAP_TOKEN_INVALID": "the code was used already, or it has expired; make another "
    "one there: openclaw devices join-code",
    "DEVICE_IDENTITY_REQUIRED": "set OPENCLAW_AUTH_TOKEN to the Gateway's gateway.auth.token",
    "PAIRING_REQUIRED": "approve this device on the Gateway's machine",
    "PROTOCOL_MISMATCH": "this bot speaks protocol 4; update the bot or the Gateway",
    "AUTH_RATE_LIMITED": "too many failed attempts; the bot waits as long as the Gateway asks",
}
_APPROVAL_S = 5.0
"""Between two attempts of a device that waits for its approval: short for the person who approves,
without flooding the Gateway. Each attempt keeps the request valid for five minutes."""
_HEALING = {"AUTH_RATE_LIMITED", "PAIRING_REQUIRED"}
"""Refusals that end without a change to the bot: by time, or by an approval at the Gateway."""
_BAD_KEY = frozenset(
    {
        "DEVICE_IDENTITY_REQUIRED",
        "DEVICE_AUTH_DEVICE_ID_MISMATCH",
        "DEVICE_AUTH_PUBLIC_KEY_INVALID",
        "DEVICE_AUTH_SIGNATURE_INVALID",
    }
)
"""Final refusals besides those that begin with ``AUTH_``: no token, or an invalid proof. Refusals
for clocks that differ are not final, since clocks get synchronised."""


def refusal(error: ErrorShape, url: str) -> GatewayRefused:
    """The error to raise for a ``connect`` that was answered with ``error``.

    Only a refused key is final. An unknown refusal may heal and is retried with the back-off.
    """
    code = error.detail("code")
    code = code if isinstance(code, str) else error.code
    text = f"the Gateway at {url} refused the connection: {error.message} ({code})"
    request_id = error.detail("requestId")
    if code == "PAIRING_REQUIRED" and isinstance(request_id, str):
        text += (
            f"; run on its machine: openclaw devices approve {request_id} "
            "(the bot retries until then)"
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
    """Compare the requested scopes with those that ``hello-ok`` granted.

    A Gateway that does not trust a connection accepts it without scopes and without an error. A
    client that does not check would notice only at its first request.

    Raises:
        MissingScope: a scope is missing.
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

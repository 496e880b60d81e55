"""What the Gateway's answers to ``connect`` mean, and what its owner can do about each.

The codes are those of docs/gateway.md. Final is a key that is refused, and nothing else: what is
not understood here may heal, and is asked again at the pace of the back-off.
"""

from __future__ import annotations

from collections.abc import Sequence

from openclaw_client.errors import GatewayRefused, MissingScope
from openclaw_client.protocol.frames import ErrorShape

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

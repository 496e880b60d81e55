"""Error answers of the simulated Gateway."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

CLOSE_POLICY, CLOSE_PROTOCOL, CLOSE_TOO_BIG, CLOSE_LATER = 1008, 1002, 1009, 1013


@dataclass(eq=False)
class Refusal(Exception):
    """An error answer, and for the handshake the close code that follows it."""

    code: str
    message: str
    details: dict[str, Any] | None = None
    payload: Any = None
    retryable: bool = False
    retry_after_ms: int | None = None
    close: int = CLOSE_POLICY
    violation: bool = False
    """Whether the client broke the protocol, rather than lacked a right."""

    def shape(self) -> dict[str, Any]:
        """The ``error`` of an answer frame."""
        shape: dict[str, Any] = {"code": self.code, "message": self.message}
        if self.details is not None:
            shape["details"] = self.details
        if self.retryable:
            shape["retryable"] = True
        if self.retry_after_ms is not None:
            shape["retryAfterMs"] = self.retry_after_ms
        return shape


def invalid(message: str, **details: Any) -> Refusal:
    """INVALID_REQUEST, the code of most errors."""
    return Refusal("INVALID_REQUEST", message, details or None)


def missing_scope(scope: str) -> Refusal:
    """Also the answer to an unknown method, which needs admin."""
    details = {"code": "MISSING_SCOPE", "missingScope": scope, "requiredScopes": [scope]}
    return Refusal("FORBIDDEN", f"missing scope: {scope}", details)


def no_session(method: str) -> Refusal:
    """The answer to a mutation without a session key."""
    refusal = invalid(
        "session mutation target is unavailable",
        code="SESSION_MUTATION_TARGET_REQUIRED",
        method=method,
    )
    refusal.violation = True
    return refusal


def starting() -> Refusal:
    """The answer of a Gateway whose sidecars are still starting."""
    return Refusal(
        "UNAVAILABLE",
        "gateway starting; retry shortly",
        {"reason": "startup-sidecars"},
        retryable=True,
        retry_after_ms=500,
        close=CLOSE_LATER,
    )

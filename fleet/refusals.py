"""What a refusal of the Gateway means for a delivery: once more later, or never."""

from __future__ import annotations

from typing import Final

from fleet.outbox import DeliverLater, Undeliverable
from openclaw_client.errors import RequestFailed

_LATER: Final = frozenset({"UNAVAILABLE", "AGENT_TIMEOUT"})
"""Codes of refusals that pass; a node without approval gets ``UNAVAILABLE``."""
_NOT_DELIVERED: Final = "OUTBOUND_DELIVERY_QUEUED"
"""The Gateway's answer for a message that it did not send, and forgets if it restarts."""


def as_delivery(refused: RequestFailed) -> DeliverLater | Undeliverable:
    """The error of an outbox's delivery for this refusal."""
    passes = refused.code in _LATER or detail_code(refused) == _NOT_DELIVERED
    if passes or refused.retry_after_s is not None:
        return DeliverLater(str(refused), retry_after_s=refused.retry_after_s)
    return Undeliverable(str(refused))


def is_unknown_method(refused: RequestFailed) -> bool:
    """Whether the Gateway does not know the method, so that our plugin is missing: it answers that
    an unknown one needs admin."""
    return detail_code(refused) == "MISSING_SCOPE" or refused.reason.startswith("unknown method")


def detail_code(refused: RequestFailed) -> str:
    """The code in the details of a refusal; empty without one."""
    code = refused.details.get("code") if isinstance(refused.details, dict) else None
    return code if isinstance(code, str) else ""

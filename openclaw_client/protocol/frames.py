"""The Gateway's frames, wire protocol version 4: requests, answers and events. No I/O.

Text frames, one JSON object each. Only the fields that we use are checked, since the Gateway adds
fields with every release. Types are never coerced.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Annotated, Any, Final, Literal

from pydantic import AfterValidator, BeforeValidator, Field, TypeAdapter, ValidationError

from openclaw_client.errors import ProtocolViolation
from openclaw_client.protocol.limits import check_frame_size, truncate_reason
from openclaw_client.protocol.wire import PROTOCOL, WireModel, describe_error, or_else, read_json

MAX_FRAME_BYTES = 26_214_400
"""``policy.maxPayload`` of every Gateway seen; a session's history may come near it."""
CLOSE_RESTART, CLOSE_DEAD = 1012, 4000
"""Close codes: the Gateway restarts; ours for a Gateway that stopped responding."""
_RETRY_S = 1.0
"""The wait before a retry where the Gateway gives none."""
_LEAST_RETRY_S = 0.1
"""The shortest wait, so that a Gateway that asks for 0 is not flooded."""
MAX_RETRY_S = 3600.0
"""The longest wait; a Gateway locks a client out for five minutes."""
_ID_READ_BYTES = 1_000_000
"""Larger malformed frames are not searched for the request that they answer."""
_NO_CODE: Final = "UNKNOWN"
_NO_REASON: Final = "no reason given"
_Reason = Annotated[str, AfterValidator(truncate_reason)]


class ErrorShape(WireModel):
    """Why a request was refused: the readable parts, in texts of limited length."""

    code: Annotated[_Reason, or_else(_NO_CODE)] = _NO_CODE
    message: Annotated[_Reason, or_else(_NO_REASON)] = _NO_REASON
    details: Any = None
    retryable: Annotated[bool, or_else(False)] = False
    retry_after_ms: Annotated[float | None, or_else(None)] = None

    @property
    def wait_s(self) -> float | None:
        """Seconds until a retry; None if the Gateway does not suggest one."""
        if self.retry_after_ms is not None:
            return min(max(_LEAST_RETRY_S, self.retry_after_ms / 1000), MAX_RETRY_S)
        return _RETRY_S if self.retryable else None

    def detail(self, name: str) -> Any:
        """One entry of ``details``, or None; ``details`` may have any type."""
        entry = self.details.get(name) if isinstance(self.details, dict) else None
        return truncate_reason(entry) if isinstance(entry, str) else entry


def _as_error(value: Any) -> Any:
    return {"message": value} if isinstance(value, str) else value


class Request(WireModel):
    type: Literal["req"] = "req"
    id: str
    method: str
    params: dict[str, Any] | None = None


class Response(WireModel):
    type: Literal["res"] = "res"
    id: str
    ok: bool
    payload: Any = None
    error: Annotated[ErrorShape | None, BeforeValidator(_as_error), or_else(None)] = None


class Event(WireModel):
    type: Literal["event"] = "event"
    event: str
    payload: Any = None
    seq: Annotated[int, Field(ge=0, lt=2**53)] | None = None


Frame = Request | Response | Event
_FRAME: TypeAdapter[Frame] = TypeAdapter(Annotated[Frame, Field(discriminator="type")])


def decode_frame(text: str | bytes) -> Frame:
    """Decode one frame.

    Raises:
        ProtocolViolation: no JSON object, no frame of protocol 4, or too many values. ``answers``
            is the id of the request that the frame answers, if that can be read.
    """
    check_frame_size(text)
    try:
        return _FRAME.validate_json(text)
    except ValidationError as error:
        raise ProtocolViolation(
            f"not a frame of protocol {PROTOCOL}: {describe_error(error)}",
            answers=_answered_by(text),
        ) from None


def _answered_by(text: str | bytes) -> str | None:
    """The id in a malformed answer."""
    if len(text) > _ID_READ_BYTES:
        return None
    try:
        frame = read_json(text)
    except ValueError:
        return None
    match frame:
        case {"type": "res", "id": str(ident)}:
            return ident
        case _:
            return None


def encode_request(ident: str, method: str, params: Mapping[str, Any]) -> str:
    """The text of a request frame."""
    frame = {"type": "req", "id": ident, "method": method, "params": params}
    return json.dumps(frame, ensure_ascii=False, separators=(",", ":"))

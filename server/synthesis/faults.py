"""Failures of a speech server: their kinds, and what an HTTP response tells about them."""

from __future__ import annotations

import contextlib
import json
import math
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from enum import Enum
from typing import Final

from pipeline.errors import SpeechUnavailable


class Fault(Enum):
    """A kind of failure. The value is the reason given to members of a call."""

    UNREACHABLE = "the speech server does not answer"
    SLOW = "the speech server took too long"
    BUSY = "the speech server is too busy"
    LOCKED = "the speech server does not accept the bot's key"
    NOT_FOUND = "there is no speech server where the settings say"
    REFUSED = "the speech server refused these words or this voice"
    BROKEN = "the speech server reported an error"
    NO_SPEECH = "the speech server sent no speech"
    BROKE_OFF = "the connection to the speech server broke"

    @property
    def is_transient(self) -> bool:
        """Whether an immediate retry may succeed."""
        return self not in _LASTING

    @property
    def is_voice_specific(self) -> bool:
        """Whether other voices of the server may still work."""
        return self is Fault.REFUSED


_LASTING: Final = frozenset((Fault.SLOW, Fault.LOCKED, Fault.NOT_FOUND, Fault.REFUSED))
_BUSY: Final = frozenset((429, 503))
_LOCKED: Final = frozenset((401, 403, 407))
_NOT_FOUND: Final = frozenset((404, 405, 410))
_TRANSIENT_4XX: Final = frozenset((408, 409, 425))
"""The 4xx statuses that do not concern the content of the request."""


class SpeechFailed(SpeechUnavailable):
    """A speech server gave no audio.

    ``retry_after_s`` is the server's ``Retry-After`` in seconds, or None.
    """

    def __init__(self, text: str, fault: Fault, retry_after_s: float | None = None) -> None:
        super().__init__(text, fault.value)
        self.fault = fault
        self.retry_after_s = retry_after_s


def fault_for_status(status: int) -> Fault:
    """The kind of failure that an HTTP status stands for."""
    if status in _BUSY:
        return Fault.BUSY
    if status in _LOCKED:
        return Fault.LOCKED
    if status in _NOT_FOUND or 300 <= status < 400:
        return Fault.NOT_FOUND
    if status >= 500 or status in _TRANSIENT_4XX:
        return Fault.BROKEN
    return Fault.REFUSED


_LONGEST_MESSAGE: Final = 200


def server_message(body: bytes) -> str:
    """The message in an error body of OpenAI, FastAPI or another server; else the text itself.

    It is one line of at most 200 characters; "no message" for an empty body.
    """
    text = body.decode("utf-8", "replace")
    with contextlib.suppress(ValueError, RecursionError):
        text = _find_message(json.loads(text)) or text
    line = " ".join(text.split())
    if len(line) > _LONGEST_MESSAGE:
        return line[: _LONGEST_MESSAGE - 3] + "..."
    return line or "no message"


def without_secret(text: str, secret: str | None) -> str:
    """``text`` with ``secret`` replaced by asterisks: some servers echo the key."""
    return text.replace(secret, "***") if secret else text


def _find_message(value: object) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return "; ".join(filter(None, (_find_message(item) for item in value)))
    if isinstance(value, dict):
        for key in ("message", "msg", "error", "detail"):
            if found := _find_message(value.get(key)):
                where = value.get("loc")
                return f"{where[-1]}: {found}" if isinstance(where, list) and where else found
    return ""


def retry_after_s(value: str | None, now: datetime) -> float | None:
    """The seconds in a ``Retry-After`` header (RFC 9110, section 10.2.3), never negative.

    The header holds seconds, in some servers with a fraction, or a date. None if it is missing or
    unreadable.
    """
    text = (value or "").strip()
    if not text:
        return None
    try:
        seconds = float(text)
    except ValueError:
        return _seconds_until(text, now)
    return max(seconds, 0.0) if math.isfinite(seconds) else None


def _seconds_until(text: str, now: datetime) -> float | None:
    try:
        then = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    then = then if then.tzinfo is not None else then.replace(tzinfo=UTC)
    return max((then - now).total_seconds(), 0.0)

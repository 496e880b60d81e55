"""What can go wrong between the bot and the OpenClaw Gateway.

    OpenClawError
    ├── NotConnected             the client was used before connect() or after disconnect()
    ├── GatewayUnreachable       nobody answers there, or the connection broke
    ├── GatewayRefused           it answered the handshake with no; `heals` says whether to wait,
    │   │                        `final` that it does not take our key
    │   └── MissingScope         it let us in, or would, with fewer rights than the bot needs
    ├── DeviceStoreError         there is no device key to be had
    ├── ProtocolViolation        a frame that the protocol does not know
    ├── RequestFailed            it answered one request with an error
    ├── AuditError               the record of what was commanded cannot be kept
    ├── CommandError             a command to the bot was not carried out; `code` is for the caller
    │   ├── UnknownCommand       there is none of that name, or it is not allowed
    │   ├── BadArguments         its arguments are not what it takes
    │   ├── TooManyCommands      more than the settings allow in a minute
    │   ├── OutOfReach           the session that asked has no business there
    │   └── CannotNow            as things stand it cannot be done; the text says why
    └── TurnError
        ├── TurnFailed           the turn was refused, or ended in an error; `kind` says what sort
        ├── TurnTimeout          the agent did not finish in time; the run was aborted
        ├── TurnAborted          somebody stopped the run: a newer turn, an operator
        └── TurnLost             the connection broke while the answer was being written

No text of these errors ever holds a token.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any


class OpenClawError(Exception):
    """Base of everything this package raises on purpose."""


class NotConnected(OpenClawError):
    """The client was used before ``connect()`` or after ``disconnect()``."""


class GatewayUnreachable(OpenClawError):
    """Nobody answers at the Gateway's address, or the connection to it broke."""


class GatewayRefused(OpenClawError):
    """The Gateway is there and will not have us.

    ``code`` is the most telling code of its answer (``details.code`` before ``error.code``),
    ``heals`` is False where a person has to act: attempts go on, but turns fail after the next one.
    ``final`` is a key that it does not take: then no further attempt is made.
    """

    def __init__(
        self,
        message: str,
        *,
        code: str,
        details: Mapping[str, Any] | None = None,
        heals: bool = False,
        final: bool = False,
        retry_after_s: float | None = None,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.details = dict(details or {})
        self.heals = heals
        self.final = final
        self.retry_after_s = retry_after_s


class MissingScope(GatewayRefused):
    """The Gateway granted fewer scopes than the bot needs."""

    def __init__(self, message: str, *, missing: Sequence[str], granted: Sequence[str]) -> None:
        super().__init__(message, code="MISSING_SCOPE", details={"missing": list(missing)})
        self.missing = tuple(missing)
        self.granted = tuple(granted)


class DeviceStoreError(OpenClawError):
    """There is no device key to be had.

    ``final`` is a key that is none: a disk may get room again, a damaged key stays one.
    """

    def __init__(self, message: str, *, final: bool = False) -> None:
        super().__init__(message)
        self.final = final


class ProtocolViolation(OpenClawError):
    """The other side sent something that protocol 4 does not know.

    ``answers`` is the id of the request that it is an answer to, ``event`` the name of the event
    that it would be, as far as that much could be read.
    """

    def __init__(self, message: str, *, answers: str | None = None) -> None:
        super().__init__(message)
        self.answers = answers
        self.event: str | None = None


class RequestFailed(OpenClawError):
    """The Gateway answered one request with an error. ``retry_after_s`` is None where asking again
    would not help."""

    def __init__(
        self,
        method: str,
        code: str,
        message: str,
        details: Any = None,
        *,
        retry_after_s: float | None = None,
    ) -> None:
        super().__init__(f"the Gateway refused {method}: {message} ({code})")
        self.method = method
        self.code = code
        self.reason = message
        self.details = details
        self.retry_after_s = retry_after_s


class AuditError(OpenClawError):
    """The record of what was commanded cannot be kept, so nothing is obeyed."""


class CommandError(OpenClawError):
    """A command to the bot was not carried out. The text is for the agent that gave it.

    ``code`` goes into the answer, in the words of OpenClaw's own nodes where they have one.
    """

    code = "UNAVAILABLE"


class UnknownCommand(CommandError):
    """There is no such command here, or the settings do not allow it."""


class BadArguments(CommandError):
    """The arguments are not what the command takes."""

    code = "INVALID_REQUEST"


class TooManyCommands(CommandError):
    """One session has given more commands in a minute than the settings allow."""

    code = "RATE_LIMITED"


class OutOfReach(CommandError):
    """The session that asked has no business where the command leads."""

    code = "FORBIDDEN"


class CannotNow(CommandError):
    """As things stand it cannot be done."""


class TurnError(OpenClawError):
    """A turn gave no complete answer. ``partial`` is what had come of it."""

    def __init__(self, message: str, *, partial: str = "") -> None:
        super().__init__(message)
        self.partial = partial


class TurnFailed(TurnError):
    """The turn was refused, or its run ended in an error.

    ``kind`` is the Gateway's ``errorKind`` (refusal, timeout, rate_limit, context_length, unknown),
    the provider's ``failoverReason`` (auth ...), a request's error code, or ``no_answer``.
    """

    def __init__(self, message: str, *, kind: str, partial: str = "") -> None:
        super().__init__(message, partial=partial)
        self.kind = kind


class TurnTimeout(TurnError):
    """The agent did not finish within the turn's time; its run was aborted."""


class TurnAborted(TurnError):
    """The run was stopped before its end."""


class TurnLost(TurnError):
    """The connection broke while the answer was being written."""

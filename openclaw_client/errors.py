"""The errors of the Gateway client.

    OpenClawError
    ├── NotConnected             the client was used before connect() or after disconnect()
    ├── GatewayUnreachable       no answer, or the connection broke
    ├── GatewayRefused           it refused the handshake; `heals`: waiting may help, `final`: it
    │   │                        refused the key
    │   └── MissingScope         it granted fewer scopes than the bot needs
    ├── DeviceStoreError         the device key cannot be read
    ├── ProtocolViolation        a frame that is not of protocol 4
    ├── RequestFailed            it answered one request with an error
    ├── AuditError               the audit log cannot be written
    ├── JoinFailed               an invitation to the Gateway cannot be used
    ├── CommandError             a command to the bot was not carried out; `code` is for the caller
    │   ├── UnknownCommand       no command of that name, or it is not allowed
    │   ├── BadArguments         the arguments do not match the command
    │   ├── TooManyCommands      more than the settings allow in a minute
    │   ├── OutOfReach           the session may not act there
    │   ├── NotApproved          no person allowed it
    │   └── CannotNow            it is not possible at the moment; the text says why
    └── TurnError
        ├── TurnFailed           the turn was refused, or ended in an error; `kind` says which
        ├── TurnTimeout          the agent did not finish in time; the run was aborted
        ├── TurnAborted          the run was stopped: by a newer turn, the reader or an operator
        └── TurnLost             the connection broke, and the run was not found again

No text of these errors ever holds a token.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any


class OpenClawError(Exception):
    """Base of all errors that this package raises."""


class NotConnected(OpenClawError):
    """The client was used before ``connect()`` or after ``disconnect()``."""


class GatewayUnreachable(OpenClawError):
    """No answer at the Gateway's address, or the connection to it broke."""


class GatewayRefused(OpenClawError):
    """The Gateway refused the handshake.

    ``code`` is the most specific code of its answer (``details.code`` before ``error.code``).
    ``heals`` is False where a person has to act: attempts go on, but turns fail after the next one.
    ``final`` marks a refused key: the client makes no further attempt.
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
    """The device key or its tokens cannot be read or written.

    ``final`` marks a damaged key, which stays damaged; a full disk may get room again.
    """

    def __init__(self, message: str, *, final: bool = False) -> None:
        super().__init__(message)
        self.final = final


class ProtocolViolation(OpenClawError):
    """The other side sent something that is not of protocol 4.

    ``answers`` is the id of the request that the frame answers, ``event`` the name of its event;
    None where that cannot be read.
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
    """The audit log cannot be written, so no command is executed."""


class JoinFailed(OpenClawError):
    """An invitation to a Gateway cannot be used; the text says what to do."""


class CommandError(OpenClawError):
    """A command to the bot was not carried out. The text is for the agent that sent it.

    ``code`` goes into the answer; it is that of OpenClaw's own nodes where they have one.
    """

    code = "UNAVAILABLE"


class UnknownCommand(CommandError):
    """No command has that name, or the settings do not allow it."""


class BadArguments(CommandError):
    """The arguments do not match the command."""

    code = "INVALID_REQUEST"


class TooManyCommands(CommandError):
    """One session sent more commands in a minute than the settings allow."""

    code = "RATE_LIMITED"


class OutOfReach(CommandError):
    """The session may not act in that guild."""

    code = "FORBIDDEN"


class NotApproved(CommandError):
    """Its room is supervised, and no person there allowed the command."""

    code = "FORBIDDEN"


class CannotNow(CommandError):
    """The command is not possible at the moment."""


class NotYet(CannotNow):
    """The command is not possible at the moment; the same command may be soon."""


class TurnError(OpenClawError):
    """A turn gave no complete answer. ``partial`` is the text that came before the error."""

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
    """The connection broke during the answer, and the run was not found again."""

"""What can go wrong in the simulated Discord.

    SimulatorError
    ├── Refused                    the bot sent something that Discord would reject
    │   ├── ApiRefusal             a REST request: HTTP status and Discord's error code
    │   ├── BadFrame               a frame on a websocket: the close code that it earns
    │   ├── BadPacket              a malformed datagram
    │   └── BadMls                 a malformed MLS message
    ├── CannotRun                  a member ran a command that the client does not allow
    ├── NotInCall                  a member must speak or leave, but is in no voice channel
    ├── AlreadySpeaking            a member must speak while already speaking
    ├── UnknownPlace               an unknown guild or channel
    └── TimedOut                   a wait ran out of time

Violations by the bot are also in ``DiscordSimulator.violations``.
"""

from __future__ import annotations

from typing import Any


class SimulatorError(Exception):
    """Base of everything the simulator raises on purpose."""


class Refused(SimulatorError):
    """The bot sent something that Discord would reject."""


class ApiRefusal(Refused):
    """A REST request gets an error instead of an answer.

    ``code`` is Discord's JSON error code. ``fault`` is False for errors that a correct bot may
    cause, such as a missing permission: no violation.
    """

    def __init__(
        self,
        status: int,
        code: int,
        message: str,
        *,
        errors: dict[str, Any] | None = None,
        fault: bool = True,
    ) -> None:
        super().__init__(f"{status} {message} (code {code})")
        self.status = status
        self.code = code
        self.message = message
        self.errors = errors
        self.fault = fault

    def payload(self) -> dict[str, Any]:
        body: dict[str, Any] = {"message": self.message, "code": self.code}
        return body | {"errors": self.errors} if self.errors else body


class BadFrame(Refused):
    """A websocket frame ends the connection with ``close_code``.

    ``fault`` is False for errors that a correct bot may cause: a session that has just ended.
    """

    def __init__(self, close_code: int, why: str, *, fault: bool = True) -> None:
        super().__init__(f"{why} (closed with {close_code})")
        self.close_code = close_code
        self.why = why
        self.fault = fault


class BadPacket(Refused):
    """A datagram that is neither RTP, nor IP discovery, nor a keepalive."""


class BadMls(Refused):
    """Bytes that do not parse as the expected MLS message."""


class CannotRun(SimulatorError):
    """The Discord client does not let this member send this command with these options."""


class NotInCall(SimulatorError):
    """The member is in no voice channel; call ``join`` first."""


class AlreadySpeaking(SimulatorError):
    """The member is already speaking; await the first ``say`` before the next."""


class UnknownPlace(SimulatorError):
    """The simulated world has no guild or channel of that id."""


class TimedOut(SimulatorError):
    """An awaited event did not happen in time; the text names it."""

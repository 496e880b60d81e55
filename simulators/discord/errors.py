"""What can go wrong in the simulated Discord.

    SimulatorError
    ├── Refused                    something the bot sent, which Discord would refuse
    │   ├── ApiRefusal             a REST request: HTTP status and Discord's error code
    │   ├── BadFrame               a frame on a websocket: the close code that it earns
    │   ├── BadPacket              a datagram that is not what it should be
    │   └── BadMls                 bytes that are not the MLS message they should be
    ├── CannotRun                  a person tried a command that Discord would not let them send
    ├── NotInCall                  a person tried to speak or leave while in no voice channel
    ├── AlreadySpeaking            a person was told to say two things at once
    ├── UnknownPlace               a guild or channel that the simulated world does not hold
    └── TimedOut                   a test waited for something that did not come

What the bot did wrong is also written to ``DiscordSimulator.violations``.
"""

from __future__ import annotations

from typing import Any


class SimulatorError(Exception):
    """Base of everything the simulator raises on purpose."""


class Refused(SimulatorError):
    """The bot sent something that Discord would refuse."""


class ApiRefusal(Refused):
    """A REST request gets an error instead of an answer.

    ``code`` is Discord's JSON error code. ``fault`` is False for what a correct bot may meet, such
    as a missing permission: that is refused, but no violation.
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

    ``fault`` is False for what a correct bot may meet, such as a session that has just ended.
    """

    def __init__(self, close_code: int, why: str, *, fault: bool = True) -> None:
        super().__init__(f"{why} (closed with {close_code})")
        self.close_code = close_code
        self.why = why
        self.fault = fault


class BadPacket(Refused):
    """A datagram that is neither RTP, nor IP discovery, nor a keepalive."""


class BadMls(Refused):
    """Bytes that do not parse as the MLS message they were sent as."""


class CannotRun(SimulatorError):
    """The Discord client would not let this person send this command with these options."""


class NotInCall(SimulatorError):
    """The person is in no voice channel; call ``join`` first."""


class AlreadySpeaking(SimulatorError):
    """The person is in the middle of something; await the first ``say`` before the next."""


class UnknownPlace(SimulatorError):
    """No guild or channel of that id is in the simulated world."""


class TimedOut(SimulatorError):
    """What was waited for did not happen in time; the text says what it was."""

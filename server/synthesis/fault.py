"""What kinds of failure of a speech server there are, and what each is worth."""

from __future__ import annotations

from enum import Enum
from typing import Final

from pipeline.errors import SpeechUnavailable


class Fault(Enum):
    """The value is the reason as people in a call are told it."""

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
    def may_pass(self) -> bool:
        """Whether asking once more may help, before anybody has waited for long."""
        return self not in _LASTS

    @property
    def is_the_voices(self) -> bool:
        """Whether other voices of the same server may well be spoken."""
        return self is Fault.REFUSED


_LASTS: Final = frozenset((Fault.SLOW, Fault.LOCKED, Fault.NOT_FOUND, Fault.REFUSED))
_BUSY: Final = frozenset((429, 503))
_LOCKED: Final = frozenset((401, 403, 407))
_NOT_FOUND: Final = frozenset((404, 405, 410))
_PASSING: Final = frozenset((408, 409, 425))
"""Of the 4xx, those that are about the moment and not about what was asked."""


class SpeechFailed(SpeechUnavailable):
    """A speech server gave no audio. ``retry_after_s`` is the rest that it asked for, if any."""

    def __init__(self, text: str, fault: Fault, retry_after_s: float | None = None) -> None:
        super().__init__(text, fault.value)
        self.fault = fault
        self.retry_after_s = retry_after_s


def fault_of_status(status: int) -> Fault:
    """The kind of failure that an HTTP status tells of."""
    if status in _BUSY:
        return Fault.BUSY
    if status in _LOCKED:
        return Fault.LOCKED
    if status in _NOT_FOUND or 300 <= status < 400:
        return Fault.NOT_FOUND
    if status >= 500 or status in _PASSING:
        return Fault.BROKEN
    return Fault.REFUSED

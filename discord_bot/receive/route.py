"""Whether datagrams reach the voice server and come back. Pure: the time is an argument.

A quiet room sends nothing, so silence proves nothing. Two datagrams that the server
answers do:

- a keepalive of 8 bytes, as Discord's own client sends it: 0x1337CAFE and a number. Some voice
  servers have answered it, others have not (discordjs/discord.js#9185, #9195, #9202).
- an IP discovery, with which every call begins ("IP Discovery" in Discord's voice documentation).

Which of them a server answers in the middle of a call is learned in each voice session. What it has
answered once and answers no more is lost. A server that never answers either is not suspected.
"""

from __future__ import annotations

import struct
from enum import Enum
from typing import Final

from translations import Text, duration, message

PERIOD_S: Final = 1.0
"""Between two keepalives while they are answered; a call without any is lost after one minute."""
DOUBT_S: Final = 0.25
"""Between two attempts while an answer is missing; a voice server is seldom further away."""
LOST_S: Final = 2.5
LOST_ATTEMPTS: Final = 8
"""Where 15 % of the datagrams are lost in each direction, ten attempts in `LOST_S` stay unanswered
about three times in a million. A count besides the time, because a loop that stood still sends
nothing either."""
_ON_THE_WAY_S: Final = 1.0
"""What arrives later than this after the loss was sent after it."""
_TRIES: Final = 10
"""Attempts with IP discovery until a server counts as one that does not answer it in a call."""
_KEEPALIVE: Final = struct.Struct(">II")
_MAGIC: Final = 0x1337CAFE
_DISCOVERY: Final = struct.Struct(">HHI66x")
_REQUEST, _RESPONSE, _LENGTH = 1, 2, 70


class _Probe(Enum):
    KEEPALIVE = "keepalive"
    DISCOVERY = "IP discovery"


def discovery_request(ssrc: int) -> bytes:
    """The datagram of 74 bytes that asks for the bot's address."""
    return _DISCOVERY.pack(_REQUEST, _LENGTH, ssrc)


def is_discovery_answer(data: bytes) -> bool:
    """Whether a datagram answers an IP discovery."""
    return len(data) == _DISCOVERY.size and data[:2] == bytes((0, _RESPONSE))


class RouteWatch:
    """The datagrams that watch the route of one call, and what their answers tell."""

    def __init__(self) -> None:
        self._count = 0
        self.session_started()

    def session_started(self) -> None:
        """A new voice session has another server, or another address of the bot."""
        self._answered: set[_Probe] = set()
        self._tried = 0
        self._sent_at: float | None = None
        self._unanswered_since: float | None = None
        self._unanswered = 0
        self._other_at: float | None = None

    @property
    def waiting(self) -> bool:
        """Whether an answer is missing that the server has given before."""
        return self._unanswered_since is not None

    def due_at(self, period_s: float = PERIOD_S) -> float:
        """When to send the next datagrams, on the clock of the other methods."""
        if self._sent_at is None:
            return 0.0
        return self._sent_at + (min(period_s, DOUBT_S) if self.waiting else period_s)

    def send(self, ssrc: int, now: float) -> list[bytes]:
        """The datagrams to send now."""
        self._sent_at = now
        self._count = (self._count + 1) & 0xFFFF_FFFF
        probes = [_KEEPALIVE.pack(_MAGIC, self._count)]
        doubtful = self.waiting or _Probe.KEEPALIVE not in self._answered
        if doubtful and (_Probe.DISCOVERY in self._answered or self._tried < _TRIES):
            self._tried += 1
            probes.append(discovery_request(ssrc))
        if self._answered:
            self._unanswered += 1
            if self._unanswered_since is None:
                self._unanswered_since = now
        return probes

    def received(self, data: bytes, at: float) -> None:
        """A datagram came from the voice server at ``at``."""
        if is_discovery_answer(data):
            self._answer(_Probe.DISCOVERY)
        elif len(data) == _KEEPALIVE.size:
            self._answer(_Probe.KEEPALIVE)
        else:
            self._other_at = at

    def _answer(self, probe: _Probe) -> None:
        if self._sent_at is None:  # the discovery with which the session began
            return
        self._answered.add(probe)
        self._unanswered_since, self._unanswered = None, 0

    def problem(self, now: float) -> Text | None:
        """What is lost, as a clause for the members; None if all is well or nothing is known."""
        since = self._unanswered_since
        if since is None or now - since < LOST_S or self._unanswered < LOST_ATTEMPTS:
            return None
        lasted = duration(now - since)
        if self._other_at is not None and self._other_at > since + _ON_THE_WAY_S:
            return message(
                "the voice server has not answered over UDP for {time}, so you do not hear me",
                time=lasted,
            )
        return message(
            "nothing comes from the voice server over UDP; it has not answered for {time}",
            time=lasted,
        )

"""What the parts of a simulated Discord share: violations, counters, faults, timers, the clock."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass, field, fields
from typing import Final

from simulators.discord.faults import ServerFaults

log = logging.getLogger(__name__)

MAX_VIOLATIONS: Final = 200
"""How many texts are kept, to bound the memory; later violations are only counted."""


def now() -> float:
    """The loop's time in seconds: virtual on a `VirtualTimeLoop`, else ``time.monotonic()``."""
    return asyncio.get_running_loop().time()


@dataclass(slots=True)
class Counters:
    """Packets that passed the simulated media server, and those that it did not forward."""

    datagrams: int = 0
    """From the bot, of any kind."""
    bot_frames: int = 0
    """Valid audio packets of the bot, silence included."""
    to_bot: int = 0
    """Members' audio packets sent to the bot."""
    keepalives: int = 0
    discoveries: int = 0
    unencrypted: int = 0
    """The bot's audio without end-to-end encryption in an encrypted call; not forwarded."""
    undecryptable: int = 0
    """Encrypted packets of the bot that a listener could not decrypt, counted per listener."""
    suppressed: int = 0
    """The bot's audio while it was muted, without the right to speak, or audience on a stage."""
    stale: int = 0
    """The bot's packets for a voice session that had just ended."""
    not_speaking: int = 0
    """The bot's voiced packets while its last op 5 said that it does not speak."""
    dropped: int = 0
    """Members' packets lost by the line faults."""
    dead_route: int = 0
    """Packets not sent to the bot because its UDP route had gone idle."""
    deafened: int = 0
    """Packets not sent to the bot because it is deafened."""
    member_errors: int = 0
    """DAVE messages that a simulated member could not process."""

    def nonzero(self) -> dict[str, int]:
        return {f.name: getattr(self, f.name) for f in fields(self) if getattr(self, f.name)}


@dataclass(slots=True)
class Violations:
    """The bot's violations of the protocol: the first `MAX_VIOLATIONS` as text, all as a number."""

    texts: list[str] = field(default_factory=list)
    total: int = 0

    def add(self, where: str, what: object) -> None:
        """The bot broke the protocol at ``where`` (a route, a gateway, a packet)."""
        self.total += 1
        if len(self.texts) < MAX_VIOLATIONS:
            self.texts.append(f"{where}: {what}")
            log.warning("violation by the bot: %s: %s", where, what)


class Timers:
    """Delayed calls on the running loop, cancelled together."""

    def __init__(self) -> None:
        self._handles: set[asyncio.TimerHandle] = set()
        self._closed = False

    def later(self, delay_s: float, call: Callable[[], None]) -> Callable[[], None]:
        """Run ``call`` after ``delay_s``; returns a function that cancels it."""
        if self._closed:
            return lambda: None

        def run() -> None:
            self._handles.discard(handle)
            call()

        handle = asyncio.get_running_loop().call_later(delay_s, run)
        self._handles.add(handle)

        def cancel() -> None:
            handle.cancel()
            self._handles.discard(handle)

        return cancel

    def close(self) -> None:
        """Cancel every delayed call; later requests are ignored."""
        self._closed = True
        for handle in self._handles:
            handle.cancel()
        self._handles.clear()


@dataclass
class SharedState:
    """One per simulator, handed to each of its parts."""

    violations: Violations = field(default_factory=Violations)
    counters: Counters = field(default_factory=Counters)
    faults: ServerFaults = field(default_factory=ServerFaults)
    timers: Timers = field(default_factory=Timers)

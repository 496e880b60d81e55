"""Where everything that the bot did wrong is written down."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field, fields
from typing import Final

log = logging.getLogger(__name__)

MAX_VIOLATIONS: Final = 200
"""A fault in every packet must not fill the memory; after this many only the count goes on."""


@dataclass(slots=True)
class Counters:
    """What passed the simulated media server, and what it did not pass on."""

    datagrams: int = 0
    """From the bot, of any kind."""
    bot_frames: int = 0
    """Audio packets of the bot that were valid, silence included."""
    to_bot: int = 0
    """Audio packets of people sent to the bot."""
    keepalives: int = 0
    discoveries: int = 0
    unencrypted: int = 0
    """Audio of the bot that was not end-to-end encrypted in a call that is; nobody hears it."""
    undecryptable: int = 0
    """Ears (packet times person) that could not open an encrypted packet of the bot."""
    suppressed: int = 0
    """Audio of the bot while it was muted, without the right to speak, or audience on a stage."""
    stale: int = 0
    """Packets of the bot for a voice session that had just ended."""
    not_speaking: int = 0
    """Voiced packets of the bot while its last op 5 said that it does not speak."""
    dropped: int = 0
    """Packets of people lost by the faults asked for."""
    dead_route: int = 0
    """Packets not sent to the bot since it let its UDP route go idle."""
    deafened: int = 0
    """Packets not sent to the bot since it is deafened."""
    member_errors: int = 0
    """DAVE messages that a simulated person could not process."""

    def nonzero(self) -> dict[str, int]:
        return {f.name: getattr(self, f.name) for f in fields(self) if getattr(self, f.name)}


@dataclass(slots=True)
class Violations:
    """Collects violations for tests to assert empty, and counts the rest."""

    violations: list[str] = field(default_factory=list)
    total: int = 0
    counters: Counters = field(default_factory=Counters)

    def violation(self, where: str, what: object) -> None:
        """The bot broke the protocol at ``where`` (a route, a gateway, a packet)."""
        self.total += 1
        if len(self.violations) < MAX_VIOLATIONS:
            self.violations.append(f"{where}: {what}")
            log.warning("violation by the bot: %s: %s", where, what)

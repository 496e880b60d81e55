"""What every part of one simulator shares."""

from __future__ import annotations

from dataclasses import dataclass, field

from simulators.discord.faults import ServerFaults
from simulators.discord.timers import Timers
from simulators.discord.violations import Violations


@dataclass
class SharedState:
    referee: Violations = field(default_factory=Violations)
    faults: ServerFaults = field(default_factory=ServerFaults)
    timers: Timers = field(default_factory=Timers)

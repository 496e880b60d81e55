"""What every part of one simulator shares."""

from __future__ import annotations

from dataclasses import dataclass, field

from discord_bot.simulator.faults import ServerFaults
from discord_bot.simulator.referee import Referee
from discord_bot.simulator.timers import Timers


@dataclass
class Backstage:
    referee: Referee = field(default_factory=Referee)
    faults: ServerFaults = field(default_factory=ServerFaults)
    timers: Timers = field(default_factory=Timers)

"""What is to become of something that was said: a command obeyed, a turn for the agent, or nothing.

Pure. A command is looked for first: it acts without the agent, and some of them stop a reply.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from pipeline.control import Command, Order, command_in, may_command
from pipeline.names import NameFinder
from pipeline.relevance import Decision, Utterance, judge
from pipeline.room_state import RoomState
from pipeline.settings import Level, RelevanceSettings


@dataclass(frozen=True, slots=True)
class Addressed:
    """The command that was given, if any, and whether the agent was meant."""

    command: Command | None
    decision: Decision


def address(
    said: Utterance,
    room: RoomState,
    names: NameFinder,
    can: Callable[[Order], bool],
    level: Level,
    settings: RelevanceSettings,
) -> Addressed:
    """Decide. ``names`` finds the agents; ``can`` tells whether an order has anything to act on."""
    command = command_in(said.text, said.language, names)
    if (
        command is not None
        and may_command(command, said.speaker.id, room, settings.exchange_s)
        and can(command.order)
    ):
        to = command.agent or room.agent.agent
        return Addressed(command, Decision(True, 1.0, (command.order.value,), to))
    return Addressed(None, judge(said, room, level, settings))

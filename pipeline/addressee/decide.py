"""What is to become of something that was said: a command obeyed, a turn for the agent, or nothing.

Pure. A command is looked for first: it acts without the agent, and some of them stop a reply.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from pipeline.addressee.classifier import Decision, Utterance, judge
from pipeline.addressee.room_state import RoomState
from pipeline.language.names import NameFinder
from pipeline.language.voice_commands import (
    Order,
    VoiceCommand,
    answer_to_offer,
    command_in,
    may_command,
)
from pipeline.settings import Level, RelevanceSettings


@dataclass(frozen=True, slots=True)
class Addressed:
    """The command that was given, if any, and whether the agent was meant."""

    command: VoiceCommand | None
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
    command = _command(said, room, names, can, settings)
    if command is not None:
        to = command.agent or room.agent.agent
        return Addressed(command, Decision(True, 1.0, (command.order.value,), to))
    decision = judge(said, room, level, settings)
    if decision.other_agent is not None:
        return _passed_on(said, decision.other_agent)
    return Addressed(None, decision)


def _passed_on(said: Utterance, agent: str) -> Addressed:
    """Another agent that answers here was called by its name: this once, it answers."""
    why = f"it calls {agent}, another agent that answers here"
    return Addressed(
        VoiceCommand(Order.ASK, True, agent, said.text), Decision(True, 1.0, (why,), agent)
    )


def _command(
    said: Utterance,
    room: RoomState,
    names: NameFinder,
    can: Callable[[Order], bool],
    settings: RelevanceSettings,
) -> VoiceCommand | None:
    speaker = said.speaker.id
    if room.offered_to == speaker:
        command = answer_to_offer(said.text, said.language, names)
        if command is not None:
            return command
    command = command_in(said.text, said.language, names)
    if command is None or not may_command(command, speaker, room, settings.exchange_s):
        return None
    return command if can(command.order) else None

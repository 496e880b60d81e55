"""What an utterance asks the bot to do: a voice command, a turn for an agent, or nothing.

`decide` is pure. It looks for a command first: a command acts without the agent, and some commands
stop a reply.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from pipeline.addressee.classifier import (
    ANOTHER_MAY_BE_CALLED,
    LEFT_TO_AGENT,
    Decision,
    classify,
)
from pipeline.addressee.context import RoomState, speaker_context
from pipeline.language.acting import acts
from pipeline.language.utterance import ParsedUtterance
from pipeline.language.voice_commands import CommandKind, VoiceCommand
from pipeline.ports import AddresseeDoubt
from pipeline.settings import Level, RelevanceSettings


def decide(
    utterance: ParsedUtterance,
    room: RoomState,
    can: Callable[[CommandKind], bool],
    level: Level,
    settings: RelevanceSettings,
    *,
    may_leave_to_agent: bool = False,
    may_call: str = "",
) -> Decision:
    """Decide. ``can`` tells whether a kind of command has anything to act on;
    ``may_leave_to_agent`` is as for `classify`, ``may_call`` is the name that the words may call by
    their sound."""
    command = _command(utterance, room, can, settings)
    if command is not None:
        addressee = command.agent or utterance.agent
        return Decision(True, 1.0, (command.kind.value,), addressee, command=command)
    may_be_called = _named_but_not_called(utterance, may_call)
    decision = classify(
        utterance,
        room,
        level,
        settings,
        may_leave_to_agent=may_leave_to_agent,
        may_be_called=may_be_called == utterance.agent,
    )
    if decision.other_agent is not None:
        return _relayed(utterance, decision.other_agent)
    if may_leave_to_agent and may_be_called is not None and may_be_called != utterance.agent:
        on_phone = speaker_context(utterance.speaker_id, room, settings).on_phone
        return decision if on_phone else _perhaps_relayed(utterance, decision, may_be_called)
    return decision


def may_command(command: VoiceCommand, speaker_id: int, room: RoomState, exchange_s: float) -> bool:
    """Whether words with the form of a command are one here, and not meant for a person.

    They are with an agent's name, with no other person present, over a reply, and in a running
    exchange with the agent that no talk between people has ended.
    """
    if command.named or all(person.id == speaker_id for person in room.people):
        return True
    reply, speech = room.last_reply, room.last_speech
    if reply is None or reply.ago_s > exchange_s:
        return False
    talk = speech is not None and speech.toward != "agent" and speech.ago_s < reply.ago_s
    return reply.playing or not talk


def _is_told_to_person(command: VoiceCommand, utterance: ParsedUtterance, room: RoomState) -> bool:
    """Whether "ask Jarvis" is said to a person: there is no other agent that can be told to."""
    if command.kind is not CommandKind.RELAY or utterance.names.has_other_agents:
        return False
    return utterance.mentions.agent is None and any(
        person.id != utterance.speaker_id for person in room.people
    )


def _answers_person(
    command: VoiceCommand, utterance: ParsedUtterance, room: RoomState, settings: RelevanceSettings
) -> bool:
    """Whether "one second" answers the question of another person, and not the agent's reply."""
    if command.kind is not CommandKind.WAIT or command.named:
        return False
    return speaker_context(utterance.speaker_id, room, settings).asked_by_person


def _relayed(utterance: ParsedUtterance, agent: str) -> Decision:
    """Another agent that answers here was called by its name: it answers this turn."""
    return Decision(
        True,
        1.0,
        (f"it calls {agent}, another agent that answers here",),
        agent,
        command=VoiceCommand(CommandKind.RELAY, True, agent, utterance.text),
    )


def _named_but_not_called(utterance: ParsedUtterance, name: str) -> str | None:
    """The id of the agent that is named like this in words that call no agent."""
    if not name or utterance.calls_agent:
        return None
    return next(
        (
            mention.name
            for mention in utterance.agent_mentions
            if mention.heard.casefold() == name.casefold()
        ),
        None,
    )


def _perhaps_relayed(utterance: ParsedUtterance, decision: Decision, agent: str) -> Decision:
    """The turn for another agent, which may be called by the sound: it may decline."""
    doubt = decision.doubt
    if decision.addressed or doubt is None or doubt.level == "low" or acts(utterance):
        return decision
    return replace(
        _relayed(utterance, agent),
        probability=decision.probability,
        reasons=(LEFT_TO_AGENT, ANOTHER_MAY_BE_CALLED),
        doubt=AddresseeDoubt(doubt.level, unlikely=True, named=True),
    )


def _command(
    utterance: ParsedUtterance,
    room: RoomState,
    can: Callable[[CommandKind], bool],
    settings: RelevanceSettings,
) -> VoiceCommand | None:
    if room.offered_to == utterance.speaker_id and utterance.offer_answer is not None:
        return utterance.offer_answer
    command = utterance.command
    if (
        command is None
        or _is_told_to_person(command, utterance, room)
        or _answers_person(command, utterance, room, settings)
        or not may_command(command, utterance.speaker_id, room, settings.exchange_s)
    ):
        return None
    return command if can(command.kind) else None

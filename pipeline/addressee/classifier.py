"""Was an utterance meant for the agent? Decided from its words and the state of the room; no I/O.

Every feature for or against adds its weight, in log-odds, to the probability. The level only sets
how probable is enough. The same features, in words, are the reasons. Some things decide alone:
there are no words, only "mm-hm", or a call to another person.

The weights were set by hand on the tuning part of bench/conversation/addressee.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from pipeline.addressee.features import features
from pipeline.addressee.room_state import RoomState
from pipeline.addressee.speaker_context import SpeakerContext, speaker_context
from pipeline.language.dialogue_act import Minor
from pipeline.language.names import Mention
from pipeline.language.utterance import ParsedUtterance
from pipeline.language.voice_commands import INTERRUPTING, VoiceCommand
from pipeline.settings import Level, RelevanceSettings

NEEDED: Final[dict[Level, float]] = {"low": 0.80, "medium": 0.50, "high": 0.25}
"""The least probability that the agent is meant at which it answers."""

_NAME: Final = 7.0
"""The weight of the name when it was heard as it is written; worse heard, it weighs less."""
_MISHEARD: Final = 10.0


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether to answer, how probable it is that the agent was meant (0..1), and why.

    Reasons for the decision come first, the weightiest before the others.
    """

    addressed: bool
    probability: float
    reasons: tuple[str, ...]
    addressee: str | None = None
    """An agent's id, a person's name as it was heard, or None for the room."""
    other_agent: str | None = None
    """The id of another agent that answers here, if it was called by its name."""
    command: VoiceCommand | None = None
    """The voice command to execute in place of a turn for the agent."""

    @property
    def interrupts(self) -> bool:
        """Whether the utterance takes the floor from a reply that it was said over.

        What is meant for the agent does, except a command that leaves the reply as it is.
        """
        if self.command is None:
            return self.addressed
        return self.command.kind in INTERRUPTING


def classify(
    utterance: ParsedUtterance,
    room: RoomState,
    level: Level = "medium",
    settings: RelevanceSettings | None = None,
) -> Decision:
    """Decide whether the room's current agent is meant."""
    context = speaker_context(utterance.speaker_id, room, settings or RelevanceSettings())
    decided = _decided_by_one_feature(utterance, context)
    if decided is not None:
        return decided
    weighed = [
        (feature.weight, feature.reason)
        for feature in features(utterance.act, utterance.mentions, context)
    ]
    if utterance.mentions.agent is not None:
        weighed.append(_name(utterance.mentions.agent))
    probability = 1.0 / (1.0 + math.exp(-sum(weight for weight, _ in weighed)))
    addressed = probability >= NEEDED[level]
    reasons = _reasons(weighed, addressed)
    if not addressed:
        reasons += (
            f"{probability:.0%} likely to be for the agent, and level {level} needs "
            f"{NEEDED[level]:.0%}",
        )
    return Decision(addressed, probability, reasons, utterance.agent if addressed else None)


def _name(mention: Mention) -> tuple[float, str]:
    exact = mention.likeness == 1.0
    reason = "called by name" if exact else f'called by name, heard as "{mention.heard}"'
    return _NAME - _MISHEARD * (1.0 - mention.likeness), reason


def _reasons(weighed: Iterable[tuple[float, str]], addressed: bool) -> tuple[str, ...]:
    """The reasons for the decision, the weightiest first; then those against it."""
    ordered = sorted(weighed, key=lambda each: -abs(each[0]))
    pro = [reason for weight, reason in ordered if (weight > 0) == addressed]
    contra = [f"although {reason}" for weight, reason in ordered if (weight > 0) != addressed]
    return (*pro, *contra)


def _decided_by_one_feature(utterance: ParsedUtterance, context: SpeakerContext) -> Decision | None:
    match utterance.act.minor:
        case Minor.SILENCE:
            return Decision(False, 0.0, ("there are no words in it",))
        case Minor.BACKCHANNEL:
            return Decision(False, 0.02, ("it only shows that they are listening",))
        case Minor.ACKNOWLEDGEMENT | Minor.ANSWER if context.asked:
            return Decision(True, 0.95, ("it answers what the agent asked them",), utterance.agent)
        case Minor.ANSWER if context.alone:
            why = "it is a short answer, and no other person is here"
            return Decision(True, 0.85, (why,), utterance.agent)
        case Minor.ACKNOWLEDGEMENT | Minor.ANSWER:
            why = "it only takes note, and the agent had asked them nothing"
            return Decision(False, 0.05, (why,))
    if utterance.mentions.agent is not None:
        return None
    return _decided_without_name(utterance)


def _decided_without_name(utterance: ParsedUtterance) -> Decision | None:
    names = utterance.mentions
    if names.person is not None:
        return Decision(False, 0.02, (f"it calls {names.person}, who is here",), names.person)
    if names.other_agent is not None:
        why = f"it calls {names.other_agent}, another agent"
        return Decision(False, 0.05, (why,), names.other_agent, names.other_agent)
    if names.stranger is not None:
        why = f"it calls {names.stranger}, who is not in this room"
        return Decision(False, 0.03, (why,), names.stranger)
    if utterance.opens_phone_call:
        return Decision(False, 0.02, ("it sounds like a telephone call",))
    return None

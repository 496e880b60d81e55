"""Was it meant for the agent? Decided from words and the state of the room; no I/O.

Every sign for or against adds its weight, in log-odds, to how likely that is. The level only sets
how likely is likely enough. The same signs, in words, are the reasons. Some things decide alone:
nothing was said, only "mm-hm" was said, somebody else was called.

The weights were set by hand on the tuning part of bench/conversation/addressee.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

from pipeline.addressee.features import signs
from pipeline.addressee.room_state import RoomState
from pipeline.addressee.speaker_context import SpeakerContext, standing, telephones
from pipeline.language.dialogue_act import DialogueAct, Minor, form_of
from pipeline.language.lexicons import Language
from pipeline.language.lexicons import language as language_data
from pipeline.language.mentions import Mentions, called_names
from pipeline.language.names import Mention
from pipeline.ports import Speaker
from pipeline.settings import Level, RelevanceSettings

NEEDED: Final[dict[Level, float]] = {"low": 0.80, "medium": 0.50, "high": 0.25}
"""How likely it must be that the agent is meant, for it to answer."""

_NAME: Final = 7.0
"""What the name weighs when it was heard as it is written; worse heard, it weighs less."""
_MISHEARD: Final = 10.0


@dataclass(frozen=True, slots=True)
class Utterance:
    """What somebody said. ``language`` is an ISO code; None is English."""

    speaker: Speaker
    text: str
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether to answer, how likely the agent was meant (0..1), and why.

    What spoke for the decision comes first, the weightiest before the others.
    """

    addressed: bool
    score: float
    reasons: tuple[str, ...]
    to: str | None = None
    """Who is spoken to: an agent's id, a person's name as it was heard, or None for the room."""
    other_agent: str | None = None
    """The id of another agent that answers here, if it was called by its name."""


def judge(
    utterance: Utterance,
    room: RoomState,
    level: Level = "medium",
    settings: RelevanceSettings | None = None,
) -> Decision:
    """Decide whether the agent of the room is meant."""
    settings = settings or RelevanceSettings()
    language = language_data(utterance.language)
    others = [person for person in room.people if person.id != utterance.speaker.id]
    names = called_names(
        utterance.text, room.agent, room.other_agents, others, language, settings.name_threshold
    )
    form = _form(utterance.text, names, language)
    how = standing(utterance.speaker.id, room, language, settings)
    decided = _decides_alone(room.agent.agent, form, names, how)
    if decided is None and names.agent is None and telephones(utterance.text, language):
        decided = Decision(False, 0.02, ("it sounds like a telephone call",))
    if decided is not None:
        return decided
    weighed = [(sign.weight, sign.reason) for sign in signs(form, names, how)]
    if names.agent is not None:
        weighed.append(_name(names.agent))
    score = 1.0 / (1.0 + math.exp(-sum(weight for weight, _ in weighed)))
    addressed = score >= NEEDED[level]
    reasons = _reasons(weighed, addressed)
    if not addressed:
        reasons += (
            f"{score:.0%} likely to be for the agent, and level {level} needs {NEEDED[level]:.0%}",
        )
    return Decision(addressed, score, reasons, room.agent.agent if addressed else None)


def _form(text: str, names: Mentions, language: Language) -> DialogueAct:
    """The form of what was said; behind a call by name, also of what is said after it."""
    form = form_of(text, language)
    if names.agent is None:
        return form
    rest = form_of(text[: names.agent.start] + text[names.agent.end :], language)
    return replace(
        form, question=form.question or rest.question, request=form.request or rest.request
    )


def _name(mention: Mention) -> tuple[float, str]:
    exact = mention.likeness == 1.0
    how = "called by name" if exact else f'called by name, heard as "{mention.heard}"'
    return _NAME - _MISHEARD * (1.0 - mention.likeness), how


def _reasons(weighed: Iterable[tuple[float, str]], addressed: bool) -> tuple[str, ...]:
    """What spoke for the decision, the weightiest first; then what spoke against it."""
    ordered = sorted(weighed, key=lambda each: -abs(each[0]))
    pro = [reason for weight, reason in ordered if (weight > 0) == addressed]
    contra = [f"although {reason}" for weight, reason in ordered if (weight > 0) != addressed]
    return (*pro, *contra)


def _decides_alone(
    agent: str, form: DialogueAct, names: Mentions, how: SpeakerContext
) -> Decision | None:
    """What one sign is enough for."""
    match form.minor:
        case Minor.SILENCE:
            return Decision(False, 0.0, ("there are no words in it",))
        case Minor.BACKCHANNEL:
            return Decision(False, 0.02, ("it only shows that they listen",))
        case Minor.ACKNOWLEDGEMENT | Minor.ANSWER if how.asked:
            return Decision(True, 0.95, ("it answers what the agent asked them",), agent)
        case Minor.ANSWER if how.alone:
            return Decision(True, 0.85, ("a short answer, and nobody else is here",), agent)
        case Minor.ACKNOWLEDGEMENT | Minor.ANSWER:
            why = "it only takes note, and the agent had asked them nothing"
            return Decision(False, 0.05, (why,))
    if names.agent is not None:
        return None
    if names.person is not None:
        return Decision(False, 0.02, (f"it calls {names.person}, who is here",), names.person)
    if names.other_agent is not None:
        why = f"it calls {names.other_agent}, another agent"
        return Decision(False, 0.05, (why,), names.other_agent, names.other_agent)
    if names.stranger is not None:
        why = f"it calls {names.stranger}, who is not in this room"
        return Decision(False, 0.03, (why,), names.stranger)
    return None

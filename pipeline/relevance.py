"""Was it meant for the agent? Decided from words and the state of the room; no I/O.

Every sign for or against adds its weight, in log-odds, to how likely that is. The level only sets
how likely is likely enough. The same signs, in words, are the reasons. Some things decide alone:
nothing was said, only "mm-hm" was said, somebody else was called.

The weights were set by hand on the scenes of tests/pipeline/addressee.yaml.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Final, Literal

from pipeline.called_names import CalledNames, called_names
from pipeline.language_data import Language
from pipeline.language_data import language as language_data
from pipeline.ports import Speaker
from pipeline.room_state import RoomState
from pipeline.settings import Level, RelevanceSettings
from pipeline.utterance_form import Form, Minor, form_of

NEEDED: Final[dict[Level, float]] = {"low": 0.80, "medium": 0.50, "high": 0.25}
"""How likely it must be that the agent is meant, for it to answer."""

_TALK_S: Final = 12.0
"""After people spoke to each other, the next words are likely part of that for so long."""


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


@dataclass(frozen=True, slots=True)
class _Sign:
    weight: float
    reason: str


@dataclass(frozen=True, slots=True)
class _Bond:
    """How the speaker stands with the agent at this moment."""

    alone: bool
    """No other person is in the room."""
    follow_up: bool
    """The last word in the room was the agent's, to them, just now."""
    interrupted: bool
    """It was to them, but people have spoken since."""
    asked: bool
    """It was a question."""
    running: bool
    """The agent has spoken not long ago, to anybody."""
    sounding: bool
    """The agent is being talked over."""
    talk: Literal["none", "room", "between people"]
    """What people said to each other since the agent's last word."""


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
    bond = _bond(utterance.speaker, room, settings, alone=not others)
    decided = _decides_alone(room.agent.agent, form, names, bond)
    if decided is not None:
        return decided
    signs = list(_signs(form, names, bond))
    score = 1.0 / (1.0 + math.exp(-sum(sign.weight for sign in signs)))
    addressed = score >= NEEDED[level]
    reasons = _reasons(signs, addressed)
    if not addressed:
        reasons += (f"{score:.2f} is below the {NEEDED[level]:.2f} that level {level} needs",)
    return Decision(addressed, score, reasons, room.agent.agent if addressed else None)


def _form(text: str, names: CalledNames, language: Language) -> Form:
    """The form of what was said; behind a call by name, also of what is said after it."""
    form = form_of(text, language)
    if names.agent is None:
        return form
    rest = form_of(text[: names.agent.start] + text[names.agent.end :], language)
    return replace(
        form, question=form.question or rest.question, request=form.request or rest.request
    )


def _reasons(signs: Iterable[_Sign], addressed: bool) -> tuple[str, ...]:
    """What spoke for the decision, the weightiest first; then what spoke against it."""
    ordered = sorted(signs, key=lambda sign: -abs(sign.weight))
    pro = [sign.reason for sign in ordered if (sign.weight > 0) == addressed]
    contra = [f"although: {sign.reason}" for sign in ordered if (sign.weight > 0) != addressed]
    return (*pro, *contra)


def _bond(speaker: Speaker, room: RoomState, settings: RelevanceSettings, *, alone: bool) -> _Bond:
    reply, speech = room.last_reply, room.last_speech
    spoken_since = (
        speech is not None
        and speech.toward != "agent"
        and (reply is None or speech.ago_s < reply.ago_s)
    )
    recent = reply is not None and reply.ago_s <= settings.follow_up_s
    to_them = reply is not None and recent and reply.to_id == speaker.id
    talk: Literal["none", "room", "between people"] = "none"
    if speech is not None and spoken_since and speech.ago_s <= _TALK_S:
        if speech.toward == "person":
            talk = "between people"
        elif speech.speaker_id != speaker.id:
            talk = "room"
    return _Bond(
        alone=alone,
        follow_up=to_them and not spoken_since,
        interrupted=to_them and spoken_since,
        asked=to_them and not spoken_since and reply is not None and reply.asks,
        running=reply is not None and reply.ago_s <= settings.exchange_s,
        sounding=reply is not None and reply.sounding,
        talk=talk,
    )


def _decides_alone(agent: str, form: Form, names: CalledNames, bond: _Bond) -> Decision | None:
    """What one sign is enough for."""
    match form.minor:
        case Minor.SILENCE:
            return Decision(False, 0.0, ("no words",))
        case Minor.BACKCHANNEL:
            return Decision(False, 0.02, ("only shows that they listen",))
        case Minor.ACKNOWLEDGEMENT | Minor.ANSWER if bond.asked:
            return Decision(True, 0.95, ("answers what the agent asked them",), agent)
        case Minor.ANSWER if bond.alone:
            return Decision(True, 0.85, ("a short answer, and nobody else is here",), agent)
        case Minor.ACKNOWLEDGEMENT | Minor.ANSWER:
            return Decision(False, 0.05, ("only takes note, and the agent asked them nothing",))
    if names.agent is not None:
        return None
    if names.person is not None:
        return Decision(False, 0.02, (f"calls {names.person}, who is here",), names.person)
    if names.passed_on is not None:
        return Decision(True, 0.95, (f"asks for {names.passed_on}",), agent)
    if names.other_agent is not None:
        why = f"calls {names.other_agent}, another agent"
        return Decision(False, 0.05, (why,), names.other_agent)
    return None


def _signs(form: Form, names: CalledNames, bond: _Bond) -> Iterator[_Sign]:
    yield from _signs_of_company(names, bond)
    yield from _signs_of_exchange(form, bond)
    yield from _signs_of_form(form, bond)


def _signs_of_company(names: CalledNames, bond: _Bond) -> Iterator[_Sign]:
    if names.agent is not None:
        heard, likeness = names.agent.heard, names.agent.likeness
        how = "called by name" if likeness == 1.0 else f'called by name, heard as "{heard}"'
        yield _Sign(7.0 - 10.0 * (1.0 - likeness), how)
    if bond.alone:
        yield _Sign(4.0, "nobody else is here")
        return
    yield _Sign(-2.5, "other people are here")
    if names.about:
        yield _Sign(-2.0, "talks about the agent, not to it")


def _signs_of_exchange(form: Form, bond: _Bond) -> Iterator[_Sign]:
    if bond.asked:
        yield _Sign(3.0, "the agent asked them something")
    if bond.follow_up:
        yield _Sign(2.0, "comes right after the agent's answer to them")
    elif bond.interrupted:
        yield _Sign(1.0, "comes soon after the agent's answer to them")
    if bond.running:
        yield _Sign(1.0, "an exchange with the agent is running")
        if form.follow_up:
            weight = 0.5 if form.question or form.request else 2.0
            yield _Sign(weight, "leans on what was said before")
    if form.thanks and bond.follow_up:
        yield _Sign(2.0, "thanks for the answer")
    if form.correction and (bond.sounding or bond.follow_up):
        yield _Sign(2.0, "takes up the agent's answer")
    if bond.talk == "between people":
        yield _Sign(-2.0, "people are talking with each other")
    elif bond.talk == "room":
        yield _Sign(-0.6, "somebody else has just spoken")


def _signs_of_form(form: Form, bond: _Bond) -> Iterator[_Sign]:
    if form.request:
        yield _Sign(2.2, "a request")
    elif form.question:
        yield _Sign(1.5, "a question")
        if not form.personal and not form.social:
            yield _Sign(0.8, "about neither the speakers nor the listeners")
    elif not (form.follow_up or form.thanks or form.correction):
        yield _Sign(-1.0, "neither asks nor requests anything")
    if form.personal and not (bond.follow_up or bond.alone):
        yield _Sign(-1.5, 'says "you", with other people here')
    if form.social and not bond.alone:
        yield _Sign(-1.0, "speaks of or to several people")

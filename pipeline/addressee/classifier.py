"""Was an utterance meant for the agent? Decided from its words and the state of the room; no I/O.

Every feature for or against adds its weight, in log-odds, to the probability. The level only sets
how probable is enough. Users read or hear the reasons of the features, so a reason states the
observation and not the weight. Some things decide alone: there are no words, only "mm-hm", or a
call to another person.

The weights are fitted on the scenes of bench/conversation/addressee, by its `fit`.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Final

from pipeline.addressee.context import RoomState, SpeakerContext, speaker_context
from pipeline.language.acting import acts
from pipeline.language.dialogue_act import DialogueAct, Minor
from pipeline.language.mentions import Mention, Mentions
from pipeline.language.utterance import ParsedUtterance
from pipeline.language.voice_commands import INTERRUPTING, VoiceCommand
from pipeline.ports import AddresseeDoubt
from pipeline.settings import Level, RelevanceSettings

NEEDED: Final[dict[Level, float]] = {"low": 0.80, "medium": 0.45, "high": 0.25}
"""The least probability that the agent is meant at which it answers."""

LEFT_TO_AGENT_FROM: Final = 0.30
"""From this probability on, a turn of a running exchange can be left to the agent at medium."""
LEFT_TO_AGENT: Final = "the agent was left to decide"
MAY_BE_CALLED: Final = "it names the agent, and by the sound it may call it"
ANOTHER_MAY_BE_CALLED: Final = "it names another agent, and by the sound it may call it"

_NAME: Final = 7.0
"""The weight of the name when it was heard as it is written; worse heard, it weighs less."""
_MISHEARD: Final = 10.0


class Feature(Enum):
    """A feature: its weight and the reason that it gives."""

    ALONE = (3.3, "no other person is here")
    OTHER_PEOPLE = (-1.4, "other people are here")
    ABOUT_AGENT = (-3.3, "it talks about the agent, not to it")
    ABOUT_OTHER_AGENT = (-1.8, "it talks about another agent")

    ASKED_BY_AGENT = (5.8, "the agent had asked them something")
    STILL_ASKED_BY_AGENT = (3.5, "the agent still waits for an answer of theirs")
    ANSWERS_AGENT = (4.4, "it answers what the agent had asked them before others spoke")
    FOLLOW_UP = (1.0, "it comes right after the agent's answer to them")
    DELAYED_FOLLOW_UP = (3.0, "it is from the person whom the agent answered last")
    EXCHANGE_RUNNING = (1.3, "an exchange with the agent is running")
    ELABORATION = (2.3, "it refers to what was said before")
    ELABORATION_ASKING = (2.1, "it continues what was said before")
    THANKS = (2.5, "it thanks for the answer")
    CORRECTION = (1.9, "it corrects or questions the agent's answer")

    BESIDE_ANSWER = (-3.4, "the agent has just answered another person")
    SILENT = (-0.7, "they have not taken part in the talk since the agent's answer")
    BETWEEN_PEOPLE = (-2.4, "people are talking with each other")
    AFTER_PERSON = (-2.9, "another person has just spoken")
    ELLIPTIC = (-1.0, "it is a short question right after another person spoke")
    ANSWERS_PERSON = (-4.0, "it may answer the question of another person")

    REQUEST = (0.7, "it is a request")
    QUESTION = (0.7, "it is a question")
    ADVICE = (2.0, "it asks what they can or should do")
    NO_TASK = (-1.6, "it is no request that an assistant is usually asked for")
    JOINS_EXCHANGE = (2.2, "it asks for information, and an exchange with the agent is running")
    GENERAL = (1.2, "it asks about a kind of thing")
    PARTICULAR = (-1.1, "it asks about a certain thing, which people here may know")
    STATEMENT = (-1.6, "it neither asks nor requests anything")
    PERSONAL = (-2.0, 'it says "you", with other people here')
    ASKS_YOU = (-0.6, 'it asks "you" for something, with other people here')
    REFERS_TO_TALK = (-1.1, "it refers to what another person said")
    SOCIAL = (-0.6, "it speaks of or to several people")
    HUMAN_ONLY = (-3.1, "it asks what only people can do or know")
    DEICTIC = (-1.3, "it points at something that only people see")
    THIRD_PERSON = (-1.8, "it is about a third person")
    POSSESSIVE = (-1.8, "it is about something of their own")
    IRONIC = (-2.2, "it sounds ironic")
    READ_ALOUD = (-4.3, "it sounds read aloud")
    ON_PHONE = (-7.0, "they are on the telephone")

    @property
    def weight(self) -> float:
        return self.value[0]

    @property
    def reason(self) -> str:
        return self.value[1]

    def counts_at(self, level: Level) -> bool:
        """Whether it counts at a level: at low, only the member that the agent answered last
        continues the exchange."""
        return level != "low" or self is not Feature.JOINS_EXCHANGE


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
    doubt: AddresseeDoubt | None = field(default=None, compare=False)
    """What the agent is told if it is asked itself; None where one feature decided alone, and for a
    person alone with it."""
    taken_by: object | None = field(default=None, compare=False)
    """The listener that gets the words in place of the agent (`pipeline.bystanders`)."""

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
    *,
    may_leave_to_agent: bool = False,
    may_be_called: bool = False,
) -> Decision:
    """Decide whether the room's current agent is meant.

    With ``may_leave_to_agent`` it also gets what is a little less likely for it than medium needs,
    while an exchange with it is running, and asks it to change nothing; and what names it, if it
    ``may_be_called`` by the sound. It is then told so, and may decline.
    """
    settings = settings or RelevanceSettings()
    context = speaker_context(utterance.speaker_id, room, settings)
    decided = _decided_by_one_feature(utterance, context)
    if decided is not None:
        return decided
    weighed = [
        (feature.weight, feature.reason)
        for feature in features(utterance.act, utterance.mentions, context)
        if feature.counts_at(level)
    ]
    if utterance.mentions.agent is not None:
        weighed.append(_name(utterance.mentions.agent))
    probability = 1.0 / (1.0 + math.exp(-sum(weight for weight, _ in weighed)))
    likely = probability >= NEEDED[level]
    named = may_be_called and not (context.alone or context.on_phone) and level != "low"
    unlikely = context.exchange_running and probability >= LEFT_TO_AGENT_FROM and level == "medium"
    left_to_agent = (
        may_leave_to_agent and not likely and (named or unlikely) and not acts(utterance)
    )
    addressed = likely or left_to_agent
    reasons = _reasons(weighed, addressed)
    if left_to_agent:
        reasons = (LEFT_TO_AGENT, *([MAY_BE_CALLED] if named else []), *reasons)
    if not addressed:
        reasons += (
            f"{probability:.0%} likely to be for the agent, and level {level} needs "
            f"{NEEDED[level]:.0%}",
        )
    return Decision(
        addressed,
        probability,
        reasons,
        utterance.agent if addressed else None,
        doubt=_doubt(utterance, room, context, level, unlikely=left_to_agent, named=named),
    )


def _doubt(
    utterance: ParsedUtterance,
    room: RoomState,
    context: SpeakerContext,
    level: Level,
    *,
    unlikely: bool,
    named: bool,
) -> AddresseeDoubt | None:
    """None for a person alone, who can only mean the agent."""
    reply = room.last_reply
    if context.alone:
        return None
    doubt = AddresseeDoubt(level, unlikely=unlikely, named=named)
    if reply is None or not context.exchange_running:
        return doubt
    return replace(
        doubt,
        answered_ago_s=reply.ago_s,
        answered_speaker=reply.to_id == utterance.speaker_id,
        others_spoke=bool(room.talk_since_reply),
    )


def weight_of_name(utterance: ParsedUtterance, context: SpeakerContext) -> float | None:
    """The weight of the name if the features' weights decide; None if one feature decides alone.

    A call that is another agent's, or of a person, is decided alone; so is "mm-hm".
    """
    if _decided_by_one_feature(utterance, context) is not None:
        return None
    mention = utterance.mentions.agent
    return 0.0 if mention is None else _name(mention)[0]


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


def features(act: DialogueAct, mentions: Mentions, context: SpeakerContext) -> Iterator[Feature]:
    """All features except the call by name, whose weight depends on the likeness."""
    yield from _features_of_room(mentions, context)
    yield from _features_of_exchange(act, context)
    yield from _features_of_form(act, context)
    # Whoever calls the agent does so into any talk.
    if not (context.alone or mentions.agent is not None):
        yield from _features_of_talk(act, context)
        yield from _features_among_people(act, context)


def _features_of_room(mentions: Mentions, context: SpeakerContext) -> Iterator[Feature]:
    if context.on_phone and mentions.agent is None:
        yield Feature.ON_PHONE
    if context.alone:
        yield Feature.ALONE
        return
    yield Feature.OTHER_PEOPLE
    if mentions.about:
        yield Feature.ABOUT_AGENT
    elif mentions.about_other and mentions.agent is None:
        yield Feature.ABOUT_OTHER_AGENT


def _features_of_exchange(act: DialogueAct, context: SpeakerContext) -> Iterator[Feature]:
    if not act.question:
        if context.asked:
            yield Feature.ASKED_BY_AGENT
        elif context.still_asked:
            yield Feature.ANSWERS_AGENT if act.answers else Feature.STILL_ASKED_BY_AGENT
    if context.follow_up:
        yield Feature.FOLLOW_UP
    elif context.delayed_follow_up:
        yield Feature.DELAYED_FOLLOW_UP
    if context.exchange_running:
        yield Feature.EXCHANGE_RUNNING
        if act.advice:
            yield Feature.ADVICE
        if act.follow_up and (act.question or act.request):
            yield Feature.ELABORATION_ASKING
        elif act.follow_up and (context.talk == "none" or context.delayed_follow_up):
            # "And two glasses of wine." of another person continues the words before it.
            yield Feature.ELABORATION
    if act.thanks and context.follow_up:
        yield Feature.THANKS
    # A person beside the asker who says "No, I meant the other one" talks to the others.
    if _corrects(act, context) and (context.follow_up or context.delayed_follow_up):
        yield Feature.CORRECTION


def _corrects(act: DialogueAct, context: SpeakerContext) -> bool:
    """Whether it may correct the agent. Behind a person's words, "No, darker" is for the person."""
    return act.correction or (act.denying and context.talk == "none")


def _features_of_talk(act: DialogueAct, context: SpeakerContext) -> Iterator[Feature]:
    if context.beside_answer and not act.task:
        yield Feature.BESIDE_ANSWER
    elif context.silent_since_answer:
        yield Feature.SILENT
    if context.talk == "between people":
        yield Feature.BETWEEN_PEOPLE
    elif context.talk == "room":
        yield Feature.AFTER_PERSON
    if act.elliptic and context.talk != "none":
        yield Feature.ELLIPTIC
    asks = act.question or act.request
    if context.asked_by_person and not context.still_asked and (act.answers or not asks):
        yield Feature.ANSWERS_PERSON


def _features_of_form(act: DialogueAct, context: SpeakerContext) -> Iterator[Feature]:
    if act.request:
        yield Feature.REQUEST
    elif act.question:
        if not (act.personal or act.social or act.human_only or act.existential):
            yield Feature.QUESTION
    elif not (act.follow_up or act.thanks or _corrects(act, context)):
        yield Feature.STATEMENT


def _features_among_people(act: DialogueAct, context: SpeakerContext) -> Iterator[Feature]:
    """Features against the agent that count only with other people here and without its name."""
    close = context.follow_up or context.asked
    if act.personal and not close:
        yield Feature.PERSONAL
    if act.request_of_you and not close:
        yield Feature.ASKS_YOU
    amends_answer = act.amending and context.follow_up
    if act.request and not (act.task or act.inquiring or amends_answer):
        yield Feature.NO_TASK
    if (act.reacting and not act.follow_up) or (act.remarking and not close):
        yield Feature.REFERS_TO_TALK
    if act.social:
        yield Feature.SOCIAL
    if act.human_only and not (_corrects(act, context) and (context.over_reply or close)):
        yield Feature.HUMAN_ONLY
    if act.deictic and not close:
        yield Feature.DEICTIC
    if act.third_person and not close and (context.talk != "none" or not context.exchange_running):
        yield Feature.THIRD_PERSON
    if act.possessive and not (close or act.request):
        yield Feature.POSSESSIVE
    if act.ironic:
        yield Feature.IRONIC
    if act.question and not act.request and context.exchange_running:
        yield from _features_of_information(act, context)
    if act.read_aloud or context.reading_aloud:
        yield Feature.READ_ALOUD


def _features_of_information(act: DialogueAct, context: SpeakerContext) -> Iterator[Feature]:
    """What tells a question for the agent from one for a person, in a running exchange."""
    if act.particular:
        yield Feature.PARTICULAR
    impersonal = not (act.personal or act.social or act.human_only)
    if impersonal and not (context.follow_up or context.delayed_follow_up):
        yield Feature.JOINS_EXCHANGE
        if act.general:
            yield Feature.GENERAL

"""The features that speak for or against the agent as the addressee, with their weights.

A weight is in log-odds. Users read or hear the reason beside it, so the reason states the
observation and not the weight.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum
from typing import Final

from pipeline.addressee.speaker_context import SpeakerContext
from pipeline.language.dialogue_act import DialogueAct
from pipeline.language.mentions import Mentions

MANY: Final = 3
"""From this many other people on, most utterances are for one of them."""


class Feature(Enum):
    """A feature: its weight and the reason that it gives."""

    ALONE = (4.0, "no other person is here")
    OTHER_PEOPLE = (-2.5, "other people are here")
    MANY = (-0.3, "many people are here")
    ABOUT_AGENT = (-2.0, "it talks about the agent, not to it")
    ABOUT_OTHER_AGENT = (-1.5, "it talks about another agent")

    ASKED_BY_AGENT = (3.0, "the agent had asked them something")
    STILL_ASKED_BY_AGENT = (1.0, "the agent still waits for an answer of theirs")
    ANSWERS_AGENT = (3.6, "it answers what the agent had asked them before others spoke")
    FOLLOW_UP = (2.0, "it comes right after the agent's answer to them")
    DELAYED_FOLLOW_UP = (1.0, "it comes soon after the agent's answer to them")
    EXCHANGE_RUNNING = (1.0, "an exchange with the agent is running")
    ELABORATION = (2.0, "it refers to what was said before")
    ELABORATION_ASKING = (0.5, "it continues what was said before")
    THANKS = (2.0, "it thanks for the answer")
    CORRECTION = (2.0, "it corrects or questions the agent's answer")

    BETWEEN_PEOPLE = (-2.0, "people are talking with each other")
    AFTER_PERSON = (-0.7, "another person has just spoken")
    MUCH_TALK = (-0.6, "people have said several things to each other since")
    ELLIPTIC = (-1.2, "it is a short question right after another person spoke")
    ANSWERS_PERSON = (-1.0, "it may answer the question of another person")

    REQUEST = (2.2, "it is a request")
    QUESTION = (1.5, "it is a question")
    IMPERSONAL = (0.8, "it is about neither the speakers nor the listeners")
    STATEMENT = (-1.7, "it neither asks nor requests anything")
    PERSONAL = (-1.5, 'it says "you", with other people here')
    SOCIAL = (-1.0, "it speaks of or to several people")
    HUMAN_ONLY = (-2.5, "it asks what only people can do or know")
    DEICTIC = (-1.0, "it points at something that only people see")
    PEER_ADDRESS = (-1.5, "it speaks to a friend")
    THIRD_PERSON = (-1.5, "it is about a third person")
    POSSESSIVE = (-1.0, "it is about something of their own")
    IRONIC = (-2.0, "it sounds ironic")
    READ_ALOUD = (-3.5, "it sounds read aloud")
    ON_PHONE = (-7.0, "they are on the telephone")

    @property
    def weight(self) -> float:
        return self.value[0]

    @property
    def reason(self) -> str:
        return self.value[1]


def features(act: DialogueAct, mentions: Mentions, context: SpeakerContext) -> Iterator[Feature]:
    """All features except the call by name, whose weight depends on the likeness."""
    yield from _features_of_room(mentions, context)
    yield from _features_of_exchange(act, context)
    yield from _features_of_talk(act, context)
    yield from _features_of_form(act, context)
    if not (context.alone or mentions.agent is not None):
        yield from _features_among_people(act, context)


def _features_of_room(mentions: Mentions, context: SpeakerContext) -> Iterator[Feature]:
    if context.on_phone and mentions.agent is None:
        yield Feature.ON_PHONE
    if context.alone:
        yield Feature.ALONE
        return
    yield Feature.OTHER_PEOPLE
    if context.other_people >= MANY:
        yield Feature.MANY
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
        if act.follow_up:
            yield Feature.ELABORATION_ASKING if act.question or act.request else Feature.ELABORATION
    if act.thanks and context.follow_up:
        yield Feature.THANKS
    if act.correction and (context.over_reply or context.follow_up):
        yield Feature.CORRECTION


def _features_of_talk(act: DialogueAct, context: SpeakerContext) -> Iterator[Feature]:
    if context.talk == "between people":
        yield Feature.BETWEEN_PEOPLE
    elif context.talk == "room":
        yield Feature.AFTER_PERSON
        if act.elliptic:
            yield Feature.ELLIPTIC
    if context.talk_lines > 2:
        yield Feature.MUCH_TALK
    asks = act.question or act.request
    if context.asked_by_person and not context.still_asked and (act.answers or not asks):
        yield Feature.ANSWERS_PERSON


def _features_of_form(act: DialogueAct, context: SpeakerContext) -> Iterator[Feature]:
    if act.request:
        yield Feature.REQUEST
    elif act.question:
        yield Feature.QUESTION
        if not (act.personal or act.social or act.human_only):
            yield Feature.IMPERSONAL
    elif not (act.follow_up or act.thanks or act.correction):
        yield Feature.STATEMENT


def _features_among_people(act: DialogueAct, context: SpeakerContext) -> Iterator[Feature]:
    """Features against the agent that count only with other people here and without its name."""
    close = context.follow_up or context.asked
    if act.personal and not close:
        yield Feature.PERSONAL
    if act.social:
        yield Feature.SOCIAL
    if act.human_only and not (act.correction and (context.over_reply or close)):
        yield Feature.HUMAN_ONLY
    if act.peer_address:
        yield Feature.PEER_ADDRESS
    if act.deictic and not close:
        yield Feature.DEICTIC
    if act.third_person and not close and (context.talk != "none" or not context.exchange_running):
        yield Feature.THIRD_PERSON
    if act.possessive and not (close or act.request):
        yield Feature.POSSESSIVE
    if act.ironic:
        yield Feature.IRONIC
    if act.read_aloud or context.reading_aloud:
        yield Feature.READ_ALOUD

"""The signs that something was meant for the agent, or was not, with what each weighs.

A weight is in log-odds. It is shown to people in the words beside it, aloud or written, so they say
what was seen and not how it was weighed.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum
from typing import Final

from pipeline.addressee.speaker_context import SpeakerContext
from pipeline.language.dialogue_act import DialogueAct
from pipeline.language.mentions import Mentions

MANY: Final = 3
"""So many others, and most of what is said is said to one of them."""


class Feature(Enum):
    """Its weight, and the reason that it gives."""

    ALONE = (4.0, "nobody else is here")
    OTHERS = (-2.5, "other people are here")
    MANY = (-0.3, "many people are here")
    ABOUT = (-2.0, "it talks about the agent, not to it")
    ABOUT_OTHER = (-1.5, "it talks about another agent")

    ASKED = (3.0, "the agent had asked them something")
    STILL_ASKED = (1.0, "the agent still waits for an answer of theirs")
    ANSWERS_NOW = (3.6, "it answers what the agent had asked them before others spoke")
    FOLLOW_UP = (2.0, "it comes right after the agent's answer to them")
    INTERRUPTED = (1.0, "it comes soon after the agent's answer to them")
    RUNNING = (1.0, "an exchange with the agent is running")
    LEANS = (2.0, "it leans on what was said before")
    LEANS_ASKING = (0.5, "it goes on from what was said before")
    THANKS = (2.0, "it thanks for the answer")
    TAKES_UP = (2.0, "it takes up the agent's answer")

    BETWEEN_PEOPLE = (-2.0, "people are talking with each other")
    AFTER_PERSON = (-0.7, "somebody else has just spoken")
    MUCH_TALK = (-0.6, "people have said several things to each other since")
    ELLIPTIC = (-1.2, "it is a short question right behind what somebody said")
    ANSWERS_PERSON = (-1.0, "it may answer what somebody else has asked")

    REQUEST = (2.2, "it is a request")
    QUESTION = (1.5, "it is a question")
    IMPERSONAL = (0.8, "it is about neither the speakers nor the listeners")
    STATEMENT = (-1.7, "it neither asks nor requests anything")
    PERSONAL = (-1.5, 'it says "you", with other people here')
    SOCIAL = (-1.0, "it speaks of or to several people")
    COMPANY = (-2.5, "it asks what only people can do or know")
    POINTS = (-1.0, "it points at something that only people see")
    FELLOW = (-1.5, "it speaks to a friend")
    THIRD_PERSON = (-1.5, "it speaks of somebody whom people have talked about")
    OWN = (-1.0, "it is about something of their own")
    IRONIC = (-2.0, "it does not sound as if it was meant as it was said")
    READ_ALOUD = (-3.5, "it sounds read aloud")
    ON_PHONE = (-7.0, "they are on the telephone")

    @property
    def weight(self) -> float:
        return self.value[0]

    @property
    def reason(self) -> str:
        return self.value[1]


def signs(form: DialogueAct, names: Mentions, how: SpeakerContext) -> Iterator[Feature]:
    """Every sign there is, but for the name, which is weighed by how well it was heard."""
    yield from _signs_of_company(names, how)
    yield from _signs_of_exchange(form, how)
    yield from _signs_of_talk(form, how)
    yield from _signs_of_form(form, how)
    if not (how.alone or names.agent is not None):
        yield from _signs_among_people(form, how)


def _signs_of_company(names: Mentions, how: SpeakerContext) -> Iterator[Feature]:
    if how.on_phone and names.agent is None:
        yield Feature.ON_PHONE
    if how.alone:
        yield Feature.ALONE
        return
    yield Feature.OTHERS
    if how.others >= MANY:
        yield Feature.MANY
    if names.about:
        yield Feature.ABOUT
    elif names.about_other and names.agent is None:
        yield Feature.ABOUT_OTHER


def _signs_of_exchange(form: DialogueAct, how: SpeakerContext) -> Iterator[Feature]:
    if not form.question:
        if how.asked:
            yield Feature.ASKED
        elif how.still_asked:
            yield Feature.ANSWERS_NOW if form.answers else Feature.STILL_ASKED
    if how.follow_up:
        yield Feature.FOLLOW_UP
    elif how.interrupted:
        yield Feature.INTERRUPTED
    if how.running:
        yield Feature.RUNNING
        if form.follow_up:
            yield Feature.LEANS_ASKING if form.question or form.request else Feature.LEANS
    if form.thanks and how.follow_up:
        yield Feature.THANKS
    if form.correction and (how.sounding or how.follow_up):
        yield Feature.TAKES_UP


def _signs_of_talk(form: DialogueAct, how: SpeakerContext) -> Iterator[Feature]:
    if how.talk == "between people":
        yield Feature.BETWEEN_PEOPLE
    elif how.talk == "room":
        yield Feature.AFTER_PERSON
        if form.elliptic:
            yield Feature.ELLIPTIC
    if how.talk_lines > 2:
        yield Feature.MUCH_TALK
    asks = form.question or form.request
    if how.asked_by_person and not how.still_asked and (form.answers or not asks):
        yield Feature.ANSWERS_PERSON


def _signs_of_form(form: DialogueAct, how: SpeakerContext) -> Iterator[Feature]:
    if form.request:
        yield Feature.REQUEST
    elif form.question:
        yield Feature.QUESTION
        if not (form.personal or form.social or form.company):
            yield Feature.IMPERSONAL
    elif not (form.follow_up or form.thanks or form.correction):
        yield Feature.STATEMENT


def _signs_among_people(form: DialogueAct, how: SpeakerContext) -> Iterator[Feature]:
    """What keeps the agent out, as long as others are here and it is not called."""
    close = how.follow_up or how.asked
    if form.personal and not close:
        yield Feature.PERSONAL
    if form.social:
        yield Feature.SOCIAL
    if form.company and not (form.correction and (how.sounding or close)):
        yield Feature.COMPANY
    if form.fellow:
        yield Feature.FELLOW
    if form.points and not close:
        yield Feature.POINTS
    if form.third_person and not close and (how.talk != "none" or not how.running):
        yield Feature.THIRD_PERSON
    if form.own and not (close or form.request):
        yield Feature.OWN
    if form.ironic:
        yield Feature.IRONIC
    if form.read_aloud or how.reading:
        yield Feature.READ_ALOUD

"""The signs, and how they read."""

from __future__ import annotations

import re

import pytest

from pipeline.addressee.features import Feature, signs
from pipeline.addressee.room_state import LastReply, LastSpeech, RoomState
from pipeline.addressee.speaker_context import standing
from pipeline.language.dialogue_act import form_of
from pipeline.language.lexicons import ENGLISH
from pipeline.language.mentions import Mentions
from pipeline.settings import RelevanceSettings
from testing.room import ANN, BEN, JARVIS


def seen(text: str, room: RoomState, names: Mentions | None = None) -> set[Feature]:
    how = standing(ANN.id, room, ENGLISH, RelevanceSettings())
    return set(signs(form_of(text, ENGLISH), names or Mentions(), how))


def test_every_reason_can_be_read_aloud() -> None:
    reasons = [sign.reason for sign in Feature]
    assert len(set(reasons)) == len(reasons)
    for reason in reasons:
        assert re.fullmatch(
            r"(it|they|the agent|other people|people|nobody|somebody|an|many) [^.:;_]+", (reason)
        ), reason


def test_every_sign_tells_for_or_against() -> None:
    assert all(sign.weight != 0 for sign in Feature)


def test_alone_nothing_that_people_say_to_each_other_counts() -> None:
    alone = RoomState(JARVIS, people=(ANN,))
    assert seen("Can you hold my bag?", alone) == {Feature.ALONE, Feature.REQUEST}


def test_among_others_it_does() -> None:
    assert {Feature.OTHERS, Feature.COMPANY} <= seen(
        "Can you hold my bag?", RoomState(JARVIS, people=(BEN,))
    )


def test_an_answer_is_no_question() -> None:
    room = RoomState(JARVIS, people=(ANN, BEN), last_reply=LastReply(ANN.id, 2.0, asks=True))
    assert Feature.ASKED in seen("On Friday.", room)
    assert Feature.ASKED not in seen("Which day is it?", room)


@pytest.mark.parametrize(
    ("seconds_ago", "much"),
    [((1, 3), False), ((1, 3, 5), True), ((1, 3, 5, 7), True), ((1, 3, 30), False)],
)
def test_from_the_third_thing_that_people_have_just_said_it_is_much_talk(
    seconds_ago: tuple[int, ...], much: bool
) -> None:
    talk = tuple(LastSpeech(BEN.id, "room", ago, "It was raining.") for ago in seconds_ago)
    room = RoomState(JARVIS, people=(ANN, BEN), talk=talk)
    assert (Feature.MUCH_TALK in seen("What time is it?", room)) is much


def test_talk_about_an_agent() -> None:
    room = RoomState(JARVIS, people=(ANN, BEN))
    assert Feature.ABOUT in seen("Jarvis told me.", room, Mentions(about=True))
    assert Feature.ABOUT_OTHER in seen("Sage told me.", room, Mentions(about_other=True))

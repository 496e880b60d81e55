"""The signs, and how they read."""

from __future__ import annotations

import re

import pytest

from pipeline.addressee.features import Feature, features
from pipeline.addressee.room_state import LastReply, LastSpeech, RoomState
from pipeline.addressee.speaker_context import speaker_context
from pipeline.language.mentions import Mentions
from pipeline.settings import RelevanceSettings
from testing.room import ANN, BEN
from tests.pipeline.parsing import parsed


def found(text: str, room: RoomState, mentions: Mentions | None = None) -> set[Feature]:
    context = speaker_context(ANN.id, room, RelevanceSettings())
    return set(features(parsed(text).act, mentions or Mentions(), context))


def test_every_reason_can_be_read_aloud() -> None:
    reasons = [feature.reason for feature in Feature]
    assert len(set(reasons)) == len(reasons)
    for reason in reasons:
        assert re.fullmatch(
            r"(it|they|the agent|other people|people|nobody|somebody|an|many) [^.:;_]+", (reason)
        ), reason


def test_every_sign_tells_for_or_against() -> None:
    assert all(feature.weight != 0 for feature in Feature)


def test_alone_nothing_that_people_say_to_each_other_counts() -> None:
    alone = RoomState(people=(ANN,))
    assert found("Can you hold my bag?", alone) == {Feature.ALONE, Feature.REQUEST}


def test_among_others_it_does() -> None:
    assert {Feature.OTHER_PEOPLE, Feature.HUMAN_ONLY} <= found(
        "Can you hold my bag?", RoomState(people=(BEN,))
    )


def test_an_answer_is_no_question() -> None:
    room = RoomState(people=(ANN, BEN), last_reply=LastReply(ANN.id, 2.0, asks=True))
    assert Feature.ASKED_BY_AGENT in found("On Friday.", room)
    assert Feature.ASKED_BY_AGENT not in found("Which day is it?", room)


@pytest.mark.parametrize(
    ("seconds_ago", "much"),
    [((1, 3), False), ((1, 3, 5), True), ((1, 3, 5, 7), True), ((1, 3, 30), False)],
)
def test_from_the_third_thing_that_people_have_just_said_it_is_much_talk(
    seconds_ago: tuple[int, ...], much: bool
) -> None:
    talk = tuple(LastSpeech(parsed("It was raining.", by=BEN), "room", ago) for ago in seconds_ago)
    room = RoomState(people=(ANN, BEN), talk=talk)
    assert (Feature.MUCH_TALK in found("What time is it?", room)) is much


def test_talk_about_an_agent() -> None:
    room = RoomState(people=(ANN, BEN))
    assert Feature.ABOUT_AGENT in found("Jarvis told me.", room, Mentions(about=True))
    assert Feature.ABOUT_OTHER_AGENT in found("Sage told me.", room, Mentions(about_other=True))

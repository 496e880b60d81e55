"""The features, and how their reasons read."""

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

SUBJECTS = "it|they|the agent|other people|people|no other person|another person|an|many"


def found(text: str, room: RoomState, mentions: Mentions | None = None) -> set[Feature]:
    context = speaker_context(ANN.id, room, RelevanceSettings())
    return set(features(parsed(text).act, mentions or Mentions(), context))


def test_every_reason_can_be_read_aloud() -> None:
    reasons = [feature.reason for feature in Feature]
    assert len(set(reasons)) == len(reasons)
    for reason in reasons:
        assert re.fullmatch(rf"({SUBJECTS}) [^.:;_]+", reason), reason


def test_every_feature_has_a_weight() -> None:
    assert all(feature.weight != 0 for feature in Feature)


def test_talk_between_people_does_not_count_with_one_person_alone() -> None:
    alone = RoomState(people=(ANN,))
    assert found("Can you hold my bag?", alone) == {Feature.ALONE, Feature.REQUEST}


def test_talk_between_people_counts_among_others() -> None:
    assert {Feature.OTHER_PEOPLE, Feature.HUMAN_ONLY} <= found(
        "Can you hold my bag?", RoomState(people=(BEN,))
    )


def test_a_question_is_no_answer() -> None:
    room = RoomState(people=(ANN, BEN), last_reply=LastReply(ANN.id, 2.0, asks=True))
    assert Feature.ASKED_BY_AGENT in found("On Friday.", room)
    assert Feature.ASKED_BY_AGENT not in found("Which day is it?", room)


@pytest.mark.parametrize(
    ("seconds_ago", "much"),
    [((1, 3), False), ((1, 3, 5), True), ((1, 3, 5, 7), True), ((1, 3, 30), False)],
)
def test_three_recent_utterances_of_people_are_much_talk(
    seconds_ago: tuple[int, ...], much: bool
) -> None:
    talk = tuple(LastSpeech(parsed("It was raining.", by=BEN), "room", ago) for ago in seconds_ago)
    room = RoomState(people=(ANN, BEN), talk=talk)
    assert (Feature.MUCH_TALK in found("What time is it?", room)) is much


def test_talk_about_an_agent() -> None:
    room = RoomState(people=(ANN, BEN))
    assert Feature.ABOUT_AGENT in found("Jarvis told me.", room, Mentions(about=True))
    assert Feature.ABOUT_OTHER_AGENT in found("Sage told me.", room, Mentions(about_other=True))

"""Was it meant for the agent? The scenes as a whole, and what each level stands for."""

from __future__ import annotations

import time

import pytest

from pipeline.ports import Persona, Speaker, Voice
from pipeline.relevance import NEEDED, Decision, Utterance, judge
from pipeline.room_state import LastReply, LastSpeech, RoomState
from pipeline.settings import Level, RelevanceSettings
from bench.conversation.addressee.scenes import LEVELS, Case, cases

ANN, BEN = Speaker(1, "Ann"), Speaker(2, "Ben")
JARVIS = Persona("jarvis", "Jarvis", Voice("jarvis"), ("Butler",))
SAGE = Persona("sage", "Sage", Voice("sage"))
TOGETHER = RoomState(JARVIS, (SAGE,), (ANN, BEN))


def decide(
    text: str, room: RoomState = TOGETHER, level: Level = "medium", by: Speaker = ANN
) -> Decision:
    return judge(Utterance(by, text), room, level)


def after_reply(to: Speaker = ANN, ago_s: float = 2.0, *, asks: bool = False) -> RoomState:
    return RoomState(JARVIS, (SAGE,), (ANN, BEN), last_reply=LastReply(to.id, ago_s, asks))


@pytest.fixture(scope="module")
def scenes() -> list[Case]:
    found = cases()
    assert len(found) > 150
    return found


@pytest.mark.parametrize("level", LEVELS)
def test_the_scenes_are_judged_right(scenes: list[Case], level: Level) -> None:
    score = evaluate(scenes, level)
    assert score.precision >= 0.93, report(scenes)
    assert score.recall >= 0.95, report(scenes)


def test_whoever_says_the_name_is_answered(scenes: list[Case]) -> None:
    named = [
        case
        for case in scenes
        if case.level == "low" and "jarvis" in case.utterance.text.lower().replace(" ", "")
    ]
    assert len(named) > 30
    for level in LEVELS:
        missed = [c for c in named if not judge(c.utterance, c.room, level).addressed]
        assert missed == []


def test_a_higher_level_answers_all_that_a_lower_one_does(scenes: list[Case]) -> None:
    assert NEEDED["low"] > NEEDED["medium"] > NEEDED["high"]
    for case in scenes:
        answers = [judge(case.utterance, case.room, level).addressed for level in LEVELS]
        assert answers == sorted(answers)


def test_the_report_has_a_line_for_each_level(scenes: list[Case]) -> None:
    lines = report(scenes).splitlines()
    assert [line.split()[0] for line in lines[1:4]] == list(LEVELS)


def test_reasons_are_in_plain_words_and_say_what_was_missing() -> None:
    yes = decide("Jervis, what time is it?")
    assert yes.reasons[0] == 'called by name, heard as "Jervis"'
    assert "a question" in yes.reasons
    assert yes.to == "jarvis"
    no = decide("The server crashed again.")
    assert "other people are here" in no.reasons
    assert no.reasons[-1].endswith("that level medium needs")
    assert no.to is None


def test_an_alias_is_as_good_as_the_name() -> None:
    assert decide("Butler, what time is it?", level="low").reasons[0] == "called by name"


def test_who_is_called_instead_is_told() -> None:
    person = decide("Ben, can you open the window?", level="high")
    assert (person.addressed, person.to) == (False, "Ben")
    assert person.reasons == ("calls Ben, who is here",)
    agent = decide("Sage, who are you?", level="high")
    assert (agent.addressed, agent.to) == (False, "sage")


def test_a_name_beside_that_of_a_person_still_calls() -> None:
    assert decide("Ben, listen. Jarvis, what time is it?", level="low").addressed


@pytest.mark.parametrize("text", ["", "  ", "...", "Mm-hm.", "Uh huh.", "I see.", "mm hm, mm hm"])
@pytest.mark.parametrize("room", [TOGETHER, after_reply(asks=True), RoomState(JARVIS)])
def test_silence_and_backchannels_are_never_for_the_agent(text: str, room: RoomState) -> None:
    assert not decide(text, room, "high").addressed


def test_a_short_answer_counts_where_something_was_asked() -> None:
    assert decide("Yes please.", after_reply(asks=True), "low").addressed
    assert not decide("Yes please.", after_reply(), "high").addressed
    assert not decide("Yes please.", after_reply(BEN, asks=True), "low").addressed
    assert decide("Yes.", RoomState(JARVIS, people=(ANN,)), "low").addressed


def test_a_follow_up_ages() -> None:
    settings = RelevanceSettings(follow_up_s=8, exchange_s=30)
    for ago_s, expected in (
        (2, "low"),
        (7.9, "low"),
        (8.5, "medium"),
        (29, "medium"),
        (31, "high"),
    ):
        lowest = next(
            level
            for level in LEVELS
            if judge(
                Utterance(ANN, "What about London?"), after_reply(ago_s=ago_s), level, settings
            ).addressed
        )
        assert lowest == expected


def test_talk_between_people_in_between_ends_a_follow_up() -> None:
    reply = LastReply(ANN.id, 6.0)
    text = "What time does it start?"
    undisturbed = RoomState(JARVIS, (), (ANN, BEN), None, reply)
    disturbed = RoomState(JARVIS, (), (ANN, BEN), LastSpeech(BEN.id, "person", 2.0), reply)
    before = RoomState(JARVIS, (), (ANN, BEN), LastSpeech(BEN.id, "person", 9.0), reply)
    assert decide(text, undisturbed, "low").addressed
    assert not decide(text, disturbed, "medium").addressed
    assert decide(text, before, "low").addressed


def test_one_person_alone_needs_no_name() -> None:
    alone = RoomState(JARVIS, people=(ANN,))
    assert decide("I am so tired today.", alone, "low").addressed
    assert not decide("I am so tired today.", TOGETHER, "high").addressed


def test_an_unknown_language_still_has_names_and_question_marks() -> None:
    french = Utterance(ANN, "Jarvis, quelle heure est-il ?", "fr")
    assert judge(french, TOGETHER, "low").addressed
    follow_up = Utterance(ANN, "Et à Londres ?", "fr")
    assert judge(follow_up, after_reply(), "low").addressed


def test_a_stricter_threshold_takes_fewer_near_misses() -> None:
    strict = RelevanceSettings(name_threshold=1.0)
    assert not judge(Utterance(ANN, "Jervis, stop."), TOGETHER, "low", strict).addressed


def test_it_takes_no_time_worth_speaking_of(scenes: list[Case]) -> None:
    started = time.process_time()
    for case in scenes:
        judge(case.utterance, case.room)
    assert (time.process_time() - started) / len(scenes) < 0.005

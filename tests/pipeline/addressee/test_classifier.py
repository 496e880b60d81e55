"""Whether an utterance is meant for the agent, at each level; the features and their reasons."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import get_args

import pytest

from pipeline.addressee.classifier import Decision, Feature, classify, features
from pipeline.addressee.context import LastReply, LastSpeech, RoomState, Toward, speaker_context
from pipeline.language.mentions import Mention, Mentions
from pipeline.ports import Speaker
from pipeline.settings import Level, RelevanceSettings
from testing.room import ANN, BEN, JARVIS
from tests.pipeline.parsing import parsed

TOGETHER = RoomState((ANN, BEN))
ALONE = RoomState((ANN,))


def decide(
    text: str, room: RoomState = TOGETHER, level: Level = "medium", by: Speaker = ANN
) -> Decision:
    return classify(parsed(text, by=by, people=room.people), room, level)


def after_reply(to: Speaker = ANN, ago_s: float = 2.0, *, asks: bool = False) -> RoomState:
    return RoomState((ANN, BEN), last_reply=LastReply(to.id, ago_s, asks))


def said(by: Speaker, ago_s: float, toward: Toward = "room", text: str = "Hm.") -> LastSpeech:
    return LastSpeech(parsed(text, by=by), toward, ago_s)


def test_reasons_are_in_plain_words_and_say_what_was_missing() -> None:
    yes = decide("Jervis, what time is it?")
    assert yes.reasons[0] == 'called by name, heard as "Jervis"'
    assert "it is a question" in yes.reasons
    assert yes.addressee == "jarvis"
    no = decide("The server crashed again.")
    assert "other people are here" in no.reasons
    assert no.reasons[-1] == "5% likely to be for the agent, and level medium needs 45%"
    assert no.addressee is None


def test_an_alias_is_as_good_as_the_name() -> None:
    butler = replace(JARVIS, aliases=("Butler",))
    decision = classify(parsed("Butler, what time is it?", agent=butler), TOGETHER, "low")
    assert decision.reasons[0] == "called by name"


def test_the_decision_names_another_addressee() -> None:
    person = decide("Ben, can you open the window?", level="high")
    assert (person.addressed, person.addressee) == (False, "Ben")
    assert person.reasons == ("it calls Ben, who is here",)
    agent = decide("Sage, who are you?", level="high")
    assert (agent.addressed, agent.addressee) == (False, "sage")


def test_the_agents_name_counts_beside_that_of_a_person() -> None:
    assert decide("Ben, listen. Jarvis, what time is it?", level="low").addressed


@pytest.mark.parametrize("text", ["", "  ", "...", "Mm-hm.", "Uh huh.", "I see.", "mm hm, mm hm"])
@pytest.mark.parametrize("room", [TOGETHER, after_reply(asks=True), RoomState()])
def test_silence_and_backchannels_are_never_for_the_agent(text: str, room: RoomState) -> None:
    assert not decide(text, room, "high").addressed


def test_a_short_answer_counts_where_something_was_asked() -> None:
    assert decide("Yes please.", after_reply(asks=True), "low").addressed
    assert not decide("Yes please.", after_reply(), "high").addressed
    assert not decide("Yes please.", after_reply(BEN, asks=True), "low").addressed
    assert decide("Yes.", ALONE, "low").addressed


def test_a_follow_up_counts_less_with_time() -> None:
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
            for level in get_args(Level)
            if classify(
                parsed("Set an alarm for six."), after_reply(ago_s=ago_s), level, settings
            ).addressed
        )
        assert lowest == expected


def test_talk_between_people_ends_a_follow_up() -> None:
    reply = LastReply(ANN.id, 6.0)
    text = "What time does it start?"
    undisturbed = RoomState((ANN, BEN), (), reply)
    disturbed = RoomState((ANN, BEN), (said(BEN, 2.0, "person"),), reply)
    before = RoomState((ANN, BEN), (said(BEN, 9.0, "person"),), reply)
    assert decide(text, undisturbed, "low").addressed
    assert not decide(text, disturbed, "low").addressed
    assert not decide("It was a good game.", disturbed, "high").addressed
    assert decide(text, before, "low").addressed


def test_one_person_alone_needs_no_name() -> None:
    alone = ALONE
    assert decide("I am so tired today.", alone, "low").addressed
    assert not decide("I am so tired today.", TOGETHER, "high").addressed


def test_a_misheard_name_counts_where_only_a_name_can_stand() -> None:
    for text in ("Harvis, turn the fan on.", "Hey Charvis, what time is it?", "Travis, stop that."):
        assert decide(text, level="low").addressed, text
    for text in ("My uncle Travis drives a truck.", "The harvest was good.", "Travis is late."):
        assert not decide(text, level="high").addressed, text


def test_a_person_with_a_similar_name_is_not_the_agent() -> None:
    travis = Speaker(3, "Travis")
    room = RoomState((ANN, travis))
    decision = decide("Travis, can you hear me?", room, "high")
    assert (decision.addressed, decision.addressee) == (False, "Travis")


def test_a_greeted_person_who_is_not_here_is_not_the_agent() -> None:
    for text in ("Hi Sue, it's me again.", "Alexa, what time is it?", "Hey mum, how are you?"):
        assert not decide(text, ALONE, "high").addressed, text


def test_one_side_of_a_telephone_call_is_left_alone_until_the_farewell() -> None:
    opened = said(ANN, 4.0, text="Hello? Yes, this is she.")
    on_phone = RoomState((ANN,), talk=(opened,))
    assert not decide("Can you check the number again?", on_phone).addressed
    assert decide("Jarvis, what time is it?", on_phone, "low").addressed
    ended = replace(on_phone, talk=(said(ANN, 2.0, text="Thank you, bye."), opened))
    assert decide("What time is it?", ended).addressed


def test_a_request_that_only_people_can_fulfil_needs_the_name() -> None:
    room = after_reply(ago_s=5.0, to=BEN)
    for text in (
        "Can you hold my bag?",
        "Who wants popcorn?",
        "Put your shoes on.",
        "Come on, dude.",
    ):
        assert not decide(text, room).addressed, text
    assert decide("Put sugar on the list.", room).addressed
    assert decide("Jarvis, can you hold my place?", room).addressed


def test_an_answer_that_others_delayed_still_counts() -> None:
    reply = LastReply(ANN.id, 7.0, asks=True)
    room = RoomState((ANN, BEN), (said(BEN, 2.0, text="Wait a moment."),), reply)
    decision = decide("Yes, but on Friday.", room)
    assert decision.addressed
    assert decision.reasons[0] == "it answers what the agent had asked them before others spoke"


def test_reading_aloud_and_irony_are_not_meant_for_it() -> None:
    room = after_reply(ago_s=10.0)
    for text in ("Question seven. Who discovered oxygen?", "Oh great, what else can go wrong?"):
        assert not decide(text, room).addressed, text


def test_an_unknown_language_still_has_names_and_question_marks() -> None:
    french = parsed("Jarvis, quelle heure est-il ?", "fr")
    assert classify(french, TOGETHER, "low").addressed
    follow_up = parsed("Et à Londres ?", "fr")
    assert classify(follow_up, after_reply(), "low").addressed


def test_a_stricter_threshold_takes_fewer_near_misses() -> None:
    assert not classify(parsed("Jervis, stop.", threshold=1.0), TOGETHER, "low").addressed


# -- the features --------------------------------------------------------------------------------


SUBJECTS = "it|they|the agent|other people|people|no other person|another person|an"


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


def test_advice_counts_during_an_exchange() -> None:
    room = RoomState(people=(ANN, BEN), last_reply=LastReply(BEN.id, 2.0))
    assert Feature.ADVICE in found("How do I fix it?", room)
    assert Feature.ADVICE not in found("How do I fix it?", RoomState(people=(ANN, BEN)))


def test_talk_about_an_agent() -> None:
    room = RoomState(people=(ANN, BEN))
    assert Feature.ABOUT_AGENT in found("Jarvis told me.", room, Mentions(about=True))
    assert Feature.ABOUT_OTHER_AGENT in found("Sage told me.", room, Mentions(about_other=True))


def test_a_question_about_those_present_counts_less_than_one_about_things() -> None:
    calm = RoomState((ANN, BEN), last_reply=LastReply(BEN.id, 12.0))
    assert Feature.QUESTION in found("How long does bread keep?", calm)
    assert Feature.QUESTION not in found("Is there a pump in the boot?", calm)
    assert decide("How long does bread keep?", calm).addressed
    assert not decide("How long does bread keep?", calm, "low").addressed
    assert not decide("Is there a pump in the boot?", calm, "low").addressed
    assert not decide("Did you bring the pump?", calm).addressed
    assert not decide("How much is left in that bucket?", calm, "high").addressed
    assert decide("How many minutes are left?", calm).addressed


def test_a_question_for_information_joins_the_exchange_except_at_low() -> None:
    calm = RoomState((ANN, BEN), last_reply=LastReply(BEN.id, 12.0))
    assert Feature.JOINS_EXCHANGE in found("How long does bread keep?", calm)
    assert Feature.JOINS_EXCHANGE not in found("How long do we have?", calm)
    assert Feature.JOINS_EXCHANGE not in found("How long does bread keep?", TOGETHER)
    assert Feature.JOINS_EXCHANGE not in found("How long does bread keep?", after_reply())
    assert not Feature.JOINS_EXCHANGE.counts_at("low")
    assert Feature.JOINS_EXCHANGE.counts_at("medium")


def test_a_thing_that_people_have_before_them_is_seldom_the_agents() -> None:
    talk = RoomState((ANN, BEN), (said(BEN, 2.0),), LastReply(BEN.id, 6.0))
    assert Feature.GENERAL in found("Does it need a bigger pot?", talk)
    assert Feature.PARTICULAR in found("Is the tent in the car?", talk)
    assert Feature.PARTICULAR not in found("What is the capital of Peru?", TOGETHER)
    assert decide("Does it need a bigger pot?", talk).addressed
    assert not decide("Is the tent in the car?", talk).addressed


def test_the_asker_continues_with_questions_and_a_remark_is_for_the_others() -> None:
    assert decide("How long does bread keep?", after_reply(), "low").addressed
    assert decide("Can you repeat that?", after_reply(), "low").addressed
    assert not decide("It was a good game.", after_reply()).addressed
    assert not decide("See, I was right.", after_reply(), "high").addressed


def test_who_speaks_first_after_the_answer_to_another_person_comments_on_it() -> None:
    for answered in (
        after_reply(BEN),
        RoomState((ANN, BEN), last_reply=LastReply(BEN.id, 0.0, playing=True)),
    ):
        assert Feature.BESIDE_ANSWER in found("Where is the remote?", answered)
        assert not decide("Where is the remote?", answered).addressed
        assert not decide("Which knot is that?", answered).addressed
        assert decide("Jarvis, where is the remote?", answered, "low").addressed
        assert decide("Set a timer for five minutes.", answered).addressed
    assert Feature.BESIDE_ANSWER not in found("Where is the remote?", after_reply())
    assert Feature.BESIDE_ANSWER not in found("Where is it?", after_reply(BEN, 9.0))


def test_who_has_not_taken_part_in_the_talk_joins_it() -> None:
    reply = LastReply(BEN.id, 20.0)
    question = "What goes well with cream?"
    theirs = said(BEN, 2.0, text="Four each.")
    others = RoomState((ANN, BEN), (theirs,), reply)
    both = RoomState((ANN, BEN), (theirs, said(ANN, 4.0, text="It is late.")), reply)
    assert Feature.SILENT in found(question, others)
    assert Feature.SILENT not in found(question, both)
    assert Feature.SILENT not in found(question, RoomState((ANN, BEN), (theirs,)))


def test_a_request_that_no_assistant_is_asked_for_counts_less() -> None:
    task, other = "Put sugar on the list.", "Put the cherries on top."
    assert Feature.NO_TASK in found(other, after_reply())
    assert Feature.NO_TASK not in found(task, after_reply())
    assert Feature.NO_TASK not in found(other, ALONE)
    assert decide(task, after_reply(BEN, 5.0)).addressed
    assert not decide(other, after_reply(BEN, 5.0), "high").addressed
    assert not decide("Then take the blue folder.", after_reply(), "low").addressed
    assert decide("Turn on the light.", TOGETHER, "high").addressed
    assert not decide("Turn on the light.", TOGETHER).addressed


def test_what_others_talk_about_does_not_count_against_a_call() -> None:
    asked = RoomState(
        (ANN, BEN),
        (said(BEN, 2.0, text="Do we have any soap?"),),
        LastReply(BEN.id, 6.0),
    )
    call = Mention("jarvis", "Jarvis", 0, 6, 1.0, called=True)
    assert found("Water the lawn.", asked, Mentions(agent=call)) == {
        Feature.OTHER_PEOPLE,
        Feature.EXCHANGE_RUNNING,
        Feature.STATEMENT,
    }
    assert decide("Okay Jarvis, water the lawn at six.", asked, "low").addressed


def test_a_misheard_name_does_not_make_an_answer_to_the_agent_less_likely() -> None:
    asked = after_reply(asks=True)
    call = Mention("jarvis", "Javes", 0, 5, 0.75, called=True)
    assert found("At six.", asked) <= found("At six.", asked, Mentions(agent=call))


def test_the_asker_may_amend_the_answer_and_remark_on_it() -> None:
    assert decide("Make it seven.", after_reply(), "low").addressed
    assert not decide("Put the pan on.", after_reply(), "low").addressed
    assert not decide("Make it seven.", after_reply(BEN)).addressed
    assert decide("Where does that rule come from?", after_reply(), "low").addressed
    assert Feature.REFERS_TO_TALK not in found("Well, and how much salt?", after_reply())
    assert Feature.REFERS_TO_TALK in found("Oh, that is a lot of salt.", after_reply())


def test_a_request_for_information_is_a_task() -> None:
    assert Feature.NO_TASK not in found("I wonder how old it is.", after_reply())
    assert Feature.NO_TASK not in found("Can I put it outside?", after_reply())


def test_asking_a_person_for_something_or_about_their_talk_counts_against_the_agent() -> None:
    answered = LastReply(BEN.id, 6.0)
    calm = RoomState((ANN, BEN), last_reply=answered)

    def found(text: str, room: RoomState) -> set[Feature]:
        utterance = parsed(text)
        context = speaker_context(ANN.id, room, RelevanceSettings())
        return set(features(utterance.act, utterance.mentions, context))

    assert Feature.ASKS_YOU in found("Could you open the window?", calm)
    assert Feature.ASKS_YOU not in found("Jarvis, could you open the window?", calm)
    for text in ("Isn't that the slow one?", "Is that a Monday?", "Oh, so it was you."):
        assert Feature.REFERS_TO_TALK in found(text, calm), text
    for text in ("Could you repeat that?", "How much were they?", "Jarvis, isn't that too late?"):
        assert Feature.REFERS_TO_TALK not in found(text, calm), text


def test_a_no_is_for_the_agent_only_if_no_person_has_just_spoken() -> None:
    assert decide("No, darker and with drums.", after_reply()).addressed
    between = replace(after_reply(), talk=(said(BEN, 1.0, text="It is too cold in here."),))
    assert not decide("No, nice and cool.", between).addressed
    assert not decide("No darker and with drums.", after_reply(BEN)).addressed


def test_a_short_question_behind_a_question_to_its_speaker_is_for_who_asked() -> None:
    asked = said(BEN, 1.0, "person", "Ann, did you get my message?")
    assert not decide("Which message?", replace(after_reply(), talk=(asked,))).addressed
    assert decide("Which message?", after_reply()).addressed

"""Where the rules are unsure, the agent decides in its reply whether it was meant."""

from __future__ import annotations

import asyncio

import pytest

from pipeline.addressee.classifier import LEFT_TO_AGENT, Decision, classify
from pipeline.addressee.context import LastReply, LastSpeech, RoomState
from pipeline.addressee.decide import decide
from pipeline.addressee.second_opinion import doubt_of
from pipeline.bystanders import TAKEN_OVER
from pipeline.events import ReplyBegan, ReplyDeclined, ReplyEnded, TurnDecided
from pipeline.language.utterance import ParsedUtterance
from pipeline.ports import AddresseeDoubt, Speaker
from pipeline.settings import Level, PipelineSettings, RelevanceSettings, SecondOpinionSettings
from pipeline.transcript import Speech
from testing.room import ANN, BEN, FakeRoom
from tests.pipeline.addressee.oracle import FakeOracle
from tests.pipeline.parsing import parsed

pytestmark = pytest.mark.virtual_time

MUSING = "They say the bridge is closed?"
"""Among others and outside of any exchange the rules give it 33 %, which is enough at high."""
PERHAPS = "When does it open?"
"""From a member beside the one whom the agent has just answered, the rules give it 35 %."""
DOUBT = AddresseeDoubt("medium", 5.0)
NAMED = "I fed her after that Jarvis I was up."
"""By its words it talks about the agent; the sound may tell otherwise."""
OTHER_NAMED = "I fed her after that Sage I was up."


async def answer_ann(talk: FakeRoom) -> None:
    """An exchange with the agent runs: Ann has asked it, and it has answered her."""
    await talk.say(ANN, "Jarvis, what time is it?")
    await talk.until(ReplyEnded)


MAY_DECLINE = PipelineSettings(relevance=RelevanceSettings(level="high"))
ASKED_BEFORE = PipelineSettings(
    relevance=RelevanceSettings(level="high", second_opinion=SecondOpinionSettings(enabled=True))
)


@pytest.mark.parametrize(
    ("score", "addressed", "doubted"),
    [(0.44, False, False), (0.45, True, True), (0.85, True, True), (0.86, True, False)],
)
def test_the_agent_may_decline_what_is_probably_for_it_and_not_surely(
    score: float, addressed: bool, doubted: bool
) -> None:
    decision = Decision(addressed, score, (), doubt=DOUBT)
    assert doubt_of(decision) == (DOUBT if doubted else None)


async def test_a_turn_that_the_agent_declines_is_silent_and_has_no_addressee() -> None:
    async with FakeRoom(MAY_DECLINE) as talk:
        talk.agent.answers[MUSING] = ""
        await talk.say(ANN, MUSING)
        assert (await talk.until(TurnDecided)).addressed
        assert (await talk.until(ReplyDeclined)).why == "not meant"
        assert talk.all(ReplyBegan) == []
        (turn,) = talk.agent.turns
        assert turn.doubt == AddresseeDoubt("high")
        (line,) = [each for each in talk.room.transcript if isinstance(each, Speech)]
        assert line.addressed_to is None


async def test_a_call_by_name_may_not_be_declined() -> None:
    async with FakeRoom(MAY_DECLINE) as talk:
        await talk.say(ANN, "Jarvis, what time is it?")
        await talk.until(ReplyBegan)
        (turn,) = talk.agent.turns
        assert turn.doubt is None


async def test_what_ends_a_reply_may_not_be_declined() -> None:
    """Else neither the reply nor an answer would be heard."""
    async with FakeRoom(MAY_DECLINE) as talk:
        talk.agent.answers["Jarvis, read me the news."] = "The bridge is closed. " * 20
        await talk.say(ANN, "Jarvis, read me the news.")
        await talk.until(ReplyBegan)
        after = len(talk.events)
        await talk.say(ANN, "How deep is the canal?")
        decided = await talk.until(TurnDecided, after=after)
        assert decided.addressed
        await talk.until(ReplyBegan, after=after)
        assert [turn.doubt for turn in talk.agent.turns] == [None, None]


async def test_an_agent_that_was_asked_beforehand_is_not_told_of_the_doubt() -> None:
    async with FakeRoom(ASKED_BEFORE, oracle=FakeOracle(True)) as talk:
        await talk.say(ANN, MUSING)
        await talk.until(ReplyBegan)
        assert [turn.doubt for turn in talk.agent.turns] == [None]


async def test_no_turn_may_be_declined_if_the_setting_is_off() -> None:
    off = PipelineSettings(relevance=RelevanceSettings(level="high", may_decline=False))
    async with FakeRoom(off) as talk:
        await talk.say(ANN, MUSING)
        await talk.until(ReplyBegan)
        assert [turn.doubt for turn in talk.agent.turns] == [None]


@pytest.mark.parametrize(
    ("level", "ago_s", "left"),
    [("medium", 6.0, True), ("medium", None, False), ("low", 6.0, False), ("high", 6.0, False)],
)
def test_at_medium_the_agent_decides_on_what_may_continue_an_exchange(
    level: Level, ago_s: float | None, left: bool
) -> None:
    reply = None if ago_s is None else LastReply(ANN.id, ago_s)
    room = RoomState((ANN, BEN), last_reply=reply)
    said = parsed(PERHAPS, by=BEN, people=room.people)
    rules = classify(said, room, level)
    decision = classify(said, room, level, may_leave_to_agent=True)
    assert (decision.addressed and not rules.addressed) == left
    assert (decision.reasons[0] == LEFT_TO_AGENT) == left
    assert decision.probability == rules.probability
    assert decision.doubt is not None
    assert decision.doubt.unlikely == left


def test_what_may_act_is_not_left_to_the_agent() -> None:
    room = RoomState((ANN, BEN), last_reply=LastReply(ANN.id, 6.0))
    said = parsed("I would rather take the short ones.", by=ANN, people=room.people)
    rules = classify(said, room)
    assert 0.3 <= rules.probability < 0.45
    assert classify(said, room, may_leave_to_agent=True) == rules


@pytest.mark.parametrize("answer", ["", "It opens at nine."])
async def test_the_agent_decides_whether_it_answers_what_may_continue_an_exchange(
    answer: str,
) -> None:
    async with FakeRoom() as talk:
        talk.agent.answers[PERHAPS] = answer
        await answer_ann(talk)
        after = len(talk.events)
        await talk.say(BEN, PERHAPS, 2.0)
        decided = await talk.until(TurnDecided, after=after)
        assert decided.reasons[0] == LEFT_TO_AGENT
        ended = await talk.until(ReplyEnded, after=after)
        assert ended.heard == answer
        doubt = talk.agent.turns[-1].doubt
        assert doubt is not None
        assert doubt.unlikely


async def test_a_call_by_name_does_not_wait_until_the_agent_has_declined() -> None:
    """What was probably not for the agent is dropped, as the rules alone would have done."""
    async with FakeRoom() as talk:
        talk.agent.answers[PERHAPS] = ""
        await answer_ann(talk)
        talk.agent.first_ms = 4000.0
        await talk.say(BEN, PERHAPS, 2.0)
        await talk.until(TurnDecided, after=len(talk.events) - 1)
        said = await talk.say(ANN, "Jarvis, where is Rome?", 0.5)
        after = len(talk.events)
        began = await talk.until(ReplyBegan, after=after)
        assert began.speaker == ANN
        assert began.at - said < 5.0
        (dropped,) = talk.all(ReplyDeclined)
        assert (dropped.speaker, dropped.why) == (BEN, "gave way")
        await talk.until(ReplyEnded, after=after)
        texts = [turn.text for turn in talk.agent.turns]
        assert texts[-2:] == [PERHAPS, "Jarvis, where is Rome?"]
        lines = [line for line in talk.room.transcript if isinstance(line, Speech)]
        assert [line.addressed_to for line in lines] == ["jarvis", None, "jarvis"]


async def test_an_announcement_waits_for_a_turn_that_may_be_declined() -> None:
    async with FakeRoom() as talk:
        await answer_ann(talk)
        talk.agent.first_ms = 3000.0
        talk.agent.answers[PERHAPS] = "At nine."
        await talk.say(BEN, PERHAPS, 2.0)
        await talk.until(TurnDecided, after=len(talk.events) - 1)
        after = len(talk.events)
        talk.room.say("Dinner is ready.")
        ended = await talk.until(ReplyEnded, after=after)
        assert ended.heard == "At nine."
        assert talk.all(ReplyDeclined) == []


async def test_stop_ends_a_turn_that_may_be_declined() -> None:
    async with FakeRoom() as talk:
        await answer_ann(talk)
        talk.agent.first_ms = 4000.0
        await talk.say(BEN, PERHAPS, 2.0)
        first = await talk.until(TurnDecided, after=len(talk.events))
        await talk.say(BEN, "Never mind.", 0.5)
        second = await talk.until(TurnDecided, after=talk.events.index(first) + 1)
        assert second.reasons[0] == "asks for silence"
        await asyncio.sleep(10)
        assert [turn.text for turn in talk.agent.turns][1:] == [PERHAPS]
        assert len(talk.all(ReplyBegan)) == 1


async def test_the_agent_is_asked_only_while_nothing_else_is_prepared_or_offered() -> None:
    async with FakeRoom() as talk:
        await answer_ann(talk)
        talk.agent.first_ms = 4000.0
        await talk.say(ANN, "Jarvis, where is Rome?", 1.0)
        await talk.until(TurnDecided, after=len(talk.events))
        after = len(talk.events)
        await talk.say(BEN, "Did they move?", 0.5)
        decided = await talk.until(TurnDecided, after=after)
        assert LEFT_TO_AGENT not in decided.reasons


async def test_a_person_alone_is_not_doubted() -> None:
    alone = RoomState((ANN,))
    assert (
        classify(parsed("I went to the dentist today.", people=alone.people), alone).doubt is None
    )


async def test_words_behind_a_turn_that_may_be_declined_are_not_taken_for_more_of_it() -> None:
    """What Ben says to Ann counts as if no reply to him were being prepared."""
    async with FakeRoom() as talk:
        talk.agent.answers[PERHAPS] = ""
        await answer_ann(talk)
        talk.agent.first_ms = 4000.0
        await talk.say(BEN, PERHAPS, 2.0)
        first = await talk.until(TurnDecided, after=len(talk.events))
        assert first.text == PERHAPS
        await talk.say(BEN, "No, the other one.", 1.0)
        second = await talk.until(TurnDecided, after=talk.events.index(first) + 1)
        assert second.text == "No, the other one."
        assert not second.addressed
        await talk.until(ReplyDeclined, 60)
        assert talk.agent.turns[-1].text == PERHAPS


@pytest.mark.parametrize(
    ("level", "heard", "left"),
    [("low", True, False), ("medium", True, True), ("high", True, True), ("medium", False, False)],
)
@pytest.mark.parametrize(("text", "agent"), [(NAMED, "jarvis"), (OTHER_NAMED, "sage")])
def test_the_agent_that_is_named_decides_whether_it_is_called(
    text: str, agent: str, level: Level, heard: bool, left: bool
) -> None:
    may_call = agent.title() if heard else ""
    room = RoomState((ANN, BEN))
    said = parsed(text, by=ANN, people=room.people)
    rules = decided(said, room, level)
    decision = decided(said, room, level, may_leave_to_agent=True, may_call=may_call)
    assert not rules.addressed
    assert decision.addressed == left
    assert decision.addressee == (agent if left else None)
    assert decided(said, room, level, may_call=may_call) == rules
    doubt = doubt_of(decision)
    assert doubt == (AddresseeDoubt(level, unlikely=True, named=True) if left else None)


@pytest.mark.parametrize(
    ("text", "people"),
    [
        ("I asked Jarvis to order the short ones.", (ANN, BEN)),
        ("Ben, I fed her after that Jarvis I was up.", (ANN, BEN)),
        ("Ben, I fed her after that Sage I was up.", (ANN, BEN)),
        ("Order the short ones like Sage did.", (ANN, BEN)),
    ],
)
def test_what_acts_or_calls_a_person_is_not_left_to_the_agent_that_is_named(
    text: str, people: tuple[Speaker, ...]
) -> None:
    room = RoomState(people)
    said = parsed(text, by=ANN, people=people)
    (name,) = [name for name in ("Jarvis", "Sage") if name in text]
    decision = decided(said, room, may_leave_to_agent=True, may_call=name)
    assert LEFT_TO_AGENT not in decision.reasons


@pytest.mark.parametrize(("text", "agent"), [(NAMED, "jarvis"), (OTHER_NAMED, "sage")])
@pytest.mark.parametrize("answer", ["", "It was."])
async def test_an_agent_that_may_be_called_answers_or_declines(
    text: str, agent: str, answer: str
) -> None:
    async with FakeRoom() as talk:
        talk.models.may_call[text] = agent.title()
        talk.agent.answers[text] = answer
        await talk.say(ANN, text)
        decided = await talk.until(TurnDecided)
        assert decided.reasons[0] == LEFT_TO_AGENT
        if answer:
            assert (await talk.until(ReplyEnded)).heard == answer
        else:
            assert (await talk.until(ReplyDeclined)).why == "not meant"
        (turn,) = talk.agent.turns
        assert (turn.agent, turn.text) == (agent, text)
        assert turn.doubt == AddresseeDoubt("medium", unlikely=True, named=True)
        (line,) = [each for each in talk.room.transcript if isinstance(each, Speech)]
        assert line.addressed_to == (agent if answer else None)


@pytest.mark.parametrize(("name", "agent"), [("Jarvis", "jarvis"), ("Sage", "sage")])
def test_of_two_agents_that_are_named_the_one_that_may_be_called_decides(
    name: str, agent: str
) -> None:
    room = RoomState((ANN, BEN))
    said = parsed("I fed her after that Sage I was up with Jarvis.", people=room.people)
    decision = decided(said, room, may_leave_to_agent=True, may_call=name)
    assert decision.addressee == agent


def test_a_person_on_the_telephone_is_not_left_to_the_agent() -> None:
    call = [
        LastSpeech(parsed(text, by=ANN), "room", ago_s)
        for text, ago_s in (("No, on Monday.", 20.0), ("Hello? Yes, speaking.", 40.0))
    ]
    room = RoomState((ANN, BEN), tuple(call))
    for text, name in ((NAMED, "Jarvis"), (OTHER_NAMED, "Sage")):
        said = parsed(text, by=ANN, people=room.people)
        assert not decided(said, room, may_leave_to_agent=True, may_call=name).addressed


async def test_the_same_member_need_not_wait_until_another_agent_has_declined() -> None:
    async with FakeRoom() as talk:
        talk.models.may_call[OTHER_NAMED] = "Sage"
        talk.agent.answers[OTHER_NAMED] = ""
        talk.agent.first_ms = 8000.0
        await talk.say(ANN, OTHER_NAMED)
        await talk.until(TurnDecided)
        after = len(talk.events)
        talk.agent.first_ms = 300.0
        said = await talk.say(ANN, "Jarvis, where is Rome?", 0.5)
        began = await talk.until(ReplyBegan, after=after)
        assert began.at - said < 5.0


class TakenOver:
    """A person has taken over from the agent."""

    def wants(self, utterance: ParsedUtterance, decision: Decision) -> str | None:
        return TAKEN_OVER if decision.addressed else None

    def take(self, utterance: ParsedUtterance, decision: Decision) -> None:
        """Nothing is left to do."""


@pytest.mark.parametrize(("text", "name"), [(NAMED, "Jarvis"), (OTHER_NAMED, "Sage")])
async def test_who_has_taken_over_gets_what_is_left_to_the_agent(text: str, name: str) -> None:
    async with FakeRoom() as talk:
        talk.room.controls.listeners.add(TakenOver())
        talk.models.may_call[text] = name
        await talk.say(ANN, text)
        assert (await talk.until(TurnDecided)).reasons == (TAKEN_OVER,)
        assert talk.agent.turns == []


async def test_a_bot_s_words_are_not_left_to_the_agent() -> None:
    bot = Speaker(101, "Hal", bot=True)
    async with FakeRoom() as talk:
        talk.room.person_joined(bot)
        talk.models.may_call[NAMED] = "Jarvis"
        await talk.say(bot, NAMED)
        assert not (await talk.until(TurnDecided)).addressed


async def test_an_agent_that_is_only_talked_about_by_the_sound_gets_nothing() -> None:
    async with FakeRoom() as talk:
        await talk.say(ANN, NAMED)
        assert not (await talk.until(TurnDecided)).addressed
        assert talk.agent.turns == []


def decided(
    said: ParsedUtterance,
    room: RoomState,
    level: Level = "medium",
    *,
    may_leave_to_agent: bool = False,
    may_call: str = "",
) -> Decision:
    return decide(
        said,
        room,
        lambda _: True,
        level,
        RelevanceSettings(),
        may_leave_to_agent=may_leave_to_agent,
        may_call=may_call,
    )

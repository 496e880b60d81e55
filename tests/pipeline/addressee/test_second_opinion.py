"""The second opinion: the agent itself is asked where the rules are unsure."""

from __future__ import annotations

import asyncio

import pytest

from pipeline.addressee.classifier import Decision, classify
from pipeline.addressee.context import LastReply, LastSpeech, RoomState
from pipeline.addressee.second_opinion import SecondOpinion
from pipeline.errors import AgentUnavailable
from pipeline.events import (
    QuestionSent,
    QuestionWithdrawn,
    ReplyBegan,
    ReplyEnded,
    TurnDecided,
)
from pipeline.ports import AddresseeDoubt, AgentTurn
from pipeline.settings import (
    Level,
    PipelineSettings,
    RelevanceSettings,
    SecondOpinionSettings,
    TurnSettings,
)
from pipeline.transcript import Speech
from testing.room import ANN, BEN, FakeRoom
from tests.pipeline.addressee.oracle import FakeOracle
from tests.pipeline.parsing import parsed

pytestmark = pytest.mark.virtual_time

ASKED = SecondOpinionSettings(enabled=True)
SETTINGS = PipelineSettings(relevance=RelevanceSettings(level="high", second_opinion=ASKED))
TURN = AgentTurn("jarvis", "And the red one", ANN)
DOUBT = AddresseeDoubt("medium", 5.0)
UNSURE = Decision(False, 0.4, ("other people are here",), doubt=DOUBT)
MUSING = "They say the bridge is closed?"
"""Among others and outside of any exchange the rules give it 33 %, which is enough at high."""


LIGHTS = "Turn off the lights in the kitchen."
"""The rules give it 33 % as well."""


async def opinion(oracle: FakeOracle, decision: Decision = UNSURE) -> Decision:
    return await SecondOpinion(ASKED, oracle).ask(decision, TURN)


@pytest.mark.parametrize(
    ("score", "wanted"), [(0.14, False), (0.15, True), (0.5, True), (0.85, True), (0.86, False)]
)
async def test_only_the_unsure_middle_is_asked_about(score: float, wanted: bool) -> None:
    decision = Decision(False, score, (), doubt=DOUBT)
    assert SecondOpinion(ASKED, FakeOracle()).is_wanted(decision) is wanted


async def test_the_second_opinion_is_off_by_default_and_without_an_oracle() -> None:
    assert not SecondOpinion(SecondOpinionSettings(), FakeOracle()).is_wanted(UNSURE)
    assert not SecondOpinion(ASKED, None).is_wanted(UNSURE)


async def test_what_one_feature_decides_is_not_asked_about() -> None:
    alone = RoomState((ANN,))
    short_answer = classify(parsed("Yes.", people=alone.people), alone)
    settings = SecondOpinionSettings(enabled=True, from_score=0.0, to_score=1.0)
    assert not SecondOpinion(settings, FakeOracle()).is_wanted(short_answer)


@pytest.mark.parametrize(
    ("level", "ago_s", "wanted"),
    [
        ("medium", None, False),
        ("medium", 45.0, False),
        ("medium", 20.0, True),
        ("low", None, False),
        ("high", None, True),
    ],
)
async def test_an_open_question_outside_of_any_exchange_is_asked_about_at_high_only(
    level: Level, ago_s: float | None, wanted: bool
) -> None:
    reply = None if ago_s is None else LastReply(BEN.id, ago_s)
    room = RoomState((ANN, BEN), last_reply=reply)
    settings = SecondOpinionSettings(enabled=True, from_score=0.0, to_score=1.0)
    decision = classify(parsed("How deep is the canal?", people=room.people), room, level)
    assert decision.addressed is (level == "high" or (level == "medium" and wanted))
    left_alone = Decision(False, decision.probability, decision.reasons, doubt=decision.doubt)
    assert SecondOpinion(settings, FakeOracle()).is_wanted(left_alone) is wanted


async def test_the_doubt_tells_when_the_agent_spoke_to_whom_and_what_came_since() -> None:
    after = RoomState((ANN, BEN), last_reply=LastReply(ANN.id, 6.0))
    assert classify(parsed("How deep?", by=ANN), after).doubt == AddresseeDoubt(
        "medium", 6.0, answered_speaker=True
    )
    talk = LastSpeech(parsed("I saw it.", by=BEN), "room", 2.0)
    since = RoomState((ANN, BEN), talk=(talk,), last_reply=LastReply(ANN.id, 6.0))
    assert classify(parsed("How deep?", by=BEN), since, "low").doubt == AddresseeDoubt(
        "low", 6.0, others_spoke=True
    )


async def test_the_agent_overrules_the_rules_and_the_reasons_tell_it() -> None:
    yes = await opinion(FakeOracle(True))
    assert (yes.addressed, yes.addressee, yes.probability) == (True, "jarvis", 0.4)
    assert yes.reasons[:2] == (
        "the agent itself says that it was meant",
        "the rules decided otherwise",
    )
    no = await opinion(FakeOracle(False))
    assert (no.addressed, no.addressee) == (False, None)
    assert no.reasons[1] == "the rules agreed"


@pytest.mark.parametrize(
    ("oracle", "why"),
    [
        (FakeOracle(None), "the agent was asked, and said neither yes nor no"),
        (FakeOracle(True, after_s=2.0), "the agent was asked, and did not answer within 1.5 s"),
        (FakeOracle(AgentUnavailable("away")), "the agent could not be asked"),
    ],
)
async def test_without_an_answer_the_rules_decide(oracle: FakeOracle, why: str) -> None:
    decision = await opinion(oracle)
    assert not decision.addressed
    assert decision.reasons == (*UNSURE.reasons, why)


async def test_a_second_opinion_that_takes_too_long_is_cancelled() -> None:
    oracle = FakeOracle(after_s=2.0)
    await opinion(oracle)
    assert oracle.cancelled == 1


# -- in a room -----------------------------------------------------------------------------------


async def test_an_unsure_turn_is_answered_when_the_agent_says_yes() -> None:
    oracle = FakeOracle(True)
    async with FakeRoom(SETTINGS, oracle=oracle) as talk:
        await talk.say(ANN, MUSING)
        heard = await talk.until(TurnDecided)
        assert heard.addressed
        assert heard.reasons[0] == "the agent itself says that it was meant"
        await talk.until(ReplyBegan)
        assert [turn.text for turn in talk.agent.turns] == [MUSING]
        (line,) = [each for each in talk.room.transcript if isinstance(each, Speech)]
        assert line.addressed_to == "jarvis"
    assert [turn.text for turn in oracle.turns] == [MUSING]
    assert oracle.doubts == [AddresseeDoubt("high")]


async def test_an_unsure_turn_is_left_alone_when_the_agent_says_no() -> None:
    """Its question, which was sent early by the rules, is withdrawn and never heard."""
    async with FakeRoom(SETTINGS, oracle=FakeOracle(False)) as talk:
        await talk.say(ANN, MUSING)
        heard = await talk.until(TurnDecided)
        assert not heard.addressed
        await asyncio.sleep(10)
        assert len(talk.all(QuestionSent)) == len(talk.all(QuestionWithdrawn)) == 1
        assert talk.all(ReplyBegan) == []
        assert [line for line in talk.room.transcript if not isinstance(line, Speech)] == []


async def test_the_answer_is_prepared_during_the_second_opinion() -> None:
    """An agent that takes as long as its opinion is heard when the opinion comes."""
    async with FakeRoom(SETTINGS, oracle=FakeOracle(True, after_s=1.0)) as talk:
        talk.agent.first_ms = 1000.0
        said = await talk.say(ANN, MUSING)
        heard = await talk.until(TurnDecided)
        began = await talk.until(ReplyBegan)
        assert heard.at - said > 1.0
        assert began.at - heard.at < 0.5


async def test_other_speakers_do_not_wait_for_a_second_opinion() -> None:
    oracle = FakeOracle(False, after_s=1.4)
    async with FakeRoom(SETTINGS, oracle=oracle) as talk:
        await talk.say(ANN, MUSING)
        said = await talk.say(BEN, "Jarvis, what time is it?", 0.5)
        heard = await talk.until(TurnDecided)
        assert heard.speaker == BEN
        assert heard.at - said < 0.5
        sent = talk.all(QuestionSent)[-1]
        assert sent.speaker == BEN, "his question does not wait until hers is settled"
        await talk.until(TurnDecided, after=talk.events.index(heard) + 1)
    assert len(oracle.turns) == 1


@pytest.mark.parametrize(("meant", "asked"), [(True, 1), (False, 0)])
async def test_what_may_act_is_sent_after_the_second_opinion(meant: bool, asked: int) -> None:
    turn = TurnSettings(eager="on")
    settings = SETTINGS.model_copy(update={"turn": turn})
    async with FakeRoom(settings, oracle=FakeOracle(meant, after_s=1.0)) as talk:
        await talk.say(ANN, LIGHTS)
        heard = await talk.until(TurnDecided)
        await asyncio.sleep(5)
        sent = talk.all(QuestionSent)
        assert len(sent) == len(talk.agent.turns) == asked
        assert all(question.at >= heard.at for question in sent)


async def test_what_the_rules_are_sure_of_is_not_asked() -> None:
    oracle = FakeOracle(False)
    async with FakeRoom(SETTINGS, oracle=oracle) as talk:
        said = await talk.say(ANN, "Jarvis, what time is it?")
        heard = await talk.until(TurnDecided)
        assert heard.addressed
        assert heard.at - said < 0.5
    assert oracle.turns == []


async def test_speech_over_a_reply_is_decided_without_a_second_opinion() -> None:
    oracle = FakeOracle(True)
    async with FakeRoom(SETTINGS, oracle=oracle) as talk:
        talk.agent.answers["Jarvis, read me the news."] = "The bridge is closed. " * 20
        await talk.say(ANN, "Jarvis, read me the news.")
        await talk.until(ReplyBegan)
        after = len(talk.events)
        await talk.say(BEN, "So that is how it ends then?")
        await talk.until(TurnDecided, after=after)
        await talk.until(ReplyEnded, 120)
    assert oracle.turns == []

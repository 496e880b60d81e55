"""Asking the agent itself, alone and in a room; in virtual time."""

from __future__ import annotations

import asyncio

import pytest

from pipeline.addressee.classifier import Decision
from pipeline.addressee.second_opinion import SecondOpinion
from pipeline.errors import AgentUnavailable
from pipeline.events import ReplyBegan, ReplyEnded, TurnDecided
from pipeline.ports import AgentTurn
from pipeline.settings import PipelineSettings, RelevanceSettings, SecondOpinionSettings
from pipeline.transcript import Speech
from testing.room import ANN, BEN, FakeRoom

pytestmark = pytest.mark.virtual_time

ASKED = SecondOpinionSettings(enabled=True)
SETTINGS = PipelineSettings(relevance=RelevanceSettings(second_opinion=ASKED))
TURN = AgentTurn("jarvis", "And the red one", ANN)
UNSURE = Decision(False, 0.4, ("other people are here",))
MUSING = "They say the bridge is closed?"
"""Among others and outside of any exchange the rules give it 45 %."""


class FakeOracle:
    """Says what it is told to, after some time."""

    def __init__(self, says: bool | Exception | None = True, after_s: float = 0.5) -> None:
        self.says = says
        self.after_s = after_s
        self.turns: list[AgentTurn] = []
        self.given_up = 0

    async def was_meant(self, turn: AgentTurn) -> bool | None:
        self.turns.append(turn)
        try:
            await asyncio.sleep(self.after_s)
        except asyncio.CancelledError:
            self.given_up += 1
            raise
        if isinstance(self.says, Exception):
            raise self.says
        return self.says


async def opinion(oracle: FakeOracle, decision: Decision = UNSURE) -> Decision:
    return await SecondOpinion(ASKED, oracle).ask(decision, TURN)


@pytest.mark.parametrize(
    ("score", "wanted"), [(0.1, False), (0.25, True), (0.5, True), (0.75, True), (0.9, False)]
)
async def test_only_the_unsure_middle_is_asked_about(score: float, wanted: bool) -> None:
    assert SecondOpinion(ASKED, FakeOracle()).is_wanted(Decision(False, score, ())) is wanted


async def test_it_is_off_by_default_and_without_anybody_to_ask() -> None:
    assert not SecondOpinion(SecondOpinionSettings(), FakeOracle()).is_wanted(UNSURE)
    assert not SecondOpinion(ASKED, None).is_wanted(UNSURE)


async def test_the_agent_decides_and_the_reasons_say_so() -> None:
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


async def test_a_question_that_takes_too_long_is_given_up() -> None:
    oracle = FakeOracle(after_s=2.0)
    await opinion(oracle)
    assert oracle.given_up == 1


# -- in a room -----------------------------------------------------------------------------------


async def test_an_unsure_turn_is_answered_when_the_agent_says_so() -> None:
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


async def test_an_unsure_turn_is_left_alone_when_it_says_no() -> None:
    async with FakeRoom(SETTINGS, oracle=FakeOracle(False)) as talk:
        await talk.say(ANN, MUSING)
        heard = await talk.until(TurnDecided)
        assert not heard.addressed
        assert talk.agent.turns == []


async def test_nobody_else_waits_meanwhile() -> None:
    oracle = FakeOracle(False, after_s=1.4)
    async with FakeRoom(SETTINGS, oracle=oracle) as talk:
        await talk.say(ANN, MUSING)
        said = await talk.say(BEN, "Jarvis, what time is it?", 0.5)
        heard = await talk.until(TurnDecided)
        assert heard.speaker == BEN
        assert heard.at - said < 0.5
        await talk.until(TurnDecided, after=talk.events.index(heard) + 1)
    assert len(oracle.turns) == 1


async def test_what_the_rules_are_sure_of_is_not_asked() -> None:
    oracle = FakeOracle(False)
    async with FakeRoom(SETTINGS, oracle=oracle) as talk:
        said = await talk.say(ANN, "Jarvis, what time is it?")
        heard = await talk.until(TurnDecided)
        assert heard.addressed
        assert heard.at - said < 0.5
    assert oracle.turns == []


async def test_over_a_reply_it_is_decided_at_once() -> None:
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

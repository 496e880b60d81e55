"""Long answers in a whole room: the offer "Shall I go on?", and the answers to it."""

from __future__ import annotations

import asyncio

import pytest

from pipeline.errors import SpeechUnavailable
from pipeline.events import ReplyBegan, ReplyEnded, SentenceBegan
from pipeline.settings import PipelineSettings, ReplySettings
from pipeline.speaking.notices import CONTINUATION_OFFER
from pipeline.speaking.reply import ReplyState
from testing.room import ANN, BEN, FakeRoom
from tests.pipeline.speaking.scripts import FaultySynthesizer, SynthesisFault

pytestmark = pytest.mark.virtual_time


LECTURE = [f"This is sentence number {number} of a long lecture." for number in range(1, 10)]
"""44 letters each: 2.6 s of the fake voice."""
ASKED = "Jarvis, tell me about the sea."
HALF = LECTURE[:4]
"""The sentences that are spoken before the offer, after 10 s."""


class Lecture(FakeRoom):
    """Jarvis gives a lecture, and offers the rest after 10 s of it."""

    def __init__(self, offer_rest_after_s: float = 10.0) -> None:
        reply = ReplySettings(offer_rest_after_s=offer_rest_after_s)
        super().__init__(PipelineSettings(reply=reply))
        self.agent.answers[ASKED] = " ".join(LECTURE)

    @property
    def spoken(self) -> list[str]:
        return [text for _, text in self.synthesizer.spoken]

    async def offer(self) -> ReplyEnded:
        await self.say(ANN, ASKED)
        return await self.until(ReplyEnded)

    async def answer(self, text: str) -> ReplyEnded:
        await asyncio.sleep(1.0)
        seen = len(self.events)
        await self.say(ANN, text, 0.5)
        return await self.until(ReplyEnded, after=seen)


async def test_a_long_answer_offers_its_rest_after_a_sentence() -> None:
    async with Lecture() as talk:
        ended = await talk.offer()
        assert ended.heard == " ".join([*HALF, CONTINUATION_OFFER])
        assert not ended.interrupted
        await asyncio.sleep(30)
        assert talk.spoken == [*HALF, CONTINUATION_OFFER], "silence is no yes"


async def test_an_offer_whose_synthesis_failed_continues_the_answer() -> None:
    error = SpeechUnavailable("the speech server answered 500")
    voice = FaultySynthesizer({CONTINUATION_OFFER: SynthesisFault(error)})
    settings = PipelineSettings(reply=ReplySettings(offer_rest_after_s=10.0))
    async with FakeRoom(settings, synthesizer=voice) as talk:
        talk.agent.answers[ASKED] = " ".join(LECTURE)
        await talk.say(ANN, ASKED)
        assert (await talk.until(ReplyEnded, 60.0)).heard == " ".join(LECTURE)
        assert voice.asked.count(CONTINUATION_OFFER) == 1


@pytest.mark.parametrize("words", ["Yes.", "Yes, please.", "Go on.", "Ja, bitte.", "Okay."])
async def test_yes_continues_without_another_run_of_the_agent(words: str) -> None:
    async with Lecture() as talk:
        await talk.offer()
        rest = await talk.answer(words)
        assert rest.heard.startswith(" ".join(LECTURE[4:8]))
        assert len(talk.agent.turns) == 1
        assert talk.agent.aborted == []


async def test_a_very_long_answer_makes_several_offers() -> None:
    async with Lecture(offer_rest_after_s=5.0) as talk:
        await talk.offer()
        parts = [await talk.answer("Yes."), await talk.answer("Yes.")]
        assert [each.heard.endswith(CONTINUATION_OFFER) for each in parts] == [True, False]
        said = [text for text in talk.spoken if text != CONTINUATION_OFFER]
        assert said == LECTURE


@pytest.mark.parametrize("words", ["No, thank you.", "That's enough.", "Nein danke."])
async def test_no_ends_the_reply_and_go_on_still_brings_the_rest(words: str) -> None:
    async with Lecture() as talk:
        await talk.offer()
        await asyncio.sleep(1.0)
        await talk.say(ANN, words, 0.5)
        await asyncio.sleep(5.0)
        assert talk.spoken == [*HALF, CONTINUATION_OFFER]
        assert len(talk.agent.turns) == 1
        rest = await talk.answer("Jarvis, please go on.")
        assert rest.heard.startswith(LECTURE[4])
        assert len(talk.agent.turns) == 1


async def test_yes_after_no_does_not_continue() -> None:
    async with Lecture() as talk:
        await talk.offer()
        await asyncio.sleep(1.0)
        await talk.say(ANN, "No, thank you.", 0.5)
        await asyncio.sleep(2.0)
        await talk.say(ANN, "Yes.", 0.5)
        await asyncio.sleep(10)
        assert LECTURE[4] not in talk.spoken


async def test_no_aborts_a_run_that_still_writes() -> None:
    async with Lecture() as talk:
        talk.agent.word_ms = 400
        await talk.say(ANN, ASKED)
        while CONTINUATION_OFFER not in talk.spoken:
            await talk.until(SentenceBegan, after=len(talk.events))
        await asyncio.sleep(2.5)
        assert talk.all(ReplyEnded) == [], "the agent is not done"
        await talk.say(ANN, "No, thank you.", 0.5)
        await talk.until(ReplyEnded, 2)
        assert talk.agent.aborted == [ASKED]


async def test_a_late_yes_does_not_continue() -> None:
    async with Lecture() as talk:
        await talk.offer()
        await asyncio.sleep(20)
        await talk.say(ANN, "Yes.", 0.5)
        await asyncio.sleep(10)
        assert LECTURE[4] not in talk.spoken


async def test_the_yes_of_another_member_does_not_continue() -> None:
    async with Lecture() as talk:
        await talk.offer()
        await talk.say(BEN, "Yes.", 0.5)
        await asyncio.sleep(10)
        assert LECTURE[4] not in talk.spoken
        assert len(talk.agent.turns) == 1


async def test_the_offer_does_not_abort_a_run_that_still_writes() -> None:
    async with Lecture() as talk:
        talk.agent.word_ms = 500  # 81 words: writes for 40 s
        await talk.say(ANN, ASKED)
        await talk.until(ReplyBegan)
        while CONTINUATION_OFFER not in talk.spoken:  # noqa: ASYNC110 - in virtual time
            await asyncio.sleep(0.1)
        await asyncio.sleep(3.0)
        assert talk.all(ReplyEnded) == []
        reply = talk.room._floor.reply
        assert reply is not None
        assert reply.state is ReplyState.OFFERING
        ended = await talk.answer("Yes.")
        assert talk.agent.aborted == []
        assert len(talk.agent.turns) == 1
        first_part, _, rest = ended.heard.partition(f" {CONTINUATION_OFFER} ")
        assert first_part == " ".join(LECTURE[: len(first_part.split(". "))])
        assert rest.startswith("This is sentence number")


async def test_another_question_is_answered_with_the_heard_part_in_its_context() -> None:
    async with Lecture() as talk:
        await talk.offer()
        ended = await talk.answer("Jarvis, what time is it?")
        assert ended.heard == "All right."
        assert talk.agent.turns[1].context[-1].words.endswith(f"{HALF[-1]} {CONTINUATION_OFFER}")


async def test_repeat_repeats_the_answer_without_the_offer() -> None:
    async with Lecture() as talk:
        await talk.offer()
        await talk.answer("Jarvis, repeat that.")
        assert talk.spoken == [*HALF, CONTINUATION_OFFER, *HALF, CONTINUATION_OFFER]


async def test_a_short_rest_is_spoken_without_an_offer() -> None:
    async with Lecture(offer_rest_after_s=18.0) as talk:
        ended = await talk.offer()
        assert ended.heard == " ".join(LECTURE)


async def test_the_setting_turns_the_offer_off() -> None:
    async with Lecture(offer_rest_after_s=0) as talk:
        assert (await talk.offer()).heard == " ".join(LECTURE)


async def test_the_offer_is_in_the_speakers_language() -> None:
    async with Lecture() as talk:
        talk.models.language = "de"
        assert (await talk.offer()).heard.endswith("Soll ich weitermachen?")

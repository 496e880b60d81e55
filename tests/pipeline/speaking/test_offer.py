"""Long answers in parts, in a whole room: "Shall I go on?", and what people say to it."""

from __future__ import annotations

import asyncio

import pytest

from pipeline.errors import SpeechUnavailable
from pipeline.events import ReplyBegan, ReplyEnded, SentenceSpoken
from pipeline.settings import PipelineSettings, ReplySettings
from pipeline.speaking.notices import CONTINUATION_OFFER
from testing.room import ANN, BEN, FakeRoom
from tests.pipeline.speaking.scripts import Mishap, MishapSynthesizer

pytestmark = pytest.mark.virtual_time


LECTURE = [f"This is sentence number {number} of a long lecture." for number in range(1, 10)]
"""44 letters each: 2.6 s in the fake voice."""
ASKED = "Jarvis, tell me about the sea."
HALF = LECTURE[:4]
"""What is said in 10 s, at the end of a sentence."""


class Lecture(FakeRoom):
    """Jarvis gives a lecture; after 10 s of it he asks whether to go on."""

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


async def test_a_long_answer_stops_at_the_end_of_a_sentence_and_asks() -> None:
    async with Lecture() as talk:
        ended = await talk.offer()
        assert ended.heard == " ".join([*HALF, CONTINUATION_OFFER])
        assert not ended.interrupted
        await asyncio.sleep(30)
        assert talk.spoken == [*HALF, CONTINUATION_OFFER], "silence is no yes"


async def test_where_the_question_cannot_be_spoken_the_answer_goes_on() -> None:
    error = SpeechUnavailable("the speech server answered 500")
    voice = MishapSynthesizer({CONTINUATION_OFFER: Mishap(error)})
    settings = PipelineSettings(reply=ReplySettings(offer_rest_after_s=10.0))
    async with FakeRoom(settings, synthesizer=voice) as talk:
        talk.agent.answers[ASKED] = " ".join(LECTURE)
        await talk.say(ANN, ASKED)
        assert (await talk.until(ReplyEnded, 60.0)).heard == " ".join(LECTURE)
        assert voice.asked.count(CONTINUATION_OFFER) == 1


@pytest.mark.parametrize("words", ["Yes.", "Yes, please.", "Go on.", "Ja, bitte.", "Okay."])
async def test_yes_gives_the_rest_without_asking_the_agent_again(words: str) -> None:
    async with Lecture() as talk:
        await talk.offer()
        rest = await talk.answer(words)
        assert rest.heard.startswith(" ".join(LECTURE[4:8]))
        assert len(talk.agent.turns) == 1
        assert talk.agent.aborted == []


async def test_a_very_long_answer_comes_in_several_parts() -> None:
    async with Lecture(offer_rest_after_s=5.0) as talk:
        await talk.offer()
        parts = [await talk.answer("Yes."), await talk.answer("Yes.")]
        assert [each.heard.endswith(CONTINUATION_OFFER) for each in parts] == [True, False]
        said = [text for text in talk.spoken if text != CONTINUATION_OFFER]
        assert said == LECTURE


@pytest.mark.parametrize("words", ["No, thank you.", "That's enough.", "Nein danke."])
async def test_no_ends_it_and_the_rest_can_still_be_had_by_asking_for_it(words: str) -> None:
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


async def test_after_a_no_a_yes_does_not_bring_the_rest() -> None:
    async with Lecture() as talk:
        await talk.offer()
        await asyncio.sleep(1.0)
        await talk.say(ANN, "No, thank you.", 0.5)
        await asyncio.sleep(2.0)
        await talk.say(ANN, "Yes.", 0.5)
        await asyncio.sleep(10)
        assert LECTURE[4] not in talk.spoken


async def test_no_ends_the_run_of_an_answer_that_is_still_being_written() -> None:
    async with Lecture() as talk:
        talk.agent.word_ms = 400
        await talk.say(ANN, ASKED)
        while CONTINUATION_OFFER not in talk.spoken:
            await talk.until(SentenceSpoken, after=len(talk.events))
        await asyncio.sleep(2.5)
        assert talk.all(ReplyEnded) == [], "the agent is not done"
        await talk.say(ANN, "No, thank you.", 0.5)
        await talk.until(ReplyEnded, 2)
        assert talk.agent.aborted == [ASKED]


async def test_yes_is_for_the_agent_only_as_long_as_the_question_is_fresh() -> None:
    async with Lecture() as talk:
        await talk.offer()
        await asyncio.sleep(20)
        await talk.say(ANN, "Yes.", 0.5)
        await asyncio.sleep(10)
        assert LECTURE[4] not in talk.spoken


async def test_somebody_elses_yes_is_not_the_answer() -> None:
    async with Lecture() as talk:
        await talk.offer()
        await talk.say(BEN, "Yes.", 0.5)
        await asyncio.sleep(10)
        assert LECTURE[4] not in talk.spoken
        assert len(talk.agent.turns) == 1


async def test_while_the_agent_still_writes_it_is_left_to_write() -> None:
    async with Lecture() as talk:
        talk.agent.word_ms = 500  # 81 words: writes for 40 s
        await talk.say(ANN, ASKED)
        await talk.until(ReplyBegan)
        while CONTINUATION_OFFER not in talk.spoken:  # noqa: ASYNC110 - in virtual time
            await asyncio.sleep(0.1)
        await asyncio.sleep(3.0)
        assert talk.all(ReplyEnded) == []
        ended = await talk.answer("Yes.")
        assert talk.agent.aborted == []
        assert len(talk.agent.turns) == 1
        first_part, _, rest = ended.heard.partition(f" {CONTINUATION_OFFER} ")
        assert first_part == " ".join(LECTURE[: len(first_part.split(". "))])
        assert rest.startswith("This is sentence number")


async def test_another_question_instead_of_an_answer_is_answered_and_told_what_was_heard() -> None:
    async with Lecture() as talk:
        await talk.offer()
        ended = await talk.answer("Jarvis, what time is it?")
        assert ended.heard == "All right."
        assert talk.agent.turns[1].context.endswith(f"{HALF[-1]} {CONTINUATION_OFFER}")


async def test_repeating_it_repeats_the_answer_and_not_the_question() -> None:
    async with Lecture() as talk:
        await talk.offer()
        await talk.answer("Jarvis, repeat that.")
        assert talk.spoken == [*HALF, CONTINUATION_OFFER, *HALF, CONTINUATION_OFFER]


async def test_a_rest_of_a_sentence_or_two_is_not_worth_a_question() -> None:
    async with Lecture(offer_rest_after_s=18.0) as talk:
        ended = await talk.offer()
        assert ended.heard == " ".join(LECTURE)


async def test_the_setting_gives_every_answer_whole() -> None:
    async with Lecture(offer_rest_after_s=0) as talk:
        assert (await talk.offer()).heard == " ".join(LECTURE)


async def test_it_asks_in_the_language_of_the_one_it_asks() -> None:
    async with Lecture() as talk:
        talk.models.language = "de"
        assert (await talk.offer()).heard.endswith("Soll ich weitermachen?")

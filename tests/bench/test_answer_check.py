"""The answer check finds each kind of wrong answer."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator

import pytest

from bench.answer_check import AnswerResult, CheckedAnswer, ask, judge_answer, question, story
from pipeline.errors import AgentLost
from pipeline.ports import AgentDelta, AgentTurn, Speaker

pytestmark = pytest.mark.virtual_time

ANN = Speaker(1, "Ann")
CHAPTERS = 3


def chapters(*numbers: int, of: int = 7) -> list[str]:
    return [f"This is chapter kabo{number} of story lumi{of}." for number in numbers]


@pytest.mark.parametrize(
    ("spoken", "apologised", "expected"),
    [
        (chapters(0, 1, 2), False, AnswerResult.ANSWERED),
        (["One moment, please.", *chapters(0, 1, 2)], False, AnswerResult.ANSWERED),
        (chapters(0, 1), True, AnswerResult.TOLD),
        ([], True, AnswerResult.TOLD),
        ([], False, AnswerResult.LOST),
        (chapters(0, 1), False, AnswerResult.LOST),
        (chapters(0, 2), True, AnswerResult.LOST),
        (chapters(0, 1, 1, 2), False, AnswerResult.TWICE),
        (chapters(0, 1, 2, 0), True, AnswerResult.TWICE),
        (chapters(1, 0, 2), False, AnswerResult.TWICE),
        (chapters(0, 1, 2, of=8), False, AnswerResult.TWICE),
    ],
)
def test_the_result_of_a_question(
    spoken: list[str], apologised: bool, expected: AnswerResult
) -> None:
    assert judge_answer(7, CHAPTERS, spoken, apologised=apologised) is expected


class ChunkAgent:
    """Yields its chunks; then it raises, ends, or waits without end."""

    def __init__(self, *chunks: AgentDelta, error: Exception | None = None, ends: bool = True):
        self._chunks, self._error, self._ends = chunks, error, ends

    async def reply(self, turn: AgentTurn) -> AsyncGenerator[AgentDelta, None]:
        for chunk in self._chunks:
            yield chunk
        if self._error is not None:
            raise self._error
        if not self._ends:
            await asyncio.sleep(1e6)


async def answer_of(agent: ChunkAgent) -> CheckedAnswer:
    turn = question("jarvis", 7, CHAPTERS, ANN)
    return await ask(agent, turn, 7, CHAPTERS, patience_s=100.0)


async def test_an_answer_is_spoken_by_the_real_reply() -> None:
    heard = await answer_of(ChunkAgent(AgentDelta(story(7, CHAPTERS))))
    assert heard.result is AnswerResult.ANSWERED
    assert list(heard.spoken) == chapters(0, 1, 2)


async def test_a_client_that_repeats_the_text_so_far_is_detected() -> None:
    begun = AgentDelta(story(7, 2) + " ")
    assert (
        await answer_of(ChunkAgent(begun, AgentDelta(story(7, CHAPTERS))))
    ).result is AnswerResult.TWICE


async def test_a_client_that_ends_a_stream_too_soon_is_detected() -> None:
    assert (await answer_of(ChunkAgent(AgentDelta(story(7, 2))))).result is AnswerResult.LOST


async def test_a_client_that_never_ends_is_detected() -> None:
    heard = await answer_of(ChunkAgent(AgentDelta(story(7, CHAPTERS)), ends=False))
    assert (heard.result, heard.why) == (AnswerResult.LOST, "no end")
    assert heard.ended_at - heard.asked_at == pytest.approx(100.0)


async def test_an_apology_is_told() -> None:
    heard = await answer_of(ChunkAgent(AgentDelta(story(7, 1) + " "), error=AgentLost("gone")))
    assert (heard.result, heard.why) == (AnswerResult.TOLD, "gone")
    assert heard.spoken[-1] == "Please ask me again."

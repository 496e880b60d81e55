"""What a room that listens makes of answers: also of wrong ones."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator

import pytest

from bench.listening_room import Fate, Heard, fate, listen, question, story
from pipeline.errors import AgentLost
from pipeline.ports import AgentDelta, AgentTurn, Speaker
from testing.jumping_loop import JumpingLoop

ANN = Speaker(1, "Ann")
CHAPTERS = 3


def chapters(*numbers: int, of: int = 7) -> list[str]:
    return [f"This is chapter kabo{number} of story lumi{of}." for number in numbers]


@pytest.mark.parametrize(
    ("spoken", "apologised", "expected"),
    [
        (chapters(0, 1, 2), False, Fate.ANSWERED),
        (["One moment, please.", *chapters(0, 1, 2)], False, Fate.ANSWERED),
        (chapters(0, 1), True, Fate.TOLD),
        ([], True, Fate.TOLD),
        ([], False, Fate.LOST),
        (chapters(0, 1), False, Fate.LOST),
        (chapters(0, 2), True, Fate.LOST),
        (chapters(0, 1, 1, 2), False, Fate.TWICE),
        (chapters(0, 1, 2, 0), True, Fate.TWICE),
        (chapters(1, 0, 2), False, Fate.TWICE),
        (chapters(0, 1, 2, of=8), False, Fate.TWICE),
    ],
)
def test_what_became_of_a_question(spoken: list[str], apologised: bool, expected: Fate) -> None:
    assert fate(7, CHAPTERS, spoken, apologised=apologised) is expected


class Teller:
    """Says its pieces; then it raises, or never ends."""

    def __init__(self, *pieces: AgentDelta, error: Exception | None = None, ends: bool = True):
        self._pieces, self._error, self._ends = pieces, error, ends

    async def reply(self, turn: AgentTurn) -> AsyncGenerator[AgentDelta, None]:
        for piece in self._pieces:
            yield piece
        if self._error is not None:
            raise self._error
        if not self._ends:
            await asyncio.sleep(1e6)


def heard_of(teller: Teller) -> Heard:
    turn = question("jarvis", 7, CHAPTERS, ANN)
    with asyncio.Runner(loop_factory=JumpingLoop) as runner:
        return runner.run(listen(teller, turn, 7, CHAPTERS, patience_s=100.0))


def test_an_answer_is_heard_through_the_rooms_own_voice() -> None:
    heard = heard_of(Teller(AgentDelta(story(7, CHAPTERS))))
    assert heard.fate is Fate.ANSWERED
    assert list(heard.spoken) == chapters(0, 1, 2)


def test_a_client_that_says_the_text_so_far_again_is_found_out() -> None:
    begun = AgentDelta(story(7, 2) + " ")
    assert heard_of(Teller(begun, AgentDelta(story(7, CHAPTERS)))).fate is Fate.TWICE


def test_a_client_that_ends_a_stream_too_soon_is_found_out() -> None:
    assert heard_of(Teller(AgentDelta(story(7, 2)))).fate is Fate.LOST


def test_a_client_that_never_ends_is_found_out() -> None:
    heard = heard_of(Teller(AgentDelta(story(7, CHAPTERS)), ends=False))
    assert (heard.fate, heard.why) == (Fate.LOST, "no end")
    assert heard.ended_at - heard.asked_at == pytest.approx(100.0)


def test_an_apology_is_told() -> None:
    heard = heard_of(Teller(AgentDelta(story(7, 1) + " "), error=AgentLost("gone")))
    assert (heard.fate, heard.why) == (Fate.TOLD, "gone")
    assert heard.spoken[-1] == "Please ask me again."

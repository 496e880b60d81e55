"""Words spoken in place of an agent's."""

from __future__ import annotations

import pytest

from pipeline.ports import Agent, AgentTurn
from pipeline.speaking.canned_reply import CannedReply
from pipeline.speaking.notices import listening
from testing.room import ANN


async def test_the_words_are_asked_for_when_their_turn_has_come() -> None:
    words = ["It is late."]
    agent: Agent = CannedReply(lambda: words[-1])
    answer = agent.reply(AgentTurn("jarvis", "Repeat that.", ANN))
    words.append("It is early.")
    assert [delta.text async for delta in answer] == ["It is early."]


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "I am listening."), ("de", "Ich höre zu."), ("fr", "I am listening.")],
)
def test_who_is_called_in_says_so_in_the_callers_language(language: str, words: str) -> None:
    assert listening(language) == words

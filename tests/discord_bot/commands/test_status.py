"""/status, as the member who runs it sees it."""

from __future__ import annotations

import pytest

from pipeline.events import QuestionSent, QuestionWithdrawn, ReplyBegan, TurnDecided
from pipeline.latency import TurnLatency
from pipeline.ports import Speaker
from testing.calls import Calls

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_without_a_call_there_is_no_status(c: Calls) -> None:
    answer = await c.ask("status")
    assert answer.content == "I am in no voice channel: `/join` calls me."
    assert answer.ephemeral


async def test_a_new_call_has_no_questions(c: Calls) -> None:
    await c.call_in()
    answer = await c.ask("status")
    assert answer.ephemeral
    assert answer.content.splitlines()[0] == "**Jarvis** answers here; sensitivity is medium."
    assert "Questions in this call: 0, sent early: 0" in answer.content


async def test_early_and_withdrawn_questions_are_counted(c: Calls) -> None:
    room = await c.call_in()
    alice, latency = Speaker(c.alice.id, "Alice"), TurnLatency()
    latency.mark("speech_end", 1.0)
    latency.mark("first_frame", 1.8)
    room.observer(QuestionSent("jarvis", alice, True, 1.0))
    room.observer(QuestionWithdrawn("jarvis", alice, 1.2))
    room.observer(QuestionSent("jarvis", alice, True, 1.4))
    room.observer(TurnDecided(alice, "Jarvis, a story", True, ("called by name",), 1.5))
    room.observer(ReplyBegan("jarvis", alice, latency, 1.8))
    assert await c.run("status") == (
        "**Jarvis** answers here; sensitivity is medium.\n"
        "Questions in this call: 1, half of the answers within 0.8 s, sent early: 2, "
        "withdrawn because the speaker went on: 1."
    )

"""Who is answered when, and what becomes of too many questions."""

from __future__ import annotations

import pytest

from pipeline.latency import TurnLatency
from pipeline.ports import AgentTurn, Speaker
from pipeline.speaking.turn_queue import LONGEST_JOINED, QueuedTurn, TurnQueue
from testing.room import ANN, BEN, JARVIS, SAGE
from tests.pipeline.speaking.scripts import ScriptedAgent

CARL = Speaker(3, "Carl")
AGENT = ScriptedAgent(["Yes."])


def asked(
    text: str, speaker: Speaker = ANN, *, agent: str = "jarvis", joinable: bool = False
) -> QueuedTurn:
    turn = AgentTurn(agent, text, speaker, context=f"before {text}")
    persona = SAGE if agent == "sage" else JARVIS
    return QueuedTurn(turn, persona, TurnLatency(), AGENT, since=0.0, joinable=joinable)


def served(queue: TurnQueue) -> list[str]:
    return [queue.take().turn.text for _ in range(len(queue))]


def test_somebody_who_asks_a_lot_does_not_keep_others_waiting() -> None:
    queue = TurnQueue()
    for waiting in (asked("a1"), asked("a2"), asked("a3"), asked("b1", BEN), asked("c1", CARL)):
        queue.put(waiting)
    assert [waiting.turn.text for waiting in queue] == ["a1", "b1", "c1", "a2", "a3"]
    assert served(queue) == ["a1", "b1", "c1", "a2", "a3"]


def test_who_was_just_served_and_asks_again_goes_to_the_end() -> None:
    queue = TurnQueue()
    queue.put(asked("a1"))
    queue.put(asked("b1", BEN))
    assert queue.take().turn.text == "a1"
    queue.put(asked("a2"))
    queue.put(asked("b2", BEN))
    assert served(queue) == ["b1", "a2", "b2"]


def test_who_asks_too_much_loses_the_oldest_of_it_and_nobody_else_anything() -> None:
    queue = TurnQueue(limit=4, limit_of_one=2)
    queue.put(asked("b1", BEN))
    assert [queue.put(asked(text)) for text in ("a1", "a2")] == [None, None]
    dropped = queue.put(asked("a3"))
    assert dropped is not None
    assert dropped.turn.text == "a1"
    assert queue.put(asked("c1", CARL)) is None
    assert served(queue) == ["b1", "a2", "c1", "a3"]


def test_a_full_queue_drops_the_oldest_of_whoever_has_most_in_it() -> None:
    queue = TurnQueue(limit=3, limit_of_one=3)
    for waiting in (asked("b1", BEN), asked("a1"), asked("a2")):
        assert queue.put(waiting) is None
    dropped = queue.put(asked("c1", CARL))
    assert dropped is not None
    assert dropped.turn.text == "a1"


def test_where_everybody_waits_for_one_answer_the_last_to_come_is_turned_away() -> None:
    queue = TurnQueue(limit=2)
    queue.put(asked("a1"))
    queue.put(asked("b1", BEN))
    dropped = queue.put(asked("c1", CARL))
    assert dropped is not None
    assert dropped.turn.text == "c1"
    assert served(queue) == ["a1", "b1"]


def test_a_follow_up_joins_the_turn_that_still_waits() -> None:
    queue = TurnQueue()
    queue.put(asked("What is the weather in Paris?", joinable=True))
    queue.put(asked("b1", BEN, joinable=True))
    queue.put(asked("And in London?", joinable=True))
    first = queue.take()
    assert first.turn.text == "What is the weather in Paris? And in London?"
    assert first.turn.context == "before And in London?", "what was said in between is in it"
    assert served(queue) == ["b1"]


@pytest.mark.parametrize(
    "more",
    [
        asked("more", BEN, joinable=True),
        asked("more", agent="sage", joinable=True),
        asked("more"),
        asked("m" * LONGEST_JOINED, joinable=True),
    ],
    ids=["another speaker", "another agent", "a repetition", "too long"],
)
def test_what_does_not_belong_to_a_turn_does_not_join_it(more: QueuedTurn) -> None:
    queue = TurnQueue()
    queue.put(asked("first", joinable=True))
    queue.put(more)
    assert len(queue) == 2


def test_a_turn_that_was_begun_already_comes_before_all_others() -> None:
    queue = TurnQueue()
    for waiting in (asked("b1", BEN), asked("a2")):
        queue.put(waiting)
    queue.put_first(asked("a1"))
    assert served(queue) == ["a1", "b1", "a2"]


def test_what_is_withdrawn_is_not_answered() -> None:
    queue = TurnQueue()
    for waiting in (asked("a1"), asked("b1", BEN), asked("a2")):
        queue.put(waiting)
    queue.withdraw(ANN.id)
    queue.withdraw(CARL.id)
    assert served(queue) == ["b1"]


def test_nothing_can_be_taken_from_an_empty_queue() -> None:
    with pytest.raises(LookupError, match="no turn waits"):
        TurnQueue().take()

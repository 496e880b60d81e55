"""The order in which turns are served, and which of too many are dropped."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pipeline.latency import TurnLatency
from pipeline.ports import AddresseeDoubt, AgentTurn, ContextLine, Speaker
from pipeline.speaking.turn_queue import (
    LONGEST_JOINED,
    EarlyQuestion,
    QueuedTurn,
    ReplyRequest,
    TurnQueue,
)
from testing.room import ANN, BEN, JARVIS, SAGE
from tests.pipeline.speaking.scripts import ScriptedAgent

CARL = Speaker(3, "Carl")
AGENT = ScriptedAgent(["Yes."])


def asked(
    text: str, speaker: Speaker = ANN, *, agent: str = "jarvis", joinable: bool = False
) -> QueuedTurn:
    turn = AgentTurn(agent, text, speaker, context=(ContextLine(f"before {text}", BEN),))
    persona = SAGE if agent == "sage" else JARVIS
    request = ReplyRequest(turn, persona, AGENT, TurnLatency())
    return QueuedTurn(request, since=0.0, joinable=joinable)


PERHAPS, PROBABLY_NOT = AddresseeDoubt("medium"), AddresseeDoubt("medium", unlikely=True)


@pytest.mark.parametrize(
    ("first", "second", "together"),
    [
        (PERHAPS, PERHAPS, PERHAPS),
        (PERHAPS, None, None),
        (None, PERHAPS, None),
        (PERHAPS, PROBABLY_NOT, PERHAPS),
        (PROBABLY_NOT, PERHAPS, PERHAPS),
        (PROBABLY_NOT, PROBABLY_NOT, PROBABLY_NOT),
    ],
)
def test_a_joined_turn_is_as_sure_as_its_surest_part(
    first: AddresseeDoubt | None, second: AddresseeDoubt | None, together: AddresseeDoubt | None
) -> None:
    def part(text: str, doubt: AddresseeDoubt | None) -> QueuedTurn:
        queued = asked(text, joinable=True)
        turn = replace(queued.turn, doubt=doubt)
        return replace(queued, request=replace(queued.request, turn=turn))

    joined = part("And tomorrow?", first).joined_by(part("In Rome.", second))
    assert joined is not None
    assert joined.turn.doubt == together


def test_a_doubted_early_turn_gives_way_to_another_speaker_and_to_another_agent() -> None:
    doubted = replace(asked("And tomorrow?"), early=EarlyQuestion(doubted=True))
    assert doubted.gives_way_to(asked("And in Rome?", agent="sage"))
    assert doubted.gives_way_to(asked("And in Rome?", CARL))
    assert not doubted.gives_way_to(asked("And in Rome?"))
    assert not asked("And tomorrow?").gives_way_to(asked("And in Rome?", CARL))


def served(queue: TurnQueue) -> list[str]:
    return [queue.take().turn.text for _ in range(len(queue))]


def test_speakers_are_served_in_rounds() -> None:
    queue = TurnQueue()
    for queued in (asked("a1"), asked("a2"), asked("a3"), asked("b1", BEN), asked("c1", CARL)):
        queue.put(queued)
    assert [queued.turn.text for queued in queue] == ["a1", "b1", "c1", "a2", "a3"]
    assert served(queue) == ["a1", "b1", "c1", "a2", "a3"]


def test_a_speaker_who_was_served_goes_to_the_end() -> None:
    queue = TurnQueue()
    queue.put(asked("a1"))
    queue.put(asked("b1", BEN))
    assert queue.take().turn.text == "a1"
    queue.put(asked("a2"))
    queue.put(asked("b2", BEN))
    assert served(queue) == ["b1", "a2", "b2"]


def test_a_speaker_with_too_many_turns_loses_their_own_oldest() -> None:
    queue = TurnQueue(limit=4, limit_of_one=2)
    queue.put(asked("b1", BEN))
    assert [queue.put(asked(text)) for text in ("a1", "a2")] == [None, None]
    dropped = queue.put(asked("a3"))
    assert dropped is not None
    assert dropped.turn.text == "a1"
    assert queue.put(asked("c1", CARL)) is None
    assert served(queue) == ["b1", "a2", "c1", "a3"]


def test_a_full_queue_drops_the_oldest_turn_of_the_speaker_with_most() -> None:
    queue = TurnQueue(limit=3, limit_of_one=3)
    for queued in (asked("b1", BEN), asked("a1"), asked("a2")):
        assert queue.put(queued) is None
    dropped = queue.put(asked("c1", CARL))
    assert dropped is not None
    assert dropped.turn.text == "a1"


def test_a_full_queue_of_equals_drops_the_last_to_come() -> None:
    queue = TurnQueue(limit=2)
    queue.put(asked("a1"))
    queue.put(asked("b1", BEN))
    dropped = queue.put(asked("c1", CARL))
    assert dropped is not None
    assert dropped.turn.text == "c1"
    assert served(queue) == ["a1", "b1"]


def test_a_follow_up_joins_the_waiting_turn() -> None:
    queue = TurnQueue()
    queue.put(asked("What is the weather in Paris?", joinable=True))
    queue.put(asked("b1", BEN, joinable=True))
    queue.put(asked("And in London?", joinable=True))
    first = queue.take()
    assert first.turn.text == "What is the weather in Paris? And in London?"
    assert first.turn.context == (ContextLine("before And in London?", BEN),), "the later one"
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
def test_other_turns_do_not_join(more: QueuedTurn) -> None:
    queue = TurnQueue()
    queue.put(asked("first", joinable=True))
    queue.put(more)
    assert len(queue) == 2


def test_put_first_goes_before_all_others() -> None:
    queue = TurnQueue()
    for queued in (asked("b1", BEN), asked("a2")):
        queue.put(queued)
    queue.put_first(asked("a1"))
    assert served(queue) == ["a1", "b1", "a2"]


def test_dropped_turns_are_not_served() -> None:
    queue = TurnQueue()
    for queued in (asked("a1"), asked("b1", BEN), asked("a2")):
        queue.put(queued)
    queue.drop(ANN.id)
    queue.drop(CARL.id)
    assert served(queue) == ["b1"]


def test_an_empty_queue_raises() -> None:
    with pytest.raises(LookupError, match="the turn queue is empty"):
        TurnQueue().take()

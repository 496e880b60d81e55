"""The log of recent addressee decisions."""

from __future__ import annotations

from pipeline.decision_log import KEPT, RecentDecisions, TurnDecision
from pipeline.events import (
    ReplyBegan,
    ReplyDeclined,
    ReplyEnded,
    ReplyFailed,
    SpeechBegan,
    TurnDecided,
    TurnRejected,
    Unspoken,
)
from pipeline.latency import TurnLatency
from pipeline.ports import Speaker
from translations import verbatim

ANN, BEN = Speaker(1, "Ann"), Speaker(2, "Ben")


def test_turns_are_kept_with_the_reasons_newest_first() -> None:
    log = RecentDecisions()
    log.observe(SpeechBegan(ANN, 0.5))
    log.observe(TurnDecided(ANN, "what time is it", False, ("nobody was called",), 1.0))
    log.observe(TurnRejected(BEN, "no words in it", 2.0))
    assert list(log) == [
        TurnDecision(BEN, 2.0, reasons=("no words in it",)),
        TurnDecision(ANN, 1.0, "what time is it", False, ("nobody was called",)),
    ]
    assert [turn.at for turn in log.of(ANN.id)] == [1.0]


def test_the_outcome_of_a_reply_is_joined_to_its_turn() -> None:
    log = RecentDecisions()
    latency = TurnLatency()
    latency.mark("speech_end", 1.0)
    latency.mark("first_frame", 1.4)
    log.observe(TurnDecided(ANN, "Jarvis, a story", True, ("called by name",), 1.1))
    log.observe(TurnDecided(ANN, "nice weather", False, (), 1.2))
    log.observe(ReplyBegan("jarvis", ANN, latency, 1.4))
    log.observe(ReplyEnded("jarvis", ANN, "Once upon a time", "Once", True, 2.0))
    chat, story = log.of(ANN.id)
    assert story.waited_s is not None
    assert abs(story.waited_s - 0.4) < 1e-9
    assert story.interrupted
    assert chat.waited_s is None
    assert not chat.interrupted


def test_a_failure_is_joined_to_its_turn() -> None:
    log = RecentDecisions()
    log.observe(TurnDecided(BEN, "Jarvis, a story", True, ("called by name",), 1.0))
    log.observe(ReplyFailed("jarvis", BEN, "the Gateway is away", "Sorry.", 2.0))
    log.observe(ReplyFailed("jarvis", ANN, "nobody asked", "Sorry.", 3.0))
    assert [turn.failure for turn in log] == ["the Gateway is away"]


def test_a_turn_whose_speech_failed_is_recorded_as_such() -> None:
    log = RecentDecisions()
    log.observe(TurnDecided(ANN, "Jarvis, a story", True, ("called by name",), 1.0))
    log.observe(TurnDecided(BEN, "Jarvis, the time", True, ("called by name",), 1.5))
    log.observe(Unspoken("jarvis", "Once", "http://x answered 500", 2.0, "it is busy", ANN))
    log.observe(Unspoken("jarvis", "Dinner!", "http://x answered 500", 3.0, "it is busy"))
    (time,), (story,) = log.of(BEN.id), log.of(ANN.id)
    assert (story.unspoken, story.unspoken_reason) == ("http://x answered 500", "it is busy")
    assert story.failure == ""
    assert time.unspoken == "", "nobody asked for the announcement"


def test_what_the_speaker_was_told_of_a_failure_is_kept_beside_its_cause() -> None:
    log = RecentDecisions()
    log.observe(TurnDecided(BEN, "Jarvis, a story", True, ("called by name",), 1.0))
    log.observe(ReplyFailed("jarvis", BEN, "Connect call failed", "I cannot answer now.", 2.0))
    (turn,) = log
    assert (turn.failure, turn.notice) == ("Connect call failed", "I cannot answer now.")


def test_a_reply_that_was_muted_meanwhile_was_not_heard() -> None:
    log = RecentDecisions()
    log.silenced(verbatim("I was muted"))
    log.observe(TurnDecided(BEN, "Jarvis, a story", True, ("called by name",), 1.0))
    log.observe(ReplyBegan("jarvis", BEN, TurnLatency(), 1.4))
    assert log.unheard is None
    log.silenced(verbatim("I was muted"))
    log.silenced(verbatim("I lack a permission"))
    assert str(log.unheard) == "I was muted"
    log.observe(ReplyEnded("jarvis", BEN, "Once", "Once", False, 2.0))
    log.silenced(verbatim("too late"))
    (turn,) = log
    assert str(turn.unheard) == "I was muted"
    assert log.unheard is None


def test_an_agent_that_chose_to_say_nothing_is_no_failure() -> None:
    log = RecentDecisions()
    log.observe(TurnDecided(BEN, "Jarvis, never mind", True, ("called by name",), 1.0))
    log.observe(ReplyDeclined("jarvis", BEN, 2.0))
    (turn,) = log
    assert turn.silent
    assert not turn.not_meant
    assert not turn.failure
    log.observe(ReplyDeclined("jarvis", BEN, 2.0, "not meant"))
    assert (turn.not_meant, turn.gave_way) == (True, False)
    log.observe(ReplyDeclined("jarvis", BEN, 2.0, "gave way"))
    assert (turn.not_meant, turn.gave_way) == (False, True)


def test_the_oldest_turns_are_dropped_first() -> None:
    log = RecentDecisions()
    for second in range(KEPT + 10):
        log.observe(TurnRejected(ANN, "a cough", float(second)))
    assert [turn.at for turn in log] == [float(at) for at in range(KEPT + 9, 9, -1)]

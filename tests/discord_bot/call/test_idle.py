"""When a call has been idle."""

from __future__ import annotations

from discord_bot.call.idle import IdleStep, IdleWatch, is_activity
from pipeline.events import QuestionSent, SpeechBegan, TurnDecided
from pipeline.ports import Speaker

ALICE = Speaker(1, "Alice")


def test_the_members_are_told_once_and_then_it_leaves() -> None:
    watch = IdleWatch(100.0)
    assert watch.decide(600.0, 639.0) == IdleStep()
    told = watch.decide(600.0, 640.0)
    assert str(told.notice) == (
        "Nothing was said to me for 9 minutes. In 60 seconds I leave, unless you talk to me."
    )
    assert told.end is None
    assert watch.decide(600.0, 650.0) == IdleStep()
    ended = watch.decide(600.0, 700.0)
    assert str(ended.end) == "Nothing was said to me for 10 minutes, so I have left the call."


def test_a_conversation_begins_the_time_again() -> None:
    watch = IdleWatch(0.0)
    assert watch.decide(40.0, 30.0).notice is not None
    watch.active(35.0)
    assert watch.decide(40.0, 60.0) == IdleStep()
    assert watch.decide(40.0, 65.0).notice is not None


def test_without_a_limit_it_stays() -> None:
    assert IdleWatch(0.0).decide(0.0, 1e6) == IdleStep()


def test_talk_among_members_is_no_activity() -> None:
    def decided(addressed: bool) -> TurnDecided:
        return TurnDecided(ALICE, "Well.", addressed, (), 0.0)

    assert is_activity(decided(True))
    assert is_activity(QuestionSent("jarvis", ALICE, False, 0.0))
    assert not is_activity(decided(False))
    assert not is_activity(SpeechBegan(ALICE, 0.0))

"""Speech over a reply: what the loudspeaker is told, and when."""

from __future__ import annotations

from pipeline.settings import BargeInSettings
from pipeline.speaking.interruption import Interruption, InterruptionAction

SETTINGS = BargeInSettings(
    hold_after_ms=220, decide_within_ms=1500, longest_overlap_ms=6000, overhear_after_ms=700
)
ANN, BEN = 1, 2


def test_speech_ducks_at_once_and_holds_after_a_while() -> None:
    barge_in = Interruption(SETTINGS)
    assert barge_in.speech_started(ANN, 10.0) == [InterruptionAction.DUCK]
    assert barge_in.tick(10.2) == []
    assert barge_in.tick(10.22) == [InterruptionAction.HOLD]
    assert barge_in.tick(10.3) == []


def test_an_interruption_stops_the_reply_for_good() -> None:
    barge_in = Interruption(SETTINGS)
    barge_in.speech_started(ANN, 10.0)
    assert barge_in.decided(ANN, interrupts=True) == [InterruptionAction.STOP]
    assert barge_in.speech_started(BEN, 11.0) == []
    assert barge_in.tick(12.0) == []


def test_a_backchannel_takes_the_reply_up_again() -> None:
    barge_in = Interruption(SETTINGS)
    barge_in.speech_started(ANN, 10.0)
    barge_in.tick(10.3)
    barge_in.speech_ended(ANN, 10.5)
    assert barge_in.decided(ANN, interrupts=False) == [InterruptionAction.RESUME]
    assert barge_in.tick(10.6) == []


def test_after_a_resume_the_next_speech_ducks_again() -> None:
    barge_in = Interruption(SETTINGS)
    barge_in.speech_started(ANN, 10.0)
    barge_in.decided(ANN, interrupts=False)
    assert barge_in.speech_started(ANN, 11.0) == [InterruptionAction.DUCK]


def test_the_reply_waits_until_everybody_over_it_is_decided() -> None:
    barge_in = Interruption(SETTINGS)
    barge_in.speech_started(ANN, 10.0)
    assert barge_in.speech_started(BEN, 10.1) == []
    assert barge_in.decided(ANN, interrupts=False) == []
    assert barge_in.decided(BEN, interrupts=False) == [InterruptionAction.RESUME]


def test_a_decision_that_never_comes_does_not_silence_the_bot() -> None:
    barge_in = Interruption(SETTINGS)
    barge_in.speech_started(ANN, 10.0)
    barge_in.tick(10.3)
    barge_in.speech_ended(ANN, 10.5)
    assert barge_in.tick(11.9) == []
    assert barge_in.tick(12.0) == [InterruptionAction.RESUME]


def test_endless_speech_over_a_reply_is_spoken_against_after_a_while() -> None:
    barge_in = Interruption(SETTINGS)
    barge_in.speech_started(ANN, 10.0)
    barge_in.tick(10.3)
    assert barge_in.tick(16.0) == [InterruptionAction.RESUME]


def test_a_decision_on_somebody_who_did_not_overlap_changes_nothing() -> None:
    barge_in = Interruption(SETTINGS)
    assert barge_in.decided(ANN, interrupts=True) == []
    assert barge_in.decided(BEN, interrupts=False) == []


def test_speech_that_goes_on_after_its_end_counts_from_its_beginning() -> None:
    barge_in = Interruption(SETTINGS)
    barge_in.speech_started(ANN, 10.0)
    barge_in.speech_ended(ANN, 10.1)
    assert barge_in.speech_started(ANN, 10.2) == []
    assert barge_in.tick(10.25) == [InterruptionAction.HOLD]


# -- before the first sound ----------------------------------------------------------------------


def test_a_reply_that_has_not_begun_is_kept_back_at_once() -> None:
    barge_in = Interruption(SETTINGS, sounding=False)
    assert barge_in.speech_started(ANN, 10.0) == [InterruptionAction.HOLD]
    barge_in.ready(10.5)
    assert barge_in.tick(11.9) == []
    assert barge_in.decided(ANN, interrupts=False) == [InterruptionAction.RESUME]


def test_it_is_kept_back_only_for_so_long_after_it_is_ready() -> None:
    barge_in = Interruption(SETTINGS, sounding=False)
    barge_in.speech_started(ANN, 10.0)
    barge_in.ready(11.0)
    barge_in.ready(12.0)
    assert barge_in.tick(12.4) == []
    assert barge_in.tick(12.5) == [InterruptionAction.RESUME]
    barge_in.sound_began()
    assert barge_in.decided(ANN, interrupts=True) == [InterruptionAction.STOP], (
        "a late word still counts"
    )


def test_who_goes_on_and_on_is_not_waited_for() -> None:
    barge_in = Interruption(SETTINGS, sounding=False)
    barge_in.speech_started(ANN, 4.0)
    barge_in.ready(10.0)
    assert barge_in.tick(10.0) == [InterruptionAction.RESUME]


def test_nobody_takes_the_floor_from_an_answer_that_nobody_has_heard() -> None:
    barge_in = Interruption(SETTINGS, sounding=False)
    barge_in.speech_started(ANN, 10.0)
    assert barge_in.decided(ANN, interrupts=True) == [InterruptionAction.RESUME]
    assert barge_in.clear


def test_words_for_the_agent_are_waited_for_to_their_end() -> None:
    barge_in = Interruption(SETTINGS, sounding=False)
    barge_in.speech_started(ANN, 10.0)
    barge_in.ready(10.5)
    assert barge_in.decided(ANN, interrupts=True, final=False) == []
    assert barge_in.tick(19.0) == []
    barge_in.speech_ended(ANN, 20.0)
    assert barge_in.tick(21.4) == []
    assert barge_in.tick(21.5) == [InterruptionAction.RESUME], "and not longer than any decision"


def test_what_is_no_speech_is_dismissed_and_may_be_speech_later() -> None:
    barge_in = Interruption(SETTINGS)
    barge_in.speech_started(ANN, 10.0)
    assert barge_in.dismissed(ANN) == [InterruptionAction.RESUME]
    assert barge_in.dismissed(ANN) == []
    assert barge_in.speech_started(ANN, 10.5) == [InterruptionAction.DUCK]

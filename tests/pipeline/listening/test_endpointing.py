"""Endpointing of one speaker, driven chunk by chunk."""

from __future__ import annotations

import pytest

from pipeline.language.utterance import Completeness
from pipeline.listening.endpointing import (
    CheckDue,
    Endpointing,
    Phase,
    Resumed,
    SpeechStarted,
    TurnEnded,
    TurnEvent,
)
from pipeline.settings import EndpointCheck, TurnSettings, VadSettings

CHUNK_S = 0.032
VAD = VadSettings(start_threshold=0.5, stop_threshold=0.35, start_ms=64)
TURN = TurnSettings(
    looks=(
        EndpointCheck(silence_ms=200, threshold=0.5),
        EndpointCheck(silence_ms=500, threshold=0.3),
        EndpointCheck(silence_ms=1200, threshold=0.1),
    ),
    max_silence_ms=1500,
    max_turn_s=10,
    whole_threshold=0.05,
    open_threshold=0.99,
    open_silence_ms=2500,
    pace_share=0.2,
    lead_ms=0,
)


class Speech:
    """Feeds an `Endpointing` and records its events."""

    def __init__(self, turn: TurnSettings = TURN) -> None:
        self.machine = Endpointing(VAD, turn)
        self.now = 100.0
        self.events: list[TurnEvent] = []

    def feed(self, seconds: float, probability: float) -> list[TurnEvent]:
        new: list[TurnEvent] = []
        end = self.now + seconds
        while self.now + CHUNK_S <= end + 1e-9:
            new += self.machine.add_chunk(probability, self.now, self.now + CHUNK_S)
            self.now += CHUNK_S
        self.events += new
        return new

    def speak(self, seconds: float) -> list[TurnEvent]:
        return self.feed(seconds, 0.9)

    def be_quiet(self, seconds: float) -> list[TurnEvent]:
        return self.feed(seconds, 0.02)

    def results(
        self, pause: CheckDue, sure: float, words: Completeness = Completeness.UNKNOWN
    ) -> list[TurnEvent]:
        """The results of a check: the turn model's, then the words'."""
        ended = self.machine.on_turn_probability(pause.pause, pause.check, sure, self.now)
        return ended + self.machine.on_completeness(pause.pause, words, self.now)

    def checks(self, seconds: float) -> list[CheckDue]:
        return [event for event in self.be_quiet(seconds) if isinstance(event, CheckDue)]


def kinds(events: list[TurnEvent]) -> list[str]:
    return [type(event).__name__ for event in events]


def test_speech_starts_at_its_first_voiced_chunk() -> None:
    speech = Speech()
    speech.be_quiet(0.32)
    onset = speech.now
    (event,) = speech.speak(0.128)
    assert isinstance(event, SpeechStarted)
    assert event.at == pytest.approx(onset)


def test_a_click_of_one_chunk_is_not_speech() -> None:
    speech = Speech()
    speech.speak(CHUNK_S)
    speech.be_quiet(2.0)
    assert speech.events == []
    assert speech.machine.phase is Phase.QUIET


def test_scattered_clicks_do_not_add_up_to_speech() -> None:
    speech = Speech()
    for _ in range(20):
        speech.speak(CHUNK_S)
        speech.be_quiet(CHUNK_S)
    assert speech.events == []


def test_a_check_is_due_at_each_silence_of_the_settings() -> None:
    speech = Speech()
    speech.speak(0.64)
    end = speech.now
    checks = [event for event in speech.be_quiet(1.3) if isinstance(event, CheckDue)]
    assert [due.check for due in checks] == [0, 1, 2]
    for due, silence_ms in zip(checks, (200, 500, 1200), strict=True):
        assert due.speech_end == pytest.approx(end)
        assert silence_ms <= (due.at - end) * 1000 < silence_ms + 33


def test_a_check_is_announced_ahead_of_its_due_time() -> None:
    speech = Speech(TURN.model_copy(update={"lead_ms": 64}))
    speech.speak(0.64)
    end = speech.now
    for due, silence_ms in zip(speech.checks(1.3), (200, 500, 1200), strict=True):
        assert (due.due - end) * 1000 == pytest.approx(silence_ms)
        assert silence_ms - 64 <= (due.at - end) * 1000 < silence_ms - 64 + 33


def test_a_sure_model_ends_the_turn_at_the_true_end_of_speech() -> None:
    speech = Speech()
    speech.speak(0.64)
    end = speech.now
    (pause,) = speech.be_quiet(0.23)
    assert isinstance(pause, CheckDue)
    (ended,) = speech.results(pause, 0.8)
    assert isinstance(ended, TurnEnded)
    assert ended.speech_end == pytest.approx(end)
    assert "0.80" in ended.reason


def test_the_threshold_falls_as_the_silence_grows() -> None:
    speech = Speech()
    speech.speak(0.64)
    first, second = (e for e in speech.be_quiet(0.55) if isinstance(e, CheckDue))
    assert speech.results(first, 0.4) == []
    assert kinds(speech.results(second, 0.4)) == ["TurnEnded"]


def test_a_result_for_a_pause_that_is_over_is_ignored() -> None:
    speech = Speech()
    speech.speak(0.64)
    (pause,) = speech.be_quiet(0.23)
    assert isinstance(pause, CheckDue)
    assert kinds(speech.speak(0.2)) == ["Resumed"]
    speech.be_quiet(0.1)
    assert speech.results(pause, 0.99) == []
    assert speech.machine.phase is Phase.PAUSING


def test_speech_after_a_short_gap_between_words_is_not_reported_as_a_pause() -> None:
    speech = Speech()
    speech.speak(0.5)
    speech.be_quiet(0.1)
    speech.speak(0.5)
    assert kinds(speech.events) == ["SpeechStarted"]


def test_silence_ends_the_turn_without_a_model_result() -> None:
    speech = Speech()
    speech.speak(0.64)
    end = speech.now
    ended = [event for event in speech.be_quiet(2.0) if isinstance(event, TurnEnded)]
    assert len(ended) == 1
    assert 1500 <= (ended[0].at - end) * 1000 < 1533


def test_a_soft_word_end_between_the_thresholds_still_counts_as_speech() -> None:
    speech = Speech()
    speech.speak(0.5)
    speech.feed(0.5, 0.4)
    soft_end = speech.now
    (pause,) = speech.be_quiet(0.23)
    assert isinstance(pause, CheckDue)
    assert pause.speech_end == pytest.approx(soft_end)


def test_a_turn_at_its_length_limit_ends_and_the_next_begins() -> None:
    speech = Speech()
    speech.speak(12.0)
    assert kinds(speech.events) == ["SpeechStarted", "TurnEnded", "SpeechStarted"]


def test_two_turns_have_pauses_of_different_numbers() -> None:
    speech = Speech()
    pauses = []
    for _ in range(2):
        speech.speak(0.64)
        (pause,) = [e for e in speech.be_quiet(0.23) if isinstance(e, CheckDue)]
        speech.results(pause, 0.9)
        pauses.append(pause.pause)
    assert pauses[0] != pauses[1]


def test_giving_up_ends_only_a_turn_that_goes_on() -> None:
    speech = Speech()
    assert speech.machine.give_up(speech.now) == []
    speech.speak(0.64)
    assert kinds(speech.machine.give_up(speech.now)) == ["TurnEnded"]
    assert speech.machine.phase is Phase.QUIET


def test_speech_after_a_check_is_reported_as_resumed() -> None:
    speech = Speech()
    speech.speak(0.64)
    speech.be_quiet(0.55)
    assert isinstance(speech.speak(0.1)[0], Resumed)


# -- completeness of the words ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "sure", "ends"),
    [
        (Completeness.UNKNOWN, 0.45, False),
        (Completeness.UNKNOWN, 0.55, True),
        (Completeness.UNSURE, 0.95, False),
        (Completeness.UNSURE, 0.995, True),
        (Completeness.WHOLE, 0.06, True),
        (Completeness.WHOLE, 0.04, False),
        (Completeness.COMMAND, 0.0, True),
        (Completeness.OPEN, 0.95, False),
        (Completeness.OPEN, 0.995, True),
    ],
)
def test_words_move_the_threshold_of_a_check(words: Completeness, sure: float, ends: bool) -> None:
    speech = Speech()
    speech.speak(0.64)
    (pause,) = speech.checks(0.23)
    assert bool(speech.results(pause, sure, words)) is ends


def test_a_statement_ends_the_turn_at_the_last_check() -> None:
    speech = Speech()
    speech.speak(0.64)
    first, second = speech.checks(0.6)
    assert (
        speech.results(first, 0.9, Completeness.UNSURE)
        == speech.results(second, 0.9, Completeness.UNSURE)
        == []
    )
    (last,) = speech.checks(0.7)
    assert kinds(speech.results(last, 0.1, Completeness.UNSURE)) == ["TurnEnded"]


def test_the_turn_ends_with_the_second_result_in_either_order() -> None:
    model_first, words_first = Speech(), Speech()
    for speech in (model_first, words_first):
        speech.speak(0.64)
        (pause,) = speech.checks(0.23)
        number, now, machine = pause.pause, speech.now, speech.machine
        if speech is model_first:
            assert machine.on_turn_probability(number, 0, 0.9, now) == []
            assert kinds(machine.on_completeness(number, Completeness.WHOLE, now)) == ["TurnEnded"]
        else:
            assert machine.on_completeness(number, Completeness.WHOLE, now) == []
            assert kinds(machine.on_turn_probability(number, 0, 0.9, now)) == ["TurnEnded"]


def test_late_words_count_for_the_latest_check() -> None:
    speech = Speech()
    speech.speak(0.64)
    (pause,) = speech.checks(0.23)
    assert speech.machine.on_turn_probability(pause.pause, 0, 0.2, speech.now) == []
    speech.be_quiet(0.1)
    (ended,) = speech.machine.on_completeness(pause.pause, Completeness.WHOLE, speech.now)
    assert isinstance(ended, TurnEnded)
    assert "whole" in ended.reason


@pytest.mark.parametrize(("newer", "late", "ends"), [(0.2, 0.95, False), (0.8, 0.1, True)])
def test_a_late_result_of_an_earlier_check_is_ignored(
    newer: float, late: float, ends: bool
) -> None:
    speech = Speech()
    speech.speak(0.64)
    first, second = speech.checks(0.55)
    speech.machine.on_turn_probability(second.pause, second.check, newer, speech.now)
    speech.machine.on_turn_probability(first.pause, first.check, late, speech.now)
    events = speech.machine.on_completeness(first.pause, Completeness.UNKNOWN, speech.now)
    assert bool(events) is ends


def test_the_newer_of_two_results_of_one_check_counts() -> None:
    speech = Speech()
    speech.speak(0.64)
    (pause,) = speech.checks(0.23)
    assert speech.results(pause, 0.2) == []
    assert kinds(speech.results(pause, 0.8)) == ["TurnEnded"]


def test_the_words_of_a_pause_do_not_count_for_the_next() -> None:
    speech = Speech()
    speech.speak(0.64)
    (first,) = speech.checks(0.23)
    speech.results(first, 0.01, Completeness.WHOLE)
    speech.speak(0.3)
    (second,) = speech.checks(0.23)
    assert speech.machine.on_completeness(first.pause, Completeness.WHOLE, speech.now) == []
    assert speech.machine.on_turn_probability(second.pause, 0, 0.9, speech.now) == []


def test_an_open_clause_extends_the_longest_silence() -> None:
    speech = Speech()
    speech.speak(0.64)
    end = speech.now
    (pause,) = speech.checks(0.23)
    speech.results(pause, 0.95, Completeness.OPEN)
    (ended,) = (event for event in speech.be_quiet(3.0) if isinstance(event, TurnEnded))
    assert 2500 <= (ended.at - end) * 1000 < 2533


def test_checks_are_timed_from_the_end_of_speech() -> None:
    speech = Speech()
    speech.speak(0.64)
    end = speech.now
    (first,) = speech.checks(0.45)
    speech.results(first, 0.1)
    (second,) = speech.checks(0.12)
    assert 500 <= (second.at - end) * 1000 < 533


# -- the speaker's usual pause --------------------------------------------------------------------


def first_check_ms(speech: Speech) -> float:
    speech.speak(0.64)
    end = speech.now
    (pause,) = speech.checks(0.3)
    speech.machine.give_up(speech.now)
    speech.be_quiet(3.0)
    return (pause.at - end) * 1000


def talk_with_pauses(speech: Speech, seconds: float, count: int = 12) -> None:
    for _ in range(count):
        speech.speak(0.64)
        speech.be_quiet(seconds)
    speech.speak(0.64)
    speech.machine.give_up(speech.now)
    speech.be_quiet(3.0)


def test_checks_follow_the_speakers_usual_pause_within_bounds() -> None:
    usual, slow, quick = Speech(), Speech(), Speech()
    talk_with_pauses(slow, 0.9)
    talk_with_pauses(quick, 0.18)
    assert 200 <= first_check_ms(usual) < 233
    assert 240 <= first_check_ms(slow) < 273
    assert 160 <= first_check_ms(quick) < 193


def test_short_gaps_and_time_between_turns_are_not_learned() -> None:
    speech = Speech()
    talk_with_pauses(speech, 0.1)
    for _ in range(5):
        first_check_ms(speech)
    assert speech.machine.pause_profile.stretch == 1.0


def test_speech_soon_after_a_turn_counts_as_a_pause() -> None:
    speech = Speech()
    for _ in range(6):
        speech.speak(0.64)
        (pause,) = speech.checks(0.3)
        assert kinds(speech.results(pause, 0.9)) == ["TurnEnded"]
        speech.be_quiet(0.55)
    assert speech.machine.pause_profile.usual_pause_ms > 600


def test_without_a_pace_share_checks_are_equal_for_all() -> None:
    speech = Speech(TURN.model_copy(update={"pace_share": 0.0}))
    talk_with_pauses(speech, 0.9)
    assert speech.machine.pause_profile.stretch == 1.0

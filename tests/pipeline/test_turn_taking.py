"""Turns of one speaker, driven chunk by chunk in virtual time."""

from __future__ import annotations

import pytest

from pipeline.settings import Look, TurnSettings, VadSettings
from pipeline.turn_taking import (
    Paused,
    Phase,
    Resumed,
    SpeechStarted,
    TurnEnded,
    TurnEvent,
    TurnTaking,
)

CHUNK_S = 0.032
VAD = VadSettings(start_threshold=0.5, stop_threshold=0.35, start_ms=64)
TURN = TurnSettings(
    looks=(
        Look(silence_ms=200, threshold=0.5),
        Look(silence_ms=500, threshold=0.3),
        Look(silence_ms=1200, threshold=0.1),
    ),
    max_silence_ms=1500,
    max_turn_s=10,
)


class Speech:
    """Feeds one `TurnTaking` and remembers what it said."""

    def __init__(self, turn: TurnSettings = TURN) -> None:
        self.turns = TurnTaking(VAD, turn)
        self.now = 100.0
        self.events: list[TurnEvent] = []

    def feed(self, seconds: float, probability: float) -> list[TurnEvent]:
        new: list[TurnEvent] = []
        end = self.now + seconds
        while self.now + CHUNK_S <= end + 1e-9:
            new += self.turns.voice(probability, self.now, self.now + CHUNK_S)
            self.now += CHUNK_S
        self.events += new
        return new

    def speak(self, seconds: float) -> list[TurnEvent]:
        return self.feed(seconds, 0.9)

    def be_quiet(self, seconds: float) -> list[TurnEvent]:
        return self.feed(seconds, 0.02)


def kinds(events: list[TurnEvent]) -> list[str]:
    return [type(event).__name__ for event in events]


def test_speech_begins_at_its_first_voiced_chunk_not_when_it_was_noticed() -> None:
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
    assert speech.turns.phase is Phase.QUIET


def test_scattered_clicks_do_not_add_up_to_speech() -> None:
    speech = Speech()
    for _ in range(20):
        speech.speak(CHUNK_S)
        speech.be_quiet(CHUNK_S)
    assert speech.events == []


def test_a_pause_is_looked_at_at_each_silence_of_the_settings() -> None:
    speech = Speech()
    speech.speak(0.64)
    end = speech.now
    looks = [event for event in speech.be_quiet(1.3) if isinstance(event, Paused)]
    assert [look.look for look in looks] == [0, 1, 2]
    for look, silence_ms in zip(looks, (200, 500, 1200), strict=True):
        assert look.speech_end == pytest.approx(end)
        assert silence_ms <= (look.at - end) * 1000 < silence_ms + 33


def test_a_sure_verdict_ends_the_turn_with_its_true_end_of_speech() -> None:
    speech = Speech()
    speech.speak(0.64)
    end = speech.now
    (pause,) = speech.be_quiet(0.23)
    assert isinstance(pause, Paused)
    (ended,) = speech.turns.verdict(pause.pause, pause.look, 0.8, speech.now)
    assert isinstance(ended, TurnEnded)
    assert ended.speech_end == pytest.approx(end)
    assert "0.80" in ended.reason


def test_the_threshold_falls_as_the_silence_grows() -> None:
    speech = Speech()
    speech.speak(0.64)
    first, second = (e for e in speech.be_quiet(0.55) if isinstance(e, Paused))
    assert speech.turns.verdict(first.pause, first.look, 0.4, speech.now) == []
    assert kinds(speech.turns.verdict(second.pause, second.look, 0.4, speech.now)) == ["TurnEnded"]


def test_a_verdict_on_a_pause_that_is_over_is_ignored() -> None:
    speech = Speech()
    speech.speak(0.64)
    (pause,) = speech.be_quiet(0.23)
    assert isinstance(pause, Paused)
    assert kinds(speech.speak(0.2)) == ["Resumed"]
    speech.be_quiet(0.1)
    assert speech.turns.verdict(pause.pause, pause.look, 0.99, speech.now) == []
    assert speech.turns.phase is Phase.PAUSING


def test_speech_after_a_short_gap_between_words_is_not_reported_as_a_pause() -> None:
    speech = Speech()
    speech.speak(0.5)
    speech.be_quiet(0.1)
    speech.speak(0.5)
    assert kinds(speech.events) == ["SpeechStarted"]


def test_silence_ends_the_turn_when_no_verdict_comes() -> None:
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
    assert isinstance(pause, Paused)
    assert pause.speech_end == pytest.approx(soft_end)


def test_a_turn_that_outgrows_its_limit_is_ended_and_the_next_begins() -> None:
    speech = Speech()
    speech.speak(12.0)
    assert kinds(speech.events) == ["SpeechStarted", "TurnEnded", "SpeechStarted"]


def test_two_turns_have_pauses_of_different_numbers() -> None:
    speech = Speech()
    pauses = []
    for _ in range(2):
        speech.speak(0.64)
        (pause,) = [e for e in speech.be_quiet(0.23) if isinstance(e, Paused)]
        speech.turns.verdict(pause.pause, pause.look, 0.9, speech.now)
        pauses.append(pause.pause)
    assert pauses[0] != pauses[1]


def test_giving_up_ends_what_is_going_on_and_nothing_else() -> None:
    speech = Speech()
    assert speech.turns.give_up(speech.now) == []
    speech.speak(0.64)
    assert kinds(speech.turns.give_up(speech.now)) == ["TurnEnded"]
    assert speech.turns.phase is Phase.QUIET


def test_resuming_is_told_only_when_the_pause_was() -> None:
    speech = Speech()
    speech.speak(0.64)
    speech.be_quiet(0.55)
    assert isinstance(speech.speak(0.1)[0], Resumed)

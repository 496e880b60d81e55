"""Endpointing of one speaker, driven chunk by chunk."""

from __future__ import annotations

import pytest

from pipeline.listening.endpoint_rule import FixedSilence
from pipeline.listening.endpointing import (
    PauseSeen,
    Phase,
    Reopened,
    Resumed,
    SpeechStarted,
    TurnEnded,
    TurnSent,
)
from pipeline.listening.turn_completion import CompletionEvidence
from tests.pipeline.listening.chunked_speech import (
    CHUNK_S,
    TURN,
    Rule,
    Speech,
    by_sound,
    by_words,
    kinds,
)


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


def test_the_models_are_asked_once_early_in_a_pause() -> None:
    speech = Speech()
    speech.speak(0.64)
    end = speech.now
    (seen,) = (event for event in speech.be_quiet(0.8) if isinstance(event, PauseSeen))
    assert seen.speech_end == pytest.approx(end)
    assert 120 <= (seen.at - end) * 1000 < 153


def test_a_sure_model_ends_the_turn_at_the_true_end_of_speech() -> None:
    speech = Speech()
    speech.speak(0.64)
    end = speech.now
    seen = speech.pause()
    assert speech.sure(seen, 0.8) == []
    (ended,) = speech.be_quiet(0.16)
    assert isinstance(ended, TurnEnded)
    assert ended.speech_end == pytest.approx(end)
    assert (ended.at - end) * 1000 == pytest.approx(260, abs=17)
    assert "0.80" in ended.reason


def test_a_late_result_counts_when_it_comes() -> None:
    speech = Speech()
    speech.speak(0.64)
    seen = speech.pause(0.512)
    end = speech.now
    (ended,) = speech.sure(seen, 0.8)
    assert isinstance(ended, TurnEnded)
    assert ended.at == end


def test_without_any_result_the_rule_decides_on_nothing() -> None:
    rule = Rule(by_sound)
    speech = Speech(rule)
    speech.speak(0.64)
    end = speech.now
    *_, ended = speech.be_quiet(1.2)
    assert isinstance(ended, TurnEnded)
    assert (ended.at - end) * 1000 == pytest.approx(900, abs=17)
    assert rule.asked == [CompletionEvidence()]


def test_a_result_for_a_pause_that_is_over_is_ignored() -> None:
    speech = Speech()
    speech.speak(0.64)
    seen = speech.pause(0.23)
    assert kinds(speech.speak(0.2)) == ["Resumed"]
    speech.be_quiet(0.1)
    assert speech.sure(seen, 0.99) == []
    assert speech.words(seen, "What time is it?") == []
    assert speech.machine.phase is Phase.PAUSING


def test_speech_after_a_short_gap_between_words_is_not_reported_as_a_pause() -> None:
    speech = Speech()
    speech.speak(0.5)
    speech.be_quiet(0.1)
    speech.speak(0.5)
    assert kinds(speech.events) == ["SpeechStarted", "PauseBegan"]


def test_no_silence_is_longer_than_the_longest() -> None:
    speech = Speech(FixedSilence(5000))
    speech.speak(0.64)
    end = speech.now
    ended = [event for event in speech.be_quiet(2.0) if isinstance(event, TurnEnded)]
    assert len(ended) == 1
    assert (ended[0].at - end) * 1000 == pytest.approx(1500, abs=17)


def test_a_soft_word_end_between_the_thresholds_still_counts_as_speech() -> None:
    speech = Speech()
    speech.speak(0.5)
    speech.feed(0.5, 0.4)
    soft_end = speech.now
    assert speech.pause().speech_end == pytest.approx(soft_end)


def test_a_turn_at_its_length_limit_ends_and_the_next_begins() -> None:
    speech = Speech()
    speech.speak(12.0)
    assert kinds(speech.events) == ["SpeechStarted", "TurnEnded", "SpeechStarted"]


def test_two_turns_have_pauses_of_different_numbers() -> None:
    speech = Speech()
    pauses = []
    for _ in range(2):
        speech.speak(0.64)
        seen = speech.pause(0.48)
        speech.sure(seen, 0.9)
        pauses.append(seen.pause)
    assert pauses[0] != pauses[1]


def test_giving_up_ends_only_a_turn_that_goes_on() -> None:
    speech = Speech()
    assert speech.machine.give_up(speech.now) == []
    speech.speak(0.64)
    assert kinds(speech.machine.give_up(speech.now)) == ["TurnEnded"]
    assert speech.machine.phase is Phase.QUIET


def test_speech_after_a_pause_that_was_seen_is_reported_as_resumed() -> None:
    speech = Speech()
    speech.speak(0.64)
    speech.be_quiet(0.55)
    assert isinstance(speech.speak(0.1)[0], Resumed)


# -- the results, and the rule --------------------------------------------------------------------


def test_the_rule_gets_both_results_in_either_order() -> None:
    for sound_first in (True, False):
        rule = Rule(by_sound)
        speech = Speech(rule)
        speech.speak(0.64)
        seen = speech.pause()
        if sound_first:
            speech.sure(seen, 0.3)
            speech.words(seen, "What time is it?")
        else:
            speech.words(seen, "What time is it?")
            speech.sure(seen, 0.3)
        known = rule.asked[-1]
        assert known.turn_probability == 0.3
        assert known.utterance is not None
        assert known.utterance.text == "What time is it?"


def test_the_results_of_a_pause_do_not_count_for_the_next() -> None:
    rule = Rule(by_sound)
    speech = Speech(rule)
    speech.speak(0.64)
    first = speech.pause()
    speech.words(first, "What time is it?")
    speech.speak(0.3)
    second = speech.pause()
    assert speech.words(first, "What time is it?") == []
    speech.sure(second, 0.1)
    known = rule.asked[-1]
    assert (known.turn_probability, known.utterance) == (0.1, None)


# -- sent early -----------------------------------------------------------------------------------


def sent(speech: Speech, text: str = "What time is it?") -> float:
    """A turn that is sent; returns when its speech ended."""
    speech.speak(0.64)
    end = speech.now
    speech.words(speech.pause(0.2), text)
    speech.be_quiet(0.13)
    assert speech.machine.phase is Phase.SENT
    return end


def test_a_turn_is_sent_first_and_ends_later() -> None:
    speech = Speech(Rule(by_words))
    end = sent(speech)
    *_, early = speech.events
    assert isinstance(early, TurnSent)
    assert (early.at - end) * 1000 == pytest.approx(300, abs=17)
    (ended,) = speech.be_quiet(0.5)
    assert isinstance(ended, TurnEnded)
    assert (ended.at - end) * 1000 == pytest.approx(700, abs=17)
    assert ended.speech_end == early.speech_end == pytest.approx(end)


def test_speech_before_the_end_reopens_the_turn() -> None:
    speech = Speech(Rule(by_words))
    sent(speech)
    began = speech.machine.speech_start
    onset = speech.now
    (reopened,) = speech.speak(0.32)
    assert isinstance(reopened, Reopened)
    assert reopened.at == pytest.approx(onset)
    assert speech.machine.phase is Phase.SPEAKING
    assert speech.machine.speech_start == began
    speech.words(speech.pause(0.2), "What time is it in Paris?")
    speech.be_quiet(1.0)
    assert kinds(speech.events)[-4:] == ["PauseBegan", "PauseSeen", "TurnSent", "TurnEnded"]


def test_a_click_does_not_reopen_a_turn_and_delays_its_end_at_most_by_itself() -> None:
    speech = Speech(Rule(by_words))
    end = sent(speech)
    speech.be_quiet(0.33)
    speech.speak(CHUNK_S)
    assert speech.machine.phase is Phase.SENT
    (ended,) = speech.be_quiet(0.16)
    assert isinstance(ended, TurnEnded)
    assert (ended.at - end) * 1000 < 765
    assert "Reopened" not in kinds(speech.events)


def test_no_result_ends_a_turn_while_its_speaker_may_have_begun_again() -> None:
    speech = Speech(Rule(lambda known: (260, 900 if known.turn_probability is None else 260)))
    speech.speak(0.64)
    seen = speech.pause(0.33)
    assert speech.machine.phase is Phase.SENT
    speech.speak(CHUNK_S)
    assert speech.sure(seen, 0.9) == []
    assert kinds(speech.speak(CHUNK_S)) == ["Reopened"]


def test_after_a_cough_the_same_words_count_as_before() -> None:
    rule = Rule(by_words)
    speech = Speech(rule)
    speech.speak(0.64)
    seen = speech.pause(0.2)
    speech.sure(seen, 0.9)
    speech.words(seen, "What time is it?")
    speech.be_quiet(0.2)
    speech.speak(0.128)
    again = speech.pause(0.2)
    speech.sure(again, 0.1)
    speech.words(again, "What time is it?")
    assert rule.asked[-1].turn_probability == 0.9
    speech.be_quiet(0.6)
    assert kinds(speech.events)[-3:] == ["PauseSeen", "TurnSent", "TurnEnded"]


def test_more_words_are_judged_by_their_own_sound() -> None:
    rule = Rule(by_words)
    speech = Speech(rule)
    speech.speak(0.64)
    seen = speech.pause(0.2)
    speech.sure(seen, 0.9)
    speech.words(seen, "What time is it?")
    speech.be_quiet(0.2)
    speech.speak(0.128)
    again = speech.pause(0.2)
    speech.sure(again, 0.1)
    speech.words(again, "What time is it in")
    assert rule.asked[-1].turn_probability == 0.1


def test_a_later_result_moves_the_end_of_a_turn_that_was_sent() -> None:
    rule = Rule(lambda known: (300, 1200 if known.turn_probability == 0.1 else 700))
    speech = Speech(rule)
    speech.speak(0.64)
    end = speech.now
    seen = speech.pause(0.36)
    assert speech.machine.phase is Phase.SENT
    speech.sure(seen, 0.1)
    (ended,) = speech.be_quiet(1.2)
    assert (ended.at - end) * 1000 == pytest.approx(1200, abs=17)


def test_a_turn_that_was_sent_ends_when_its_speaker_gives_up() -> None:
    speech = Speech(Rule(by_words))
    sent(speech)
    assert kinds(speech.machine.give_up(speech.now)) == ["TurnEnded"]
    assert speech.machine.phase is Phase.QUIET


# -- the speaker's usual pause --------------------------------------------------------------------


def pace_of(speech: Speech, rule: Rule) -> float:
    """The pace that the rule gets at the speaker's next pause."""
    speech.speak(0.64)
    speech.be_quiet(0.3)
    pace = rule.asked[-1].pace
    speech.machine.give_up(speech.now)
    speech.be_quiet(3.0)
    return pace


def talk_with_pauses(speech: Speech, seconds: float, count: int = 12) -> None:
    for _ in range(count):
        speech.speak(0.64)
        speech.be_quiet(seconds)
    speech.speak(0.64)
    speech.machine.give_up(speech.now)
    speech.be_quiet(3.0)


def slow_rule() -> Rule:
    return Rule(lambda _: (1400, 1400))


def test_the_rule_gets_the_speakers_pace_within_bounds() -> None:
    paces = []
    for pause_s in (None, 0.9, 0.18):
        rule = slow_rule()
        speech = Speech(rule)
        if pause_s is not None:
            talk_with_pauses(speech, pause_s)
        paces.append(pace_of(speech, rule))
    assert paces == [1.0, 1.2, 0.8]


def test_short_gaps_and_time_between_turns_are_not_learned() -> None:
    rule = slow_rule()
    speech = Speech(rule)
    talk_with_pauses(speech, 0.1)
    for _ in range(5):
        pace_of(speech, rule)
    assert speech.machine.pause_profile.stretch == 1.0


def test_speech_soon_after_a_turn_counts_as_a_pause() -> None:
    speech = Speech()
    for _ in range(6):
        speech.speak(0.64)
        speech.sure(speech.pause(), 0.9)
        assert kinds(speech.be_quiet(0.16)) == ["TurnEnded"]
        speech.be_quiet(0.55)
    assert speech.machine.pause_profile.usual_pause_ms > 600


def test_a_pause_after_which_a_sent_turn_is_reopened_is_learned() -> None:
    speech = Speech(Rule(by_words))
    for _ in range(6):
        sent(speech)
        speech.be_quiet(0.3)
    assert speech.machine.pause_profile.usual_pause_ms > 500


def test_without_a_pace_share_the_pace_is_equal_for_all() -> None:
    rule = slow_rule()
    speech = Speech(rule, TURN.model_copy(update={"pace_share": 0.0}))
    talk_with_pauses(speech, 0.9)
    assert pace_of(speech, rule) == 1.0

"""The silences that the bot's own rule wants, for what is known of a pause."""

from __future__ import annotations

import itertools

import pytest

from pipeline.language.utterance import ParsedUtterance
from pipeline.listening.endpoint_rule import SHORTEST_MS, CompletionRule, FixedSilence, Silences
from pipeline.listening.turn_completion import CompletionEvidence
from pipeline.participants import Participants
from pipeline.settings import RelevanceSettings, TurnSettings
from testing.room import JARVIS, SAGE

QUESTION = ParsedUtterance(1, "Jarvis, what time is it?")
REQUEST = ParsedUtterance(1, "Jarvis, turn off the lights.")
SEND_MS = TurnSettings().send_after_ms


def silences(over: float, words: ParsedUtterance = QUESTION, **settings: object) -> Silences:
    """The silences where the turn is over with this probability."""
    rule = CompletionRule(TurnSettings.model_validate(settings), lambda _: over)
    return rule.silences(CompletionEvidence(0.5, utterance=words))


def test_a_probable_end_is_sent_at_once_and_sounds_later() -> None:
    found = silences(0.85)
    assert found.send_ms == SEND_MS
    assert found.send_ms < found.sound_ms < 700


def test_a_certain_end_is_sent_at_once_and_sounds_after_the_shortest_silence() -> None:
    room = Participants((JARVIS,), JARVIS, RelevanceSettings().name_threshold)
    assert silences(0.97) == Silences(SEND_MS, 680)
    call = room.parse(1, "Jarvis, what time is it?", "en")
    assert silences(0.97, call) == Silences(SEND_MS, 320)
    assert silences(0.97, call, sound_after_ms=300) == Silences(SEND_MS, 300)
    assert silences(0.97, call, send_after_ms=250) == Silences(250, 320)


def test_a_certain_call_that_is_decided_once_does_not_wait_for_its_synthesis() -> None:
    room = Participants((JARVIS,), JARVIS, RelevanceSettings().name_threshold)
    acting = room.parse(1, "Jarvis, turn off the lights.", "en")
    assert silences(0.97, acting) == Silences(SHORTEST_MS, SHORTEST_MS)
    assert silences(0.97, eager="off") == Silences(530, 530), "150 ms before the answer may sound"


def test_the_answer_to_a_whole_call_is_prepared_before_it_may_sound() -> None:
    room = Participants((JARVIS,), JARVIS, RelevanceSettings().name_threshold)
    call, acting, other = (
        silences(0.5, room.parse(1, text, "en"))
        for text in ("Jarvis, what time is it?", "Jarvis, turn off the lights.", "What time is it?")
    )
    assert call.send_ms == call.sound_ms - 250
    assert acting == Silences(call.sound_ms - 150, call.sound_ms - 150), "one decision"
    assert other.send_ms > call.send_ms


def test_the_less_probable_the_end_the_longer_the_silences() -> None:
    found = [silences(over) for over in (0.9, 0.6, 0.3, 0.05)]
    for shorter, longer in itertools.pairwise(found):
        assert shorter.sound_ms < longer.sound_ms
        assert shorter.send_ms < longer.send_ms
    assert all(each.send_ms <= each.sound_ms for each in found)


def test_a_voice_command_ends_the_turn_whatever_the_turn_model_says() -> None:
    for over in (0.01, 0.5, 0.99):
        assert silences(over, ParsedUtterance(1, "Stop.")) == Silences(SHORTEST_MS, SHORTEST_MS)


def test_without_words_nothing_is_sent_before_the_turn_is_over() -> None:
    for sure in (None, 0.02, 0.98):
        found = CompletionRule(TurnSettings()).silences(CompletionEvidence(sure))
        assert found.send_ms == found.sound_ms


def test_careful_holds_a_request_that_acts_to_one_decision() -> None:
    careful, on = (silences(0.8, REQUEST, eager=eager) for eager in ("careful", "on"))
    assert careful.send_ms == careful.sound_ms
    assert on.send_ms < on.sound_ms


def test_on_sends_earlier_than_careful() -> None:
    careful, on = (silences(0.7, eager=eager) for eager in ("careful", "on"))
    assert on.send_ms < careful.send_ms
    assert on.sound_ms == careful.sound_ms


def test_off_never_sends_before_the_turn_is_over() -> None:
    for over in (0.1, 0.6, 0.99):
        found = silences(over, eager="off")
        assert found.send_ms == found.sound_ms


def test_a_higher_cost_waits_longer() -> None:
    assert silences(0.3, careful_cut_cost_ms=2500).send_ms > silences(0.3).send_ms
    dearer, usual = (silences(0.3, eager="on", cut_cost_ms=cost) for cost in (2500, 1500))
    assert dearer.send_ms > usual.send_ms
    assert silences(0.3, sound_cut_cost_ms=8000).sound_ms > silences(0.3).sound_ms


def test_a_likely_end_waits_no_longer_than_the_limits() -> None:
    likely, unlikely = (silences(over, eager="on") for over in (0.34, 0.32))
    assert likely == Silences(350, 900)
    assert likely.send_ms < unlikely.send_ms
    assert likely.sound_ms < unlikely.sound_ms
    assert silences(0.34, eager="on", likely_from=1).sound_ms > 1000, "no limit"
    without_words = CompletionRule(TurnSettings(), lambda _: 0.4)
    assert without_words.silences(CompletionEvidence(0.5)).sound_ms > 900


@pytest.mark.parametrize("words", [QUESTION, REQUEST])
@pytest.mark.parametrize("eager", ["off", "careful", "on"])
def test_what_is_likely_over_is_sent_in_time_for_its_first_sentence(
    words: ParsedUtterance, eager: str
) -> None:
    # Synthesis takes 150 ms: the first sound is never later than the limit because of it.
    assert silences(0.4, words, eager=eager).send_ms <= 900 - 150


def test_an_answer_never_sounds_before_the_shortest_silence_whatever_the_limit() -> None:
    assert silences(0.5, likely_sound_ms=300).sound_ms == 680


def test_the_silences_follow_the_speakers_pace() -> None:
    rule = CompletionRule(TurnSettings(), lambda _: 0.4)
    slow, usual, quick = (
        rule.silences(CompletionEvidence(0.5, utterance=QUESTION, pace=pace))
        for pace in (1.2, 1.0, 0.8)
    )
    assert slow.sound_ms > usual.sound_ms > quick.sound_ms
    assert slow.send_ms > usual.send_ms > quick.send_ms


def test_a_whole_request_by_name_sounds_earlier_than_one_without() -> None:
    room = Participants((JARVIS,), JARVIS, RelevanceSettings().name_threshold)
    called, uncalled = (
        silences(0.7, room.parse(1, text, "en"))
        for text in ("Jarvis, tell me a joke.", "Please tell me a joke.")
    )
    assert called.sound_ms < uncalled.sound_ms


def test_a_call_of_another_agent_counts_as_one() -> None:
    room = Participants((JARVIS, SAGE), JARVIS, RelevanceSettings().name_threshold)
    for its_own, others in (
        ("Jarvis, what time is it?", "Sage, what time is it?"),
        ("Hey Jarvis, tell us a joke.", "Hey Sage, tell us a joke."),
        ("Jarvis, turn off the lights.", "Ask Sage to turn off the lights."),
    ):
        found = [silences(0.5, room.parse(1, text, "en")) for text in (its_own, others)]
        assert found[0] == found[1], others
        assert room.parse(1, others, "en").calls_agent
    for text in ("I asked Sage about the weather.", "What time is it?"):
        assert not room.parse(1, text, "en").calls_agent


def test_a_fixed_silence_takes_no_notice() -> None:
    assert FixedSilence(800).silences(CompletionEvidence(0.9)) == Silences(800, 800)

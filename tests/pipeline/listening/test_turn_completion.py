"""The probability that a turn is over, and the silence that follows from it."""

from __future__ import annotations

import itertools
import json
from dataclasses import replace

import pytest

from pipeline.inference.closing_marks import ClosingMarks
from pipeline.inference.text_ending import TextEnding
from pipeline.language.utterance import ParsedUtterance
from pipeline.listening.turn_completion import (
    WEIGHTS_FILE,
    CompletionEvidence,
    SilenceRule,
    completion_probability,
    features_of,
)
from pipeline.participants import Participants
from pipeline.ports import Persona, Voice
from pipeline.settings import RelevanceSettings

JARVIS = Persona("jarvis", "Jarvis", Voice("jarvis"))
SAGE = Persona("sage", "Sage", Voice("sage"))
ROOM = Participants((JARVIS, SAGE), JARVIS, RelevanceSettings().name_threshold)

SURE_END = ClosingMarks(
    0.02, 0.95, 0.0, 0.005, 0.005, 0.01, 0.99, 0.98, -0.02, -0.05, -0.03, 0.3, 0.67
)
"""As Whisper base closes "Jarvis, what is the weather in Paris?"."""
SURE_STOP = ClosingMarks(0.8, 0.0, 0.0, 0.02, 0.03, 0.12, 0.99, 0.95, -0.1, -0.2, -0.2, 0.1, 0.5)
"""As it closes a statement."""
SURE_PAUSE = ClosingMarks(0.05, 0.0, 0.0, 0.1, 0.59, 0.14, 0.8, 0.7, -0.5, -0.3, -0.9, 0.4, 0.001)
"""As it closes "Jarvis, set a timer for"."""


ENDS = TextEnding(sentence_end=-0.1, comma=-3.4, next_word=-3.5)
GOES_ON = TextEnding(sentence_end=-6.0, comma=-6.0, next_word=-0.01)
"""As SmolLM2 ends "What is the capital of France" and "What is the capital of"."""


def said(text: str, language: str = "en") -> ParsedUtterance:
    return ROOM.parse(1, text, language)


def over(
    text: str, closing: ClosingMarks | None = None, sound: float | None = 0.5, language: str = "en"
) -> float:
    return completion_probability(CompletionEvidence(sound, closing, said(text, language)))


def test_a_whole_question_by_name_is_over_and_a_broken_clause_is_not() -> None:
    assert over("Jarvis, what is the weather in Paris?", SURE_END, 0.9) > 0.8
    assert over("Jarvis, set a timer for...", SURE_PAUSE, 0.3) < 0.15


def test_each_part_alone_tells_an_end_from_a_pause() -> None:
    def only(**part: object) -> float:
        return completion_probability(replace(CompletionEvidence(), **part))  # type: ignore[arg-type]

    assert only(turn_probability=0.97) > only(turn_probability=0.05) + 0.2
    assert only(closing=SURE_END) > only(closing=SURE_PAUSE) + 0.2
    whole, broken = said("Jarvis, what time is it?"), said("I was wondering if you could")
    assert only(utterance=whole) > only(utterance=broken) + 0.2


def test_a_filler_at_the_start_and_a_bare_name_are_less_over_than_a_short_answer() -> None:
    # With the end that Whisper base expects behind each, and what SmolLM2 does.
    def found(text: str, expected: float, *ending: float) -> float:
        marks = replace(SURE_STOP, expected=expected)
        return completion_probability(
            CompletionEvidence(0.5, marks, said(text), TextEnding(*ending))
        )

    short = found("Seventeen.", 0.162, -0.6, -2.3, -1.1)
    for delay, expected, *ending in (
        ("So.", 0.09, -4.9, -2.7, -0.1),
        ("Okay, so.", 0.038, -7.2, -6.1, 0.0),
        ("Well.", 0.064, -4.6, -0.3, -1.4),
        ("Jarvis.", 0.215, -3.2, -0.3, -1.4),
    ):
        assert found(delay, expected, *ending) < 0.5 < short


def test_a_subordinate_clause_needs_its_main_clause() -> None:
    alone, whole = "If it rains tomorrow.", "If it rains tomorrow, we stay at home."
    assert over(alone, SURE_STOP) < 0.3 < 0.6 < over(whole, SURE_STOP)
    assert over("When does it open?", SURE_END) > 0.5, "a question is no subordinate clause"
    german = over("Wenn es morgen regnet.", SURE_STOP, language="de")
    assert german < 0.3 < over("Es regnet.", SURE_STOP, language="de")


def test_a_call_counts_with_and_without_its_comma_and_whichever_agent_it_names() -> None:
    written = over("Jarvis, skip this song.", SURE_STOP)
    assert written == over("Jarvis skip this song.", SURE_STOP)
    assert written == over("Sage, skip this song.", SURE_STOP)
    assert written > over("Salt, pepper and this song,", SURE_STOP)


def test_a_request_without_its_mark_is_one() -> None:
    forbidden = ClosingMarks(0.0, 0.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.95, -0.05, -0.1, -0.1, 0.1, 0.4)
    whole, broken = "Jarvis, set a timer for ten minutes", "Jarvis, set a timer for"
    open_clause = replace(forbidden, expected=0.001)
    assert over(whole, forbidden) > over(broken, open_clause) + 0.2
    assert over(whole, forbidden) > over(broken, forbidden)


def test_an_end_that_the_words_do_not_lead_to_is_a_pause() -> None:
    """Whisper writes a question mark behind "What is the weather like in"."""
    text = "What is the weather like in the north?"
    expected, unexpected = (over(text, replace(SURE_END, expected=each)) for each in (0.6, 0.001))
    assert expected > unexpected + 0.3
    late = over(text, replace(SURE_END, ends_after_s=0.6))
    assert late < over(text, replace(SURE_END, ends_after_s=0.0)), "a made-up word has no sound"


def test_what_the_language_model_expects_counts_in_every_combination() -> None:
    words = said("What is the capital of France?")
    for sound, closing in itertools.product((None, 0.9), (None, SURE_END)):
        known = CompletionEvidence(sound, closing, words)
        ends, goes_on = (
            completion_probability(replace(known, ending=each)) for each in (ENDS, GOES_ON)
        )
        assert ends > completion_probability(known) - 0.1
        assert ends > goes_on + 0.25


def test_nothing_known_is_even_odds() -> None:
    assert completion_probability(CompletionEvidence()) == 0.5


def test_words_without_word_lists_and_no_words_count_as_missing() -> None:
    spanish = CompletionEvidence(0.7, SURE_END, said("¿Qué hora es?", "es"))
    assert completion_probability(spanish) == completion_probability(
        CompletionEvidence(0.7, SURE_END)
    )
    assert features_of(CompletionEvidence(0.7, None, said("")))[0] == "sound"


def test_german_words_are_known() -> None:
    assert over("Jarvis, wie spät ist es?", SURE_END, 0.8, "de") > over(
        "Ich wollte fragen, ob", SURE_PAUSE, 0.8, "de"
    )


@pytest.mark.parametrize("sound", [0.0, 1.0])
@pytest.mark.parametrize("text", ["Stop.", "and", "Jarvis", "42", "?!", "So " * 500])
def test_the_probability_stays_inside_its_bounds(sound: float, text: str) -> None:
    for closing in (None, SURE_END, SURE_PAUSE):
        assert 0.005 <= over(text, closing, sound) <= 0.995


def test_the_weights_name_exactly_the_features_of_each_combination() -> None:
    models = json.loads(WEIGHTS_FILE.read_text(encoding="utf-8"))["models"]
    parts = {
        "turn_probability": 0.4,
        "closing": SURE_END,
        "utterance": said("What is it?"),
        "ending": ENDS,
    }
    seen = set()
    for count in range(1, len(parts) + 1):
        for chosen in itertools.combinations(parts, count):
            if "ending" in chosen and "utterance" not in chosen:
                continue
            evidence = CompletionEvidence(**{name: parts[name] for name in chosen})  # type: ignore[arg-type]
            name, features = features_of(evidence)
            seen.add(name)
            assert models[name].keys() == features.keys() | {""}
    assert models.keys() == seen


# -- the silence ---------------------------------------------------------------------------------

RULE = SilenceRule(cut_cost_ms=3000, median_ms=550, sigma=0.65)


def test_the_surer_the_end_the_shorter_the_silence() -> None:
    silences = [RULE.silence_ms(step / 20) for step in range(21)]
    assert silences == sorted(silences, reverse=True)
    assert silences[0] > 1500
    assert silences[-1] == 160, "the shortest that a rule may take"


def test_a_dearer_interruption_and_longer_pauses_wait_longer() -> None:
    dearer = replace(RULE, cut_cost_ms=6000)
    longer = replace(RULE, median_ms=900)
    for probability in (0.3, 0.6, 0.9):
        assert dearer.silence_ms(probability) >= RULE.silence_ms(probability)
        assert longer.silence_ms(probability) >= RULE.silence_ms(probability)
    assert dearer.silence_ms(0.6) > RULE.silence_ms(0.6)
    assert longer.silence_ms(0.6) > RULE.silence_ms(0.6)

"""SmolLM2 on sentences of calls: their ends, and beginnings that need more words."""

from __future__ import annotations

from typing import Final

import pytest

from pipeline.inference.language_model import LanguageModel
from tests.real_models.lines import NAMED, PAUSED, SIDE_TALK

BROKEN: Final = (
    ("What is the capital of", "What is the capital of Portugal?"),
    ("Jarvis, set a timer for", "Jarvis, set a timer for ten minutes."),
    ("Could you tell me how to", "Could you tell me how to boil an egg?"),
    ("I was wondering if you", "I was wondering if you could help me."),
    ("Remind me to buy", "Remind me to buy milk tomorrow."),
    ("How long does it take to get from here to the", "How long does it take to get to Rome?"),
    ("Sage, who wrote the", "Sage, who wrote the Odyssey?"),
    ("The thing that I like about it is", "The thing that I like about it is the sound."),
    ("Turn off the lights in the", "Turn off the lights in the kitchen."),
    ("If it rains tomorrow", "If it rains tomorrow, we stay at home."),
    ("We could go to the cinema or", "We could go to the cinema or stay here."),
    ("Why is it so", "Why is it so cold in here?"),
)
"""Words that need more, and a whole sentence. None is in a scene of bench/conversation."""


def margin(model: LanguageModel, text: str) -> float:
    """How much more likely an end is than another word, in nats."""
    found = model.ending(text)
    return found.sentence_end - found.next_word


@pytest.mark.parametrize(("beginning", "whole"), BROKEN)
def test_a_whole_sentence_ends_rather_than_its_beginning(
    language_model: LanguageModel, beginning: str, whole: str
) -> None:
    assert margin(language_model, whole) > margin(language_model, beginning) + 1


def test_most_lines_end_where_they_do_and_not_in_the_middle(
    language_model: LanguageModel,
) -> None:
    lines = [line.text for line in (*NAMED, *SIDE_TALK, *PAUSED)]
    middles = [" ".join(text.split()[: len(text.split()) // 2]) for text in lines]
    right = sum(
        margin(language_model, text) > margin(language_model, middle)
        for text, middle in zip(lines, middles, strict=True)
    )
    assert right >= 0.85 * len(lines), f"{right} of {len(lines)}"

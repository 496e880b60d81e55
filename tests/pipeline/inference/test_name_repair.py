"""Names that the decoder wrote as other words."""

from __future__ import annotations

from pathlib import Path

import pytest
import tokenizers

from pipeline.inference.expected_names import ExpectedNames
from pipeline.inference.name_repair import (
    may_hold_a_name,
    may_open_with_a_call,
    name_prompt,
    with_call,
    with_command,
    with_names,
)
from pipeline.inference.whisper_vocabulary import WhisperVocabulary

NAMES = ExpectedNames(("Jarvis", "Sage", "Nova"), ("Alice", "Marek"))


@pytest.mark.parametrize(
    ("text", "prompted", "repaired"),
    [
        ("Good morning, Novers.", "Good morning, Nova.", "Good morning, Nova."),
        ("Which to sayage please?", "Rich to Sage, please.", "Which to Sage please?"),
        ("Say, I'll read that again.", "Sage read that again.", "Sage read that again."),
        ("What did Merrick say about it", "What did Marek say about it?", None),
        ("Tell me more nova.", "Tell me more Nova.", "Tell me more Nova."),
        ("Jarvis, stop.", "Jarvis stop.", "Jarvis, stop."),
    ],
)
def test_words_that_sound_like_a_name_become_it(
    text: str, prompted: str, repaired: str | None
) -> None:
    wanted = repaired or text.replace("Merrick", "Marek")
    assert with_names(text, prompted, NAMES) == wanted


@pytest.mark.parametrize(
    ("text", "prompted"),
    [
        ("Please call the office.", "Jarvis call the office."),
        ("It is too late.", "It is too late. Sage, what do you think?"),
        ("The number is busy.", "The number is easy."),
        ("We can go. Tomorrow maybe", "We can go tomorrow. Maybe."),
        ("", "Hey Jarvis, are you there?"),
    ],
)
def test_other_words_of_the_prompted_text_are_not_taken(text: str, prompted: str) -> None:
    assert with_names(text, prompted, NAMES) == text


def test_a_text_is_tried_again_only_where_a_name_may_be_in_it() -> None:
    assert may_hold_a_name("Good morning, Novers.", NAMES)
    assert may_hold_a_name("Dervus, what time is it?", NAMES)
    assert may_hold_a_name("Tell me more nova.", NAMES)
    assert may_hold_a_name("How many live in multi-javis?", NAMES)
    assert not may_hold_a_name("How many live in a well-being?", NAMES)
    assert not may_hold_a_name("Jarvis, stop.", ExpectedNames(("Jarvis",)))
    assert not may_hold_a_name("Your call cannot be put through.", ExpectedNames(("Jarvis",)))
    assert not may_hold_a_name("", NAMES)
    assert not may_hold_a_name("Hello there.", ExpectedNames((), ("!!",)))


def test_words_of_which_the_decoder_is_sure_are_no_misheard_name() -> None:
    text = "Dervus, what time is it?"
    assert may_hold_a_name(text, NAMES, (0.4, 1.0, 1.0, 1.0, 1.0))
    assert not may_hold_a_name(text, NAMES, (0.97, 1.0, 1.0, 1.0, 1.0))
    assert may_hold_a_name(text, NAMES, (0.97, 1.0)), "the sureness of other words says nothing"


@pytest.mark.parametrize(
    ("text", "prompted", "repaired"),
    [
        ("Jarvis ordered coffee.", "Jarvis, order coffee.", "Jarvis, order coffee."),
        ("Jarvis ordered a pizza.", "Jarvis order a pizza.", "Jarvis, order a pizza."),
        ("Jarvis, rolled two dice.", "Jarvis, roll two dice.", "Jarvis, roll two dice."),
        ("Jarvis closed the door.", "Jarvis, close the door.", "Jarvis, close the door."),
        ("Jarvis stopped the music.", "Jarvis stop the music.", "Jarvis, stop the music."),
        ("Okay Jarvis start it.", "Okay Jarvis, start it.", "Okay Jarvis, start it."),
        ("Jarvis did it rain?", "Jarvis, did it rain?", "Jarvis, did it rain?"),
        ("H. Jarvis plays it.", "Hey Jarvis, play it.", "H. Jarvis, play it."),
        # Other words of the prompted text are not taken.
        ("Jarvis window a plant.", "Jarvis, when do I plant.", "Jarvis, window a plant."),
        ("Jarvis helped me.", "Jarvis helps me.", "Jarvis helped me."),
        ("Jarvis was wrong.", "Jarvis was wrong.", "Jarvis was wrong."),
        ("I asked Jarvis then.", "I ask Jarvis, then.", "I asked Jarvis then."),
        ("Alice closed the door.", "Alice, close the door.", "Alice closed the door."),
        ("Jarvis", "Jarvis,", "Jarvis"),
        ("", "Jarvis, order coffee.", ""),
    ],
)
def test_the_prompted_text_tells_a_call_from_a_subject(
    text: str, prompted: str, repaired: str
) -> None:
    assert with_call(text, prompted, NAMES) == repaired


@pytest.mark.parametrize(
    ("text", "prompted", "repaired"),
    [
        ("As Sage who won.", "Ask Sage who won.", "Ask Sage who won."),
        ("I ask Sage how long.", "Ask Sage, how long?", "Ask Sage how long."),
        ("Which to Sage, please?", "Switch to Sage, please.", "Switch to Sage, please?"),
        ("Switch the Sage.", "Switch to Sage.", "Switch to Sage."),
        # Only words that sound like a command, and only those of a command.
        ("She told Sage who won.", "Ask Sage who won.", "She told Sage who won."),
        ("As Sage said, we go.", "As Sage said, we go.", "As Sage said, we go."),
        ("Has Sage finished?", "As Sage finished.", "Has Sage finished?"),
        ("As Alice knows it.", "Ask Alice knows it.", "As Alice knows it."),
        ("As Jarvis who won.", "Ask Sage who won.", "As Jarvis who won."),
        ("Sage, who won?", "Ask Sage who won.", "Sage, who won?"),
        ("As soon as you see it, Sage.", "Ask Sage.", "As soon as you see it, Sage."),
        ("", "Ask Sage who won.", ""),
    ],
)
def test_a_command_before_a_name_is_taken_from_the_prompted_text(
    text: str, prompted: str, repaired: str
) -> None:
    assert with_command(text, prompted, NAMES, "en") == repaired
    assert with_command(text, prompted, NAMES, "xx") == text


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("Jarvis ordered coffee.", True),
        ("Jarvis orders coffee.", True),
        ("Jarvis does it rain.", False),
        ("Okay Nova started the music.", True),
        ("Jarvis, rolled two dice.", True),
        ("As Sage who won.", True),
        ("Jarvis who wrote Moby Dick.", False),
        ("Okay Nova start the music.", False),
        ("Ask Sage who won.", False),
        ("Jarvis, order coffee.", False),
        ("Jarvis? Ordered coffee?", False),
        ("Jarvis.", False),
        ("Alice ordered coffee.", False),
        ("I would say that Jarvis ordered coffee.", False),
    ],
)
def test_a_call_is_looked_for_where_the_words_do_not_show_it(text: str, asked: bool) -> None:
    assert may_open_with_a_call(text, NAMES, "en") == asked


@pytest.mark.parametrize(
    "names",
    [
        ExpectedNames(("Jarvis",)),
        ExpectedNames(("Jarvis", "Sage"), ("Alice",)),
        ExpectedNames((), ("Alice", "Bob")),
        ExpectedNames(tuple(f"Agent{n}" for n in range(40)), ("Benedict",) * 40),
    ],
)
def test_the_prompt_has_timestamps_and_at_least_two_sentences(
    whisper_path: Path, names: ExpectedNames
) -> None:
    tokenizer = tokenizers.Tokenizer.from_file(str(whisper_path / "tokenizer.json"))
    vocabulary = WhisperVocabulary(tokenizer, multilingual=True)
    begin, *prompt = name_prompt(names, vocabulary)
    assert not vocabulary.is_text(begin)
    assert len(prompt) <= 223
    stamps = [token for token in prompt if token >= vocabulary.first_timestamp]
    assert len(stamps) >= 4
    assert stamps == sorted(stamps)

"""Questions with a verb in front of its subject, behind a name and without commas."""

from __future__ import annotations

from pipeline.language.lexicons import language
from pipeline.language.vocative import is_called

ASKED = """
Jarvis would an A flat before that sound nice
Jarvis would an hour be enough
Jarvis would a left turn be quicker
Jarvis would a cooked meal be better
Jarvis could a crow have done that
Jarvis can somebody's phone be that loud
Jarvis can anyone's cat climb that
Jarvis has either of them called back
Jarvis would some of them fit
Jarvis has the plumber called back
Jarvis doesn't the train stop there anymore
Jarvis don't those two clash
Jarvis did that recipe say two eggs or three
Jarvis does this contain nuts
Jarvis does the bus still stop there
Jarvis is a whale a fish
"""
TOLD = """
Jarvis would a been funny
Jarvis could a told us
Jarvis would a said no
Jarvis did the last one
Jarvis did the first take
Jarvis did the shopping list
Jarvis did the talk show
Jarvis does the voices really well
Jarvis does some of that
Jarvis has some of the answers
Jarvis is an idiot
Jarvis is a great toy
Jarvis is a bit slow today
sorry Jarvis is a bit slow today
Jarvis doesn't know the answer
Jarvis doesn't like the dog
"""


def lines(text: str) -> list[str]:
    return text.strip().splitlines()


def called(text: str) -> bool:
    start = text.index("Jarvis")
    return is_called(text, start, start + len("Jarvis"), language("en"))


def test_a_question_behind_the_name() -> None:
    assert [text for text in lines(ASKED) if not called(text)] == []


def test_a_statement_about_the_name() -> None:
    assert [text for text in lines(TOLD) if called(text)] == []

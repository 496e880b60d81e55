"""Names behind a verb or a preposition that ends the clause, without commas."""

from __future__ import annotations

from pipeline.language.lexicons import language
from pipeline.language.vocative import is_called

NEEDS_NO_OBJECT = """
where does this come from Jarvis
what does it depend on Jarvis
what does that stand for Jarvis
what are you looking at Jarvis
what are we waiting for Jarvis
what is it for Jarvis
what's it about Jarvis
who is she with Jarvis
what is it made of Jarvis
what is this sauce made from Jarvis
who was it written for Jarvis
what time does the first bus to Keswick leave Jarvis
when does the ferry leave Jarvis
when do we leave Jarvis
let's go Jarvis
let's begin Jarvis
nobody laughed Jarvis
everyone's waiting Jarvis
he died Jarvis
stop singing Jarvis
stop laughing Jarvis
which of you laughed Jarvis
who of you won Jarvis
that's not what I meant Jarvis
that's not what I asked Jarvis
it's what I wanted Jarvis
what do you call this Jarvis
what is it called Jarvis
what does it look like Jarvis
could you show me Jarvis
have you finished Jarvis
is this it Jarvis
isn't it Jarvis
"""
NEEDS_AN_OBJECT = """
what happened to Jarvis
what is wrong with Jarvis
what would you do without Jarvis
what did the review say about Jarvis
what did you pay for Jarvis
what are you saying about Jarvis
what was said about Jarvis
what have you heard about Jarvis
what's the best thing about Jarvis
what's the password for Jarvis
which voice is right for Jarvis
who is waiting for Jarvis
why are we waiting for Jarvis
how long did you wait for Jarvis
who is new to Jarvis
when did you leave Jarvis
when did your brother leave Jarvis
stop teasing Jarvis
don't interrupt Jarvis
which of you muted Jarvis
which one of you named Jarvis
who installed Jarvis
that's what I told Jarvis
that's what I asked Jarvis
what does the manual call Jarvis
what do you call Jarvis at home
why did you name him Jarvis
why do people like Jarvis
could you lend me Jarvis
have you tried Jarvis
how can you stand Jarvis
is it Jarvis
was it Jarvis who said that
is that Jarvis or Sage
"""


def lines(text: str) -> list[str]:
    return text.strip().splitlines()


def called(text: str) -> bool:
    start = text.index("Jarvis")
    return is_called(text, start, start + len("Jarvis"), language("en"))


def test_a_clause_that_needs_no_object() -> None:
    assert [text for text in lines(NEEDS_NO_OBJECT) if not called(text)] == []


def test_a_clause_that_needs_the_name() -> None:
    assert [text for text in lines(NEEDS_AN_OBJECT) if called(text)] == []

"""What the words alone say about whether more is to come."""

from __future__ import annotations

import pytest

from pipeline.listening.text_endpoint import Completeness, completeness
from tests.pipeline.parsing import parsed

OPEN = """
Jarvis, what is the
Jarvis, what is the?
Jarvis, what is
And then I want to
I think that.
And what about?
So what I mean is, um
I was wondering if you could
Jarvis, I was wondering if you could.
I was wondering
Set a timer for
Jarvis, turn on the kitchen lights and
I would like to
Jarvis, can you
Can you tell me
We went to the market, and
The weather is
Well...
Hey Jarvis,
I think that we should -
It is because
Um.
"""
UNSURE = """
Jarvis.
Hey Jarvis.

It was raining all day yesterday.
I am doing fine.
Okay.
Uh huh.
what time is it
Jarvis, turn on the kitchen
Who are you talking to
Yes, it is
That is a great idea.
Jarvis told me a good joke yesterday.
Jarvis, what was the name of?
What is the best way to?
What is the weather like in?
"""
WHOLE = """
Jarvis, what time is it?
What time is it, Jarvis?
And tomorrow?
And in Paris?
What are you looking for?
Who are you talking to?
What is the weather like?
Where is your brother from?
Who is it from?
Who are you?
How are you today?
What is two plus two.
Jarvis, turn on the kitchen lights.
Jarvis, tell me a joke.
Tell me more.
Play jazz.
Ask Sage to tell me a story.
Yes.
No thank you.
No, thanks!
Thank you, Jarvis.
Bob, can you open the window?
"""
COMMAND = """
Stop
Jarvis, stop.
Never mind.
Louder, please.
Jarvis, please go on.
Switch to Sage.
Repeat that, please.
"""
GERMAN_OPEN = """
Jarvis, was ist
Jarvis, wie wird das Wetter in der
Ich möchte
Kannst du
Jarvis, kannst du mir sagen ob
Erinnere mich an den
Licht aus und
Ich wollte, äh
"""
GERMAN_WHOLE = """
Jarvis, wie spät ist es?
Jarvis, wie wird das Wetter morgen?
Jarvis, mach das Licht an.
Spiel etwas Musik.
Was hast du gesagt?
Ja, bitte.
Nein, danke.
"""


def lines(text: str) -> list[str]:
    return text.strip("\n").split("\n")


TABLE = [
    (line, language, ending)
    for text, language, ending in (
        (OPEN, "en", Completeness.OPEN),
        (UNSURE, "en", Completeness.UNSURE),
        (WHOLE, "en", Completeness.WHOLE),
        (COMMAND, "en", Completeness.COMMAND),
        (GERMAN_OPEN, "de", Completeness.OPEN),
        (GERMAN_WHOLE, "de", Completeness.WHOLE),
        ("Hör auf.\nLauter, bitte.", "de", Completeness.COMMAND),
        ("Was ist der Unterschied zwischen?", "de", Completeness.UNSURE),
    )
    for line in lines(text)
]


@pytest.mark.parametrize(("text", "language", "ending"), TABLE)
def test_how_words_end(text: str, language: str, ending: Completeness) -> None:
    assert completeness(parsed(text, language)) is ending


def test_a_language_without_word_lists_has_its_question_marks() -> None:
    assert completeness(parsed("Jarvis, quelle heure est-il ?", "fr")) is Completeness.WHOLE
    assert completeness(parsed("Jarvis, je voudrais", "fr")) is Completeness.UNKNOWN
    assert completeness(parsed("Jarvis, je voudrais,", "fr")) is Completeness.OPEN

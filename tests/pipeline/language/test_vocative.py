"""Whether a name is called, or talked about."""

from __future__ import annotations

import pytest

from pipeline.language.clause import bare_forms, opens_with
from pipeline.language.garbled_greetings import asks_directly
from pipeline.language.lexicons import Language, language
from pipeline.language.vocative import (
    fluent_words,
    is_called,
    is_clearly_called,
    plain_words,
)

CALLED = """
Can't, Jarvis, I'm busy.
Jarvis does a car older than ten years need a test
Jarvis won't the plant die if I do it
Which is better, Jarvis, or both?
Should I restart it, Jarvis, or call them?
Oh come on Jarvis
Oh come on Jarvis, you always give her the good ones.
No offense Jarvis
Fire away Jarvis, round one.
Hey, I'm Jarvis. Does this sound all right?
Jarvis times 3 everything
Jarvis timers 10 minutes please
Jarvis apologies
Surprise me Jarvis
Amaze us Jarvis
Please entertain me Jarvis
Old Jarvis, what is the time?
Good old Jarvis, what is the time?
My dear old Jarvis, how are you?
Calling Jarvis
Earth to Jarvis
Come in Jarvis
Paging Jarvis, what time is it?
Jarvis again please
What do you call him Jarvis
Can you call him Jarvis
Jarvis got any better ideas
Jarvis got anything else
Because I'm hang on Jarvis, ask me an easier one first
Remind me Jarvis to water the plants
Tell us Jarvis if it rains
Do you know Jarvis who wrote Emma?
do you remember Jarvis where I put it
Do you know Jarvis if it rains
My turn Jarvis how loud is too loud
Move the report to Friday Jarvis
I reckon Jarvis it's too late
Jarvis, what time is it?
Jarvis what time is it
Jarvis.
Jarvis?
Hey Jarvis
Good morning, Jarvis.
Um, so, Jarvis can you hear me
Jarvis is it raining
Jarvis is the oven on?
Jarvis could you help us
Jarvis tell me a story
Jarvis play jazz
What time is it, Jarvis?
What time is it Jarvis?
Turn it off Jarvis
Can you help me Jarvis
Never mind Jarvis
Thank you, Jarvis.
Thanks Jarvis
Stop Jarvis
No, Jarvis, I meant Paris.
It works. Jarvis, stop.
So I was thinking, Jarvis can you look that up?
I was wondering jarvis could you help
so yeah hey Jarvis play some music
I think, Jarvis, that you are wrong
the uh the second one jarvis what about that one
what time is it jarvis
What do you think Jarvis?
what do you think jarvis about the blue one
so what do you say jarvis one coat or two
So we have milk, eggs and Jarvis what else was there
Jarvis do penguins have knees
Jarvis are cherries in season
Jarvis is the shop still open
Jarvis did anyone call
Jarvis will the shop be open on Sunday
Hey Jarvis does that go for cities as well
Jarvis and with two coats
I need your help Jarvis
That was quick Jarvis
Why is my tea so bitter Jarvis
hey jarvis is chocolate bad for cats
A Jarvis, how much is it?
Are you their Jarvis?
Jarvis paused the music please.
Jarvis switched to Sage.
Jarvis is tea healthier than coffee
Jarvis is tomorrow a holiday
Jarvis has the match started
Jarvis can dogs eat grapes
Jarvis did Arsenal win
Jarvis would two kilos be enough
Jarvis compress the logs
Jarvis play that song again
Jarvis read me the news from yesterday
Did you see that Jarvis
How many gears does a bike need Jarvis
Where are you from Jarvis
what is it called jarvis
and on Sunday Jarvis
any news Jarvis
I need a recipe for four Jarvis
stop it Jarvis
Jarvis isn't it too hot for that
Jarvis hasn't the parcel come yet
Jarvis has the match begun
Jarvis is honey good for a cough?
Jarvis was Mozart Austrian?
Jarvis for how long should I boil eggs
Jarvis on Monday wake me at six
Jarvis with this rain should we stay
I need a recipe for pancakes Jarvis
we're looking for a good book Jarvis
it is raining Jarvis
we are waiting Jarvis
why not Jarvis
who won Jarvis
Look Jarvis, that doesn't help.
Thank you Jarvis, and what about Monday?
What do you call it Jarvis
call the dentist Jarvis
I'm hungry Jarvis
twenty minutes Jarvis
any other ideas Jarvis
place him jazz Jarvis
what did you get Jarvis
I'm Jarvis O. when is the first bus
A Jarvis how much is it?
Jarvis on the lights in the hall
Jarvis on Monday remind me that Ben is away
can you call my mother Jarvis
did anyone call today Jarvis
send it Jarvis
I need names for cats Jarvis
someone called from Berlin Jarvis
Jarvis, whatever, play it again
"""
ABOUT = """
Don't Jarvis and Siri do the same thing?
Haven't Jarvis and Ben met?
Hi, I'm Jarvis from next door, is Ann in?
Doesn't Jarvis remind you every morning?
Jarvis doesn't count the ones in the cellar, does he?
Jarvis has a stronger accent than I do.
Jarvis reckons 98, but my manual says 108.
Hey, I'm Jarvis.
Hi, I'm Jarvis. I live next door.
With me Jarvis
They named me Jarvis
Good old Jarvis, always late.
The old Jarvis, what was it called?
Calling Jarvis takes ages.
I am calling Jarvis
Jarvis again
We call him Jarvis.
They call me Jarvis
He calls himself Jarvis.
We named her Jarvis because she is clever
Jarvis wins this one
Okay, Jarvis wins this one, the other one was too vague
Jarvis is a weird name for it, isn't it?
Jarvis has a nice voice, doesn't it?
She always asks Jarvis when she is losing
Jarvis got a new voice
We hang on Jarvis, it never ends
Do you know Jarvis?
Did you tell Jarvis what we want?
Do you know if Jarvis is on
Jarvis has a list already
Jarvis can read your calendar
Did you know that Jarvis can read your calendar?
Do you reckon Jarvis would play better than Ravi?
He named his vacuum cleaner Jarvis, it's confusing
I asked Jarvis to water the plants
Give me Jarvis to hold
Jarvis told me a good joke yesterday.
Jarvis is the best.
Jarvis plays music
Jarvis answered me
Jarvis and Sage are bots
Jarvis never works
Jarvis can play music
Did Jarvis answer you last time?
What did Jarvis say?
Where is Jarvis?
Is that Jarvis?
Who made Jarvis?
I asked Jarvis.
I love Jarvis
We use Jarvis for that
Ask Jarvis to tell me a joke.
Switch to Jarvis
talk with Jarvis
my friend Jarvis works there
the Jarvis thing broke
Jarvis, or whatever its name is
just ask Jarvis
Why don't you ask Jarvis?
do you trust Jarvis
I asked Jarvis yesterday
Jarvis is broken again
Did you hear what Jarvis said
What do you think Jarvis would say?
Who installed Jarvis
Why did you buy Jarvis
Can you turn off Jarvis
Jarvis does the shopping list for us
Jarvis is the best bot in the world
Jarvis is the name of the robot
Jarvis did it again
my friend Jarvis
I met your friend Jarvis
Jarvis was wrong about the bus
Jarvis hung up on me
Jarvis only knows about computers
Jarvis probably knows
Jarvis agrees with me.
Jarvis laughed.
Jarvis sent the mail twice
Jarvis moved it yesterday
Jarvis played the wrong song again
Jarvis opened the garage by itself last night
Jarvis turned the lights off at midnight
Jarvis helped me
Jarvis is smarter than you
Jarvis had one job
Jarvis can probably tell us
Jarvis of honey
What can Jarvis do
How do you spell Jarvis?
How do you like Jarvis
Who needs Jarvis
Who do you know besides Jarvis's friends
Jarvis from the film was smarter
Jarvis on my phone is faster.
Jarvis in the kitchen is too loud
Jarvis is going to the shop?
Who turned off Jarvis?
Who set up Jarvis?
They named the dog Jarvis.
Exactly, somebody had to call it Jarvis.
So now, Jarvis spends our money.
I was just thanking Jarvis
It's not you, it's Jarvis.
the kids adore Jarvis
our new router confuses Jarvis
what time did you start Jarvis
has anyone seen Jarvis
give him Jarvis
there is no one but Jarvis
I can't stand Jarvis
I'm Jarvis
I'm Jarvis today
Jarvis himself said it
we have muted Jarvis
my dad calls his car Jarvis
I need Jarvis
I need to update Jarvis
"""
GERMAN_CALLED = """
Überrasch mich Jarvis
Alter Jarvis, wie spät ist es?
Erde an Jarvis
Jarvis, wie spät ist es?
Wie spät ist es Jarvis?
Hallo Jarvis
Danke Jarvis
Jarvis ist es warm
Jarvis kannst du mir helfen
Hör auf Jarvis
Spiel etwas Musik, Jarvis.
Was kostet das Jarvis
Was meinst du dazu Jarvis?
Jarvis gibt es einen Nachtzug
Jarvis ist morgen ein Feiertag
Jarvis ist Tee gesünder als Kaffee
Ich brauche ein Rezept für vier Jarvis
Vergiss es Jarvis ich hab es gefunden
Ich glaube Jarvis das ist falsch
Danke dafür Jarvis und was ist mit morgen
Übrigens Jarvis wann kommt der Zug
Nicht so schnell Jarvis
"""
GERMAN_ABOUT = """
Wir nennen ihn Jarvis
Er nennt sich Jarvis
Unser Hund heißt Jarvis
Jarvis hat das gesagt
Jarvis spielt Musik
Hat Jarvis geantwortet?
Was hat Jarvis gesagt?
Frag Jarvis
Ich rede mit Jarvis
Frag doch mal Jarvis.
Jarvis war gestern schneller als du
Jarvis ist heute langsam
Jarvis auf dem Handy ist schneller
Ich glaube Jarvis schläft
Ich mag Jarvis es ist lustig
Hast du Jarvis gesagt dass wir kommen
Dank Jarvis haben wir den Weg gefunden
"""


def lines(text: str) -> list[str]:
    return text.strip().splitlines()


def called(text: str, code: str = "en") -> bool:
    start = text.lower().index("jarvis")
    return is_called(text, start, start + len("jarvis"), language(code))


@pytest.mark.parametrize("text", lines(CALLED))
def test_a_call(text: str) -> None:
    assert called(text)


@pytest.mark.parametrize("text", lines(ABOUT))
def test_talk_about(text: str) -> None:
    assert not called(text)


@pytest.mark.parametrize("text", lines(GERMAN_CALLED))
def test_a_call_in_german(text: str) -> None:
    assert called(text, "de")


@pytest.mark.parametrize("text", lines(GERMAN_ABOUT))
def test_talk_about_in_german(text: str) -> None:
    assert not called(text, "de")


def test_without_word_lists_the_commas_decide() -> None:
    assert called("Jarvis, quelle heure est-il?", "fr")
    assert called("Quelle heure est-il, Jarvis?", "fr")
    assert not called("Je parle de Jarvis.", "fr")


@pytest.mark.parametrize(
    ("text", "word", "clear"),
    [
        ("Harvis, turn it on.", "Harvis", True),
        ("Harvis turn it on", "Harvis", True),
        ("Hey Harvis", "Harvis", True),
        ("Turn it on, Harvis.", "Harvis", True),
        ("Harvis came by.", "Harvis", False),
        ("The harvest is in", "harvest", False),
        ("Harvis", "Harvis", False),
        ("I met Harvis, and so on", "Harvis", False),
    ],
)
def test_positions_where_almost_only_a_name_can_stand(text: str, word: str, clear: bool) -> None:
    start = text.index(word)
    assert is_clearly_called(text, start, start + len(word), language("en")) is clear


def test_a_question_that_follows_directly() -> None:
    def asks(text: str) -> bool:
        return asks_directly(text, len("He says"), language("en"))

    assert asks("He says, what is the meaning of life?")
    assert asks("He says what is the time")
    assert asks("He says, tell me a joke")
    assert asks("He says, what time is it?")
    assert asks("He says how old is the moon")
    assert not asks("He says what time it is")
    assert not asks("He says what people are")
    assert not asks("He says what he thinks")
    assert not asks("He says it is fine.")
    assert not asks("He says, it is fine.")
    assert not asks("He says")


def test_disfluencies_are_removed() -> None:
    assert fluent_words("and uh and the the next one", language("en")) == (
        "and",
        "the",
        "next",
        "one",
    )
    assert fluent_words("äh", language("de")) == ()


def test_words_are_normalized() -> None:
    assert plain_words("What's up, Émile? It’s 3.5!") == ("whats", "up", "émile", "its", "3", "5")


def test_an_opening_is_whole_words() -> None:
    phrases = Language("xx", request_phrases=frozenset({"can you", "may i"})).request_phrases
    assert opens_with(("can", "you", "hear"), phrases)
    assert not opens_with(("can", "your", "dog"), phrases)
    assert not opens_with((), phrases)


def test_the_bare_verb_of_a_regular_past_form() -> None:
    assert "pause" in bare_forms("paused", language("en"))
    assert "stop" in bare_forms("stopped", language("en"))
    assert "try" in bare_forms("tried", language("en"))
    assert "open" in bare_forms("opened", language("en"))
    assert not bare_forms("open", language("en"))
    assert not bare_forms("ed", language("xx"))

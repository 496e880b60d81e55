"""An utterance is analysed once for all of its readers, also for its completeness."""

from __future__ import annotations

import pytest

from pipeline.addressee.context import RoomState
from pipeline.addressee.decide import decide
from pipeline.events import TurnDecided
from pipeline.language import utterance
from pipeline.language.dialogue_act import DialogueAct, dialogue_act
from pipeline.language.lexicons import ENGLISH, GERMAN, Language
from pipeline.language.mentions import Mention, NameFinder
from pipeline.language.utterance import Completeness, ParsedUtterance
from pipeline.settings import RelevanceSettings
from testing.room import ANN, BEN, FakeRoom
from tests.pipeline.parsing import parsed


class Analyses:
    """Records each search for names and each dialogue act that is computed."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.names: list[tuple[str, str]] = []
        self.acts: list[str] = []
        candidates = NameFinder.candidates

        def count_names(finder: NameFinder, text: str, language: Language) -> list[Mention]:
            self.names.append((text, language.code))
            return candidates(finder, text, language)

        def count_acts(text: str, language: Language, *, called: bool = False) -> DialogueAct:
            self.acts.append(text)
            return dialogue_act(text, language, called=called)

        monkeypatch.setattr(NameFinder, "candidates", count_names)
        monkeypatch.setattr(utterance, "dialogue_act", count_acts)


@pytest.fixture
def analyses(monkeypatch: pytest.MonkeyPatch) -> Analyses:
    return Analyses(monkeypatch)


@pytest.mark.virtual_time
async def test_a_turn_is_analysed_once_from_its_last_pause_to_its_decision(
    analyses: Analyses,
) -> None:
    """The second dialogue act is that of the words after the name."""
    async with FakeRoom() as talk:
        await talk.say(ANN, "Jarvis, what time is it?")
        assert (await talk.until(TurnDecided)).addressed
    assert analyses.names == [("Jarvis, what time is it?", "en")]
    assert sorted(analyses.acts) == ["Jarvis, what time is it?", "what time is it?"]


@pytest.mark.virtual_time
async def test_earlier_utterances_are_not_analysed_again(analyses: Analyses) -> None:
    async with FakeRoom() as talk:
        for speaker, text in ((BEN, "I am hungry."), (ANN, "It is late."), (BEN, "Are you sure?")):
            before = len(talk.events)
            await talk.say(speaker, text)
            await talk.until(TurnDecided, after=before)
    assert analyses.acts == ["I am hungry.", "It is late.", "Are you sure?"]


def test_every_reader_gets_the_same_analysis(analyses: Analyses) -> None:
    said = parsed("Jarvis, what is the weather in Paris?")
    for _ in range(3):
        assert said.completeness is Completeness.WHOLE
        decide(said, RoomState((ANN, BEN)), lambda _: True, "medium", RelevanceSettings())
    assert len(analyses.names) == 1
    assert len(analyses.acts) == 2


def test_names_are_searched_in_another_language_only_for_words_of_its_commands(
    analyses: Analyses,
) -> None:
    assert parsed("Jarvis, what time is it?").command is None
    assert {code for _, code in analyses.names} <= {ENGLISH.code}
    assert parsed("Jarvis, hör auf.").command is not None
    assert analyses.names[-1] == ("Jarvis, hör auf.", GERMAN.code)


def test_the_call_is_separated_from_the_rest() -> None:
    said = parsed("Jarvis, tell Sage a joke.")
    assert said.text_without_call == "tell Sage a joke."
    assert said.agent == "jarvis"
    assert [mention.name for mention in said.agent_mentions] == ["jarvis", "sage"]
    assert said.act.request


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("Hey Jarvis, how are you?", "Hey how are you?"),
        ("Tell me, Jarvis, is it late?", "Tell me, is it late?"),
        ("What time is it, Jarvis?", "What time is it ?"),
        ("What time is it, Jarvis", "What time is it"),
        ("Jarvis, salt, pepper and oil", "salt, pepper and oil"),
        ("Jarvis,", ","),
        ("Salt , pepper, ?", "Salt , pepper, ?"),
    ],
)
def test_the_commas_around_a_call_belong_to_it_unless_the_text_ends_with_them(
    text: str, rest: str
) -> None:
    assert parsed(text).text_without_call == rest


def test_without_known_names_an_utterance_still_has_its_act() -> None:
    said = ParsedUtterance(1, "Jarvis, what time is it?")
    assert said.act.question
    assert said.agent_mentions == []


# -- completeness --------------------------------------------------------------------------------


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
    assert parsed(text, language).completeness is ending


def test_a_language_without_word_lists_has_its_question_marks() -> None:
    assert parsed("Jarvis, quelle heure est-il ?", "fr").completeness is Completeness.WHOLE
    assert parsed("Jarvis, je voudrais", "fr").completeness is Completeness.UNKNOWN
    assert parsed("Jarvis, je voudrais,", "fr").completeness is Completeness.OPEN


@pytest.mark.parametrize(
    "text", ["Jarvis.", "Yo, Jarvis!", "Oh Jarvis.", "O, Jarvis", "So, Jarvis"]
)
def test_a_call_and_nothing_else(text: str) -> None:
    assert parsed(text).only_calls


@pytest.mark.parametrize(
    "text", ["Yes, Jarvis.", "No, Jarvis.", "Jarvis, stop.", "Oh.", "Thanks, Jarvis."]
)
def test_more_or_less_than_a_call(text: str) -> None:
    assert not parsed(text).only_calls

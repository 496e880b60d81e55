"""The names in an utterance, though misheard: who is called, and who is talked about."""

from __future__ import annotations

import pytest

from pipeline.language.lexicons import ENGLISH, GERMAN
from pipeline.language.likeness import likeness
from pipeline.language.mentions import Mentions, NameFinder
from pipeline.language.name_forms import spoken_names
from pipeline.ports import Persona, Speaker, Voice
from testing.room import ANN
from tests.pipeline.parsing import parsed

FINDER = NameFinder(
    {
        "jarvis": ["Jarvis", "Mr. Butler"],
        "deep": ["Deep Thought"],
        "bob": ["Bob"],
        "zoe": ["Zoë"],
    }
)


def found(text: str, finder: NameFinder = FINDER) -> list[tuple[str, str]]:
    return [(mention.name, mention.heard) for mention in finder.find(text, ENGLISH)]


@pytest.mark.parametrize(
    ("text", "mentions"),
    [
        ("Jarvis, what time is it?", [("jarvis", "Jarvis")]),
        ("What time is it, JARVIS?", [("jarvis", "JARVIS")]),
        ("Hey Jervis!", [("jarvis", "Jervis")]),
        ("jarvus stop", [("jarvis", "jarvus")]),
        ("jar vis, stop", [("jarvis", "jar vis")]),
        ("Harvis, turn it on", [("jarvis", "Harvis")]),
        ("Jarvis's, where were we?", [("jarvis", "Jarvis's")]),
        ("a Jarvis for the house", [("jarvis", "Jarvis")]),
        ("Jarvis's joke", [("jarvis", "Jarvis's")]),
        ("Mister Butler? Mr. Butler!", [("jarvis", "Mr. Butler")]),
        ("I asked Deep Thought and Bob", [("deep", "Deep Thought"), ("bob", "Bob")]),
        ("deepthought, hello", [("deep", "deepthought")]),
        ("Zoe and Zoë", [("zoe", "Zoe"), ("zoe", "Zoë")]),
        ("Travis is nervous about the service and the harvest", []),
        ("Bop, bobby and rob are not he", []),
        ("", []),
    ],
)
def test_words_of_like_sound_and_spelling_are_found(
    text: str, mentions: list[tuple[str, str]]
) -> None:
    assert found(text) == mentions


def test_a_name_in_japanese_text() -> None:
    assert found("ジャービス、今何時？") == [("jarvis", "ジャービス")]
    assert found("ジャービスやめて") == [("jarvis", "ジャービス")]
    assert found("Jarvisやめて") == [("jarvis", "Jarvis")]
    assert found("サービスをやめて") == []
    kana = NameFinder({"gina": ["ジーナ"]})
    assert found("ジーナ、やめて", kana) == [("gina", "ジーナ")]
    jarvis = NameFinder({"jarvis": ["ジャービス"]})
    assert found("ジャーヴィス、今何時？", jarvis) == [("jarvis", "ジャーヴィス")]
    assert found("シーナ、やめて", kana) == []


def test_positions_point_into_the_text() -> None:
    text = "So, hey jar vis, what is up?"
    (mention,) = FINDER.find(text, ENGLISH)
    assert text[mention.start : mention.end] == mention.heard == "jar vis"
    assert mention.likeness == 1.0
    assert mention.called


@pytest.mark.parametrize(
    "text",
    ["Dervus, what time is it?", "Job is, can you hear me?", "Hey charvis who won?",
     "Travis can you hear me", "What's the weather like Jarbis?"],
)  # fmt: skip
def test_a_badly_heard_name_is_found_where_almost_only_a_name_can_stand(text: str) -> None:
    (mention,) = FINDER.find(text, ENGLISH)
    assert (mention.name, mention.called) == ("jarvis", True)
    assert mention.likeness < 0.9


@pytest.mark.parametrize(
    "text",
    ["The job is done.", "Travis is late.", "His job is in danger.", "The service is bad",
     "Is the harvest over?", "Where are the jars?"],
)  # fmt: skip
def test_elsewhere_it_is_another_word(text: str) -> None:
    assert FINDER.find(text, ENGLISH) == []


def test_a_greeting_that_is_glued_to_a_name_is_a_call_unless_something_is_told_of_it() -> None:
    finder = NameFinder({"sage": ["Sage"]}, greeted=["sage"])
    for text in ("Haysage.", "Haysage, I'm done.", "Haysage can you help", "Hesage we need tape."):
        (mention,) = finder.find(text, ENGLISH)
        assert (mention.name, mention.called) == ("sage", True)
    for text in ("Hostage, I said.", "Hayseed.", "The haysage is wet.", "Homage to Rome."):
        assert finder.find(text, ENGLISH) == []
    finder = NameFinder({"dora": ["Dora"], "lena": ["Lena"]}, greeted=["dora", "lena"])
    for text in ("Hydra has nine heads.", "Helena said no.", "Helena is at the door."):
        assert finder.find(text, ENGLISH) == []


def test_a_misheard_greeting_with_a_name_is_a_call_before_a_question() -> None:
    finder = NameFinder({"sage": ["Sage"]}, greeted=["sage"])
    for text in (
        "Haysage, what's the score?",
        "Haysage, what do you think?",
        "Haysage how old is the moon",
        "Heysage, what time is it?",
        "He says, what is the meaning of life?",
        "He says, what time is it?",
        "Hey Page, what time is it?",
    ):
        (mention,) = finder.find(text, ENGLISH)
        assert (mention.name, mention.called) == ("sage", True)
    for text in (
        "He says it is fine.",
        "He says what he thinks.",
        "He says what time it is.",
        "He says how old is old.",
        "Hey, what do you think?",
        "Hey Sue, what is it?",
        "Hey dude, what time is it?",
    ):
        assert finder.find(text, ENGLISH) == []
    strict = NameFinder({"sage": ["Sage"]}, 1.0, greeted=["sage"])
    assert strict.find("Haysage, what do you think?", ENGLISH) == []


def test_a_mark_parts_the_words_of_a_name() -> None:
    finder = NameFinder({"nova": ["Nova"], "butler": ["Mr. Butler"]})
    assert finder.find("No, va bene.", ENGLISH) == []
    assert finder.find("No. Va bene.", ENGLISH) == []
    assert found("No va, what time is it?", finder) == [("nova", "No va")]
    assert found("Is Mr. Butler here?", finder) == [("butler", "Mr. Butler")]


def test_letters_said_one_by_one_are_a_word_only_as_a_name() -> None:
    assert found("the answers are A B C D", NameFinder({"kitt": ["Kitt"]})) == []
    assert found("is it K-I-T-T's", NameFinder({"kitt": ["Kitt"]})) == [("kitt", "K-I-T-T's")]


def test_initials_with_dots_are_a_word() -> None:
    (mention,) = FINDER.find("I told J.A.R.V.I.S. about it", ENGLISH)
    assert (mention.heard, mention.likeness) == ("J.A.R.V.I.S.", 1.0)
    assert not mention.called


def test_a_possessive_is_never_a_call() -> None:
    (mention,) = FINDER.find("Jarvis' jokes are good", ENGLISH)
    assert not mention.called


def test_likeness_joins_spelling_and_sound() -> None:
    assert likeness("jarvis", "jarvis") == 1.0
    assert likeness("jervis", "jarvis") == pytest.approx(0.95, abs=0.01)
    assert likeness("travis", "jarvis") < 0.85
    assert likeness("123", "jarvis") < 0.3


def test_the_threshold_can_be_set() -> None:
    forgiving = NameFinder({"jarvis": ["Jarvis"]}, threshold=0.78)
    assert found("Hey Travis", forgiving) == [("jarvis", "Travis")]


def test_no_names_find_nothing() -> None:
    assert found("Jarvis", NameFinder({})) == []
    assert found("Jarvis", NameFinder({"x": ["...", ""]})) == []


@pytest.mark.parametrize(
    ("shown", "spoken"),
    [
        ("Ann", ("ann",)),
        ("BobTheBuilder_92", ("bob the builder", "bob")),
        ("xX_Alice_Xx", ("alice",)),
        ("MAX POWER", ("max power", "max")),
        ("Zoë", ("zoe",)),
        ("The Dude", ("the dude",)),
        ("you", ()),
        ("1234 :)", ()),
        ("", ()),
    ],
)
def test_people_are_called_by_parts_of_their_display_name(
    shown: str, spoken: tuple[str, ...]
) -> None:
    assert spoken_names(shown) == spoken


def test_another_language_spells_the_sounds_differently() -> None:
    (mention,) = FINDER.find("Tscharwis, wie spät ist es?", GERMAN)
    assert (mention.name, mention.called) == ("jarvis", True)
    assert mention.likeness < 1.0
    assert FINDER.find("Tscharwis, wie spät ist es?", ENGLISH) == []


def test_a_name_misheard_as_a_possessive_is_called_if_nothing_owned_follows() -> None:
    assert [m.called for m in FINDER.find("Jarvis's, where were we?", ENGLISH)] == [True]
    assert [m.called for m in FINDER.find("Jarvis's voice is odd.", ENGLISH)] == [False]


def test_the_strictest_threshold_allows_no_exception() -> None:
    strict = NameFinder({"jarvis": ["Jarvis"]}, 1.0)
    assert strict.find("Harvis, turn it on", ENGLISH) == []


def test_the_beginning_of_a_very_long_name_counts() -> None:
    finder = NameFinder({"long": ["one two three four five six " + "seven " * 5000]})
    assert found("Is one two three four five six here?", finder)
    assert spoken_names("Bob " + "x" * 100_000)[-1] == "bob"


def test_the_most_alike_of_many_overlapping_mentions_is_kept() -> None:
    assert found("Jarvis " * 20) == [("jarvis", "Jarvis")] * 20


# -- who is called -------------------------------------------------------------------------------


SAGE = Persona("sage", "Sage", Voice("sage"), ("Old One",))
CAT = Speaker(7, "Cat")
PEOPLE = (ANN, Speaker(2, "xX_Bobby_Xx"))


def names(text: str) -> Mentions:
    return parsed(text, by=CAT, people=PEOPLE, other_agents=(SAGE,)).mentions


def test_the_agent_called_or_talked_about() -> None:
    called = names("Hey Jervis, what time is it?")
    assert called.agent is not None
    assert called.agent.heard == "Jervis"
    assert not called.about
    assert names("I asked Jarvis about it.") == Mentions(about=True)


def test_others_called() -> None:
    assert names("Bobby, come here.").person == "Bobby"
    assert names("Sage, who are you?").other_agent == "sage"
    assert names("Old One, who are you?").other_agent == "sage"
    assert names("I met Ann and Bobby and Sage.") == Mentions(about_other=True)


@pytest.mark.parametrize(
    "text",
    ["Jarvis and Sage, what do you both think?", "Sage or Jarvis, what is the time?",
     "Jarvis, Sage, who is right?", "Hey Jarvis and Sage, who is right?"],
)  # fmt: skip
def test_two_agents_are_called_together(text: str) -> None:
    both = names(text)
    assert both.agent is not None
    assert both.other_agent == "sage"


def test_two_agents_are_talked_about() -> None:
    for text in ("Jarvis and Sage are bots.", "Did Sage or Jarvis answer?"):
        assert names(text) == Mentions(about=True, about_other=True)


@pytest.mark.parametrize(
    ("text", "stranger"),
    [
        ("Alexa, lights off.", "Alexa"),
        ("Hey Siri what time is it", "Siri"),
        ("Hi Sue, it's me.", "Sue"),
        ("hey mum how are you", "mum"),
        ("Hey Jarvis, it's me.", None),
        ("Hey Bobby, it's me.", None),
        ("Hey guys, it's me.", None),
        ("Hello there, friends.", None),
        ("Siri is always listening.", None),
    ],
)
def test_a_name_that_belongs_to_no_participant(text: str, stranger: str | None) -> None:
    assert names(text).stranger == stranger


def test_a_person_with_the_name_of_an_agent_does_not_hide_it() -> None:
    found = parsed("Jarvis, stop.", people=(Speaker(9, "Jarvis"),)).mentions
    assert found.agent is not None
    assert found.person is None

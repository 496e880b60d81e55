"""The form of what was said."""

from __future__ import annotations

import pytest

from pipeline.language.dialogue_act import DialogueAct, Minor, form_of
from pipeline.language.lexicons import language


def form(text: str, code: str = "en") -> DialogueAct:
    return form_of(text, language(code))


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("What time is it?", "en"),
        ("what time is it", "en"),
        ("um so who wrote that book", "en"),
        ("is it raining", "en"),
        ("did you see that", "en"),
        ("And in London?", "en"),
        ("Why?", "en"),
        ("wie spät ist es", "de"),
        ("hast du das gesehen", "de"),
        ("Et à Londres ?", "fr"),
    ],
)
def test_questions(text: str, code: str) -> None:
    assert form(text, code).question


@pytest.mark.parametrize(
    "text",
    [
        "It is late.", "What a day.", "Have a nice day.", "The server crashed.", "Is.",
        "Can opener.", "",
    ],
)  # fmt: skip
def test_no_questions(text: str) -> None:
    assert not form(text).question


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Tell me a joke.", "en"),
        ("um please stop", "en"),
        ("okay, turn it off", "en"),
        ("Can you repeat that?", "en"),
        ("I was wondering if you could", "en"),
        ("Never mind.", "en"),
        ("Spiel etwas Musik.", "de"),
        ("Bitte mach das Licht an", "de"),
        ("Kannst du mir helfen?", "de"),
    ],
)
def test_requests(text: str, code: str) -> None:
    assert form(text, code).request


@pytest.mark.parametrize("text", ["I will be right back.", "The play was good.", "My turn."])
def test_no_requests(text: str) -> None:
    assert not form(text).request


@pytest.mark.parametrize(
    ("text", "minor"),
    [
        ("", Minor.SILENCE),
        ("?!", Minor.SILENCE),
        ("Mm-hm.", Minor.BACKCHANNEL),
        ("Uh huh, I see.", Minor.BACKCHANNEL),
        ("Oh wow, nice.", Minor.BACKCHANNEL),
        ("Okay.", Minor.ACKNOWLEDGEMENT),
        ("Right, right, okay.", Minor.ACKNOWLEDGEMENT),
        ("Yes please.", Minor.ANSWER),
        ("Okay, yes.", Minor.ANSWER),
        ("No, thank you.", Minor.ANSWER),
        ("Yes, turn it on.", None),
        ("Stop.", None),
        ("I see a house.", None),
        ("Jarvis.", None),
    ],
)
def test_what_calls_for_no_answer(text: str, minor: Minor | None) -> None:
    assert form(text).minor is minor


@pytest.mark.parametrize(
    ("text", "code", "minor"),
    [
        ("Genau.", "de", Minor.BACKCHANNEL),
        ("Ach so, verstehe.", "de", Minor.BACKCHANNEL),
        ("Ja, bitte.", "de", Minor.ANSWER),
        ("Mhm.", "fr", None),
    ],
)
def test_what_calls_for_no_answer_elsewhere(text: str, code: str, minor: Minor | None) -> None:
    assert form(text, code).minor is minor


def test_what_leans_on_what_was_said() -> None:
    assert form("And tomorrow?").follow_up
    assert form("and in London").follow_up
    assert form("What about Ben?").follow_up
    assert form("Tell me more.").follow_up
    assert form("And the one after that.").follow_up
    assert not form("And the one after that one.").follow_up
    assert not form("And then we went to the lake with the kids.").follow_up
    assert form("Und morgen?", "de").follow_up


def test_thanks_and_corrections() -> None:
    assert form("Thank you very much.").thanks
    assert not form("Thank you for nothing, Ben.").thanks
    assert form("No, I meant Paris.").correction
    assert form("Wait, what?").correction
    assert not form("I waited.").correction


def test_to_whom_by_the_pronouns() -> None:
    assert form("Did you watch the game?").personal
    assert not form("Can you turn it off?").personal, "a request says you to anybody"
    assert form("What should we eat?").social
    assert not form("What is the capital of France?").personal
    assert not form("What is the capital of France?").social


@pytest.mark.parametrize(
    ("text", "field", "code"),
    [
        ("Can you hold my bag?", "company", "en"),
        ("Who wants popcorn?", "company", "en"),
        ("Can someone get the door?", "company", "en"),
        ("Gib mir mal dein Glas.", "company", "de"),
        ("Who's that over there?", "points", "en"),
        ("I wonder where he is.", "third_person", "en"),
        ("Has anybody seen my keys?", "own", "en"),
        ("Come on, dude.", "fellow", "en"),
        ("Oh great, more rain.", "ironic", "en"),
        ("Na toll, schon wieder.", "ironic", "de"),
        ("Chapter one. It was cold.", "read_aloud", "en"),
        ("Es war einmal ein König.", "read_aloud", "de"),
        ("Yes, two with mushrooms.", "answers", "en"),
        ("Which one?", "elliptic", "en"),
        ("Guys, shall we start?", "social", "en"),
    ],
)
def test_what_people_say_to_each_other(text: str, field: str, code: str) -> None:
    assert getattr(form(text, code), field)
    assert not getattr(form("What is the capital of France?"), field)


def test_who_knows_is_a_question_for_anybody() -> None:
    assert not form("Does anyone know when the shop closes?").company
    assert not form("How many roads does everybody have?").social


@pytest.mark.parametrize(
    "text", ["Compress them instead.", "um, archive the logs", "Warm the oven."]
)
def test_a_request_by_its_build_alone(text: str) -> None:
    assert form(text).request


@pytest.mark.parametrize(
    "text", ["Lucky us.", "Love it.", "Careful, the oven is hot.", "Told them."]
)
def test_what_is_only_built_alike(text: str) -> None:
    assert not form(text).request


def test_anybody_is_not_the_one_spoken_to() -> None:
    assert form("Do you like it?").personal
    assert not form("How do you get scratches out of parquet?").personal


def test_a_later_sentence_can_ask() -> None:
    assert form("That is nice. Tell me more.").request


def test_a_run_of_marks_ends_one_clause() -> None:
    assert form_of("Well....... can you tell me a story", language("en")).request
    assert form_of("It was late.\n\n\nTell me a story", language("en")).request

"""The dialogue act of an utterance."""

from __future__ import annotations

import pytest

from pipeline.language.dialogue_act import DialogueAct, Minor, dialogue_act
from pipeline.language.lexicons import language


def act(text: str, code: str = "en") -> DialogueAct:
    return dialogue_act(text, language(code))


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
    assert act(text, code).question


@pytest.mark.parametrize(
    "text",
    [
        "It is late.", "What a day.", "Have a nice day.", "The server crashed.", "Is.",
        "Can opener.", "",
    ],
)  # fmt: skip
def test_no_questions(text: str) -> None:
    assert not act(text).question


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
    assert act(text, code).request


@pytest.mark.parametrize("text", ["I will be right back.", "The play was good.", "My turn."])
def test_no_requests(text: str) -> None:
    assert not act(text).request


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
def test_utterances_that_need_no_answer(text: str, minor: Minor | None) -> None:
    assert act(text).minor is minor


@pytest.mark.parametrize(
    ("text", "code", "minor"),
    [
        ("Genau.", "de", Minor.BACKCHANNEL),
        ("Ach so, verstehe.", "de", Minor.BACKCHANNEL),
        ("Ja, bitte.", "de", Minor.ANSWER),
        ("Mhm.", "fr", None),
    ],
)
def test_utterances_that_need_no_answer_in_other_languages(
    text: str, code: str, minor: Minor | None
) -> None:
    assert act(text, code).minor is minor


def test_follow_ups() -> None:
    assert act("And tomorrow?").follow_up
    assert act("and in London").follow_up
    assert act("What about Ben?").follow_up
    assert act("Tell me more.").follow_up
    assert act("And the one after that.").follow_up
    assert not act("And the one after that one.").follow_up
    assert not act("And then we went to the lake with the kids.").follow_up
    assert act("Und morgen?", "de").follow_up


def test_thanks_and_corrections() -> None:
    assert act("Thank you very much.").thanks
    assert not act("Thank you for nothing, Ben.").thanks
    assert act("No, I meant Paris.").correction
    assert act("Wait, what?").correction
    assert not act("I waited.").correction


@pytest.mark.parametrize(
    ("text", "language", "denies"),
    [
        ("No, I'm at the other one.", "en", True),
        ("No, no, darker, with drums.", "en", True),
        ("Um, nah, the second.", "en", True),
        ("Nee, das andere.", "de", True),
        ("No.", "en", False),
        ("No, no.", "en", False),
        ("No idea, I was in the kitchen.", "en", False),
        ("No darker with drums.", "en", False),
        ("The red one, no, the blue one.", "en", False),
    ],
)
def test_a_no_with_more_behind_it_denies(text: str, language: str, denies: bool) -> None:
    assert act(text, language).denying is denies


def test_pronouns_tell_the_addressee() -> None:
    assert act("Did you watch the game?").personal
    assert not act("Can you turn it off?").personal, "a request says you to anybody"
    assert act("What should we eat?").social
    assert not act("What is the capital of France?").personal
    assert not act("What is the capital of France?").social


@pytest.mark.parametrize(
    ("text", "field", "code"),
    [
        ("Can you hold my bag?", "human_only", "en"),
        ("Who wants popcorn?", "human_only", "en"),
        ("Can someone get the door?", "human_only", "en"),
        ("Gib mir mal dein Glas.", "human_only", "de"),
        ("Who's that over there?", "deictic", "en"),
        ("I wonder where he is.", "third_person", "en"),
        ("Has anybody seen my keys?", "possessive", "en"),
        ("Oh, so it was you.", "reacting", "en"),
        ("Ach, so ist das.", "reacting", "de"),
        ("Isn't it the slow one?", "remarking", "en"),
        ("How many days is that?", "remarking", "en"),
        ("It is always the last one, isn't it?", "remarking", "en"),
        ("Does it need a bigger pot?", "general", "en"),
        ("Who is the best player of all time?", "general", "en"),
        ("Gibt es hier einen See?", "general", "de"),
        ("Is the tent in the car?", "particular", "en"),
        ("Is the test on Monday?", "particular", "en"),
        ("Does coconut milk split too?", "follow_up", "en"),
        ("Add the eggs as well.", "follow_up", "en"),
        ("Oh great, more rain.", "ironic", "en"),
        ("Na toll, schon wieder.", "ironic", "de"),
        ("Chapter one. It was cold.", "read_aloud", "en"),
        ("Es war einmal ein König.", "read_aloud", "de"),
        ("Yes, two with mushrooms.", "answers", "en"),
        ("Which one?", "elliptic", "en"),
        ("How often should I water it?", "advice", "en"),
        ("Kann ich das einfrieren?", "advice", "de"),
        ("Guys, shall we start?", "social", "en"),
    ],
)
def test_what_people_say_to_each_other(text: str, field: str, code: str) -> None:
    assert getattr(act(text, code), field)
    assert not getattr(act("What is the capital of France?"), field)


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("The milk is old too.", "follow_up"),
        ("When is the next train?", "particular"),
        ("What is the weather like?", "particular"),
        ("Which one is the oldest?", "particular"),
        ("The tent is in the car.", "particular"),
        ("Is the test on Monday?", "general"),
        ("I have a question.", "general"),
        ("Is there a break at all?", "social"),
        ("Can I hide it somehow?", "human_only"),
    ],
)
def test_what_only_looks_like_it(text: str, field: str) -> None:
    assert not getattr(act(text), field)


def test_a_contraction_is_not_the_word_that_it_is_spelt_like() -> None:
    assert not act("Then we're eating at midnight").question
    assert act("Then we're eating at midnight").social
    assert act("We’ll be there by three.").social
    assert not act("We'll be there by three.").reacting
    assert act("were they eating at midnight").question


def test_a_clause_with_a_question_word_and_its_subject_asks_only_with_a_mark() -> None:
    assert not act("When I had the old ones they were too loud").question
    assert not act("What they said was wrong").question
    assert act("When I had the old ones?").question
    assert act("when did i have the old ones").question


def test_a_question_to_anyone_who_knows_is_not_for_humans_only() -> None:
    assert not act("Does anyone know when the shop closes?").human_only
    assert not act("How many roads does everybody have?").social


@pytest.mark.parametrize(
    "text", ["Compress them instead.", "um, archive the logs", "Warm the oven."]
)
def test_an_unlisted_verb_with_an_object_is_a_request(text: str) -> None:
    assert act(text).request


@pytest.mark.parametrize(
    "text", ["Lucky us.", "Love it.", "Careful, the oven is hot.", "Told them."]
)
def test_statements_of_a_similar_form_are_no_requests(text: str) -> None:
    assert not act(text).request


def test_a_generic_you_is_not_personal() -> None:
    assert act("Do you like it?").personal
    assert not act("How do you get scratches out of parquet?").personal
    assert not act("Which ones do you have to wash first?").personal
    assert not act("What is the most roads you can have?").personal
    assert not act("Are you even allowed to remove it?").personal
    assert act("Where do you keep the soy sauce?").personal
    assert act("How do you remember all that?").personal
    assert act("What did you get?").personal
    assert act("Are you ready?").personal


def test_a_later_sentence_can_ask() -> None:
    assert act("That is nice. Tell me more.").request


def test_a_run_of_punctuation_ends_one_clause() -> None:
    assert dialogue_act("Well....... can you tell me a story", language("en")).request
    assert dialogue_act("It was late.\n\n\nTell me a story", language("en")).request


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Set a timer for five minutes.", "en"),
        ("And put sugar on the list.", "en"),
        ("Can you please translate it?", "en"),
        ("Sorry, turn it off again.", "en"),
        ("Write that down.", "en"),
        ("Stell einen Wecker.", "de"),
        ("Setz Zucker auf die Einkaufsliste.", "de"),
    ],
)
def test_requests_that_assistants_are_asked_for(text: str, code: str) -> None:
    assert act(text, code).task


@pytest.mark.parametrize(
    "text",
    [
        "Put the cherries on top.",
        "Try it now.",
        "Can you merge it after lunch?",
        "The list is long.",
    ],
)
def test_other_requests_and_statements_are_no_task(text: str) -> None:
    assert not act(text).task


def test_requests_for_information() -> None:
    assert act("I wonder how deep it is.").inquiring
    assert act("Let me know when it opens.").inquiring
    assert act("Can I freeze it?").inquiring
    assert act("Ich will wissen, wie tief er ist.", "de").inquiring
    assert not act("Can you merge it after lunch?").inquiring
    assert not act("How deep is it?").inquiring


def test_requests_that_amend_what_was_said() -> None:
    assert act("Make it seven.").amending
    assert act("No, leave them.").amending
    assert act("Mach das lauter.", "de").amending
    assert not act("Put the pan on.").amending
    assert not act("We made it.").amending


def test_a_question_for_what_is_left_is_for_those_present_unless_it_is_time() -> None:
    assert act("How much is left in the bucket?").human_only
    assert act("Ist noch Suppe übrig?", "de").human_only
    assert not act("How many minutes are left?").human_only
    assert not act("He left.").human_only


def test_a_question_whether_there_is_something() -> None:
    assert act("Is there any water left?").existential
    assert not act("Is the water cold?").existential


@pytest.mark.parametrize(
    "text", ["rolled two dice.", "opened the garage door", "stopped the music", "told me a joke"]
)
def test_a_past_form_without_a_subject_is_a_request_to_an_agent_that_is_called(text: str) -> None:
    assert dialogue_act(text, language("en"), called=True).request
    assert not act(text).request


@pytest.mark.parametrize("text", ["needed", "it opened the door", "bored of it", "red wine please"])
def test_no_request_without_a_verb_that_can_be_asked_for(text: str) -> None:
    assert not dialogue_act(text.replace(" please", ""), language("en"), called=True).request


def test_people_ask_each_other_who_does_something_now() -> None:
    assert act("Who's driving?").human_only
    assert act("who is steering").human_only
    assert act("Wer ist am Kochen?", "de").human_only
    assert not act("Who is the king?").human_only
    assert not act("Who is winning the match?").human_only

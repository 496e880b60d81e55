"""Deltas cut into sentences, and the parts that speech leaves out: posted once, in order."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.settings import SpeechTextSettings
from pipeline.speaking.text_normalization import SentenceCutter
from tests.pipeline.speaking.text_normalization.texts import People, cut


def spoken(deltas: list[str], language: str | None = None) -> list[str]:
    cutter = SentenceCutter(language=language)
    sentences = [sentence for delta in deltas for sentence in cutter.feed(delta)]
    return sentences + cutter.finish()


@given(
    st.lists(st.sampled_from([*"ab .,?!\n`|*-_#1<>:", "word ", "``" + "`\n", "Dr. "]), max_size=60)
)
def test_no_deltas_raise_or_are_spoken_twice(deltas: list[str]) -> None:
    sentences = spoken(deltas)
    assert all(sentence == sentence.strip() and "\n" not in sentence for sentence in sentences)
    written = "".join(deltas)
    said = sum(sentence.count("word") for sentence in sentences)
    assert said <= written.count("word")


def test_a_sentence_is_emitted_at_the_first_character_after_it() -> None:
    cutter = SentenceCutter()
    assert cutter.feed("It is late.") == []
    assert cutter.feed(" ") == ["It is late."]
    assert cutter.feed("Go home") == []
    assert cutter.feed("!") == []
    assert cutter.feed(" Now") == ["Go home!"]
    assert cutter.finish() == ["Now"]


def test_the_first_question_is_emitted_at_once() -> None:
    cutter = SentenceCutter()
    assert cutter.feed("Why did the robot go on holiday?") == []
    assert cutter.flush_early() == ["Why did the robot go on holiday?"]
    assert cutter.feed(" Because. Why?") == ["Because."]
    assert cutter.flush_early() == []
    assert cutter.finish() == ["Why?"]


@pytest.mark.parametrize(
    "begun", ['He said "Stop!', "「止まれ！", "See https://a.org/x?", "It is late."]
)
def test_text_that_may_continue_is_not_emitted_early(begun: str) -> None:
    cutter = SentenceCutter()
    assert [*cutter.feed(begun), *cutter.flush_early()] == []


def test_a_long_first_sentence_is_cut_after_its_first_clause() -> None:
    cutter = SentenceCutter()
    assert cutter.feed("The harbor festival opens on Saturday morning, ") == []
    assert cutter.flush_early() == ["The harbor festival opens on Saturday morning,"]
    assert cutter.feed("if the weather holds, and the boats are all back in time. ") == [
        "if the weather holds, and the boats are all back in time."
    ]


def test_a_complete_first_sentence_is_not_cut() -> None:
    whole = "The harbor festival opens on Saturday morning, sir."
    assert SentenceCutter().feed(whole + " ") == [whole]
    cutter = SentenceCutter()
    assert cutter.feed(whole) + cutter.flush_early() == []
    assert cutter.finish() == [whole]


def test_a_short_first_sentence_is_spoken_in_one() -> None:
    cutter = SentenceCutter()
    begun = [*cutter.feed("It is sunny in Paris, "), *cutter.flush_early()]
    assert [*begun, *cutter.feed("sir. ")] == ["It is sunny in Paris, sir."]


def test_a_pause_of_the_agent_ends_a_sentence_that_looks_complete() -> None:
    cutter = SentenceCutter()
    assert cutter.feed("One moment.") == []
    assert cutter.flush_on_pause() == ["One moment."]
    assert cutter.flush_on_pause() == []
    assert cutter.feed("\n\nHere is the answer: it") == []
    assert cutter.flush_on_pause() == []
    assert cutter.feed(" is") == []
    assert cutter.finish() == ["Here is the answer: it is"]


def test_a_pause_ends_a_line_but_not_an_abbreviation_or_code() -> None:
    line = SentenceCutter()
    assert line.feed("Let me see\n") == []
    assert line.flush_on_pause() == ["Let me see"]
    announced = SentenceCutter()
    assert announced.feed("Here it is:") + announced.flush_on_pause() == ["Here it is:"]
    title = SentenceCutter()
    assert title.feed("I asked Dr.") + title.flush_on_pause() == []
    code = SentenceCutter()
    assert code.feed("```\nDone.\n") + code.flush_on_pause() == []
    assert code.finish() == ["A code block, 1 line."]


def test_a_line_broken_within_a_sentence_is_one_sentence() -> None:
    assert spoken(["The moon rose\n", "slowly over the water.\n", "It shone."]) == [
        "The moon rose slowly over the water.",
        "It shone.",
    ]


def test_rules_and_emphasis_at_a_line_start_are_distinguished() -> None:
    assert spoken(list("***\n**Note** this.\n---\n||hidden|| text\n~~gone~~")) == [
        "Note this.",
        "a spoiler text",
        "gone",
    ]


def test_an_endless_sentence_is_split_at_a_pause() -> None:
    settings = SpeechTextSettings(max_sentence_chars=60, first_clause_min_chars=500)
    cutter = SentenceCutter(settings)
    sentences = cutter.feed("word " * 20 + "and then, " + "more " * 20) + cutter.finish()
    assert all(len(sentence) <= 60 for sentence in sentences)
    assert " ".join(sentences).split() == ["word"] * 20 + ["and", "then,"] + ["more"] * 20


def test_a_long_table_is_not_read_to_its_end() -> None:
    table = "| City | Sun |\n|---|---|\n" + "".join(f"| C{row} | {row} |\n" for row in range(9))
    assert spoken([table, "That is all."])[3:] == ["And 6 more rows.", "That is all."]


def test_german_is_cut_by_german_rules() -> None:
    assert spoken(["Am 3. Mai, z. B., kommt Dr. Maier. Es ist halb acht."], "de") == [
        "Am 3. Mai, z. B., kommt Dr. Maier.",
        "Es ist halb acht.",
    ]


def test_mentions_are_spoken_as_names() -> None:
    cutter = SentenceCutter(names=People({7: "Ann"}))
    assert cutter.feed("Hello <@7>! ") == ["Hello Ann!"]


class TestReplace:
    """The agent restarts its answer; spoken sentences cannot be withdrawn."""

    def test_repeated_sentences_are_not_spoken_again(self) -> None:
        cutter = SentenceCutter()
        assert cutter.feed("It is sunny. It is warm. And wi") == ["It is sunny.", "It is warm."]
        assert cutter.feed("", replace=True) == []
        assert cutter.feed("It is sunny. It is") == []
        assert cutter.feed(" warm. And windy. ") == ["And windy."]
        assert cutter.finish() == []

    def test_a_replaced_text_continues_where_it_differs(self) -> None:
        cutter = SentenceCutter()
        cutter.feed("It is sunny. It is warm. ")
        assert cutter.feed("It is sunny. It is cold. Bye. ", replace=True) == [
            "It is cold.",
            "Bye.",
        ]

    def test_a_spoken_clause_is_omitted_from_its_sentence(self) -> None:
        cutter = SentenceCutter()
        cutter.feed("The harbor festival opens on Saturday morning, ")
        said = cutter.flush_early()
        assert said == ["The harbor festival opens on Saturday morning,"]
        again = "The harbor festival opens on Saturday morning, if it is dry. "
        assert cutter.feed(again, replace=True) == ["if it is dry."]

    def test_pending_text_is_discarded_on_replace(self) -> None:
        cutter = SentenceCutter()
        assert cutter.feed("```py\nsecret\n") == []
        assert cutter.feed("All is well. ", replace=True) == ["All is well."]
        assert cutter.feed("And mo") == []
        assert cutter.feed("", replace=True) == []
        assert cutter.finish() == []

    def test_an_entirely_new_text_is_spoken(self) -> None:
        cutter = SentenceCutter()
        cutter.feed("It is sunny. ")
        assert cutter.feed("I was wrong. ", replace=True) == ["I was wrong."]


class TestReasoningFoundLate:
    """``</think>`` without an opening tag retracts the sentences so far."""

    def test_a_retraction_is_reported_once(self) -> None:
        cutter = SentenceCutter()
        assert cutter.feed("They ask. Hm. ") == ["They ask.", "Hm."]
        assert not cutter.retracted()
        assert cutter.feed("So.</think>It is late. ") == ["It is late."]
        assert cutter.retracted()
        assert not cutter.retracted()

    def test_reasoning_is_not_compared_with_a_replaced_text(self) -> None:
        cutter = SentenceCutter()
        cutter.feed("They ask.</think>It is late. ")
        assert cutter.feed("It is late. Go home. ", replace=True) == ["Go home."]


def test_a_pause_does_not_flush_possible_markup() -> None:
    for begun in (
        "It is late.\n<function_ca",
        "It is late.\n<tool_call>{. ",
        "It is late. [docs](ht",
    ):
        cutter = SentenceCutter()
        assert [*cutter.feed(begun), *cutter.flush_on_pause(), *cutter.flush_on_pause()] == [
            "It is late."
        ]


CODE = "```python\nprint('a. b')\n\nx = 1\n```"
LONG_TABLE = "| City | Sun |\n|---|---|\n" + "\n".join(f"| C{row} | {row} |" for row in range(9))
LONG_CODE = "`" + "do_it(); " * 20 + "`"


@pytest.mark.parametrize(
    ("written", "left"),
    [
        ("It is late. Go home.", []),
        ("**It** is <@1> :smile: at <t:1>.", []),
        (f"Try this:\n\n{CODE}\n\nBye.", [CODE]),
        (f"Try this:\n\n{CODE[:-4]}", [CODE]),
        ("~~~\nx\n~~~\n", ["~~~\nx\n~~~"]),
        ("See [the docs](https://a.org/x) now.", ["[the docs](https://a.org/x)"]),
        ("See https://a.org/x?y=1, now.", ["https://a.org/x?y=1"]),
        ("![a cat](https://a.org/c.png)", ["![a cat](https://a.org/c.png)"]),
        ("A [link](https://a.org) and a [link](https://a.org).", ["[link](https://a.org)"]),
        (f"Here:\n\n{LONG_TABLE}\n\nBye.", [LONG_TABLE]),
        ("| a | b |\n|---|---|\n| 1 | 2 |\n", []),
        ("Yes. It was ||the *butler*|| who did. No.", ["It was ||the *butler*|| who did."]),
        (f"Run {LONG_CODE} now. Yes.", [f"Run {LONG_CODE} now."]),
        ("Run `make` now.", []),
    ],
)
def test_what_is_left_out_of_speech(written: str, left: list[str]) -> None:
    assert cut(written)[1] == left


def test_long_inline_code_is_named() -> None:
    assert cut(f"Run {LONG_CODE} now.")[0] == ["Run a piece of code now."]


def test_the_setting_disables_posting() -> None:
    settings = SpeechTextSettings(post_left_out=False)
    assert cut(f"See [this](https://a.org).\n\n{CODE}", settings=settings)[1] == []


class TestTooLong:
    """An answer longer than the limit of speech is posted."""

    SETTINGS = SpeechTextSettings(max_spoken_chars=200)
    TALE = "".join(f"This is sentence number {number} of a *tale*.\n\n" for number in range(10))

    def test_the_rest_is_posted_as_written_and_announced(self) -> None:
        sentences, left = cut(self.TALE, settings=self.SETTINGS)
        said = [f"This is sentence number {number} of a tale." for number in range(5)]
        assert sentences == [*said, "The rest is in the text channel."]
        assert left == [self.TALE[self.TALE.index("This is sentence number 5") :].strip()]

    def test_the_announcement_comes_once_in_the_language_of_the_answer(self) -> None:
        sentences, _ = cut(self.TALE * 3, language="de", settings=self.SETTINGS)
        assert sentences.count("Der Rest steht im Textkanal.") == 1
        assert sentences[-1] == "Der Rest steht im Textkanal."

    def test_earlier_parts_come_before_the_rest_and_none_twice(self) -> None:
        text = f"See [this](https://a.org).\n\n{self.TALE}\n\n{CODE}\n\n<think>No.</think>Bye."
        _, left = cut(text, settings=self.SETTINGS)
        assert left[0] == "[this](https://a.org)"
        assert left[1].endswith(f"{CODE}\n\nBye.")
        assert len(left) == 2
        assert "think" not in left[1]

    def test_the_rest_is_posted_even_if_the_setting_posts_no_parts(self) -> None:
        settings = SpeechTextSettings(max_spoken_chars=200, post_left_out=False)
        assert len(cut(self.TALE, settings=settings)[1]) == 1

    def test_a_first_sentence_of_any_length_is_spoken(self) -> None:
        text = "word " * 60
        assert cut(text, settings=self.SETTINGS)[0][0].startswith("word word")

    def test_the_split_into_deltas_does_not_matter(self) -> None:
        assert cut(self.TALE, 3, settings=self.SETTINGS) == cut(self.TALE, settings=self.SETTINGS)


def test_a_replaced_answer_leaves_out_only_its_own_parts() -> None:
    cutter = SentenceCutter()
    cutter.feed("See [this](https://a.org). ")
    cutter.feed("See [that](https://b.org). ", replace=True)
    cutter.finish()
    assert cutter.left_out == ["[that](https://b.org)"]


def test_a_repeated_answer_posts_each_part_once() -> None:
    cutter = SentenceCutter()
    cutter.feed("See [this](https://a.org). And ")
    assert cutter.feed("See [this](https://a.org). And that.", replace=True) == []
    assert cutter.finish() == ["And that."]
    assert cutter.left_out == ["[this](https://a.org)"]

"""Parts that speech leaves out are posted as written: once, in order, in their sentence."""

from __future__ import annotations

import pytest

from pipeline.settings import SpeechTextSettings
from pipeline.speaking.text_normalization import SentenceCutter
from tests.pipeline.speaking.text_normalization.texts import cut

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

"""A text of any length, split into messages."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from discord_bot.messages.message_parts import LIMIT, message_parts, units


def parts(text: str, limit: int = LIMIT) -> list[str]:
    return list(message_parts(text, limit))


def bare(text: str) -> str:
    """Remove what a cut may add or remove: fences and white space."""
    return re.sub(r"```(?:python(?=\n))?|\s", "", text)


PIECES = st.one_of(
    st.text(max_size=60),
    st.sampled_from(
        [
            "A sentence. ", "Two words", "\n", "\n\n", " ", "  - an item\n", "e" + "\u0301" * 5,
            "👩‍👩‍👧", "🇩🇪🇫🇷", "<@123456789012345678>", "<:smile:123456789012345678>", "。字字",
            "https://example.org/a/long/path?with=a&query=too", "[a link](https://example.org)",
            "```python\nfor i in range(3):\n    print(i)\n```\n", "```\n" + "x = 1\n" * 30 + "```",
            "x" * 250, "word " * 60,
        ]
    ),
)  # fmt: skip
TEXTS = st.lists(PIECES, max_size=25).map("".join)


@given(TEXTS, st.integers(100, 400))
def test_nothing_is_lost_and_every_message_fits(text: str, limit: int) -> None:
    messages = parts(text, limit)
    assert bare("".join(messages)) == bare(text)
    assert all(units(message) <= limit for message in messages)
    assert all(message.strip() for message in messages)


@given(TEXTS, st.integers(100, 400))
def test_no_message_leaves_a_code_block_open(text: str, limit: int) -> None:
    if text.strip().count("```") % 2 == 0:
        assert all(message.count("```") % 2 == 0 for message in parts(text, limit))


@given(st.text(max_size=300))
def test_a_text_that_fits_stays_as_it_is(text: str) -> None:
    if "```" not in text:
        assert parts(text) == ([text.strip()] if text.strip() else [])


@pytest.mark.parametrize("text", ["", " ", "\n\n \t", "\u3000\u2003"])
def test_white_space_alone_is_no_message(text: str) -> None:
    assert parts(text) == []


def test_paragraphs_go_before_lines_sentences_and_words() -> None:
    first, second = "A line.\nAnother one. " * 4, "B line. " * 10
    assert parts(f"{first}\n\n{second}", 120) == [first.strip(), second.strip()]


def test_lines_go_before_sentences() -> None:
    items = [f"- Item {number}. It is good." for number in range(9)]
    messages = parts("\n".join(items), 100)
    assert [line for message in messages for line in message.split("\n")] == items


def test_sentences_go_before_words() -> None:
    text = "One two three four five six. " * 10
    assert all(message.endswith(".") for message in parts(text, 100))


def test_a_sentence_of_chinese_ends_without_a_space() -> None:
    assert all(message.endswith("。") for message in parts("今天天气很好。" * 40, 100))


def test_words_go_before_letters() -> None:
    text = " ".join(["letters"] * 100)
    assert {word for message in parts(text, 100) for word in message.split()} == {"letters"}


def test_an_endless_word_is_cut_at_the_limit() -> None:
    assert [len(message) for message in parts("x" * 4000)] == [2000, 2000]


@pytest.mark.parametrize(
    "whole",
    [
        "👩‍👩‍👧", "🇩🇪", "👍🏽", "e\u0301\u0302", "😀", "<@123456789012345678>",
        "<a:party_parrot:123456789012345678>", "<t:1700000000:F>", "</join:123456789012345678>",
        "[two words](https://example.org)",
    ],
)  # fmt: skip
@pytest.mark.parametrize("before", range(0, 100, 7))
def test_mentions_and_emoji_are_not_cut(whole: str, before: int) -> None:
    messages = parts("x" * before + whole * 20, 100)
    assert sum(message.count(whole) for message in messages) == 20


@pytest.mark.parametrize("before", range(60, 100))
def test_a_link_is_not_cut(before: int) -> None:
    link = "https://example.org/path?query=1"
    assert any(link in message for message in parts("字" * before + link, 100))


def test_length_is_counted_as_discord_counts_at_most() -> None:
    messages = parts("😀" * 3000)
    assert [len(message) for message in messages] == [1000, 1000, 1000]


def test_a_code_block_is_closed_and_opened_again_with_its_language() -> None:
    lines = [f"    call({number})" for number in range(40)]
    messages = parts(
        "Look:\n```python\ndef run():\n" + "\n".join(lines) + "\n```\nThat is all.", 200
    )
    assert messages[0] == "Look:"
    assert all(message.startswith("```python\n") for message in messages[1:])
    assert all(message.count("```") == 2 for message in messages[1:])
    code = [line for message in messages for line in message.split("\n") if "call" in line]
    assert code == lines, "its indentation too"
    assert messages[-1].endswith("```\nThat is all.")


def test_a_code_block_that_fits_into_the_next_message_is_left_whole() -> None:
    block = "```js\n" + "let x = 1;\n" * 8 + "```"
    assert parts("Some words. " * 8 + "\n" + block, 120)[-1] == block


def test_a_code_block_is_not_cut_right_after_its_fence() -> None:
    block = "```\n" + "x" * 93 + "\n```"
    assert parts(block + " Good.", 100) == ["```\n" + "x" * 92 + "\n```", "```\nx\n``` Good."]
    assert (
        parts("```\n" + "x" * 92 + "\n```\n" + "Good. " * 20, 100)[0]
        == "```\n" + "x" * 92 + "\n```"
    )


def test_a_block_that_was_never_closed_is_closed() -> None:
    messages = parts("```python\n" + "x = 1\n" * 60, 100)
    assert all(m.startswith("```python\n") and m.endswith("\n```") for m in messages)


def test_the_first_message_may_have_less_room() -> None:
    first, second, *_ = message_parts("x" * 900, 300, first=120)
    assert (len(first), len(second)) == (120, 300)

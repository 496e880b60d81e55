"""Speech and posts do not depend on how a text is split into deltas."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.pipeline.speaking.text_normalization.texts import cut, nasty_texts

ANSWER = (
    "It is half past seven, sir. Dr. Smith, e.g., comes at 3.5 p.m. today. Shall I go on?\n\n"
    "Here is the plan:\n1. Open the door.\n2. Close it.\n\n"
    "```python\nprint('a. b')\n\nx = 1\n```\n"
    "Name | Age\n---|---\nAda | 36\n\n"
    "The area is $A = \\pi r^2$[^1]. <think>Hm. What else?</think>It is 5*3, <@1>.\n"
    "See [the docs](https://docs.python.org/3/) for **more. Much** more! Bye"
)


@pytest.mark.parametrize("size", [1, 2, 3, 7, 20, 256, 257])
def test_an_answer_does_not_depend_on_its_deltas(size: int) -> None:
    assert cut(ANSWER, size) == cut(ANSWER)


@settings(max_examples=300, deadline=None)
@given(nasty_texts, st.sampled_from([1, 2, 3, 7, 100]), st.sampled_from([None, "de", "es", "xx"]))
def test_no_text_depends_on_its_deltas(text: str, size: int, language: str) -> None:
    assert cut(text, size, language) == cut(text, language=language)


@settings(max_examples=200, deadline=None)
@given(nasty_texts)
def test_sentences_hold_only_speakable_text(text: str) -> None:
    sentences, _ = cut(text)
    for sentence in sentences:
        assert sentence == " ".join(sentence.split())
        assert any(map(str.isalnum, sentence))
        assert not any("\ue000" <= character <= "\uf8ff" for character in sentence)
        assert len(sentence) <= 240

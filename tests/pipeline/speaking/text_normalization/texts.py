"""Agents' texts for tests: fixed and generated ones, cut in deltas of any size."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from hypothesis import strategies as st

from pipeline.settings import SpeechTextSettings
from pipeline.speaking.text_normalization import SentenceCutter

FRAGMENTS = (
    "word", "Word", " the", " ", "  ", "\n", "\n\n", "\t", "\r\n", ".", "?", "!", "...", "…", ",",
    ";", ":", "-", "=", "#", "@", "(", ")", "[", "]", "{", "}", "1", "5*3", "2**3", "x^2", "H~2~O",
    "Mr. ", "p.m. ", "e.g. ", "EE. UU. ", "3. ", "a.b.", "é", "e\u0301", "\U0001f600", ":smile:",
    "*", "**", "_", "~", "~~", "==", "`", "```", "```py\n", "~~~\n", "---\n", "- item\n", "> q\n",
    "# H\n", "| a | b |\n", "|---|---|\n", "a | b\n---|---\n", "|", "||", "\\", "\\(", "\\)", "\\[",
    "\\]", "\\frac{a}{b}", "\\alpha", "$", "$$", "[1]", "[^1]", "[^1]: x", "[x](", "![](", "[[",
    "]]", "http://a.org/x_(b", "www.a.org", "h", "w", "<@1>", "<t:1700000000:F>", "<a", "<b>",
    "</b>",
    "<a href='x'>", "</a>", "<br/>", "<foo>", "</foo>", "<think>", "</think>", "<function_calls>",
    "</function_calls>", "<!--", "-->", "<!", "<?", "<|x|>", "<|channel|>", "<|message|>",
    "<|end|>",
    "analysis", "final", "<｜tool▁calls▁begin｜>", "<｜tool▁calls▁end｜>", "[TOOL_CALLS]",
    "[THINK]",
    "[/THINK]", '{"a":', '[{"a"', "{'a'", "MEDIA: /x.png", "NO_REPLY", "【", "【4†source】",
    "\ue200cite\ue201", '"', "“", "”", "。", "「", "」", "！", "؟ ", "۔", "ที่", "ไหน", "x" * 50,
    "x" * 300, "word " * 60,
)  # fmt: skip
"""Parts of markup, and of the text between."""

nasty_texts = st.lists(st.sampled_from(FRAGMENTS), max_size=25).map("".join)


@dataclass(frozen=True)
class People:
    """A `NameResolver` over three tables."""

    people: Mapping[int, str] = field(default_factory=dict)
    channels: Mapping[int, str] = field(default_factory=dict)
    roles: Mapping[int, str] = field(default_factory=dict)

    def person(self, number: int) -> str | None:
        return self.people.get(number)

    def channel(self, number: int) -> str | None:
        return self.channels.get(number)

    def role(self, number: int) -> str | None:
        return self.roles.get(number)


def cut(
    text: str,
    size: int | None = None,
    language: str | None = None,
    settings: SpeechTextSettings | None = None,
    names: People | None = None,
) -> tuple[list[str], list[str]]:
    """The sentences of a text in deltas of ``size`` characters, and its parts to post."""
    cutter = SentenceCutter(settings, language, names)
    step = size or max(1, len(text))
    sentences: list[str] = []
    for start in range(0, len(text), step):
        fresh = cutter.feed(text[start : start + step])
        sentences = fresh if cutter.retracted() else sentences + fresh
    fresh = cutter.finish()
    sentences = fresh if cutter.retracted() else sentences + fresh
    return sentences, cutter.left_out


def spoken(text: str, language: str | None = None) -> list[str]:
    return cut(text, language=language)[0]

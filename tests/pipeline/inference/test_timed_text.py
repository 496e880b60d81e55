from __future__ import annotations

from collections.abc import Sequence

import pytest

from pipeline.inference.timed_text import timed_segments, timed_words
from pipeline.inference.whisper_decoder import Decoding, Segment


def words_of(*texts: str) -> list[tuple[str, float, float]]:
    """The words of tokens with these texts, a second each."""
    decode = decoder(texts)
    times = [(float(index), index + 1.0) for index in range(len(texts))]
    words = timed_words(range(len(texts)), times, decode)
    return [(word.text, word.start, word.end) for word in words]


class decoder:  # noqa: N801
    """Decodes the numbers of tokens; a token ``~`` is the first half of a character."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._texts = texts

    def __call__(self, tokens: Sequence[int]) -> str:
        text = "".join(self._texts[token] for token in tokens)
        return text.replace("~~", "é").replace("~", "\ufffd")


@pytest.mark.parametrize(
    ("tokens", "words"),
    [
        ((" Jar", "vis", ",", " hi", "."), [("Jarvis,", 0, 2), ("hi.", 3, 4)]),
        ((' "', "Yes", '"', " he", " said"), [('"Yes"', 1, 2), ("he", 3, 4), ("said", 4, 5)]),
        ((" caf", "~", "~", " now"), [("café", 0, 3), ("now", 3, 4)]),
        (("今", "日", "は", "。"), [("今", 0, 1), ("日", 1, 2), ("は。", 2, 3)]),
        ((" one", " -", " two"), [("one", 0, 1), ("-two", 2, 3)]),
        ((" end", ' "'), [('end "', 0, 1)]),
        ((), []),
    ],
)
def test_words_have_their_marks_and_not_the_time_of_the_marks(
    tokens: tuple[str, ...], words: list[tuple[str, float, float]]
) -> None:
    assert words_of(*tokens) == words


def decoding(text: str, closed_text: str, *segments: Segment, tokens: int) -> Decoding:
    return Decoding(
        text=text,
        segments=segments,
        tokens=tuple(range(tokens)),
        avg_logprob=-0.1,
        no_speech_prob=0.0,
        compression_ratio=1.0,
        at_limit=False,
        closed_text=closed_text,
        closed_until=2.0,
        closing=None,
        duration_s=5.0,
    )


def test_segments_are_placed_and_end_with_the_audio() -> None:
    heard = decoding(
        "One. Two.",
        "One.",
        Segment(0.0, 2.0, 0, 1, True),
        Segment(2.5, 9.0, 1, 2, False),
        tokens=2,
    )
    decode = decoder((" One.", " Two."))
    segments = timed_segments(heard, heard.text, 10.0, decode)
    assert [(each.text, each.start, each.end) for each in segments] == [
        ("One.", 10.0, 12.0),
        ("Two.", 12.5, 15.0),
    ]
    closed = timed_segments(heard, heard.closed_text, 10.0, decode)
    assert [each.text for each in closed] == ["One."]


def test_a_single_segment_has_the_repaired_text() -> None:
    heard = decoding("Jervis.", "Jervis.", Segment(0.0, 2.0, 0, 1, True), tokens=1)
    [segment] = timed_segments(heard, "Jarvis.", 0.0, decoder((" Jervis.",)))
    assert segment.text == "Jarvis."

"""Readers of an agent's text on its way to speech.

tests/pipeline/speaking/text_normalization/test_growth.py tries every mark that an agent can write,
whole and letter by letter.
"""

from __future__ import annotations

from typing import Final

from pipeline.speaking.text_normalization import SentenceCutter
from tests.outside.subject import Subject

_DELTA: Final = 24


def _cut_like_a_reply(text: str) -> object:
    """Feed deltas as a reply does, with early flushes and pauses of the agent."""
    cutter = SentenceCutter()
    out: list[str] = []
    for at in range(0, len(text), _DELTA):
        out += cutter.feed(text[at : at + _DELTA])
        out += cutter.flush_early()
        if at % (4 * _DELTA) == 0:
            out += cutter.flush_on_pause()
    return out, cutter.finish(), cutter.left_out


SUBJECTS: Final = (
    Subject(
        "pipeline.speaking.text_normalization.sentence_cutter:SentenceCutter.feed",
        _cut_like_a_reply,
        heavy=True,
    ),
)

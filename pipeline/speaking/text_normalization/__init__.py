"""From an agent's deltas to sentences to speak, and the parts to post instead.

`sentence_cutter` drives the others, and keeps what is only posted. `scanner` splits the text into
tokens in one pass (`blocks`, `inline`, `angle_brackets`, `square_brackets`, `math_delimiters`; each
with a `lookahead`). `sentence_ends` cuts the text into sentences, and `normalization` gives their
spoken form.
"""

from __future__ import annotations

from pipeline.speaking.text_normalization.normalization import RoomNames
from pipeline.speaking.text_normalization.sentence_cutter import SentenceCutter

__all__ = ["RoomNames", "SentenceCutter"]

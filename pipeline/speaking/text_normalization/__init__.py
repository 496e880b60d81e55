"""From an agent's deltas to sentences to speak, and the parts to post instead.

`sentence_cutter` drives the others. `scanner` splits the text into tokens in one pass (`blocks`,
`inline`, `angle_brackets`, `square_brackets`, `math_delimiters`; each with a `lookahead`).
`sentence_ends` cuts the text into sentences, `normalization` gives their spoken form, and
`left_out` keeps what is only posted.
"""

from __future__ import annotations

from pipeline.speaking.text_normalization.sentence_cutter import SentenceCutter

__all__ = ["SentenceCutter"]

"""An agent's text on its way to ears and to eyes.

`scanner` finds in one pass what is words and what is not, `sentence_ends` cuts the words,
`spoken_form` says them, `left_out` keeps what is only for reading; `cutter` drives them.
"""

from __future__ import annotations

from pipeline.speaking.text_normalization.sentence_cutter import SentenceCutter

__all__ = ["SentenceCutter"]

"""What Whisper's decoder thinks of the end of the words, beside the mark that it writes.

A pause inside a sentence and its end often get the same full stop. The probabilities differ.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ClosingMarks:
    """Probabilities, 0..1, of the token behind the last word, and of the last words' tokens.

    The first six are the sums over all tokens that write the mark. ``end_at_end`` is the
    probability that the text ends behind its last token. ``last_token`` is the probability of the
    words' last token; ``last_three`` and ``mean`` are mean log-probabilities of their last three
    tokens, and of all.
    """

    full_stop: float
    question: float
    exclamation: float
    comma: float
    trailing: float
    """An ellipsis or a dash."""
    end_of_text: float
    end_at_end: float
    last_token: float
    last_three: float
    mean: float

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
    tokens, and of all, ``least`` is the lowest of the last three.

    ``ends_after_s`` is how much later than the audio its last segment ends: a word that the decoder
    only made up has no sound. ``expected`` is the probability of a full stop or a question mark
    behind the words alone: the decoder hears silence instead of the audio.
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
    least: float
    ends_after_s: float
    expected: float

"""Whether a request changes something, or only asks for words.

An agent may begin to act on a question as soon as it has it. One that is sent before it is certain
that the speaker has finished must not turn off, send, delete or buy anything.
"""

from __future__ import annotations

from pipeline.language.utterance import ParsedUtterance


def acts(utterance: ParsedUtterance) -> bool:
    """Whether the agent may change something by answering.

    A request acts unless its verbs only ask for words: an unknown verb counts as acting. A question
    does not act. In a language without rules everything may act.
    """
    known, words, act = utterance.language, set(utterance.words), utterance.act
    if not known.telling_verbs:
        return True
    acting = not known.acting_verbs.isdisjoint(words)
    if act.request:
        return acting or known.telling_verbs.isdisjoint(words)
    return acting and not act.question

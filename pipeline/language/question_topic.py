"""What a question is about: a kind of thing, which an agent may know, or a certain one, which those
present may know."""

from __future__ import annotations

from itertools import pairwise

from pipeline.language.lexicons import Language


def is_general(words: tuple[str, ...], language: Language) -> bool:
    """Whether it speaks of a kind of thing, or of the first of its kind: "a long weekend", "the
    best player"."""
    if not language.indefinite_determiners.isdisjoint(words):
        return True
    return any(
        one in language.definites and _is_superlative(other, language)
        for one, other in pairwise(words)
    )


def is_particular(words: tuple[str, ...], language: Language) -> bool:
    """Whether it speaks of a definite thing, and not of "the best", "the next", "the weather" or
    "the capital of France"."""
    known = language.ordinals | language.task_objects
    return any(
        one in language.definites
        and not (other in known or _is_superlative(other, language))
        and language.genitives.isdisjoint(words[at + 2 : at + 4])
        for at, (one, other) in enumerate(pairwise(words))
    )


def _is_superlative(word: str, language: Language) -> bool:
    ending = language.superlative_ending
    return bool(ending) and word.endswith(ending) and word not in language.no_superlatives

"""What tells whether a turn is over, as numbers: the sound, the marks, the words, the sentence.

The four parts are independent of each other, because each may be missing: the turn model may be
late, speech to text may fail, a language may have no word lists, there may be no language model.
`turn_completion` weighs them.
"""

from __future__ import annotations

import math
import re
from typing import Final

from pipeline.inference.closing_marks import ClosingMarks
from pipeline.inference.text_ending import TextEnding
from pipeline.language.dialogue_act import Minor
from pipeline.language.lexicons import COMMON_WORDS, ENGLISH, Language
from pipeline.language.utterance import Completeness, ParsedUtterance
from pipeline.language.vocative import plain_words

Features = dict[str, float]
"""Features by name. Those of a part that is there are never missing."""

_LEAST_SOUND: Final = 0.001
_LEAST_MARK: Final = 0.005
_LEAST_MEAN: Final = -3.0
_LEAST_LOG: Final = -6.0
_MOST_AFTER_S: Final = 0.6
_LEAST_EXPECTED: Final = 0.0005
_LEAST_ENDING: Final = -5.0
_FEW_WORDS: Final = 3
_SENTENCE_END: Final = re.compile(r"[.?!]\s+(?=\w)")
_LAST_OF_LIST: Final = frozenset({"and", "or", "und", "oder"})
_SECOND_CLAUSE_FROM: Final = 3
"""Words before a conjunction that joins a second clause or noun phrase to a first one."""


def sound_features(turn_probability: float) -> Features:
    """``turn_probability`` is the turn model's, 0..1."""
    return {"sound": _log_odds(turn_probability, _LEAST_SOUND)}


def closing_features(marks: ClosingMarks) -> Features:
    """Logarithms of what the decoder thinks of the position behind the last word."""
    closes = marks.full_stop + marks.question + marks.exclamation
    written = closes + marks.comma + marks.trailing
    goes_on = max(0.0, 1 - written - marks.end_of_text)
    return {
        "closes": _log_odds(closes, _LEAST_MARK),
        "full_stop": _log(marks.full_stop),
        "question": _log(marks.question),
        "comma": _log(marks.comma),
        "trailing": _log(marks.trailing),
        "no_mark": _log(marks.end_of_text),
        "goes_on": _log(goes_on),
        # The decoder's timestamp rules can forbid a mark: then the marks say nothing.
        "mark_forbidden": float(written < _LEAST_MARK and marks.end_of_text > 1 - _LEAST_MARK),
        "last_token": _log(marks.last_token),
        "last_three": max(_LEAST_MEAN, marks.last_three),
        "mean": max(_LEAST_MEAN, marks.mean),
        "least": max(_LEAST_LOG, marks.least),
        "ends_after": min(max(marks.ends_after_s, -_MOST_AFTER_S), _MOST_AFTER_S),
        "expected": _log_odds(marks.expected, _LEAST_EXPECTED),
    }


def ending_features(ending: TextEnding) -> Features:
    """What the language model expects behind the words."""
    ends, goes_on = (max(each, _LEAST_ENDING) for each in (ending.sentence_end, ending.next_word))
    return {
        "ends": ends,
        "ends_not_on": ends - goes_on,
        "text_comma": max(ending.comma, _LEAST_ENDING),
    }


def has_sentence_end(utterance: ParsedUtterance) -> bool:
    """Whether the language model can judge the words, and they do not end the turn at once.

    It knows English alone.
    """
    return (
        utterance.language is ENGLISH
        and utterance.completeness is not Completeness.COMMAND
        and bool(utterance.words)
    )


def word_features(utterance: ParsedUtterance) -> Features:
    """The rules' view of the words, and the classes of the last one."""
    language, act = utterance.language, utterance.act_without_call
    words = plain_words(utterance.text)
    last = words[-1] if words else ""
    called = any(mention.called for mention in utterance.agent_mentions)
    rest = utterance.text_without_call
    completeness = utterance.completeness
    asks = utterance.text.endswith("?")
    said = plain_words(rest)
    subordinate = _is_subordinate(rest, said, language)
    # "Okay, so", "well": the turn has not begun yet.
    only_delays = _delays(last, language) and language.fillers.issuperset(words[:-1])
    comma_inside = "," in rest.rstrip(" ,.")
    few = len(words) <= _FEW_WORDS
    return {
        "open": float(completeness is Completeness.OPEN),
        "whole": float(completeness is Completeness.WHOLE),
        "command": float(completeness is Completeness.COMMAND),
        "asks": float(asks),
        "asks_by_form": float(act.question),
        "requests": float(act.request),
        "minor": float(act.minor not in (None, Minor.SILENCE) and not only_delays),
        "called": float(called),
        "only_called": float(utterance.only_calls),
        "called_whole": float(called and completeness is Completeness.WHOLE),
        "ends_without_mark": float(utterance.text[-1:].isalnum()),
        "last_open": float(last in language.open_words or only_delays),
        "last_seldom": float(last in language.seldom_last),
        "last_common": float(last in COMMON_WORDS),
        "last_filler": float(last in language.fillers or last in language.hesitations),
        "last_number": float(any(map(str.isdigit, last)) or last in language.numbers),
        "unmarked_whole": float(is_unmarked_whole(utterance)),
        "listing": float("," in rest and _LAST_OF_LIST.isdisjoint(words)),
        "sentences": float(len(_SENTENCE_END.split(utterance.text.strip())) > 1),
        "joined": float(not language.conjunctions.isdisjoint(said[_SECOND_CLAUSE_FROM:])),
        "joins": float(said[:1] != () and said[0] in language.conjunctions),
        "subordinate": float(subordinate and not comma_inside),
        "main_clause": float(subordinate and comma_inside),
        "few_words": float(few),
        "called_few": float(called and few),
        "one_word": float(len(words) == 1 and not only_delays and not called),
    }


def is_unmarked_whole(utterance: ParsedUtterance) -> bool:
    """Whether it is a question or request that only lacks its mark.

    Whisper's timestamp rules forbid the mark where the decoder is sure of the end.
    """
    act = utterance.act_without_call
    return (
        utterance.text[-1:].isalnum()
        and utterance.completeness is Completeness.UNSURE
        and (act.question or act.request)
    )


def _delays(word: str, language: Language) -> bool:
    """Whether it is a filler that answers nothing: more follows "so" or "well" than "okay"."""
    answers = (language.answers, language.acknowledgements, language.hello)
    return (word in language.fillers or word in language.hesitations) and not any(
        word in each for each in answers
    )


def _is_subordinate(said: str, words: tuple[str, ...], language: Language) -> bool:
    """Whether it begins with a subordinate clause, and not with a question ("when does it end")."""
    first = next((place for place, word in enumerate(words) if word not in language.fillers), None)
    if first is None or said.endswith("?") or words[first] not in language.subordinators:
        return False
    return words[first] not in language.question_words or (
        words[first + 1 : first + 2] != () and words[first + 1] not in language.verbs_first
    )


def _log(probability: float) -> float:
    return math.log(max(probability, _LEAST_MARK))


def _log_odds(probability: float, least: float) -> float:
    clipped = min(max(probability, least), 1 - least)
    return math.log(clipped / (1 - clipped))

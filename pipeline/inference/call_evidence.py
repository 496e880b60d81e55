"""Is an agent called by its name, or talked about? What the sound says, where the words deny it.

"Jarvis, any mail today?" is heard as "Jarvis and email today.", which tells of Jarvis. The decoder
knows better: asked for the probability of a comma behind that name, or before one at the end, it
gives far more for a call, because it hears the pause and the tone. Then it hears the words again as
those behind "Jarvis,", and writes "Jarvis, any mail today?".

One word before the name may be a misheard greeting, and is tried as one: "Hay Sage is rhubarb
poisonous." for "Hey Sage, is rhubarb poisonous?". In ten such lines the greeting was less likely by
3.7 at most; in 36 with another word before the name by 7.4 and more.

Measured on 145 calls and 60 mentions of the tuning part in Kokoro's voices (Whisper base): a comma
behind a name at the start had a log-probability above -5 in nine of ten calls, and below it in all
statements about the agent. Before a name at the end, calls had -9.3 to -0.3, mentions -8.2 or less.

Where that shows no call, all words are compared: the text with the commas of a call and the one
without them, as it is and behind a prompt with the names. That is no evidence for a call, but it
tells where one is possible (`Decoding.may_call`). In the parts `tuning` and `held` and in both sets
of `calls`, neither the words nor a comma show 43 calls; of these it finds 23, and 16 of 305
mentions. At the start of a clause it tells nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

import ctranslate2

from pipeline.inference.expected_names import ExpectedNames
from pipeline.inference.name_repair import name_prompt
from pipeline.inference.whisper_decoder import Decoding, WhisperDecoder
from pipeline.language.dialogue_act import DialogueAct, dialogue_act
from pipeline.language.lexicons import Language
from pipeline.language.lexicons import language as lexicon
from pipeline.language.likeness import likeness
from pipeline.language.vocative import greets_only, is_called, plain_words

_AT_THE_START: Final = -4.0
"""The log-probability of a comma behind a name at the start from which a question or a request is
behind a call."""
_SURELY: Final = -2.5
"""That from which anything is."""
_MISHEARD: Final = -6.0
"""That from which the words are heard again, and are a call if they then ask something else."""
_LESS: Final = 5.0
"""How much less likely those words may be, the comma included, or a greeting before the name."""
_GREETINGS: Final = ("Hey", "Well", "Um", "Wait", "Oh")
"""What is tried in place of one word before a name; the first one also if they are not alike."""
_GARBLED: Final = 0.95
"""Words of which the decoder is as sure as this are no misheard greeting."""
_ALIKE: Final = 0.5
"""The least likeness of a word and the greeting."""
_AT_THE_END: Final = -6.5
"""That of a comma before a name at the end."""
_BETWEEN: Final = -6.0
"""The sum of both for a name between other words."""
_MAY_CALL: Final = -20.0
_MAY_CALL_LAST: Final = -16.0
"""The least log-probability of the text with the commas of a call, less that of the text without
them, from which a call is possible between other words, and at the end of a clause. It is the sum
of two differences: without a prompt, and behind one with the names."""
_MOST_PLACES: Final = 2
"""Names that are asked about; each costs four passes over the text."""
_WORSE: Final = 2.5
"""How much less likely the words may be when they are heard behind the call, besides the comma."""
_LONGEST_TEXT: Final = 400
"""Characters; a longer text is left as it is."""
_LONGEST_GARBLED: Final = 2
"""Letters of what may be written for a greeting."""
_CLOSES: Final = ".;:!?"
_MARKS: Final = f" ,{_CLOSES}"


@dataclass(frozen=True, slots=True)
class HeardWords:
    """What the sound of a window says about words. ``language`` is an ISO code."""

    language: str
    logs: Callable[[str], Sequence[float]]
    """The log-probability of each token of a text."""
    expecting: Callable[[str], Sequence[float]]
    """The same where the names are expected: behind a prompt that has them."""
    behind: Callable[[str], str]
    """The text that is heard where a text is taken for its first words."""


def heard_words(
    decoder: WhisperDecoder,
    encoded: ctranslate2.StorageView,
    language: str,
    duration_s: float,
    decode: Callable[..., Decoding],
    names: ExpectedNames,
) -> HeardWords:
    """The same of an encoded window that lasts ``duration_s``. ``decode`` decodes it."""
    tokens = decoder.vocabulary.encode

    def logs(text: str, prompt: Sequence[int] = ()) -> Sequence[float]:
        words = tokens(f" {text}")
        return decoder.log_probabilities(encoded, language, words, duration_s, prompt)

    def expecting(text: str) -> Sequence[float]:
        return logs(text, name_prompt(names, decoder.vocabulary))

    def behind(text: str) -> str:
        return decode(lead=tokens(f" {text}"), closing=False).text

    return HeardWords(language, logs, expecting, behind)


def with_heard_call(decoding: Decoding, names: ExpectedNames, heard: HeardWords) -> Decoding:
    """The decoding, with the comma of a call if an agent's name is one by its sound.

    Nothing changes where no agent is named, and where the words call one already.
    """
    place = _named_and_not_called(decoding.text, names, heard.language)
    if place is None:
        return decoding
    text = _with_greeting(decoding, place[0], heard)
    place = _named_and_not_called(text, names, heard.language)
    if place is not None:
        called = _with_comma(text, *place, heard)
        if called is None:
            return replace(decoding, may_call=_may_call(text, names, heard))
        text = called
    closed = text if decoding.closed_text == decoding.text else decoding.closed_text
    return replace(decoding, text=text, closed_text=closed)


def _with_greeting(decoding: Decoding, start: int, heard: HeardWords) -> str:
    """The text with a greeting in place of the one word before the name at ``start``, if the sound
    fits it: "Hey Sage, is rhubarb poisonous?" for "Hay Sage is rhubarb poisonous."."""
    text, sureness = decoding.text, decoding.sureness
    known, (first, *more) = lexicon(heard.language).greetings, plain_words(text[:start]) or ("",)
    aligned = len(sureness) == len(text.split())
    if more or not first or first in known or not aligned or sureness[0] >= _GARBLED:
        return text
    others = {
        f"{greeting} {text[start:]}": greeting
        for greeting in _GREETINGS
        if greeting.lower() in known
        and (greeting == _GREETINGS[0] or likeness(first, greeting.lower()) >= _ALIKE)
    }
    likely = {other: sum(heard.logs(other)) for other in others}
    best = max(likely, key=lambda other: likely[other], default="")
    return best if best and likely[best] >= sum(heard.logs(text)) - _LESS else text


def _with_comma(text: str, start: int, end: int, heard: HeardWords) -> str | None:
    """The text with the commas of a call around the name at ``text[start:end]``; None if it is no
    call."""
    ends = not text[end:].strip(_MARKS) or text[end] in _CLOSES
    return _called_last(text, start, heard) if ends else _called(text, start, end, heard)


def _called_last(text: str, start: int, heard: HeardWords) -> str | None:
    """The text with a comma before the name at ``start``, which ends a clause; None if it is no
    call."""
    before = text[:start].rstrip(_MARKS)
    if not before or heard.logs(f"{before},")[-1] < _AT_THE_END:
        return None
    return f"{before}, {text[start:]}"


def _called(text: str, start: int, end: int, heard: HeardWords) -> str | None:
    """The text with the name at ``text[start:end]`` between commas, or at the start before one;
    None if it is no call."""
    language, before = lexicon(heard.language), text[:start].rstrip(" ")
    clause = _last_clause(before)
    lead = text[:end]
    comma = heard.logs(f"{lead},")[-1]
    least = _AT_THE_START
    if greets_only(clause, language) or before.endswith(","):
        if comma < least:
            if heard.expecting(f"{lead},")[-1] < _SURELY:
                return _other_request(lead, text, end, comma, heard)
            comma = _SURELY
    else:
        lead = f"{before}, {text[start:end]}"
        if not _may_be_greeting(clause):
            comma += heard.logs(f"{before},")[-1]
            least = _BETWEEN
    if comma < least:
        return None
    again = _heard_behind(f"{lead},", text, heard) or f"{lead}, {text[end:].lstrip(_MARKS)}"
    sure = least == _BETWEEN or comma >= _SURELY or _asks(again[len(lead) :], language)
    return again if sure else None


def _may_call(text: str, names: ExpectedNames, heard: HeardWords) -> str:
    """The agent's name in the text that is hardly less likely with the commas of a call around it;
    empty if there is none. Nothing is asked where it makes no difference: of a person alone, and
    over a reply."""
    if len(names.people) <= 1 or names.stops:
        return ""
    places = _places(text, names)[:_MOST_PLACES]
    return next(
        (text[slice(*place)] for place in places if _commas_are_possible(text, *place, heard)), ""
    )


def _commas_are_possible(text: str, start: int, end: int, heard: HeardWords) -> bool:
    """Whether commas may stand around the name at ``text[start:end]``. One that is written already
    is no evidence; and at the start of a clause the comma tells hardly anything."""
    before, behind = text[:start].rstrip(" "), text[end:].lstrip(" ")
    if not before or before[-1] in f"{_CLOSES},":
        return False
    ends = not behind or behind[0] in f"{_CLOSES},"
    called = f"{before}, {text[start:end]}{'' if ends else ', '}{behind}"
    likelier = sum(sum(logs(called)) - sum(logs(text)) for logs in (heard.logs, heard.expecting))
    return likelier >= (_MAY_CALL_LAST if ends else _MAY_CALL)


def _other_request(lead: str, text: str, end: int, comma: float, heard: HeardWords) -> str | None:
    """The words that are heard behind the call ``lead``, if they ask something that ``text`` does
    not: "Jarvis, is it dark now?" for "Jarvis is at Dark now."; else None."""
    language = lexicon(heard.language)
    if comma < _MISHEARD or _act(text[end:], language).request:
        return None
    again = heard.behind(f"{lead},")
    if not again.casefold().startswith(f"{lead},".casefold()) or len(again) > 2 * len(text):
        return None
    same = plain_words(again) == plain_words(text)
    if same or not _asks(again[len(lead) :], language):
        return None
    return again if sum(heard.logs(again)) >= sum(heard.logs(text)) - _LESS else None


def _asks(text: str, language: Language) -> bool:
    """Whether a text behind a call is a question or a request."""
    act = _act(text, language)
    return act.question or act.request


def _act(text: str, language: Language) -> DialogueAct:
    return dialogue_act(text.lstrip(_MARKS), language, called=True)


def _named_and_not_called(text: str, names: ExpectedNames, code: str) -> tuple[int, int] | None:
    """Where the first agent is named, if no agent is called. One that another member is told to ask
    is not called either: "ask Sage"."""
    if not names.agents or len(text) > _LONGEST_TEXT:
        return None
    found, language = _places(text, names), lexicon(code)
    if not found or any(is_called(text, start, end, language) for start, end in found):
        return None
    told_to_ask = not language.relays.isdisjoint(plain_words(text[: found[0][0]])[-1:])
    return None if told_to_ask else found[0]


def _places(text: str, names: ExpectedNames) -> list[tuple[int, int]]:
    """Where agents are named."""
    known = "|".join(re.escape(name) for name in names.agents)
    return [match.span() for match in re.finditer(rf"\b(?:{known})\b(?!['’])", text, re.I)]


def _last_clause(text: str) -> str:
    """What stands behind the last mark that ends a sentence."""
    return re.split(rf"[{_CLOSES}]", text)[-1].strip(_MARKS)


def _may_be_greeting(clause: str) -> bool:
    """Whether it is one short word, as in "O Jarvis" for "oh" or "hey"."""
    return len(clause) <= _LONGEST_GARBLED and clause.isalpha()


def _heard_behind(lead: str, text: str, heard: HeardWords) -> str | None:
    """The words as they are heard if they begin with ``lead``; None if they fit the sound less."""
    again = heard.behind(lead)
    if not again.casefold().startswith(lead.casefold()) or len(again) > 2 * len(text):
        return None
    comma = heard.logs(lead)[-1]
    less = sum(heard.logs(text)) - sum(heard.logs(again))
    return again if less <= _WORSE - comma else None

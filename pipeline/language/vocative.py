"""The plain words of a text, and whether a name among them is called or talked about.

"Jarvis, what time is it?" and "What time is it, Jarvis?" call; "Did Jarvis answer you?" and
"Jarvis told me a joke" do not. Speech to text leaves out many commas and closing marks, so the
adjacent words decide: a name at the start or the end of a question or request is called, unless
the clause needs it as its subject or object. Where there are commas, they count too.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Final

from pipeline.language.clause import (
    CONDITIONS,
    CONJUNCTIONS,
    asks_for_knowledge,
    asks_for_oneself,
    begins_clause,
    does_to_the_named,
    ends_in_tag,
    has_aside_last,
    has_pronoun_as_object,
    has_speaker_as_object,
    is_afterthought,
    is_asking,
    is_named_last,
    is_told_of,
    is_whole_aside,
    is_whole_statement,
    lacks_predicate,
    makes_the_named_act,
    may_end_without_object,
    needs_no_object,
    opens_phrase,
    opens_with,
    takes_object_last,
    tells_how,
)
from pipeline.language.inversion import inverts, is_told_later
from pipeline.language.lexicons import Language
from pipeline.language.question_gap import (
    asks_for_subject,
    has_its_object,
    has_relative_object,
    has_stranded_preposition,
    is_lone_verb,
    leaves_of_itself,
)

_CLAUSE_END: Final = re.compile(r"[.?!;:…\n]+")
MAX_UTTERANCE_CHARS: Final = 2_000
"""Characters of an utterance that the rules read: two minutes of speech."""
_CONTEXT_CHARS: Final = 200
"""Characters of the clause that the rules read on either side of a name: a long sentence."""
_FIRST_WORDS: Final = 4
_SHORTEST_STATEMENT: Final = 3
_LONGEST_GARBLED: Final = 2
"""Letters of what speech to text may write for "hey"."""
_WORD: Final = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The clause around a name: plain words before and after it, commas and the closing mark."""

    before: tuple[str, ...]
    after: tuple[str, ...]
    comma_before: bool
    comma_after: bool
    asks: bool


def plain_words(text: str) -> tuple[str, ...]:
    """Words in lower case without apostrophes: "What's up?" to "whats", "up"."""
    return tuple(word.replace("'", "").replace("’", "").lower() for word in _WORD.findall(text))


def fluent_words(text: str, language: Language) -> tuple[str, ...]:
    """Plain words without disfluencies: "uh and and the next one" to "and", "the", "next", "one".

    Hesitations are left out, and immediate repetitions of a word.
    """
    words = [word for word in plain_words(text) if word not in language.hesitations]
    return tuple(
        word for word, before in zip(words, [None, *words], strict=False) if word != before
    )


def is_called(text: str, start: int, end: int, language: Language) -> bool:
    """Whether the utterance speaks to the name at ``text[start:end]``."""
    around = surroundings(text, start, end, language)
    if only_greets(around.before, language):
        hailed = bool(around.before) and around.before[-1] in language.hello
        return hailed or _is_initial_call(around, language)
    if _is_hailed_by_phrase(around, language) or _has_epithet(around, language):
        return True
    if _is_relay(around.before, language):
        return False
    if _is_garbled_greeting(text[end:], around, language):
        return True
    if lacks_predicate(around.before, language) and not around.comma_before:
        # "Is it Jarvis", "was it Jarvis who said that"
        return False
    if all(word in language.fillers for word in around.after):
        return _is_final_call(around, language)
    singular = language.negated_verbs - language.plural_verbs
    if len(around.before) == 1 and around.before[0] in singular and not around.comma_before:
        # "Doesn't Jarvis remind you", but "can't, Jarvis, I'm busy"
        return False
    if around.comma_before and around.comma_after:
        return True
    if around.comma_before or around.before[-1] in language.calls:
        return _is_initial_call(around, language)
    if around.comma_after and _is_aside(around.before, language):
        # "Oh come on Jarvis, you always say that."
        return True
    if around.comma_after and has_aside_last(around.before, language):
        # "Because, um, hang on Jarvis, ask me another one."
        return asks_the_named(around.after, language)
    if makes_the_named_act(around.before, around.after, language):
        return False
    if has_its_object(around.before, language):
        return not _continues_with_verb(around.after[0], language)
    if _is_between_clauses(around, language):
        return True
    if around.before[-1] in language.about_before - CONJUNCTIONS:
        return False
    return _starts_new_clause(around.after, language)


def _is_aside(before: tuple[str, ...], language: Language) -> bool:
    """Whether the words are a phrase that lacks nothing, perhaps behind an interjection: "oh come
    on", but not "well for example"."""
    content = tuple(word for word in before if word not in language.fillers)
    apart = content[:1] != () and content[0] not in language.prepositions
    return is_whole_aside(before, language) or (apart and is_whole_aside(content, language))


def _is_between_clauses(around: Surroundings, language: Language) -> bool:
    """Whether the words before a name are whole without it, and another clause begins behind it:
    "never mind Jarvis I found it"."""
    if is_whole_aside(around.before, language):
        # The name is called, or the subject of what follows, as at the start.
        return _is_initial_call(around, language)
    content = tuple(word for word in around.before if word not in language.fillers)
    if not content:
        return False
    again = _begins_again(around, language)
    if is_afterthought(around.after, language) and _is_whole_request(around, content, language):
        return True
    if is_asking(content, language):
        # "could you maybe Jarvis look that up"
        return again or around.after[0] in language.bare_verbs | language.imperatives
    if asks_for_oneself(content, language) and around.after[0] in language.indirect:
        # "Remind me Jarvis to call", "tell us Jarvis if it rains"
        return True
    if asks_for_knowledge(content, language) and _opens_indirect_question(around, language):
        # "Do you know Jarvis who wrote Emma?"
        return True
    if not again:
        return False
    if opens_with(content, language.thanks_phrases):
        return content[-1] not in language.about_before or content[-1] in language.clause_objects
    if content[-1] in language.opinion_verbs and content[0] in language.first_persons:
        return begins_clause(around.after, language)
    if content[-1] in language.knowing_verbs and content[0] in language.first_persons:
        # "I don't know Jarvis you choose"
        return around.after[0] in language.you
    first_half = replace(around, after=(), asks=False)
    whole = _is_final_call(first_half, language) or needs_no_object(content, language)
    return whole and (
        content[-1] in language.polite_ends or may_end_without_object(content, language)
    )


def _is_whole_request(around: Surroundings, content: tuple[str, ...], language: Language) -> bool:
    """Whether a question or request stands before the name and lacks nothing."""
    first, last = content[0], content[-1]
    if len(content) == 1:
        # "Stop Jarvis slower", but "play Jarvis the slow version"
        return last in language.polite_ends and around.after[0] not in language.determiners
    asks = first in language.question_words | language.verbs_first
    if not asks and first not in language.imperatives:
        return False
    if first in language.question_words and around.after[0] in language.alternatives:
        # "Who is smarter Jarvis or Sage"
        return False
    if not _is_final_call(replace(around, after=(), asks=False), language):
        return False
    if may_end_without_object(content, language) or _ends_by_itself(content, language):
        return True
    if last in language.polite_ends:
        return True
    if first in language.gap_words:
        # "What key is Valerie in"
        return last in language.object_ends & language.prepositions
    alone = language.bare_verbs - language.gap_verbs - language.about_before
    return first in language.question_words and last in alone


def _begins_again(around: Surroundings, language: Language) -> bool:
    """Whether a clause that does not need the name begins behind it."""
    if around.comma_after or begins_clause(around.after, language):
        return True
    if around.after[0] in language.inverting and inverts(around.after, language, asks=around.asks):
        return True
    return _starts_new_clause(around.after, language)


def _opens_indirect_question(around: Surroundings, language: Language) -> bool:
    """Whether an indirect question of several words is behind a name: "who wrote Emma"."""
    opens = around.after[0] in language.question_words | CONDITIONS
    return opens and len(around.after) > 1


def _is_hailed_by_phrase(around: Surroundings, language: Language) -> bool:
    """Whether only a phrase that calls stands before a name: "earth to Jarvis"."""
    content = [word for word in around.before if word not in language.fillers]
    if not {" ".join(content), " ".join(around.before)} & language.hailing_phrases:
        return False
    return not around.after or around.comma_after or asks_the_named(around.after, language)


def _has_epithet(around: Surroundings, language: Language) -> bool:
    """Whether an adjective stands before a name that is asked: "good old Jarvis, what is it?"."""
    lead = list(around.before)
    while lead and lead[-1] in language.epithets:
        lead.pop()
    if len(lead) == len(around.before):
        return False
    if lead and lead[-1] in language.possessives:
        lead.pop()
    asked = bool(around.after) and asks_the_named(around.after, language)
    return asked and only_greets(tuple(lead), language)


def _is_garbled_greeting(rest: str, around: Surroundings, language: Language) -> bool:
    """Whether speech to text wrote a greeting before a name as another word: "A Jarvis, how much
    is it?", "I'm Jarvis, when is the first bus?" for "um". ``rest`` is all behind the name."""
    *greetings, word = around.before
    if not language.hello.issuperset(greetings):
        return False
    more = plain_words(rest[:_CONTEXT_CHARS])
    if word in language.contractions & language.first_persons:
        # "I'm Jarvis" is a whole introduction. Behind a greeting a question must follow at once.
        asking = language.question_words | language.verbs_first
        asks = "?" in rest and not asking.isdisjoint(more[:1])
        return len(more) >= _SHORTEST_STATEMENT and (not greetings or asks)
    if greetings or len(word) > _LONGEST_GARBLED or not around.after:
        return False
    asked = around.comma_after or around.asks
    return asked and asks_the_named(around.after, language)


def greets_only(before: str, language: Language) -> bool:
    """Whether a text has only greetings or thanks, or nothing: a name behind it is the first word
    of what is said."""
    return only_greets(fluent_words(before, language), language)


def only_greets(before: tuple[str, ...], language: Language) -> bool:
    """Whether only greetings or thanks stand before a name, or nothing."""
    return (
        all(word in language.greetings for word in before)
        or " ".join(before) in language.thanks_phrases
    )


def is_clearly_called(text: str, start: int, end: int, language: Language) -> bool:
    """Whether ``text[start:end]`` stands where almost only a called name can stand.

    That is at the start before a request or a question, or between a greeting and a comma.
    """
    around = surroundings(text, start, end, language)
    if not all(word in language.greetings for word in around.before):
        return around.comma_before and not around.after and not around.comma_after
    hailed = bool(around.before) and around.before[-1] in language.calls
    if not around.after:
        return hailed
    return around.comma_after or hailed or asks_the_named(around.after, language)


def is_last_in_question(text: str, start: int, end: int, language: Language) -> bool:
    """Whether ``text[start:end]`` is the last word of a question or request that is whole without
    it: "What's the weather like Jarbis"."""
    around = surroundings(text, start, end, language)
    return bool(around.before) and not around.after and _is_final_call(around, language)


def is_hailed(text: str, start: int, end: int, language: Language) -> bool:
    """Whether a word that is also a name is called, and not used as a word, at ``text[start:end]``.

    "Dark, come here" and "Hey Dark" call Dark; "Is it dark?" does not. Without a comma, a capital
    letter in mid-sentence shows the name, if the clause is whole without it.
    """
    around = surroundings(text, start, end, language)
    initial = all(word in language.greetings for word in around.before)
    if initial and around.before and around.before[-1] in language.hello:
        return True
    if initial:
        asked = around.after and asks_the_named(around.after, language)
        return around.comma_after or bool(asked) or (not around.before and not around.after)
    if around.comma_before:
        return not around.after or around.comma_after
    capital = text[start : start + 1].isupper()
    return (
        capital
        and not around.after
        and len(around.before) > _FIRST_WORDS
        and (around.before[-1] not in language.about_before)
    )


def asks_the_named(after: tuple[str, ...], language: Language) -> bool:
    """Whether these words ask or request something of the agent or person named before them."""
    return (
        after[0] in language.question_words
        or after[0] in language.imperatives
        or opens_with(after, language.request_phrases)
        or (after[0] in language.inverting and after[1:2] in (("you",), ("du",)))
    )


def _starts_new_clause(after: tuple[str, ...], language: Language) -> bool:
    """Whether a question or request begins after a name in mid-sentence: "it's late Jarvis what do
    we do", "we need milk Jarvis add it"."""
    asks = after[0] in language.question_words | language.imperatives and len(after) > 1
    return asks or (after[0] in language.inverting and after[1:2] in (("you",), ("du",)))


def _is_relay(before: tuple[str, ...], language: Language) -> bool:
    """Whether another person is told to ask: "just ask Jarvis", "frag doch mal Jarvis"."""
    skipped = language.particles | language.fillers
    return tuple(word for word in before if word not in skipped)[-1:] in {
        (verb,) for verb in language.relays
    }


def _is_initial_call(around: Surroundings, language: Language) -> bool:
    """Whether a name at the start of a clause is called, or the subject of a statement."""
    if not around.after:
        return True
    if around.comma_after:
        # "Jarvis, or whatever its name is" is no call.
        return around.after[0] not in language.alternatives
    first, second = around.after[0], around.after[1] if len(around.after) > 1 else ""
    if ends_in_tag(around.after, language):
        # "Jarvis is a nice name, isn't it?"
        return False
    if second in language.polarity_items and not opens_phrase(first, language):
        # "Jarvis got any better ideas" asks.
        return True
    if first in language.plural_verbs:
        return True
    if first in language.past_times and second in language.request_phrases:
        # "Jarvis again please"
        return True
    if first in language.inverting and inverts(around.after, language, asks=around.asks):
        return True
    if first in language.imperatives or tells_how(around.after, language):
        return True
    if first in language.prepositions and is_told_later(around.after, language, asks=around.asks):
        return False
    if first in language.about_after or first in language.inverting:
        return first in CONJUNCTIONS and second in (
            language.question_words | language.prepositions | CONDITIONS
        )
    return not is_told_of(around.after, language)


def _is_final_call(around: Surroundings, language: Language) -> bool:
    """Whether a name at the end of a clause is called: after a comma, or where no object fits."""
    if around.comma_before:
        return True
    last = around.before[-1]
    content = tuple(word for word in around.before if word not in language.fillers)
    first = content[0] if content else ""
    if first not in language.gap_words and " ".join(content[-2:]) in language.naming_phrases:
        # In "We call it Jarvis" the name is an object.
        return False
    if content and (is_named_last(content, language) or does_to_the_named(around.before, language)):
        return False
    if has_speaker_as_object(content, language):
        return True
    if last in language.polite_ends or _is_aside(around.before, language):
        return True
    if takes_object_last(content, language):
        # "Turn on Jarvis" lacks its object otherwise.
        return False
    requests = first in language.imperatives or opens_with(content, language.thanks_phrases)
    asks = first in language.question_words | language.verbs_first
    if (requests or asks) and len(content) > 2 and last in language.object_ends:
        return True
    if len(content) == 2 and requests and last in language.anaphors:
        return True
    if first in language.question_words and last in language.question_ends:
        return not opens_with(content, language.opinion_phrases)
    if has_its_object(around.before, language) or has_pronoun_as_object(content, language):
        return True
    if content and _ends_by_itself(content, language):
        return True
    if last in language.about_before:
        return False
    if opens_with(around.before, language.follow_up_phrases):
        return True
    if asks_for_subject(content, language):
        return False
    if around.asks or requests or asks:
        return True
    return (
        opens_with(around.before, language.request_phrases)
        or is_whole_statement(content, language)
        or needs_no_object(content, language)
    )


def _ends_by_itself(content: tuple[str, ...], language: Language) -> bool:
    """Whether the last verb or preposition takes no object, or has it in front."""
    return (
        (len(content) > 1 and is_lone_verb(content[-1], language))
        or has_stranded_preposition(content, language)
        or has_relative_object(content, language)
        or leaves_of_itself(content, language)
    )


def _continues_with_verb(word: str, language: Language) -> bool:
    """Whether a name before ``word`` is its subject: "what do you think Jarvis does"."""
    return word in language.about_after | language.inverting or word.endswith(("s", "ed"))


def surroundings(text: str, start: int, end: int, language: Language) -> Surroundings:
    first, last = max(0, start - _CONTEXT_CHARS), min(len(text), end + _CONTEXT_CHARS)
    begin = max((match.end() for match in _CLAUSE_END.finditer(text, first, start)), default=first)
    close = _CLAUSE_END.search(text, end, last)
    before, after = text[begin:start], text[end : close.start() if close else last]
    return Surroundings(
        before=fluent_words(before, language),
        after=fluent_words(after, language),
        comma_before=before.rstrip().endswith((",", "-", "—")),
        comma_after=after.lstrip().startswith(","),
        asks=close is not None and "?" in close[0],
    )

"""Whether a clause needs the name in it: as the subject of its verb, or as the object.

All functions take plain words: in lower case, without marks.
"""

from __future__ import annotations

from functools import cache
from typing import Final

from pipeline.language.lexicons import Language

_FIRST_WORDS: Final = 4
_SHORTEST_STATEMENT: Final = 3
_LONGEST_ASIDE: Final = 3
CONJUNCTIONS: Final = frozenset(("and", "or", "but", "und", "oder", "aber"))
CONDITIONS: Final = frozenset(("if", "wenn"))
_IMPERSONAL: Final = frozenset(("it", "there", "es"))
_LONGEST_AFTERTHOUGHT: Final = 5
_LONGEST_OBJECT: Final = 3
"""Words of what is given a name: "call your old car Jarvis"."""


def opens_with(words: tuple[str, ...], phrases: frozenset[str]) -> bool:
    """Whether plain words begin with one of the phrases."""
    most = min(len(words), _most_words(phrases))
    return any(" ".join(words[:count]) in phrases for count in range(1, most + 1))


@cache
def _most_words(phrases: frozenset[str]) -> int:
    """The number of words of the longest phrase."""
    return max((len(phrase.split()) for phrase in phrases), default=0)


def bare_forms(word: str, language: Language) -> frozenset[str]:
    """What the bare verb can be if ``word`` is its regular past form: "paused" to "pause"."""
    if not language.past_ending or not word.endswith(language.past_ending):
        return frozenset()
    stem = word.removesuffix(language.past_ending)
    single = stem[:-1] if stem[-2:-1] == stem[-1:] else stem
    return frozenset((stem, f"{stem}e", single, f"{stem.removesuffix('i')}y"))


def is_told_of(after: tuple[str, ...], language: Language) -> bool:
    """Whether a statement about the name continues behind it: "only knows", "sent the mail"."""
    verb = after[0]
    if _is_command_as_past(after, language):
        return False
    if len(after) > 1 and verb in language.adverbs:
        told = language.about_after | language.irregular_pasts
        past = bool(language.past_ending) and after[1].endswith(language.past_ending)
        return past or after[1] in told or after[1].endswith("s")
    finite = verb.endswith(language.finite_endings) and not verb.endswith(language.bare_endings)
    behind = language.behind_finite | language.possessives
    if verb.endswith("s"):
        # "Jarvis wins this one", but "Jarvis settled this" may be a command.
        behind |= language.determiners
    is_verb = verb.removesuffix("s") in language.opinion_verbs | language.bare_verbs
    with_number = verb.endswith("s") and is_verb and after[1:] != () and after[1].isdecimal()
    if finite and verb not in language.no_finite and (with_number or set(after[1:2]) <= behind):
        return True
    return verb in language.irregular_pasts or any(
        verb.endswith(ending) and verb.removesuffix(ending) in language.imperatives
        for ending in ("s", "ed", "t")
    )


def ends_in_tag(after: tuple[str, ...], language: Language) -> bool:
    """Whether a statement about the name ends in a question tag: "is a nice name isn't it", "can't
    see it can he"."""
    if len(after) < _SHORTEST_STATEMENT + 1 or after[0] not in language.inverting:
        return False
    inverted = after[1] in language.pronouns | language.you
    positive = after[-2] in language.inverting - language.plural_verbs
    denied = positive and after[0] in (f"{after[-2]}nt", f"{after[-2]}t")
    tagged = after[-1] in language.pronouns and (after[-2] in language.negated_verbs or denied)
    return tagged and not inverted


def opens_phrase(word: str, language: Language) -> bool:
    """Whether it is no verb: "if", "for", "and"."""
    return word in language.prepositions | CONJUNCTIONS | CONDITIONS | language.negations


def tells_how(after: tuple[str, ...], language: Language) -> bool:
    """Whether a command with an adverb in front follows: "never do that again", "just play it"."""
    if len(after) < _SHORTEST_STATEMENT or after[0] not in language.adverbs | language.negations:
        return False
    bare = (language.imperatives | language.plural_verbs) - language.same_in_past
    return after[1] in bare


def _is_command_as_past(after: tuple[str, ...], language: Language) -> bool:
    """Whether it is more likely a command than a report: "Jarvis paused the music please".

    Speech to text writes "pause the" as "paused the". Of what an agent does when told, people
    report less often than they tell it.
    """
    if len(after) < 2 or not language.past_times.isdisjoint(after):
        return False
    commands = language.acting_verbs | language.relays
    return not commands.isdisjoint(bare_forms(after[0], language))


def takes_object_last(content: tuple[str, ...], language: Language) -> bool:
    """Whether the name behind the words is their object: "turned on ...", "call it ...", "it's"."""
    last, verb = content[-1:], content[-2:-1]
    if not last:
        return False
    if verb and last[0] in language.object_ends | language.particle_ends:
        bare = bare_forms(verb[0], language) | {verb[0]}
        bare |= {verb[0].removesuffix(ending) for ending in language.before_gap}
        if not language.phrasal_verbs.isdisjoint(bare):
            return True
    if len(content) == 2 and content[0] in language.giving_verbs:
        # "Give him Jarvis"
        return last[0] in language.third_persons
    if verb and content[0] in language.verbs_first and last[0] in language.own_objects:
        # "Could you lend me Jarvis", but "could you show me"
        return verb[0] in language.giving_verbs - language.telling_verbs
    if content[0] in language.gap_words | language.imperatives and content[1:2] != ("time",):
        return False
    persons = (language.pronouns | language.indefinite_pronouns) - _IMPERSONAL
    if verb and verb[0] in persons and last[0] in language.transitives:
        # "When did you get Jarvis", but "what did you get"
        return True
    if verb and verb[0] in persons and content[0] in language.auxiliaries:
        # "Have you muted Jarvis"
        return not language.transitives.isdisjoint(bare_forms(last[0], language))
    if len(content) > 1 and last[0] in language.copulas:
        return True
    if " ".join(content[-2:]) in language.naming_phrases:
        return True
    named = next((at for at, word in enumerate(content) if word in language.naming_verbs), None)
    if named is None or not 1 <= len(content) - 1 - named <= _LONGEST_OBJECT:
        return False
    owned = language.possessives | language.third_persons
    return content[named + 1] in language.determiners | owned | language.anaphors


def is_named_last(content: tuple[str, ...], language: Language) -> bool:
    """Whether the name behind the words is what someone is called: "we call him ...".

    "Call him Jarvis" and "can you call him Jarvis" may ask for a telephone call.
    """
    if content[-2:-1] == () or content[-2] not in language.naming_forms:
        return False
    if content[-1] in language.reflexives:
        return True
    if content[-1] not in language.third_persons | language.anaphors | language.own_objects:
        return False
    if content[0] in language.question_words - language.gap_words:
        # "Why did you name him Jarvis"
        return True
    if len(content) < _SHORTEST_STATEMENT or content[-3] in language.infinitives:
        return False
    asks = language.question_words | language.verbs_first
    return content[0] not in asks and not opens_with(content, language.request_phrases)


def lacks_predicate(content: tuple[str, ...], language: Language) -> bool:
    """Whether a form of "to be" and its subject are all that stands before the name: "is it". A
    negated one is a question tag: "isn't it"."""
    subjects = language.third_persons | language.anaphors | language.remarked | language.deictics
    return (
        len(content) == 2
        and content[0] in language.copulas - language.contractions - language.negated_verbs
        and content[1] in subjects
    )


def does_to_the_named(content: tuple[str, ...], language: Language) -> bool:
    """Whether the last word is a verb with the name as its object: "stop blaming", "why do you
    like"."""
    last = content[-1]
    if last.endswith(language.before_gap) and content[0] in language.imperatives:
        stem = next(last.removesuffix(end) for end in language.before_gap if last.endswith(end))
        verbs = language.about_before | language.transitives
        return not verbs.isdisjoint((stem, f"{stem}e", stem[:-1])) and (
            last not in language.intransitives
        )
    if last not in language.question_ends & language.gap_verbs:
        return False
    # "What is it like" and "how does it look like" ask for something else.
    asks_how = any(content[0].removesuffix(end) in language.gap_words for end in ("", "s"))
    return not asks_how and content[-2] not in language.bare_verbs


def makes_the_named_act(
    before: tuple[str, ...], after: tuple[str, ...], language: Language
) -> bool:
    """Whether a verb stands before the name that takes it and a bare verb: "make ... say it"."""
    acts = language.imperatives | language.bare_verbs | language.lone_verbs
    return before[-1] in language.causatives and after[0] in acts


def has_speaker_as_object(content: tuple[str, ...], language: Language) -> bool:
    """Whether a verb has the speaker as its only object: "surprise me", not "give me"."""
    if len(content) != 2 or content[1] not in language.own_objects:
        return False
    others = (
        language.no_verbs,
        language.question_words,
        language.verbs_first,
        language.prepositions,
        language.copulas,
        language.contractions,
        language.negations,
        language.adverbs,
        language.infinitives,
        language.you,
        language.giving_verbs,
        language.naming_forms,
    )
    return not any(content[0] in words for words in others)


def has_aside_last(before: tuple[str, ...], language: Language) -> bool:
    """Whether other words and then a phrase that lacks nothing stand before a name: "hang on"."""
    return any(" ".join(before[at:]) in language.asides for at in range(1, len(before)))


def is_asking(content: tuple[str, ...], language: Language) -> bool:
    """Whether only the opening of a request stands before the name: "can you please"."""
    opening = list(content)
    while opening and opening[-1] in language.particles | language.adverbs:
        opening.pop()
    return (
        len(opening) > 1
        and opening[-1] in language.you
        and (" ".join(opening) in language.request_phrases)
    )


def asks_for_oneself(content: tuple[str, ...], language: Language) -> bool:
    """Whether a verb that takes a clause and the speaker as its object stand before the name."""
    return (
        len(content) == 2
        and content[0] in language.imperatives - language.giving_verbs
        and content[1] in language.own_objects
    )


def asks_for_knowledge(content: tuple[str, ...], language: Language) -> bool:
    """Whether the words are a question whether the listener knows: "do you know"."""
    return (
        len(content) == 3
        and content[0] in language.verbs_first
        and content[1] in language.you
        and content[2] in language.knowing_verbs
    )


def is_whole_aside(content: tuple[str, ...], language: Language) -> bool:
    """Whether the words are a phrase that lacks nothing: "never mind", "too late"."""
    if " ".join(content) in language.asides:
        return True
    if not 2 <= len(content) <= _LONGEST_ASIDE or content[0] not in language.degrees:
        return False
    return may_end_without_object(content, language)


def is_afterthought(after: tuple[str, ...], language: Language) -> bool:
    """Whether a phrase without a verb adds to what was asked: "the slow version", "but slower",
    "too loud"."""
    verbs = language.verbs_first | language.copulas | language.modals | language.about_after
    if len(after) > _LONGEST_AFTERTHOUGHT or not (
        verbs - CONJUNCTIONS - language.degrees
    ).isdisjoint(after):
        return False
    first, rest = after[0], after[1:]
    if not rest:
        return first.endswith(language.comparative_endings) or first in language.comparatives
    if first in language.degrees | CONJUNCTIONS:
        return len(after) < _LONGEST_AFTERTHOUGHT
    return first in language.determiners | language.indefinites


def begins_clause(after: tuple[str, ...], language: Language) -> bool:
    """Whether a clause with a subject of its own begins: "i found it", "but what does it cost"."""
    subjects = (
        language.pronouns
        | language.you
        | language.we
        | language.first_persons
        | language.contractions
        | language.subject_openings
    )
    first, second = after[0], after[1:2]
    if first in language.particles:
        return not language.imperatives.isdisjoint(second)
    if first in CONJUNCTIONS:
        return not (subjects | language.question_words | CONDITIONS).isdisjoint(second)
    return first in subjects and len(after) > 1


def may_end_without_object(content: tuple[str, ...], language: Language) -> bool:
    """Whether no name has to follow: the last word is neither a verb nor one that opens a phrase,
    or a pronoun is the object."""
    last = content[-1]
    stems = {last, last.removesuffix("s"), *bare_forms(last, language)}
    open_ends = language.determiners | language.possessives | language.about_before
    open_ends |= language.prepositions | language.appositions | language.infinitives
    open_ends -= language.clause_objects
    verb = any(not verbs.isdisjoint(stems) for verbs in _verbs(language))
    return not verb and last not in open_ends and not takes_object_last(content, language)


def has_pronoun_as_object(content: tuple[str, ...], language: Language) -> bool:
    """Whether the clause ends with its object: "you said that", "ignore that"."""
    if len(content) < 2 or content[-1] not in language.clause_objects:
        return False
    if takes_object_last(content, language):
        return False
    verb = content[-2]
    if len(content) == 2:
        no_verbs = language.question_words | language.verbs_first | language.no_verbs
        return verb not in no_verbs | language.about_before | language.copulas
    stems = {verb, verb.removesuffix("s"), *bare_forms(verb, language)}
    verbs = any(not each.isdisjoint(stems) for each in _verbs(language))
    return verbs or verb in language.prepositions or verb in language.about_before


def is_whole_statement(content: tuple[str, ...], language: Language) -> bool:
    """Whether a statement is complete without the name behind it: "I need your help"."""
    if len(content) == _SHORTEST_STATEMENT - 1:
        # "I'm hungry", "twenty minutes"
        said_of = content[0] in language.copulas and content[0] in language.contractions
        if content[0] in language.prepositions:
            return content[1] in language.numbers | language.times
        return said_of or (content[0] in language.numbers and content[1] not in language.numbers)
    if len(content) < _SHORTEST_STATEMENT or content[-1] in language.appositions:
        return False
    if _is_wish(content, language) or content[-1] in language.intransitives:
        return True
    if content[-1].endswith(language.before_gap) and content[-2] not in language.determiners:
        # "I was just thanking Jarvis", but "it is raining Jarvis"
        return content[-1] in language.intransitives or content[0] in ("it", "its")
    if content[-2] in language.determiners | language.possessives | language.you:
        return content[-1] not in language.determiners
    if content[-1] in language.numbers:
        return True
    return not language.copulas.isdisjoint(content[-4:-1])


def needs_no_object(content: tuple[str, ...], language: Language) -> bool:
    """Whether the last word is no verb, so that the name behind it is not its object.

    Speech to text garbles "Play some jazz Jarvis" to "Place him jazz Jarvis".
    """
    if len(content) < _SHORTEST_STATEMENT or not language.past_ending:
        return False
    before, last = content[-2:]
    subjects = (language.determiners | language.possessives) - language.openings
    if (
        before not in language.prepositions
        and content[0] in subjects
        and (len(content) == _SHORTEST_STATEMENT or last.endswith(language.finite_endings))
    ):
        # "Our cat fears Jarvis"
        return False
    if before in language.verbs_first | language.modals | language.pronouns | language.infinitives:
        # "I can't stand Jarvis"
        return False
    stems = {last, last.removesuffix("s"), *bare_forms(last, language)}
    described = language.determiners | language.possessives | language.you | language.adverbs
    return (
        all(verbs.isdisjoint(stems) for verbs in _verbs(language))
        and last not in described | language.appositions
        and not last.endswith((language.past_ending, *language.before_gap))
        and not takes_object_last(content, language)
    )


def _verbs(language: Language) -> tuple[frozenset[str], ...]:
    """All verbs of the lists."""
    return (
        language.imperatives,
        language.bare_verbs,
        language.gap_verbs,
        language.acting_verbs,
        language.telling_verbs,
        language.irregular_pasts,
        language.phrasal_verbs,
        language.inverting,
    )


def _is_wish(content: tuple[str, ...], language: Language) -> bool:
    """Whether the speaker wants something, and it is named: "I need a recipe for pancakes"."""
    wanted = max(
        (
            len(phrase.split())
            for phrase in language.wishes
            if opens_with(content, frozenset((phrase,)))
        ),
        default=0,
    )
    object_ = content[wanted:]
    if not (wanted and object_) or not language.infinitives.isdisjoint(content):
        return False
    # "We have muted Jarvis"
    ending = language.past_ending
    done = bool(ending) and object_[-1].endswith(ending)
    return not done and object_[-1] not in language.participles | language.irregular_pasts

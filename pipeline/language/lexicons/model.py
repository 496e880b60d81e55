"""What is known of a language: words that rules turn on. No data of any language but the common."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from pipeline.language.lexicons.english_spoken import MATHS_IN_ENGLISH, SPOKEN_IN_ENGLISH


def words(text: str) -> frozenset[str]:
    """The words of a text."""
    return frozenset(text.split())


def phrases(text: str) -> frozenset[str]:
    """Runs of words, parted by slashes."""
    return frozenset(" ".join(line.split()) for line in text.strip().split("/"))


_NOTHING: Final[frozenset[str]] = frozenset()


INTERNATIONAL: Final = words(
    "dr prof mr mrs ms st vs cf "
    "sr sra srta dra ud uds vd vds mme mlle mgr sig dott dhr mevr bijv tzn"
)
"""Among them those of single languages that are a word in none: an agent quotes names, and the
language of its text is not always known."""
BEFORE_NUMBERS: Final = words("no nos nr fig vol p pp ch sec art ca approx max min tel")


@dataclass(frozen=True, slots=True)
class Language:
    """One language. Fields ending in ``_phrases`` hold runs of words, the others single words."""

    code: str

    # -- cutting sentences
    abbreviations: frozenset[str] = _NOTHING
    """Before a dot, without it: a sentence never ends here."""
    number_abbreviations: frozenset[str] = _NOTHING
    """A sentence ends here unless a number follows."""
    closing_abbreviations: frozenset[str] = _NOTHING
    """A sentence ends here only if a capital follows."""
    after_ordinals: frozenset[str] = _NOTHING
    """Words that make the number and dot before them an ordinal (3. Mai)."""
    ordinals_have_dots: bool = False
    spoken: Mapping[str, str] = field(default_factory=lambda: SPOKEN_IN_ENGLISH)
    """What is said in place of things that cannot be read out."""
    maths: Mapping[str, str] = field(default_factory=lambda: MATHS_IN_ENGLISH)
    """How the signs of a formula are read."""

    # -- the form of an utterance
    question_words: frozenset[str] = _NOTHING
    verbs_first: frozenset[str] = _NOTHING
    """Auxiliaries that open a question ("is", "kannst")."""
    imperatives: frozenset[str] = _NOTHING
    request_phrases: frozenset[str] = _NOTHING
    """Openings that ask for something without an imperative."""
    follow_up_phrases: frozenset[str] = _NOTHING
    """Openings that lean on what was said before."""
    thanks_phrases: frozenset[str] = _NOTHING
    correction_phrases: frozenset[str] = _NOTHING
    """Openings that take up what is being said, to stop or to mend it."""

    # -- whether more is to come
    open_words: frozenset[str] = _NOTHING
    """Nothing that is whole ends with one of these ("the", "and", "um")."""
    seldom_last: frozenset[str] = _NOTHING
    """Only a question, or a clause with a pronoun before it ("yes, it is"), ends with these."""
    open_phrases: frozenset[str] = _NOTHING
    """Endings that need a clause after them ("if you could")."""
    question_breaks: frozenset[str] = _NOTHING
    """Words that a question seldom ends in, but for one with a gap ("who is it to?")."""
    before_gap: tuple[str, ...] = ()
    """Endings of verbs that such a gap follows ("talking to")."""

    # -- what acts without the agent
    polite_words: frozenset[str] = _NOTHING
    """Words that do not change a command; its phrases are written without them."""
    stop_phrases: frozenset[str] = _NOTHING
    louder_phrases: frozenset[str] = _NOTHING
    quieter_phrases: frozenset[str] = _NOTHING
    repeat_phrases: frozenset[str] = _NOTHING
    go_on_phrases: frozenset[str] = _NOTHING
    accepting_phrases: frozenset[str] = _NOTHING
    """Answers to "Shall I go on?" that want the rest."""
    declining_phrases: frozenset[str] = _NOTHING
    """And those that do not."""

    # -- what calls for no answer
    backchannels: frozenset[str] = _NOTHING
    """Sounds and phrases that only say "I am listening"."""
    acknowledgements: frozenset[str] = _NOTHING
    """Short words that answer a question, and otherwise only take note."""
    answers: frozenset[str] = _NOTHING
    """Short answers: a turn of their own when something was asked."""
    fillers: frozenset[str] = _NOTHING
    """Words at the start that carry no meaning, skipped to find the form."""

    # -- who is meant
    greetings: frozenset[str] = _NOTHING
    """Words between which and the end or the sentence a name is a call."""
    polite_ends: frozenset[str] = _NOTHING
    """Words after which a name at the end is a call ("thanks Jarvis")."""
    object_ends: frozenset[str] = _NOTHING
    """Words that can end a request of some length ("turn the light on"), and a name then calls."""
    question_ends: frozenset[str] = _NOTHING
    """Words that can end a question with a question word ("what is it like")."""
    you: frozenset[str] = _NOTHING
    calls: frozenset[str] = _NOTHING
    """Words that, in mid-sentence, announce a call ("so, hey Jarvis")."""
    we: frozenset[str] = _NOTHING
    """Words that speak of several people, the speaker among them."""
    crowd: frozenset[str] = _NOTHING
    """Words that, first or last of all, speak to several."""
    about_before: frozenset[str] = _NOTHING
    """A name after one of these is talked about, not to."""
    about_after: frozenset[str] = _NOTHING
    """A name before one of these is talked about, not to."""
    inverting: frozenset[str] = _NOTHING
    """Verbs that, between a name and a pronoun, open a question to that name."""
    pronouns: frozenset[str] = _NOTHING
    """Subjects that after an inverting verb can only make a question ("is it")."""
    determiners: frozenset[str] = _NOTHING
    """Words that there open a subject or an object ("is the ...")."""
    alternatives: frozenset[str] = _NOTHING
    """Words that, after a name and a comma, go on about the name."""
    relays: frozenset[str] = _NOTHING
    """Verbs that pass something on to an agent ("ask Sage to ...")."""
    indirect: frozenset[str] = _NOTHING
    """Words, beside those of questions, that open what is passed on ("if", "to")."""
    switches: frozenset[str] = _NOTHING
    """Words that lead up to the agent to switch to."""

    # -- what people say to each other, or to nobody here
    hesitations: frozenset[str] = _NOTHING
    """Sounds of somebody who looks for words; nothing is meant by them."""
    no_verbs: frozenset[str] = _NOTHING
    """Words that can stand before an object and are no request ("love it", "told them")."""
    objects: frozenset[str] = _NOTHING
    """Words that open an object."""
    particles: frozenset[str] = _NOTHING
    """Words that may stand between a verb and its object without a meaning of their own."""
    physical_verbs: frozenset[str] = _NOTHING
    """What only somebody with a body can be told to do ("hold", "hurry")."""
    physical_phrases: frozenset[str] = _NOTHING
    peer_terms: frozenset[str] = _NOTHING
    """What people call each other in place of a name."""
    third_persons: frozenset[str] = _NOTHING
    """Pronouns for somebody whom the talk is about."""
    possessives: frozenset[str] = _NOTHING
    deictics: frozenset[str] = _NOTHING
    """Words that point at something in sight."""
    indefinite_pronouns: frozenset[str] = _NOTHING
    knowing_verbs: frozenset[str] = _NOTHING
    """Verbs of knowing and finding out: whoever is asked to, is asked for information."""
    human_only_phrases: frozenset[str] = _NOTHING
    """Openings of questions that only people among themselves ask ("who wants ...")."""
    generic_phrases: frozenset[str] = _NOTHING
    """Openings in which "you" is anybody ("how do you get ...")."""
    irony_phrases: frozenset[str] = _NOTHING
    """Openings that are seldom meant as they are said ("oh great", "what a surprise")."""
    read_phrases: frozenset[str] = _NOTHING
    """Openings of what is read aloud."""
    read_headings: frozenset[str] = _NOTHING
    """Words that, with a number behind them, head a part of a text ("chapter one")."""
    numbers: frozenset[str] = _NOTHING
    hello: frozenset[str] = _NOTHING
    """Greetings that open a telephone call, or that somebody's name follows."""
    phone_phrases: frozenset[str] = _NOTHING
    """What follows such a greeting on a telephone."""
    farewells: frozenset[str] = _NOTHING
    """What ends a call."""
    kin: frozenset[str] = _NOTHING
    """Whom one calls by what they are ("mum")."""
    respelt: Mapping[str, str] = field(default_factory=dict)
    """How speech to text in this language writes the sounds of foreign names."""
